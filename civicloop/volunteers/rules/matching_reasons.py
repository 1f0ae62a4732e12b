"""Why a plan is as it is: the nearest teams of each order with what spoke against them, and what orders without a team lack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from civicloop.volunteers.rules.matching import (
    BARRED_BY,
    NOBODY,
    Flags,
    Ints,
    Plan,
    Pool,
    Teams,
    Why,
    WhyNot,
    holds_bits,
    shares_bit,
)
from civicloop.volunteers.rules.matching_edges import free_times, placed

BEST = 3
CHOSEN, FULL, SLOT_FULL, FARTHER, BUSIER, LATER = range(6)
WHYS = (Why.CHOSEN, Why.FULL, Why.SLOT_FULL, Why.FARTHER, Why.BUSIER, Why.LATER)
BARRED = (*BARRED_BY, WhyNot.NO_PLACE, WhyNot.NO_TEAM)
NO_PLACE, NO_TEAM = len(BARRED_BY), len(BARRED_BY) + 1


@dataclass(frozen=True)
class Reasons:
    """Row by row of the orders: the nearest teams that could take it (`best`, NOBODY where there are fewer), their metres, and
    `why` as a place in WHYS; `barred` is NOBODY for an order that got a team, else a place in BARRED.
    """

    best: Ints
    metres: Ints
    why: NDArray[np.int8]
    barred: NDArray[np.int8]

    def why_not(self, order: int) -> WhyNot | None:
        """Why an order gets no team, or None where it gets one."""
        code = int(self.barred[order])
        return None if code == NOBODY else BARRED[code]

    def whys(self, order: int) -> list[tuple[int, int, Why]]:
        """The nearest teams of an order, their metres, and why each was taken or not."""
        best, metres, why = self._columns
        row = zip(best[order], metres[order], why[order], strict=True)
        return [(team, away, WHYS[code]) for team, away, code in row if team != NOBODY]

    @cached_property
    def _columns(self) -> tuple[list[list[int]], list[list[int]], list[list[int]]]:
        """The columns as plain numbers: turned once for all orders, many times faster than one by one."""
        return self.best.tolist(), self.metres.tolist(), self.why.tolist()


def reasons(plan: Plan) -> Reasons:
    """The reasons of a plan, for all orders at once."""
    edges = plan.edges
    many = len(plan.pool.orders)
    place = edges.starts[:-1, None] + np.arange(BEST)
    there = place < edges.starts[1:, None]
    at = np.where(there, place, 0)
    best = np.where(there, edges.team[at], NOBODY) if len(edges) else np.full((many, BEST), NOBODY)
    metres = np.where(there, edges.metres[at], NOBODY) if len(edges) else np.full((many, BEST), NOBODY)
    best = best.astype(np.int32)
    return Reasons(best, metres.astype(np.int32), _why(plan, best, metres.astype(np.int32), there), _barred(plan))


def _why(plan: Plan, best: Ints, metres: Ints, there: Flags) -> NDArray[np.int8]:
    teams = plan.pool.teams
    order, column = np.nonzero(there)
    team, away = best[there], metres[there]
    chosen = plan.team[order]
    full = plan.load[team] >= teams.capacity[team]
    verdict = np.full(len(order), BUSIER, dtype=np.int8)
    verdict[(chosen != NOBODY) & (away > plan.metres[order])] = FARTHER
    if not teams.any_time.all():
        first = first_time(plan, order.astype(np.int32), team)
        dearer = away + plan.pool.later(first) > plan.metres[order] + plan.pool.later(plan.slot[order])
        verdict[(verdict == BUSIER) & (chosen != NOBODY) & (first >= 0) & dearer] = LATER
        verdict[(first < 0) & ~teams.any_time[team]] = SLOT_FULL
    verdict[full] = FULL
    verdict[team == chosen] = CHOSEN
    told = np.zeros(best.shape, dtype=np.int8)
    told[order, column] = verdict
    return told


def free_for(plan: Plan, order: Ints, team: Ints) -> Flags:
    """Row by row, whether the team needs no weekly time or still has one that suits the order when the plan is carried out."""
    teams = plan.pool.teams
    free = free_times(after(plan))
    return np.asarray(teams.any_time[team] | shares_bit(plan.pool.orders.times[order], free[team]))


def first_time(plan: Plan, order: Ints, team: Ints) -> Ints:
    """Row by row, the first weekly time of the team that suits the order and is still free when the plan is carried out; NOBODY
    where there is none.
    """
    shared = plan.pool.orders.times[order] & free_times(after(plan))[team]
    found = np.full(len(order), NOBODY, dtype=np.int32)
    for number in reversed(range(plan.pool.teams.room.shape[1])):
        bit = np.uint64(1 << (number % 64))
        found[(shared[:, number // 64] & bit) != 0] = number
    return found


def after(plan: Plan) -> Teams:
    """The teams as they are when the plan is carried out."""
    room = plan.pool.teams.room.copy()
    timed = plan.slot >= 0
    np.subtract.at(room, (plan.team[timed], plan.slot[timed]), 1)
    return replace(plan.pool.teams, load=plan.load, room=room)


def _barred(plan: Plan) -> NDArray[np.int8]:
    """The first sieve that left nobody; where all left somebody, the others took their places."""
    sieve = plan.edges.sieve
    nobody = sieve == 0
    first = np.where(nobody.any(axis=1), nobody.argmax(axis=1), sieve.shape[1] - 1)
    # Whoever has no place is near nobody; that no team has the skill is true all the same, and says more.
    first[~placed(plan.pool.orders.xy) & (first > 0)] = NO_PLACE
    first[(first == 0) & ~plan.pool.orders.needs.any(axis=1)] = NO_TEAM
    return np.where(plan.team == NOBODY, first, NOBODY).astype(np.int8)


def missing_skills(pool: Pool, order: int, among: Sequence[int] | None = None) -> list[int]:
    """The skills that keep an order without a team: those nobody has; where each is to be had but not all in one team, all."""
    needed = pool.orders.needs[order]
    there = placed(pool.teams.xy)
    if holds_bits(pool.teams.skills[there], needed).any():
        return []
    owned = np.bitwise_or.reduce(pool.teams.skills[there], axis=0) if there.any() else np.zeros_like(needed)
    lacking = needed & ~owned
    told = lacking if lacking.any() else needed
    numbers = among if among is not None else range(64 * len(told))
    return [number for number in numbers if int(told[number // 64]) >> (number % 64) & 1]


def nearest_able(pool: Pool, order: int) -> tuple[int, int] | None:
    """The nearest team with the skills, however far it goes, and the metres to it."""
    capable = np.flatnonzero(holds_bits(pool.teams.skills, pool.orders.needs[order]) & placed(pool.teams.xy))
    if not len(capable) or not placed(pool.orders.xy)[order]:
        return None
    away = np.hypot(*(pool.teams.xy[capable] - pool.orders.xy[order]).T)
    nearest = int(away.argmin())
    return int(capable[nearest]), round(float(away[nearest]))
