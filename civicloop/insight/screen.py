"""The figures of the big screen: a live half of a few quick statements, and a half that a job reckons and keeps.

Nothing here names a person or an address: the screen hangs where visitors pass.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from civicloop.cases.mapsql import UNSEEN
from civicloop.cases.models import Case, CaseStep
from civicloop.cases.models.map import CITY, FINEST, LEVELS
from civicloop.insight.analysis import five_questions
from civicloop.insight.counted import standing_of
from civicloop.insight.mapstatements import asked_of_database, moment
from civicloop.insight.queries import tallies
from civicloop.insight.rules.comparing import wilson
from civicloop.insight.rules.rates import Period, Tally
from civicloop.insight.today import day_at
from civicloop.inspection.models import Draw, Round, Visit
from civicloop.kernel.tilekey import KEY_ZOOM, tile_bounds, tile_numbered
from civicloop.organisation.days import day_of
from civicloop.scoring.models import KeptFigures
from civicloop.scoring.queries import read
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards.reference import Reference

KEPT = "screen"
CLOSINGS = 8
TREND_DAYS = 30
MOST_RANKED = 12
# Units are compared within one group: the first of these that has units to compare.
RANKED = ("towns", "districts", "communities", "departments", "companies")
_CELLS = """
SELECT cell >> %s, sum(open), sum(late) FROM (
  SELECT cell, open, late FROM cases_mapcount WHERE level = %s AND unit = %s
  UNION ALL SELECT cell >> %s, open, late FROM cases_mapchange WHERE unit = %s
) AS told GROUP BY 1
"""
# What became overdue since a sweep last marked it: few, unless nobody sweeps.
_UNSEEN = f"SELECT tile_key >> %s, count(*) FROM cases_case c WHERE {UNSEEN} AND act_by < %s GROUP BY 1"


def live(*, at: datetime, ref: Reference) -> dict[str, Any]:
    """What stands open now, where, and what was closed just now: at most six statements, none walks through ended cases."""
    counts = standing_of(day_at(at, ref), None).by_unit.values()
    standing = {name: sum(row.get(name, 0) for row in counts) for name in ("open", "overdue")}
    closed = _closing(at).filter(at__gte=_midnight(day_of(at)))
    return {**standing, "closed_today": closed.count(), "cells": _cells(at, ref), "closings": _closings(at, ref)}


def kept() -> KeptFigures | None:
    """The figures kept last. One statement."""
    return KeptFigures.objects.filter(name=KEPT).first()


def _closing(at: datetime) -> QuerySet[CaseStep]:
    """The steps that closed what is closed now: a case reopened since is not among them, one closed again only once."""
    # No closing is later than the last one. Said as `=`, PostgreSQL expects one row of all cases and reads through all of them.
    return CaseStep.objects.filter(name="close", at__lte=at, case__state="closed", at__gte=F("case__ended_at"))


def _closings(at: datetime, ref: Reference) -> list[dict[str, Any]]:
    """The loops closed last: what kind, in which grid, by which unit, and in how many hours from report to close."""
    steps = _closing(at).order_by("-at", "-pk")
    rows = steps.values_list("at", "case__reported_at", "case__category_id", "case__grid_id", "case__unit_id")
    told = []
    for closed_at, reported_at, category, grid_id, unit_id in rows[:CLOSINGS]:
        info = ref.categories.categories.get(category)
        grid = ref.grids.grids.get(grid_id) if grid_id else None
        unit = ref.org.units.get(unit_id) if unit_id else None
        told.append({
            "at": timezone.localtime(closed_at).isoformat(timespec="seconds"), "what": info.label if info else "",
            "grid": grid.name if grid else "", "unit": unit.name if unit else "",
            "hours": round((closed_at - reported_at).total_seconds() / 3600, 1),
        })  # fmt: skip
    return told


def _cells(at: datetime, ref: Reference) -> list[list[float]]:
    """Open cases where they are: longitude, latitude, how many, how many of them overdue. Two statements."""
    zoom = cell_zoom(ref.grids.box)
    level = next(one for one in LEVELS if one >= zoom)
    params = [2 * (level - zoom), level, CITY, 2 * (FINEST - level), CITY]
    counted = {int(cell): [int(many), int(late)] for cell, many, late in asked_of_database(_CELLS, params)}
    for cell, unseen in asked_of_database(_UNSEEN, [2 * (KEY_ZOOM - zoom), moment(at)]):
        if int(cell) in counted:
            counted[int(cell)][1] += int(unseen)
    return [[*_middle(zoom, cell), many, min(many, late)] for cell, (many, late) in sorted(counted.items()) if many > 0]


def _middle(zoom: int, cell: int) -> tuple[float, float]:
    box = tile_bounds(zoom, *tile_numbered(cell))
    return round((box.west + box.east) / 2, 5), round((box.south + box.north) / 2, 5)


def cell_zoom(box: tuple[float, float, float, float] | None) -> int:
    """The zoom whose tiles divide the longer side of the city into 8 to 16: numbers in them are read from five metres."""
    if box is None:
        return FINEST - 4
    wide = max(box[2] - box[0], (box[3] - box[1]) / math.cos(math.radians(box[1])), 1e-6)
    return max(4, min(FINEST, math.floor(math.log2(360 / wide)) + 4))


def reckoned(*, at: datetime, ref: Reference) -> dict[str, Any]:
    """The slow half: the month's rate, the five questions, ranks and the trend, as plain data. Run by a job."""
    today = day_of(at)
    month = Period(_midnight(today.replace(day=1)), at)
    recent = Period(_midnight(today - timedelta(days=TREND_DAYS - 1)), at)
    return {
        "month": today.strftime("%Y-%m"), "on_time": _on_time(month, at),
        "radar": [_axis(one) for one in five_questions(recent, as_of=at, ref=ref)], "radar_days": TREND_DAYS,
        "ranks": _ranks(at, ref), "trend": _trend(today),
    }  # fmt: skip


