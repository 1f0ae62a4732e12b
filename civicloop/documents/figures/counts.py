"""How many problems were found and where they stand: few statements however many cases there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from civicloop.cases.models import Case, Supervision, Suspension, Whistle
from civicloop.documents.figures.frame import DROPPED, Frame, within
from civicloop.documents.rules.figures import FOUND, Found, FoundIn, Ratio, UnitRates
from civicloop.documents.rules.sentences.words import SOURCES, word
from civicloop.insight.queries import by_name, namer, tallies
from civicloop.insight.rules.rates import Tally, all_rates

DONE = ("rectified", "verified", "closed")


@dataclass(frozen=True, slots=True)
class Counted:
    """Problems of a period in total, by source, by category and by responsible unit (those not dispatched yet left out).

    `before`, `year_before`: how many the earlier periods had; None where the house's first case is younger than they are.
    """

    total: Found
    by_source: tuple[FoundIn, ...]
    by_category: tuple[FoundIn, ...]
    by_unit: tuple[FoundIn, ...]
    before: int | None
    year_before: int | None


@dataclass(frozen=True, slots=True)
class Handled:
    """Rates of handling by due time: in total, of the period before and of the year before, and by unit."""

    total: dict[str, Ratio]
    before: dict[str, Ratio]
    year_before: dict[str, Ratio]
    units: tuple[UnitRates, ...]
    units_before: tuple[UnitRates, ...]


@dataclass(frozen=True, slots=True)
class Pressure:
    """What was done beside the ordinary way in the period: supervisions, whistles, suspensions."""

    supervised: int
    answered: int
    whistles: int
    whistles_ended: int
    suspended: int


def counted(frame: Frame, *, responsible: bool = False) -> Counted:
    """Two statements."""
    rows = frame.found(responsible=responsible).order_by().values("source", "category_id", "unit_id")
    tallies: dict[str, dict[Any, Found]] = {name: defaultdict(Found) for name in ("source", "category_id", "unit_id")}
    for row in rows.annotate(**_standing(frame.as_of)):
        told: dict[str, Any] = dict(row)
        for name, tally in tallies.items():
            tally[told[name]] = tally[told[name]].plus(_found(told))
    names, units = frame.ref.categories.categories, frame.ref.org.units
    before, year_before = _earlier(frame, responsible)
    return Counted(
        _sum(tallies["source"].values()),
        _most_first(FoundIn(key, word(SOURCES, key), one) for key, one in tallies["source"].items()),
        _most_first(FoundIn(names[key].code, names[key].name, one) for key, one in tallies["category_id"].items()),
        _most_first(FoundIn(units[key].code, units[key].name, one) for key, one in tallies["unit_id"].items() if key),
        before,
        year_before,
    )


def count(rows: QuerySet[Case], at: datetime) -> Found:
    """Any cases as one row of numbers. One statement."""
    return _found(rows.order_by().aggregate(**_standing(at)))


def handled(frame: Frame) -> Handled:
    """Rates by due time, against the period before and the year before. Five statements.

    The earlier periods are judged as long after their end as this one: otherwise they would have had more time.
    """
    late = frame.asked.as_of - frame.period.end
    spans = [(one, one.end + late) for one in (frame.period, frame.before, frame.year_before)]
    counts = tallies(spans, "unit", None if frame.units is None else frame.cases(responsible=True))
    totals = [_ratios(sum(one.values(), Tally()), at) for one, (_, at) in zip(counts, spans, strict=True)]
    units = [
        _unit_rates(by_name(one, namer("unit", frame.ref)), at, frame)
        for one, (_, at) in zip(counts, spans, strict=True)
    ]
    return Handled(totals[0], totals[1], totals[2], units[0], units[1])


def _unit_rates(counts: Mapping[tuple[str, str], Tally], at: datetime, frame: Frame) -> tuple[UnitRates, ...]:
    kinds = {unit.code: unit.kind for unit in frame.ref.org.units.values()}
    told = sorted(((key, tally) for key, tally in counts.items() if key[0]), key=lambda pair: pair[0])
    return tuple(UnitRates(name, kinds.get(code, ""), _ratios(tally, at)) for (code, name), tally in told)


def pressure(frame: Frame) -> Pressure:
    """What was supervised, whistled for and suspended in the period. Three statements."""
    cases = frame.cases()
    mine = Q() if frame.units is None else Q(case__in=cases.order_by().values("pk"))
    supervised = Supervision.objects.filter(mine, within("at", frame.period))
    whistles = Whistle.objects.filter(mine, within("blown_at", frame.period))
    counts = supervised.aggregate(all=Count("pk"), answered=Count("pk", filter=Q(answered_at__lte=frame.as_of)))
    blown = whistles.aggregate(all=Count("pk"), ended=Count("pk", filter=Q(ended_at__lte=frame.as_of)))
    held = Suspension.objects.filter(mine, within("started_at", frame.period)).count()
    return Pressure(counts["all"], counts["answered"], blown["all"], blown["ended"], held)


def _standing(at: datetime) -> dict[str, Any]:
    open_ = Q(ended_at=None) | Q(ended_at__gt=at)
    return {
        "found": Count("pk"),
        "rectified": Count("pk", filter=Q(state__in=DONE, rectified_at__lte=at)),
        "closed": Count("pk", filter=Q(state="closed", closed_at__lte=at)),
        "suspended": Count("pk", filter=Q(state="suspended")),
        "overdue": Count("pk", filter=open_ & Q(state__in=("dispatched", "accepted"), due_at__lt=at, excused=False)),
        "repeated": Count("pk", filter=Q(recurrence_of__isnull=False) | Q(reopened_count__gt=0)),
        "supervised": Count("pk", filter=Q(supervised=True)),
    }


def _earlier(frame: Frame, responsible: bool) -> tuple[int | None, int | None]:
    rows = frame.cases(responsible=responsible).order_by()
    told = rows.aggregate(
        first=Min("reported_at"),
        before=Count("pk", filter=within("reported_at", frame.before) & ~Q(state__in=DROPPED)),
        year_before=Count("pk", filter=within("reported_at", frame.year_before) & ~Q(state__in=DROPPED)),
    )
    first = told["first"]
    return (
        told["before"] if first and first < frame.before.end else None,
        told["year_before"] if first and first < frame.year_before.end else None,
    )


def _found(row: dict[str, Any]) -> Found:
    return Found(**{name: row[name] for name in FOUND})


def _sum(rows: Iterable[Found]) -> Found:
    total = Found()
    for row in rows:
        total = total.plus(row)
    return total


def _most_first(rows: Iterable[FoundIn]) -> tuple[FoundIn, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.numbers.found, row.key)))


def _ratios(tally: Tally, at: datetime) -> dict[str, Ratio]:
    return {name: Ratio(rate.numerator, rate.denominator) for name, rate in all_rates(tally, at).items()}
