"""What days away take from the pool: the weekly times they cover, whole days of teams that have none, and who is missed for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.utils import timezone

from civicloop.organisation.days import day_of
from civicloop.standards.reference import Reference
from civicloop.volunteers.models import DaysAway, Team
from civicloop.volunteers.rules.days_away import PLANNED, Period, is_away, left_over, public_holidays
from civicloop.volunteers.rules.matching import Edges, Flags, Longs, Pool, Teams
from civicloop.volunteers.rules.matching_edges import feasible
from civicloop.volunteers.rules.matching_times import Span, Wanted

Periods = Mapping[int, Sequence[Period]]
# As many as are told of the teams that could.
MOST_TOLD = 3


@dataclass(frozen=True)
class Absence:
    """The days away by row of the team, the rows of those teams, and the same teams as if they never were away."""

    periods: Periods
    rows: Longs
    teams: Teams | None


def read_periods(
    teams: Sequence[Team], wanted: Sequence[Wanted], at: datetime, ref: Reference
) -> dict[int, list[Period]]:  # fmt: skip
    """The days away that can matter to these orders, by row of the team; public holidays too, of those that rest on them. One
    statement.
    """
    last = max((one.ends or max(one.begins or at, at) + PLANNED for one in wanted), default=at)
    within = Period(day_of(at), max(day_of(at), day_of(last)))
    row = {team.pk: number for number, team in enumerate(teams)}
    found: dict[int, list[Period]] = defaultdict(list)
    days = DaysAway.objects.filter(last_day__gte=day_of(at)).order_by("first_day")
    for team, *ends in days.values_list("team", "first_day", "last_day"):
        if team in row:
            found[row[team]].append(Period(*ends))
    resting = {number: ref.calendar_for(team.unit_id) for number, team in enumerate(teams) if not team.on_holidays}
    holidays = {id(one): public_holidays(one, within) for one in resting.values()}
    for number, calendar in resting.items():
        found[number] += holidays[id(calendar)]
    # Whoever goes away after all that waits now can be planned as ever.
    return {team: sorted(periods) for team, periods in found.items() if periods and min(periods).first <= within.last}


def covered(periods: Periods, times: Sequence[Span], teams: int) -> Flags:
    """Teams × times: whether the team is away on the day of a weekly time."""
    made = np.zeros((teams, len(times)), dtype=np.bool_)
    days = [day_of(one.begins) for one in times]
    for team, away in periods.items():
        made[team] = [is_away(away, day) for day in days]
    return made


def stretches(periods: Periods, teams: Sequence[Team], at: datetime) -> tuple[list[Span], Flags]:
    """What is left between the days away of teams without weekly times, each stretch once, in order; and teams × stretches, whose
    each is.
    """
    zone = timezone.get_default_timezone()
    own = {team: left_over(away, at=at, zone=zone) for team, away in periods.items() if not teams[team].slots}
    found = sorted({one for spans in own.values() for one in spans})
    place = {one: number for number, one in enumerate(found)}
    made = np.zeros((len(teams), len(found)), dtype=np.bool_)
    for team, spans in own.items():
        made[team, [place[one] for one in spans]] = True
    return found, made


def missed(pool: Pool, absence: Absence, edges: Edges) -> dict[int, list[tuple[int, int]]]:
    """By row of the order: the nearest teams that could take it if they were not away, with the metres."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    if absence.teams is None:
        return found
    place = {int(row): number for number, row in enumerate(absence.rows)}
    refused = [(order, place[team]) for order, team in pool.refused.tolist() if team in place]
    there = Pool(
        pool.orders, absence.teams, pool.serves, np.array(refused, dtype=np.int64).reshape(-1, 2), pool.ahead
    )  # fmt: skip
    free, wide = feasible(there), len(pool.teams)
    team = absence.rows[free.team]
    able = edges.order.astype(np.int64) * wide + edges.team
    gone = np.isin(free.order.astype(np.int64) * wide + team, able, invert=True)
    for order, one, metres in zip(
        free.order[gone].tolist(), team[gone].tolist(), free.metres[gone].tolist(), strict=True
    ):
        if len(found[order]) < MOST_TOLD:
            found[order].append((one, metres))
    return found