def _on_time(month: Period, at: datetime) -> dict[str, Any]:
    counted: Tally = sum(tallies([(month, at)])[0].values(), Tally())
    met, due = counted.due_closed_on_time, counted.due
    low, high = wilson(met, due)
    return {"met": met, "due": due, "low": low, "high": high, "value": met / due if due else None}


def _axis(one: Any) -> dict[str, Any]:
    return {
        "name": one.name, "score": one.score, "low": one.low, "high": one.high, "met": one.met, "judged": one.judged,
    }  # fmt: skip


def _ranks(at: datetime, ref: Reference) -> dict[str, Any] | None:
    """The units of one group by the latest round that was judged, with the ranks they may hold; None before there is one.

    Whoever passes reads a screen: a round nobody has told of, no draw of it published and not ended, is not on it.
    """
    judged = Visit.objects.filter(round=OuterRef("pk"), state="judged", judged_at__lte=at)
    told = Q(closed_at__lte=at) | Exists(Draw.objects.filter(round=OuterRef("pk"), state="published"))
    latest = Round.objects.filter(Exists(judged), told).order_by("-starts_on", "-pk").first()
    if latest is None:
        return None
    book = read(Scope((latest.pk,), None, None), as_of=at, ref=ref).book
    groups = {group.key: group for group in book.groups if len(group.rows) > 1}
    group = next((groups[key] for key in RANKED if key in groups), None)
    city = book.city.estimate
    score = {"value": city.value, "low": city.low, "high": city.high, "target": book.target}
    if group is None:
        return {"title": latest.title, "group": "", "rows": [], "of": 0, "score": score}
    rows = [
        {
            "name": row.name, "value": row.estimate.value, "low": row.joint_low, "high": row.joint_high,
            "rank_low": row.rank_low, "rank_high": row.rank_high,
        }
        for row in group.rows[:MOST_RANKED]
    ]  # fmt: skip
    return {"title": latest.title, "group": group.key, "rows": rows, "of": len(group.rows), "score": score}


def _trend(today: date) -> list[dict[str, Any]]:
    """Reported and closed, day by day, up to yesterday: a day that has just begun would look like a fall."""
    days = [today - timedelta(days=back) for back in range(TREND_DAYS, 0, -1)]
    start, end = _midnight(days[0]), _midnight(today)
    reported = _by_day(Case.objects.filter(reported_at__gte=start, reported_at__lt=end), "reported_at")
    closed = _by_day(CaseStep.objects.filter(name="close", at__gte=start, at__lt=end), "at")
    return [{"day": day.isoformat(), "reported": reported.get(day, 0), "closed": closed.get(day, 0)} for day in days]


def _by_day(rows: Any, column: str) -> Mapping[date, int]:
    counted = rows.order_by().annotate(day=TruncDate(column)).values("day").annotate(many=Count("pk"))
    return dict(counted.values_list("day", "many"))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
