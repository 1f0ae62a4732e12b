"""Counts and rates of cases, in five statements however many cases or groups there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Value

from civicloop.cases.models import Case, CaseStep
from civicloop.insight.rules.rates import DONE, DROPPED, Period, Rate, Tally, all_rates
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.rules.roles import UnitKind
from civicloop.standards.reference import Reference

# How cases are grouped: the column they are grouped by. A town's cases are those of the grids in it, whoever handles them.
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "all": "",
        "unit": "unit_id",
        "category": "category_id",
        "grid": "grid_id",
        "town": "grid_id",
        "area_class": "area_class",
        "source": "source",
    }
)
LONGEST = timedelta(days=100 * 366)
"""No case is open for longer."""
Tallies = dict[Any, Tally]
Cases = QuerySet[Case]
# A period and the moment it is judged at; a cohort's condition and what is counted in it.
Span = tuple[Period, datetime]
Counts = dict[str, Q | None]
Cohort = tuple[Q, Counts]


@dataclass(frozen=True, slots=True)
class Group:
    """One row: what it is about, its counts and its rates. `code` is empty for cases that belong to no such group."""

    code: str
    name: str
    tally: Tally
    rates: Mapping[str, Rate]


@dataclass(frozen=True)
class Report:
    """Counts and rates of a period as of a moment, in total and by group."""

    period: Period
    as_of: datetime
    by: str
    states: Mapping[str, int]
    total: Group
    groups: tuple[Group, ...] = field(default=())


def rates(
    period: Period, *, as_of: datetime, ref: Reference, group_by: str = "all", cases: Cases | None = None
) -> Report:
    """Counts and rates of `cases` (all of them when None; pass `Case.objects.visible_to(actor)` for a person).

    `as_of` is the moment for everything that is open or overdue. States and times are those known now: a case that was sent
    back yesterday counts as sent back also in a report as of last week. Raises Invalid for an unknown group.
    """
    counted = tallies([(period, as_of)], group_by, cases)[0]
    named = by_name(counted, namer(group_by, ref))
    total = sum(counted.values(), Tally())
    groups = [] if group_by == "all" else sorted(named.items(), key=lambda pair: (pair[0][0] == "", pair[0]))
    return Report(
        period,
        as_of,
        group_by,
        states(as_of, cases),
        Group("", "", total, all_rates(total, as_of)),
        tuple(Group(code, name, tally, all_rates(tally, as_of)) for (code, name), tally in groups),
    )


def by_name(counted: Tallies, name_of: Callable[[Any], tuple[str, str]]) -> dict[tuple[str, str], Tally]:
    """Tallies by code and name; groups that share both are added up, as the grids of a town are."""
    named: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for key, tally in counted.items():
        named[name_of(key)] += tally
    return named


def states(as_of: datetime, cases: Cases | None = None) -> dict[str, int]:
    """How many cases reported by `as_of` stand in each state now."""
    rows = _rows(cases).filter(reported_at__lte=as_of).order_by().values("state").annotate(many=Count("pk"))
    return {row["state"]: row["many"] for row in rows.order_by("state")}


def first_report(cases: Cases | None = None) -> datetime | None:
    """When the oldest case was reported; None when there is no case."""
    found: datetime | None = _rows(cases).order_by().aggregate(first=Min("reported_at"))["first"]
    return found


def _rows(cases: Cases | None) -> Cases:
    return Case.objects.all() if cases is None else cases


def tallies(spans: Sequence[Span], group_by: str = "all", cases: Cases | None = None) -> list[Tallies]:
    """The counts of each group in each span (a period, and the moment it is judged at), by the key of the group.

    One statement for each cohort, five in all, however many spans there are. Raises Invalid for an unknown group.
    """
    column = column_of(group_by)
    totals: list[Tallies] = [defaultdict(Tally) for _ in spans]
    for cohort in (_reported, _happened, _due, _open):
        _add(totals, _rows(cases).order_by(), column, [cohort(*span) for span in spans])
    steps = CaseStep.objects.filter(name="rectify").order_by()
    if cases is not None:
        steps = steps.filter(case__in=cases.order_by().values("pk"))
    _add(totals, steps, column, [_worked(*span) for span in spans], about="case__")
    return totals


def column_of(group_by: str) -> str:
    """The column cases are grouped by; empty for all together. Raises Invalid for an unknown group."""
    if group_by not in GROUPS:
        raise Invalid("by", "group_unknown", given=group_by, known=sorted(GROUPS))
    return GROUPS[group_by]


def _add(
    totals: Sequence[Tallies], rows: QuerySet[Any], column: str, cohorts: Sequence[Cohort], about: str = ""
) -> None:
    """Count one cohort in every span, in one statement of which each span is a part: asked for together in one condition, the
    databases would walk through all cases. `about` leads from a row to its case where the rows are steps.
    """
    by = {"group": F(f"{about}{column}")} if column else {}
    first, *others = [
        rows.filter(belongs).values(span=Value(number), **by).annotate(**_counted(counts, about))
        for number, (belongs, counts) in enumerate(cohorts)
    ]
    for row in first.union(*others, all=True) if others else first:
        key = row["group"] if column else None
        totals[row["span"]][key] += Tally(**{name: row[name] for name in cohorts[row["span"]][1]})


def _counted(counts: Counts, about: str) -> dict[str, Count]:
    return {name: Count(f"{about}pk", filter=wanted, distinct=bool(about)) for name, wanted in counts.items()}


def _within(column: str, period: Period) -> Q:
    return Q(**{f"{column}__gte": period.start, f"{column}__lt": period.end})


def _reported(period: Period, as_of: datetime) -> Cohort:
    return _within("reported_at", period), {
        "reported": None,
        "reported_filed": Q(filed_at__isnull=False),
        "reported_voided": Q(state="voided"),
        "reported_merged": Q(state="merged"),
    }


def _happened(period: Period, as_of: datetime) -> Cohort:
    filed, dispatched, closed, ended = (
        _within(column, period) for column in ("filed_at", "dispatched_at", "closed_at", "ended_at")
    )
    later = Case.objects.filter(recurrence_of=OuterRef("pk")).exclude(state__in=sorted(DROPPED))
    return filed | dispatched | closed | ended, {
        "filed": filed,
        "filed_supervised": filed & Q(supervised=True),
        "dispatched": dispatched,
        "dispatched_returned": dispatched & Q(returned_count__gt=0),
        "closed": closed,
        "closed_came_back": closed & Q(Exists(later)),
        "voided": ended & Q(state="voided"),
        "merged": ended & Q(state="merged"),
    }


def _due(period: Period, as_of: datetime) -> Cohort:
    """Cases that should have been put right in the period by now: see `rules.rates` for the definition."""
    standing = Q(due_at__lt=as_of) & ~Q(state="suspended")
    belongs = _within("due_at", period) & (_rectified(as_of) | standing) & ~Q(state__in=sorted(DROPPED))
    return belongs, _due_counts(as_of)


def due_in(period: Period, as_of: datetime) -> Cohort:
    """The cases that should have been put right in a period by now, and what is counted of them."""
    return _due(period, as_of)


def _rectified(as_of: datetime) -> Q:
    return Q(state__in=sorted(DONE), rectified_at__lte=as_of)


def _due_counts(as_of: datetime) -> Counts:
    in_time = Q(excused=True) | Q(state__in=sorted(DONE), rectified_at__lte=F("due_at"))
    late = Q(excused=False) & (~Q(state__in=sorted(DONE)) | Q(rectified_at=None) | Q(rectified_at__gt=F("due_at")))
    closed = _rectified(as_of) & Q(state="closed", closed_at__lte=as_of)
    not_closed = ~Q(state="closed") | Q(closed_at=None) | Q(closed_at__gt=as_of) | Q(rectified_at=None)
    return {
        "due": None,
        "due_rectified": _rectified(as_of),
        "due_rectified_on_time": _rectified(as_of) & in_time,
        "due_closed": closed,
        "due_closed_on_time": closed & in_time,
        "due_open_overdue": not_closed & late & Q(due_at__lt=as_of),
    }


def _open(period: Period, as_of: datetime) -> Cohort:
    # Each half is one range of one index, the second with an end: else SQLite walks through all cases ever reported.
    reported = Q(reported_at__lte=as_of)
    since = Q(ended_at__gt=as_of, ended_at__lt=as_of + LONGEST)
    belongs = (reported & Q(ended_at=None)) | (reported & since)
    return belongs, {
        "open": None,
        "open_overdue": Q(act_by__lt=as_of) & ~Q(state="suspended"),
        "open_suspended": Q(state="suspended"),
    }


def _worked(period: Period, as_of: datetime) -> Cohort:
    """Cases put right in the period, by their steps: a case sent back has no time of rectification of its own any more."""
    return _within("at", period), {"rectified": None, "rectified_sent_back": Q(case__sent_back_count__gt=0)}


def namer(group_by: str, ref: Reference) -> Callable[[Any], tuple[str, str]]:
    """From the key of a group to its code and name."""
    match group_by:
        case "unit":
            return _lookup((key, unit.code, unit.name) for key, unit in ref.org.units.items())
        case "category":
            return _lookup((row.id, row.code, row.name) for row in ref.categories.categories.values())
        case "grid":
            return _lookup((row.id, row.code, row.name) for row in ref.grids.grids.values())
        case "town":
            return _town_of(ref)
        case _:
            return lambda key: (key or "", key or "")


def _lookup(rows: Iterable[tuple[Any, str, str]]) -> Callable[[Any], tuple[str, str]]:
    known = {key: (code, name) for key, code, name in rows}
    return lambda key: known.get(key, ("", ""))


def _town_of(ref: Reference) -> Callable[[Any], tuple[str, str]]:
    """The town a grid lies in: the nearest unit of that kind at or above the grid's unit."""
    towns: dict[Any, tuple[str, str]] = {}
    for grid in ref.grids.grids.values():
        line = () if grid.unit_id is None else (grid.unit_id, *ref.org.above(grid.unit_id))
        found = (ref.org.units[unit] for unit in line if ref.org.units[unit].kind == UnitKind.TOWN)
        towns[grid.id] = next(((unit.code, unit.name) for unit in found), ("", ""))
    return lambda key: towns.get(key, ("", ""))
