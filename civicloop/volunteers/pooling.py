"""From the rows of orders and teams to the columns the solver reads: a few statements, however many orders wait."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, F, Q, QuerySet, SmallIntegerField, Value
from django.utils import timezone

from civicloop.kernel.geo import METRES_PER_DEGREE
from civicloop.organisation.days import day_of
from civicloop.standards.reference import Reference
from civicloop.volunteers.absence import Absence, Periods, covered, read_periods, stretches
from civicloop.volunteers.models import Membership, Order, OrderRefusal, ServiceKind, Team
from civicloop.volunteers.rules.days_away import PLANNED, fits
from civicloop.volunteers.rules.lifecycle import WITH_TEAM, OrderState
from civicloop.volunteers.rules.matching import Bits, Flags, Floats, Ints, Longs, Orders, Pool, Teams, bits, words_for
from civicloop.volunteers.rules.matching_edges import packed
from civicloop.volunteers.rules.matching_times import (
    Span,
    Wanted,
    counts_as,
    spans,
    still_possible,
    suits,
    take_first,
)

# How far ahead weekly times are looked at, at least and at most.
LEAST_DAYS, MOST_DAYS = 14, 60
# Whose a skill is, in the one statement that reads them all.
SERVICE, ORDER, TEAM = range(3)
COLUMNS = (
    "pk", "uid", "version", "service_id", "service__name", "urgent", "weight", "minutes", "people", "lon", "lat", "grid_id",
    "wanted_from", "wanted_to", "submitted_at",
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """An order of the pool, as a proposal names it."""

    pk: int
    uid: UUID
    version: int
    service: str
    urgent: bool
    weight: int
    counts_as: int
    since: datetime | None

    @property
    def number(self) -> str:
        """As people say it aloud."""
        return f"单{self.pk}"


@dataclass(frozen=True)
class Ready:
    """A team, as a proposal names it."""

    pk: int
    code: str
    name: str
    capacity: int


@dataclass(frozen=True)
class Gathered:
    """The pool in columns, and what its rows stand for. `skills` are names by bit, `times` the times by bit: so many (`weekly`)
    weekly times, then what days away leave of teams that have none. `wanted` is when each order may be done.
    """

    pool: Pool
    orders: Sequence[Waiting]
    teams: Sequence[Ready]
    skills: Sequence[str]
    times: Sequence[Span]
    weekly: int
    wanted: Sequence[Wanted]
    absence: Absence
    at: datetime

    @property
    def versions(self) -> dict[str, int]:
        """The versions of the orders, by public id."""
        return {str(order.uid): order.version for order in self.orders}


def gather(*, at: datetime, ref: Reference) -> Gathered:
    """All orders that wait for a team, all active teams, and what is offered or accepted already."""
    rows = list(Order.objects.filter(state=OrderState.POOLED).order_by("submitted_at", "pk").values(*COLUMNS))
    teams = list(Team.objects.filter(active=True, unit__active=True).select_related("unit", "site").order_by("pk"))
    needs, owned, skills = _skills(rows, teams)
    wanted = [Wanted(row["wanted_from"], row["wanted_to"], row["minutes"]) for row in rows]
    times = spans(_slots(teams), at=at, days=_days(wanted, at), zone=timezone.get_default_timezone())
    away = read_periods(teams, wanted, at, ref)
    left, whose = stretches(away, teams, at)
    fitting = np.hstack([suits(wanted, times, at=at), fits(wanted, left, at=at, within=PLANNED)])
    ground, area, serves = _areas(rows, teams, ref)
    plane = _Plane(rows, teams)
    orders = [_waiting(row, at, int(ref.parameters["orders.heavier_after_days"])) for row in rows]
    corps, absence = _teams(teams, owned, area, times, plane, at, away, whose)
    every = [*times, *left]
    return Gathered(
        Pool(
            Orders(
                plane.of(rows), needs, np.array([one.counts_as for one in orders], dtype=np.int64), ground,
                np.array([row["people"] for row in rows], dtype=np.int64),
                packed(fitting, words_for(len(every))), still_possible(wanted, at=at),
            ),
            corps,
            serves, _refused(rows, teams), np.array([(day_of(one.begins) - day_of(at)).days for one in every], dtype=np.int64),
        ),
        orders, [Ready(team.pk, team.unit.code, team.unit.name, team.capacity) for team in teams], skills, every, len(times),
        wanted, absence, at,
    )  # fmt: skip


def _waiting(row: Mapping[str, Any], at: datetime, doubles_after: int) -> Waiting:
    waited = (at - row["submitted_at"]).days if row["submitted_at"] else 0
    weighs = counts_as(row["weight"], urgent=row["urgent"], waited_days=max(0, waited), doubles_after=doubles_after)
    return Waiting(
        row["pk"], row["uid"], row["version"], row["service__name"], row["urgent"], row["weight"], weighs,
        row["submitted_at"],
    )  # fmt: skip


def _skills(rows: Sequence[Mapping[str, Any]], teams: Sequence[Team]) -> tuple[Bits, Bits, list[str]]:
    """Skills as bits. Only those that an order of the pool needs have one. One statement."""
    of: dict[int, dict[int, list[tuple[int, str]]]] = {what: defaultdict(list) for what in (SERVICE, ORDER, TEAM)}
    for what, whose, skill, name in _skill_rows():
        of[what][whose].append((skill, name))
    needed = [{*of[SERVICE][row["service_id"]], *of[ORDER][row["pk"]]} for row in rows]
    known = sorted(set().union(*needed))
    bit = {skill: number for number, (skill, _) in enumerate(known)}
    owned = [[bit[skill] for skill, _ in of[TEAM][team.pk] if skill in bit] for team in teams]
    return (
        bits([[bit[skill] for skill, _ in one] for one in needed], len(known)), bits(owned, len(known)),
        [name for _, name in known],
    )  # fmt: skip


def _skill_rows() -> QuerySet[Any, tuple[int, int, int, str]]:
    """What services and waiting orders need and teams have: which of the three, its number, the skill, and its name where one may
    have to say it.
    """
    links: tuple[tuple[int, QuerySet[Any], str, Any], ...] = (
        (SERVICE, ServiceKind.skills.through.objects.all(), "servicekind", F("skill__name")),
        (ORDER, Order.skills.through.objects.filter(order__state=OrderState.POOLED), "order", F("skill__name")),
        (TEAM, Team.skills.through.objects.all(), "team", Value("")),
    )
    kind = SmallIntegerField()
    first, *others = (
        rows.annotate(what=Value(what, output_field=kind), named=named).values_list("what", whose, "skill", "named")
        for what, rows, whose, named in links
    )
    return first.union(*others, all=True)


def _slots(teams: Sequence[Team]) -> list[Mapping[str, Any]]:
    return [slot for team in teams for slot in team.slots]


def _days(wanted: Sequence[Wanted], at: datetime) -> int:
    last = max((one.ends or at for one in wanted), default=at)
    return min(MOST_DAYS, max(LEAST_DAYS, (last - at) // timedelta(days=1) + 1))


def _areas(rows: Sequence[Mapping[str, Any]], teams: Sequence[Team], ref: Reference) -> tuple[Ints, Ints, Flags]:
    """The ground of each order, the area of each team, and which area serves which ground. Nobody's ground is the first row,
    the area without bounds the first column.
    """
    units = [_unit_of_grid(row["grid_id"], ref) for row in rows]
    named: dict[int, set[int]] = defaultdict(set)
    for team, unit in Team.areas.through.objects.values_list("team", "unit"):
        named[team].add(unit)
    grounds = [0, *sorted({unit for unit in units if unit})]
    areas = [frozenset[int](), *sorted({frozenset(one) for one in named.values()}, key=sorted)]
    serves = np.zeros((len(grounds), len(areas)), dtype=np.bool_)
    serves[:, 0] = True
    for row, unit in enumerate(grounds[1:], 1):
        over = {unit, *ref.org.above(unit)}
        for column, area in enumerate(areas[1:], 1):
            serves[row, column] = not over.isdisjoint(area)
    of_ground = {unit: row for row, unit in enumerate(grounds)}
    of_area = {area: column for column, area in enumerate(areas)}
    return (
        np.array([of_ground[unit or 0] for unit in units], dtype=np.int32),
        np.array([of_area[frozenset(named[team.pk])] for team in teams], dtype=np.int32), serves,
    )  # fmt: skip


def _unit_of_grid(grid_id: int | None, ref: Reference) -> int | None:
    info = ref.grids.info(grid_id) if grid_id else None
    return info.unit_id if info else None


def _teams(
    teams: Sequence[Team], owned: Bits, area: Ints, times: Sequence[Span], plane: _Plane, at: datetime, away: Periods,
    whose: Flags,
) -> tuple[Teams, Absence]:  # fmt: skip
    """The teams as they are there, and what their days away take. Who has no weekly times but days away is there in the stretches
    between them (`whose`, teams × stretches), as often as the team can.
    """
    busy = list(
        Order.objects.filter(state__in=sorted(WITH_TEAM)).order_by("assigned_at", "pk")
        .values_list("team", "wanted_from", "wanted_to", "minutes")
    )  # fmt: skip
    load = Counter(team for team, *_ in busy)
    day = day_of(at)
    members = Membership.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day, volunteer__left_at=None)
    size = dict(members.order_by().values_list("team").annotate(Count("pk")))
    offered, gone = _offered(teams, times), covered(away, times, len(teams))
    words = words_for(len(times) + whose.shape[1])
    capacity = np.array([team.capacity for team in teams], dtype=np.int64)
    any_time = np.array([not team.slots for team in teams], dtype=np.bool_)
    room = np.hstack([_room(teams, times, at, busy, gone), whose * capacity[:, None]])
    made = Teams(
        plane.of([_place_of(team) for team in teams]), np.array([team.radius_m for team in teams], dtype=np.float64), owned, area,
        np.array([size.get(team.pk, 0) for team in teams], dtype=np.int64), capacity,
        np.array([load.get(team.pk, 0) for team in teams], dtype=np.int64), any_time & ~whose.any(axis=1),
        packed(np.hstack([offered & ~gone, whose]), words), room.astype(np.int32),
    )  # fmt: skip
    rows = np.array(sorted(away), dtype=np.int64)
    if not len(rows):
        return made, Absence(away, rows, None)
    some = [teams[row] for row in rows]
    whole = np.zeros((len(rows), room.shape[1]), dtype=np.int32)
    whole[:, : len(times)] = _room(some, times, at, busy, np.zeros((len(rows), len(times)), dtype=np.bool_))
    there = {name: getattr(made, name)[rows] for name in Teams.__dataclass_fields__}
    there |= {"any_time": any_time[rows], "times": packed(offered[rows], words), "room": whole}
    return made, Absence(away, rows, Teams(**there))


def _key(one: Span) -> tuple[int, str, str]:
    zone = timezone.get_default_timezone()
    begins, ends = (moment.astimezone(zone) for moment in one)
    return begins.isoweekday(), f"{begins:%H:%M}", f"{ends:%H:%M}"


def _offered(teams: Sequence[Team], times: Sequence[Span]) -> Flags:
    """Teams × times: whether the team is there at all, room or not."""
    keys = [_key(one) for one in times]
    made = np.zeros((len(teams), len(times)), dtype=np.bool_)
    for row, team in enumerate(teams):
        if team.slots:
            own = {(int(slot["weekday"]), slot["from"][:5], slot["to"][:5]) for slot in team.slots}
            made[row] = [key in own for key in keys]
    return made


def _room(
    teams: Sequence[Team], times: Sequence[Span], at: datetime, busy: Sequence[tuple[Any, ...]], gone: Flags
) -> Longs:  # fmt: skip
    """Teams × times: the orders each weekly time has left, when what the team has already (`busy`: team, wanted from, until,
    minutes) takes the first time that suits; none on days away (`gone`, teams × times).
    """
    keys = [_key(one) for one in times]
    room = np.zeros((len(teams), len(times)), dtype=np.int64)
    for row, team in enumerate(teams):
        if team.slots:
            most: dict[tuple[int, str, str], int] = defaultdict(int)
            for slot in team.slots:
                most[int(slot["weekday"]), slot["from"][:5], slot["to"][:5]] += int(slot["orders"])
            room[row] = [most.get(key, 0) for key in keys]
    room[gone] = 0
    rows = {team.pk: row for row, team in enumerate(teams) if team.slots}
    fixed = [(rows[team], Wanted(*wanted)) for team, *wanted in busy if team in rows]
    fitting = suits([wanted for _, wanted in fixed], times, at=at)
    for (row, _), suiting in zip(fixed, fitting, strict=True):
        take_first(room[row], suiting)
    return room


def _refused(rows: Sequence[Mapping[str, Any]], teams: Sequence[Team]) -> Longs:
    order = {row["pk"]: number for number, row in enumerate(rows)}
    team = {one.pk: number for number, one in enumerate(teams)}
    pairs = OrderRefusal.objects.filter(order__state=OrderState.POOLED).values_list("order", "team")
    kept = [(order[one], team[other]) for one, other in pairs if one in order and other in team]
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def _place_of(team: Team) -> dict[str, float | None]:
    """Where a team starts from, as the rows of orders say a place."""
    return dict(zip(("lon", "lat"), team.start or (None, None), strict=True))


class _Plane:
    """A local plane in metres, touching the earth in the middle of the pool: right to a per mille across a city."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], teams: Sequence[Team]) -> None:
        places = [(row["lon"], row["lat"]) for row in (*rows, *map(_place_of, teams)) if row["lon"] is not None]
        lon, lat = np.median(np.array(places, dtype=np.float64).reshape(-1, 2), axis=0) if places else (0.0, 0.0)
        self.middle = np.array([lon, lat])
        self.scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(lat)), 1.0])

    def of(self, rows: Sequence[Mapping[str, Any]]) -> Floats:
        """The places of rows on the plane; NaN where there is none."""
        places = [(row["lon"], row["lat"]) if row["lon"] is not None else (np.nan, np.nan) for row in rows]
        return np.asarray((np.array(places, dtype=np.float64).reshape(-1, 2) - self.middle) * self.scale)
