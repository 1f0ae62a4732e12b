"""What a day asks of whoever looks: numbers of cases by unit, each defined once, for the number and for the list behind it.

A *lens* is a way to look at cases. `condition` says which cases it shows; `standing` and `flow` count the same cases by unit in one
statement each. A page that shows a number links to the list of the same lens, so the two can only differ by what happened between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.lookups import In
from django.utils import timezone

from civicloop.cases.models import Case, WhistleCall
from civicloop.cases.rules.lifecycle import WITH_UNIT, State
from civicloop.insight.queries import due_in
from civicloop.insight.rules.rates import DROPPED, Period, Rate
from civicloop.organisation.book import Actor
from civicloop.organisation.days import day_of
from civicloop.standards.reference import Reference

Units = frozenset[int]
Numbers = Mapping[int, Mapping[str, int]]
LONGEST_LIMIT = timedelta(days=3653)
DAYS_JUDGED = 7
"""The on-time rate of the daily dispatch goes by what was due in so many days before today: few enough to be about now."""


@dataclass(frozen=True)
class Day:
    """A moment with the ends that its numbers go by: local midnights, and the end of the next working day."""

    at: datetime
    day: date
    starts: datetime
    ends: datetime
    soon_ends: datetime
    before: datetime
    judged: Period


def day_at(at: datetime, ref: Reference) -> Day:
    """The day of a moment in the city. "Soon" reaches to the end of the next working day: on a Friday that is Monday."""
    day = day_of(at)
    starts, ends = _midnight(day), _midnight(day + timedelta(days=1))
    soon = ref.calendar_for(None).working_day_after(day, 1)
    return Day(
        at, day, starts, ends, _midnight(soon + timedelta(days=1)), _midnight(day - timedelta(days=1)),
        Period(_midnight(day - timedelta(days=DAYS_JUDGED)), starts),
    )  # fmt: skip


def scope_of(actor: Actor, ref: Reference) -> Units | None:
    """The units whose work a person looks at: None for the whole city, else those he is appointed in and all below them."""
    if actor.sees_all:
        return None
    return frozenset(below for unit in actor.sight_units for below in ref.org.subtree(unit))


# What stands open, by the unit that must act; and what moved, by the responsible unit.
STANDING = ("overdue", "due_today", "due_soon", "to_review", "returned", "sent_back", "open")
FLOW = ("received", "done", "judged")
LENSES = (*STANDING, *FLOW, "whistled")


def condition(lens: str, day: Day, units: Units | None) -> Q:
    """The cases a lens shows, of these units (None: of all). KeyError for a lens nobody knows."""
    if lens == "whistled":
        return _whistled(units)
    if lens in FLOW:
        return _flow(day)[lens] & _responsible(units)
    return Q(ended_at=None) & _standing(day)[lens] & _of("owner_id", units)


def rows(lens: str, day: Day, units: Units | None) -> QuerySet[Case]:
    """The cases of a lens."""
    return Case.objects.filter(condition(lens, day, units))


def _of(column: str, units: Units | None) -> Q:
    return Q() if units is None else Q(**{f"{column}__in": sorted(units)})


def _responsible(units: Units | None) -> Q:
    """Of these units' cases. A sum with nought hides the index over units: it leads through all cases a unit ever had, where the
    few of a day or week are to be found by their time.
    """
    if units is None:
        return Q()
    unit = ExpressionWrapper(F("unit_id") + Value(0), BigIntegerField())
    return Q(In(unit, sorted(units)))


def _standing(day: Day) -> Mapping[str, Q]:
    """Of the open cases. A clock that stands still is not late; when its review is due, that is a matter of its own."""
    runs = ~Q(state=State.SUSPENDED)
    return {
        "overdue": Q(act_by__lt=day.at) & runs,
        "due_today": Q(act_by__gte=day.at, act_by__lt=day.ends) & runs,
        "due_soon": Q(act_by__gte=day.ends, act_by__lt=day.soon_ends) & runs,
        "to_review": Q(state=State.SUSPENDED, act_by__lt=day.ends),
        "returned": Q(state=State.FILED, returned_count__gt=0),
        "sent_back": Q(state__in=sorted(WITH_UNIT), sent_back_count__gt=0),
        "open": Q(),
    }


def _flow(day: Day) -> Mapping[str, Q]:
    return {
        # What was dispatched today is due today or later: a range of the index of due times. It needs an end as well, or SQLite
        # takes it for most of the table and walks through all cases of the city.
        "received": Q(
            due_at__gte=day.starts,
            due_at__lt=day.ends + LONGEST_LIMIT,
            dispatched_at__gte=day.starts,
            dispatched_at__lt=day.ends,
        ),
        "done": Q(rectified_at__gte=day.before, rectified_at__lt=day.starts) & ~Q(state__in=sorted(DROPPED)),
        "judged": due_in(day.judged, day.at)[0],
    }


def _whistled(units: Units | None) -> Q:
    """Somebody was whistled for and has not come."""
    calls = WhistleCall.objects.filter(_of("unit_id", units), arrived_at=None, whistle__ended_at=None)
    return Q(pk__in=calls.values("whistle__case"), state__in=sorted({*WITH_UNIT, State.SUSPENDED}))


def standing(day: Day, units: Units | None) -> dict[int, dict[str, int]]:
    """What stands open, by the unit that must act: for each of `STANDING` how many. One statement."""
    asked = {name: Count("pk", filter=wanted) for name, wanted in _standing(day).items() if name != "open"}
    open_cases = Case.objects.filter(_of("owner_id", units), ended_at=None).order_by()
    found: Iterable[Any] = open_cases.values("owner_id").annotate(open=Count("pk"), **asked)
    return {row["owner_id"]: {name: row[name] for name in STANDING} for row in found}


def whistled(units: Units | None) -> int:
    """How many cases wait for a whistled unit to come. One statement."""
    return Case.objects.filter(_whistled(units)).count()


@dataclass(frozen=True)
class Line:
    """One row of the daily dispatch: a unit with all below it. `on_time` is of what was due in the days judged."""

    unit_id: int
    numbers: Mapping[str, int]
    on_time: Rate


def dispatch_lines(unit_ids: Iterable[int], by_unit: Numbers, as_of: datetime, ref: Reference) -> list[Line]:
    """The daily dispatch (每日调度) of these units, each with all below it, from the numbers of every unit."""
    return [_line(unit, by_unit, as_of, ref) for unit in unit_ids]


def flow(day: Day, units: Units | None) -> tuple[dict[int, dict[str, int]], ...]:
    """What was received today, done yesterday, and judged in the days before, by responsible unit. Three statements."""
    on_time = {
        name: wanted for name, wanted in due_in(day.judged, day.at)[1].items() if name == "due_rectified_on_time"
    }
    return tuple(
        _by_unit(rows(lens, day, units), lens, on_time if lens == "judged" else {}) for lens in FLOW
    )  # fmt: skip


def _by_unit(found: QuerySet[Case], lens: str, asked: Mapping[str, Q | None]) -> dict[int, dict[str, int]]:
    more = {name: Count("pk", filter=wanted) for name, wanted in asked.items()}
    counted: Iterable[Any] = found.order_by().values("unit_id").annotate(many=Count("pk"), **more)
    return {row["unit_id"]: {lens: row["many"], **{name: row[name] for name in asked}} for row in counted}


def _line(unit: int, by_unit: Numbers, as_of: datetime, ref: Reference) -> Line:
    sums: dict[str, int] = dict.fromkeys((*STANDING, *FLOW, "due_rectified_on_time"), 0)
    for below in ref.org.subtree(unit):
        for name, many in by_unit.get(below, {}).items():
            sums[name] += many
    rate = Rate("rectified_on_time_rate", sums["due_rectified_on_time"], sums["judged"], as_of)
    return Line(unit, MappingProxyType(sums), rate)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
