"""Joint analysis (联合分析): rates against the period before and the year before, the five questions, heat, causes, recurrences.

Thirteen statements at most once the books are in memory, however many cases, visits and groups there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Count, F, Q

from civicloop.cases.models import Case, CaseStep
from civicloop.insight.queries import by_name, namer, tallies
from civicloop.insight.rules.causes import CauseShare, Circumstances, Table, shares, table_from
from civicloop.insight.rules.comparing import (
    Change,
    Compared,
    change,
    moment_before,
    period_before,
    wilson,
    year_before,
)  # fmt: skip
from civicloop.insight.rules.radar import Axis
from civicloop.insight.rules.rates import DROPPED, RATES, Period, Tally, rate
from civicloop.insight.rules.smoothing import Heat, ground_km2, smoothed
from civicloop.insight.rules.taken import NAMES, TAKEN, Deed, taken_late
from civicloop.inspection.models import Observation
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Grid
from civicloop.organisation.revisions import Kept
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.standards.reference import Reference

CAUSES = Path(__file__).parent / "causes.yaml"
RECURRENCES = 50


@dataclass(frozen=True)
class Row:
    """One group, or all together: counts of the period, and every rate compared.

    `taken_late`: cases whose time was up in the period when they were taken from the unit and given to the next one with a new
    limit; no rate counts them. None where groups are not units.
    """

    code: str
    name: str
    tally: Tally
    rates: Mapping[str, Compared]
    taken_late: int | None = None


@dataclass(frozen=True, slots=True)
class GridHeat:
    """A grid with its cases; `outline` is GeoJSON."""

    code: str
    name: str
    outline: Mapping[str, Any]
    heat: Heat


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often problems of one category came back in one grid in the period; "" where no grid is known."""

    grid: str
    grid_name: str
    category: str
    category_name: str
    cases: int
    still_open: int


@dataclass(frozen=True)
class Analysis:
    """Everything of a period as of a moment. `before` and `year` are the periods it is held against."""

    period: Period
    before: Period
    year: Period
    as_of: datetime
    by: str
    total: Row
    groups: tuple[Row, ...]
    radar: tuple[Axis, ...]
    heat: tuple[GridHeat, ...]
    causes: tuple[CauseShare, ...]
    causes_version: str
    recurrences: tuple[Recurrence, ...]
    edition: StandardBook | None


def analyse(
    period: Period, *, as_of: datetime, ref: Reference, group_by: str = "unit", edition_id: int | None = None
) -> Analysis:
    """Analyse a period. Earlier periods are judged at the moment that lies as `as_of` does to this one. `edition_id` says which
    edition assigns items to questions (the one in force when None). Raises Invalid for an unknown group.
    """
    before, year = period_before(period), year_before(period)
    total, groups = _rows(period, (before, year), as_of, group_by, ref)
    taken = _taken(period, as_of)
    total = replace(total, taken_late=sum(taken.values()))
    if group_by == "unit":
        groups = tuple(replace(one, taken_late=taken.get(one.code, 0)) for one in groups)
    book = _book(edition_id)
    counted = _circumstances(period, as_of, ref)
    table = cause_table()
    return Analysis(
        period, before, year, as_of, group_by, total, groups,
        radar=_radar(period, as_of, book, counted) if book else (),
        heat=_heat(period, as_of, ref),
        causes=shares(((case, many) for case, many, _open in counted), table), causes_version=table.version,
        recurrences=_recurrences(period, as_of, ref), edition=book,
    )  # fmt: skip


def five_questions(period: Period, *, as_of: datetime, ref: Reference) -> tuple[Axis, ...]:
    """The radar of a period by itself; empty where no standard is in force. Three statements."""
    book = _book(None)
    return _radar(period, as_of, book, _circumstances(period, as_of, ref)) if book else ()


@lru_cache(maxsize=1)
def cause_table() -> Table:
    """The table of root causes that comes with the house (`causes.yaml`)."""
    return table_from(yaml.safe_load(CAUSES.read_text(encoding="utf-8")))


def _book(edition_id: int | None) -> StandardBook | None:
    try:
        return editions.book(edition_id if edition_id is not None else editions.current().pk)
    except NotFound:
        return None


def _rows(
    period: Period, earlier: tuple[Period, Period], as_of: datetime, group_by: str, ref: Reference
) -> tuple[Row, tuple[Row, ...]]:
    """The whole and the groups, each against both earlier periods; one that existed then alone is there too."""
    spans = [(period, as_of), *((one, moment_before(as_of, period, one)) for one in earlier)]
    counted = tallies(spans, group_by)
    name_of = namer(group_by, ref)
    named = [by_name(one, name_of) for one in counted]
    moments = [moment for _, moment in spans]
    total = _row("", "", [sum(one.values(), Tally()) for one in counted], moments)
    keys = sorted({key for one in named for key in one}, key=lambda key: (key[0] == "", key))
    if group_by == "all":
        keys = []
    return total, tuple(_row(*key, [one.get(key, Tally()) for one in named], moments) for key in keys)


def _taken(period: Period, as_of: datetime) -> Mapping[str, int]:
    """Cases taken away late, by code of the unit that had them."""
    away = (
        CaseStep.objects.filter(name__in=sorted(TAKEN), at__gte=period.start, at__lte=as_of).order_by().values("case")
    )
    rows = CaseStep.objects.filter(case__in=away, name__in=sorted(NAMES), at__lte=as_of)
    rows = rows.exclude(case__state__in=sorted(DROPPED)).order_by("case", "seq")
    deeds = []
    for case, name, at, data in rows.values_list("case_id", "name", "at", "data"):
        due = data.get("due_at")
        deeds.append(Deed(case, name, at, data.get("unit", ""), datetime.fromisoformat(due) if due else None))
    return taken_late(deeds, period)


