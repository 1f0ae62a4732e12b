"""One problem, many places (举一反三), from rows: where the faults of a period should be looked for next. Six statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from civicloop.cases.models import Case
from civicloop.insight.rules.rates import Period
from civicloop.insight.rules.suggesting import Check, Occasion, Spot, Suggestion, suggest
from civicloop.inspection.models import Observation
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Point
from civicloop.scoring.forecast_reading import town_of
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.standards.reference import Reference

# How far back judgements say how likely an item fails.
LOOK_BACK_DAYS = 365
# An item that does not apply at a point was looked at there all the same.
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Place:
    """A point as a list shows it."""

    code: str
    name: str
    point_type: str
    area: str
    unit: str


@dataclass(frozen=True)
class Suggested:
    """The suggestions of a period as of a moment, with the points they name by number. `rule` names how they are ranked."""

    period: Period
    as_of: datetime
    rows: tuple[Suggestion, ...]
    places: dict[int, Place]
    edition: StandardBook | None
    judged: int
    rule: str = "same_fault_check-1"


def suggestions(period: Period, *, as_of: datetime, ref: Reference, most: int = 50) -> Suggested:
    """After the faults found in a period (failed items, and cases at points in categories that items become): other points of
    the type, not checked for the item since, the likeliest first.
    """
    book = _book()
    points = list(
        Point.objects.filter(active=True)
        .order_by("code")
        .values_list("id", "code", "name", "point_type", "unit_id", "grid_id")
    )
    spots, places = {}, {}
    for pk, code, name, kind, unit, grid in points:
        info = ref.grids.info(grid) if grid is not None else None
        block = info.unit_id if info is not None and info.unit_id is not None else unit
        area = town_of(block, ref)
        owner = unit if unit is not None else block
        spots[pk] = Spot(pk, kind, area, owner)
        places[pk] = Place(code, name, kind, area, ref.org.units[owner].name if owner in ref.org.units else "")
    checks, occasions = _checks(period, as_of)
    more, open_faults = _cases(period, as_of, ref, book, spots)
    rows = suggest([*occasions, *more], spots.values(), checks, open_faults, most)
    named = {row.point for row in rows} | {one.point for row in rows for one in row.occasions}
    return Suggested(period, as_of, rows, {pk: places[pk] for pk in named}, book, sum(one.judged for one in checks))


def _book() -> StandardBook | None:
    try:
        return editions.book(editions.current().pk)
    except NotFound:
        return None


def _checks(period: Period, as_of: datetime) -> tuple[list[Check], list[Occasion]]:
    """What was judged in a year, and which of it failed in the period."""
    rows = Observation.objects.filter(
        visit__state="judged", visit__judged_at__lte=as_of, visit__point__isnull=False,
        visit__judged_at__gt=min(period.start, as_of) - timedelta(days=LOOK_BACK_DAYS),
        answer__in=["met", "not_met", NOT_APPLICABLE],
    ).exclude(item="").order_by()  # fmt: skip
    checks, occasions = [], []
    for point, item, answer, at, case in rows.values_list(
        "visit__point_id", "item", "answer", "visit__judged_at", "case__uid"
    ):
        if at is None:
            continue  # a judged visit always has its moment; the column does not say so
        checks.append(Check(point, item, answer == "not_met", at, answer != NOT_APPLICABLE))
        if answer == "not_met" and period.holds(at):
            occasions.append(Occasion(item, point, at, str(case or "")))
    return checks, occasions


def _cases(
    period: Period, as_of: datetime, ref: Reference, book: StandardBook | None, spots: dict[int, Spot]
) -> tuple[list[Occasion], dict[int, set[str]]]:
    """Cases at points: those of the period lead to the items that become their category; open ones are known already.

    Cases that came from a visit stand in the judgements and lead nowhere twice.
    """
    wanted = Q(reported_at__gte=period.start, reported_at__lt=period.end) | Q(ended_at=None) | Q(ended_at__gt=as_of)
    rows = Case.objects.filter(wanted, point__isnull=False, reported_at__lte=as_of).exclude(
        state__in=["voided", "merged"]
    )
    occasions: list[Occasion] = []
    open_faults: dict[int, set[str]] = defaultdict(set)
    columns = ("uid", "point_id", "category_id", "source", "reported_at", "ended_at")
    for uid, point, category, source, at, ended in rows.order_by().values_list(*columns):
        items = list(_items(ref, book, category, spots.get(point)))
        if ended is None or ended > as_of:
            open_faults[point].update(items)
        # A category that several items become says nothing of one of them.
        if source != "inspection" and period.holds(at) and len(items) == 1:
            occasions.append(Occasion(items[0], point, at, str(uid)))
    return occasions, open_faults


def _items(ref: Reference, book: StandardBook | None, category: int, spot: Spot | None) -> Iterable[str]:
    info = ref.categories.categories.get(category)
    if book is None or info is None or spot is None or spot.point_type not in book.point_types:
        return ()
    return (item.code for item in book.items_for(spot.point_type) if item.becomes == info.code)
