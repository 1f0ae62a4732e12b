"""Counts and rates of cases, in five statements however many cases or groups there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from civicloop.cases.models import Case, CaseStep
from civicloop.insight.rules.rates import COUNTS, DONE, DROPPED, Period, Rate, Tally, all_rates
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
Tallies = dict[Any, Tally]
Cases = QuerySet[Case]


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
    if group_by not in GROUPS:
        raise Invalid("by", "group_unknown", given=group_by, known=sorted(GROUPS))
    tallies = _tallies(period, as_of, GROUPS[group_by], cases)
    name_of = _namer(group_by, ref)
    named: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for key, tally in tallies.items():
        named[name_of(key)] += tally
    total = sum(tallies.values(), Tally())
    groups = [] if group_by == "all" else sorted(named.items(), key=lambda pair: (pair[0][0] == "", pair[0]))
    return Report(
        period,
        as_of,
        group_by,
        states(as_of, cases),
        Group("", "", total, all_rates(total, as_of)),
        tuple(Group(code, name, tally, all_rates(tally, as_of)) for (code, name), tally in groups),
    )


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


def _tallies(period: Period, as_of: datetime, column: str, cases: Cases | None) -> Tallies:
    """The counts of each group. Each statement reads the cases of one cohort; the cohorts are added up here."""
    rows = _rows(cases).order_by()
    total: Tallies = defaultdict(Tally)
    for part in (
        _counted(rows.filter(_within("reported_at", period)), column, _reported()),
        _counted(rows.filter(_happened(period)), column, _happenings(period)),
        _counted(_due(rows, period, as_of), column, _due_counts(as_of)),
        _counted(rows.filter(_open(as_of)), column, _open_counts(as_of)),
        _worked(period, column, cases),
    ):
        for key, tally in part.items():
            total[key] += tally
    return total


def _counted(rows: QuerySet[Any], column: str, counts: Mapping[str, Q | None], about: str = "") -> Tallies:
    """Count the rows of each group; `about` leads from a row to its case where the rows are steps."""
    what = {
        name: Count(f"{about}pk", filter=condition, distinct=bool(about)) if condition is not None
        else Count(f"{about}pk", distinct=bool(about))
        for name, condition in counts.items()
    }  # fmt: skip
    if not column:
        return {None: _tally(rows.aggregate(**what))}
    return {row["group"]: _tally(row) for row in rows.values(group=F(f"{about}{column}")).annotate(**what)}


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(**{name: row[name] for name in COUNTS if name in row})


def _within(column: str, period: Period) -> Q:
    return Q(**{f"{column}__gte": period.start, f"{column}__lt": period.end})


def _reported() -> dict[str, Q | None]:
    return {
        "reported": None,
        "reported_filed": Q(filed_at__isnull=False),
        "reported_voided": Q(state="voided"),
        "reported_merged": Q(state="merged"),
    }


def _happened(period: Period) -> Q:
    columns = ("filed_at", "dispatched_at", "closed_at", "ended_at")
    wanted = Q()
    for column in columns:
        wanted |= _within(column, period)
    return wanted


def _happenings(period: Period) -> dict[str, Q | None]:
    filed, dispatched, closed, ended = (
        _within(column, period) for column in ("filed_at", "dispatched_at", "closed_at", "ended_at")
    )
    later = Case.objects.filter(recurrence_of=OuterRef("pk")).exclude(state__in=sorted(DROPPED))
    return {
        "filed": filed,
        "filed_supervised": filed & Q(supervised=True),
        "dispatched": dispatched,
        "dispatched_returned": dispatched & Q(returned_count__gt=0),
        "closed": closed,
        "closed_came_back": closed & Q(Exists(later)),
        "voided": ended & Q(state="voided"),
        "merged": ended & Q(state="merged"),
    }


def _due(rows: Cases, period: Period, as_of: datetime) -> Cases:
    """Cases that should have been put right in the period by now: see `rules.rates` for the definition."""
    standing = Q(due_at__lt=as_of) & ~Q(state="suspended")
    return rows.filter(_within("due_at", period) & (_rectified(as_of) | standing)).exclude(state__in=sorted(DROPPED))


def _rectified(as_of: datetime) -> Q:
    return Q(state__in=sorted(DONE), rectified_at__lte=as_of)


def _due_counts(as_of: datetime) -> dict[str, Q | None]:
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


def _open(as_of: datetime) -> Q:
    return Q(reported_at__lte=as_of) & (Q(ended_at=None) | Q(ended_at__gt=as_of))


def _open_counts(as_of: datetime) -> dict[str, Q | None]:
    return {
        "open": None,
        "open_overdue": Q(act_by__lt=as_of) & ~Q(state="suspended"),
        "open_suspended": Q(state="suspended"),
    }


def _worked(period: Period, column: str, cases: Cases | None) -> Tallies:
    """Cases put right in the period, by their steps: a case sent back has no time of rectification of its own any more."""
    rows = CaseStep.objects.filter(_within("at", period), name="rectify").order_by()
    if cases is not None:
        rows = rows.filter(case__in=cases.order_by().values("pk"))
    counts: dict[str, Q | None] = {"rectified": None, "rectified_sent_back": Q(case__sent_back_count__gt=0)}
    return _counted(rows, column, counts, about="case__")


def _namer(group_by: str, ref: Reference) -> Callable[[Any], tuple[str, str]]:
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