def _row(code: str, name: str, three: list[Tally], moments: list[datetime]) -> Row:
    return Row(code, name, three[0], {rule: _compared(rule, three, moments) for rule in RATES})


def _compared(rule: str, three: list[Tally], moments: list[datetime]) -> Compared:
    now, before, year = (rate(rule, tally, moment) for tally, moment in zip(three, moments, strict=True))
    month: Change = change(now, before)
    return Compared(now, month, change(now, year))


Counted = tuple[tuple[Circumstances, int, int], ...]


def _circumstances(period: Period, as_of: datetime, ref: Reference) -> Counted:
    """Cases reported in the period by what the table of causes looks at: how many, and how many of them are open."""
    rows = Case.objects.filter(_reported(period, as_of)).exclude(state__in=sorted(DROPPED)).order_by()
    columns = {
        "returned": Q(returned_count__gt=0), "recurred": Q(recurrence_of__isnull=False) | Q(reopened_count__gt=0),
    }  # fmt: skip
    found = rows.values("category_id", "condition_id", **columns).annotate(
        many=Count("pk"), still=Count("pk", filter=Q(ended_at=None) | Q(ended_at__gt=as_of))
    )
    return tuple((_circumstance(row, ref), row["many"], row["still"]) for row in found)


def _circumstance(row: Mapping[str, Any], ref: Reference) -> Circumstances:
    info = ref.categories.categories.get(row["category_id"])
    condition = info.condition(row["condition_id"]) if info is not None and row["condition_id"] else None
    return Circumstances(
        info.kind if info else "", (info.major or info.code[:2]) if info else "", info.code if info else "",
        condition.code if condition else "", bool(row["returned"]), bool(row["recurred"]),
    )  # fmt: skip


def _reported(period: Period, as_of: datetime) -> Q:
    return Q(reported_at__gte=period.start, reported_at__lt=period.end, reported_at__lte=as_of)


def _radar(period: Period, as_of: datetime, book: StandardBook, counted: Counted) -> tuple[Axis, ...]:
    """Judgements of the period by question, and the cases of its categories. The second of a double visit is left out."""
    rows = Observation.objects.filter(
        visit__state="judged", visit__judged_at__gte=period.start, visit__judged_at__lt=period.end,
        visit__judged_at__lte=as_of, visit__twin=None, answer__in=["met", "not_met"],
    ).exclude(item="").order_by()  # fmt: skip
    judged = list(rows.values("item").annotate(all=Count("pk"), met=Count("pk", filter=Q(answer="met"))))
    question_of_code = {
        item.becomes: book.question_of(item).key for item in reversed(tuple(book.items.values())) if item.becomes
    }
    axes = []
    for question in book.questions:
        own = [row for row in judged if row["item"] in book.items and book.question_of(row["item"]) is question]
        load = [(many, still) for case, many, still in counted if question_of_code.get(case.code) == question.key]
        weights = [book.items[row["item"]].weight for row in own]
        possible = sum(weight * row["all"] for weight, row in zip(weights, own, strict=True))
        got = sum(weight * row["met"] for weight, row in zip(weights, own, strict=True))
        met, many = sum(row["met"] for row in own), sum(row["all"] for row in own)
        low, high = wilson(met, many)
        axes.append(Axis(
            question.key, str(question.name), 100 * got / possible if possible else None, 100 * low if many else None,
            100 * high if many else None, met, many, sum(one for one, _ in load), sum(one for _, one in load),
        ))  # fmt: skip
    return tuple(axes)


@dataclass(frozen=True, slots=True)
class _Ground:
    """A grid with its outline and how large it is."""

    code: str
    name: str
    outline: Mapping[str, Any]
    km2: float


def _load_grounds() -> dict[int, _Ground]:
    rows = Grid.objects.filter(active=True).order_by("code").values_list("pk", "code", "name", "outline")
    return {key: _Ground(code, name, outline, ground_km2(outline)) for key, code, name, outline in rows}


# Seven hundred outlines are the larger part of the page's reading, and hardly ever change.
_grounds: Kept[dict[int, _Ground]] = Kept("grids", _load_grounds)


def _heat(period: Period, as_of: datetime, ref: Reference) -> tuple[GridHeat, ...]:
    rows = (
        Case.objects.filter(_reported(period, as_of), grid__isnull=False).exclude(state__in=sorted(DROPPED)).order_by()
    )
    counts = dict(rows.values_list("grid_id").annotate(many=Count("pk")))
    grounds = _grounds.at(ref.stamps)
    heat = smoothed(counts, {key: one.km2 for key, one in grounds.items()})
    return tuple(GridHeat(grounds[one.key].code, grounds[one.key].name, grounds[one.key].outline, one) for one in heat)


def _recurrences(period: Period, as_of: datetime, ref: Reference) -> tuple[Recurrence, ...]:
    rows = Case.objects.filter(_reported(period, as_of), recurrence_of__isnull=False).exclude(state__in=sorted(DROPPED))
    found = rows.order_by().values("grid_id", "category_id").annotate(
        many=Count("pk"), still=Count("pk", filter=Q(ended_at=None) | Q(ended_at__gt=as_of))
    )  # fmt: skip
    told = []
    for row in found.order_by("-many", F("grid_id").asc(nulls_last=True), "category_id")[:RECURRENCES]:
        grid, info = ref.grids.grids.get(row["grid_id"]), ref.categories.categories.get(row["category_id"])
        told.append(Recurrence(
            grid.code if grid else "", grid.name if grid else "", info.code if info else "", info.label if info else "",
            row["many"], row["still"],
        ))  # fmt: skip
    return tuple(told)
