"""Orders decided by hand: the best plan around them, and what it costs to decide one otherwise than proposed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from civicloop.volunteers.rules.matching import (
    BARRED_BY,
    FAIRNESS_M,
    NOBODY,
    Edges,
    Ints,
    Plan,
    Pool,
    Teams,
    WhyNot,
    holds_bits,
)
from civicloop.volunteers.rules.matching_edges import feasible
from civicloop.volunteers.rules.matching_flow import solve_on

# Orders decided by hand: the row of a team, or None where the order stays without one.
Hands = Mapping[int, int | None]
# So often the others are planned anew before all that was decided by hand is put down first.
ROUNDS = 3


@dataclass(frozen=True)
class Edit:
    """The plan with one pair decided by hand, against the plan proposed.

    `weight`, `served` and `metres` are differences (less than 0: the edit loses); `moved` are the orders whose team changes, the
    edited one among them, with the team before and after; `forced` is the sieve the pair does not pass, if any.
    """

    plan: Plan
    weight: int
    served: int
    metres: int
    moved: tuple[tuple[int, int, int], ...]
    forced: WhyNot | None


def plan_with(
    pool: Pool, edges: Edges, hands: Hands, *, fairness: int = FAIRNESS_M, keep: Ints | None = None
) -> Plan:  # fmt: skip
    """The best plan in which some orders are decided by hand, each for a team or for nobody: all others are planned around them.

    What the best plan does anyway need not be forced upon it: who confirms what is proposed moves nobody. With `keep`, a team for
    each order, nobody else is moved from it for less than a metre.
    """
    binding: dict[int, int | None] = {}
    for last in reversed(range(ROUNDS)):
        found = _around(pool, edges, binding, fairness, keep)
        broken = {one: team for one, team in hands.items() if found.team[one] != (NOBODY if team is None else team)}
        if not broken:
            break
        binding |= broken if last > 1 else dict(hands)
    return found


def _around(pool: Pool, edges: Edges, hands: Hands, fairness: int, keep: Ints | None) -> Plan:
    """The best plan in which these pairs stand: whoever fits into his team gets no other choice than it, and the weekly time that
    is best for all; the others are put down first.
    """
    bound, put, times = _fitting(pool, hands)
    rest = _reserved(pool, put, times)
    some = _edges_around(pool, _edges_without(edges, rest, hands), bound)
    found = solve_on(rest, some, fairness=fairness, keep=keep, bound=sorted(bound))
    chosen, taken, metres = found.team.copy(), found.slot.copy(), found.metres.copy()
    for order, team in hands.items():
        if order not in bound:
            chosen[order], taken[order] = (NOBODY, NOBODY) if team is None else (team, times.get(order, NOBODY))
            metres[order] = NOBODY if team is None else _way(pool, order, team)
    return Plan(pool, edges, chosen, taken, metres)


def cost_of_edit(
    plan: Plan, order: int, team: int | None, *, hands: Hands | None = None, fairness: int = FAIRNESS_M
) -> Edit:  # fmt: skip
    """What it costs to give an order to a team, or to nobody (None): all others are planned anew around that pair and around those
    decided before (`hands`, which the plan holds already).

    A person may know better than the sieves, so any team can be named; the sieve it does not pass is told. Others are not moved
    for less than a metre.
    """
    others = {one: named for one, named in (hands or {}).items() if one != order}
    forced = _barred_beside(plan.pool, others, order, team) if team is not None else None
    if plan.team[order] == (NOBODY if team is None else team):
        return _difference(plan, plan, forced)
    edited = plan_with(plan.pool, plan.edges, {**others, order: team}, fairness=fairness, keep=plan.team)
    return _difference(plan, edited, forced)


def barred_by(pool: Pool, order: int, team: int) -> WhyNot | None:
    """The first sieve a pair does not pass, or None."""
    alone = _alone(pool, order, team)
    sieve = feasible(alone).sieve[0]
    if not np.isfinite(pool.orders.xy[order]).all():
        return WhyNot.NO_PLACE if holds_bits(alone.teams.skills, pool.orders.needs[order])[0] else WhyNot.MISSING_SKILL
    return next((why for why, many in zip(BARRED_BY, sieve, strict=True) if many == 0), None)


def _alone(pool: Pool, order: int, team: int) -> Pool:
    one, other = [order], [team]
    orders = replace(
        pool.orders, **{name: getattr(pool.orders, name)[one] for name in pool.orders.__dataclass_fields__}
    )  # fmt: skip
    teams = replace(pool.teams, **{name: getattr(pool.teams, name)[other] for name in Teams.__dataclass_fields__})
    refused = np.zeros((int(((pool.refused == (order, team)).all(axis=1)).any()), 2), dtype=np.int64)
    return Pool(orders, teams, pool.serves, refused, pool.ahead)


def _barred_beside(pool: Pool, others: Hands, order: int, team: int) -> WhyNot | None:
    """The first sieve a pair does not pass when the others that were decided have their places and, as far as that can be, weekly
    times that leave it one.
    """
    taken = {one: named for one, named in others.items() if named is not None}
    return barred_by(_reserved(pool, taken, _times_of(pool, {**taken, order: team})), order, team)


def _fitting(pool: Pool, hands: Hands) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """The pairs that have a place and, where the team keeps to weekly times, one of these; the pairs that only have a place; and
    weekly times for as many as can have one. Pairs beyond what the team can take are in neither: they take nobody's place.
    """
    left = pool.teams.left.copy()
    times = _times_of(pool, hands)
    bound: dict[int, int] = {}
    put: dict[int, int] = {}
    for order, team in hands.items():
        if team is None or left[team] <= 0:
            continue
        left[team] -= 1
        fits = bool(pool.teams.any_time[team]) or order in times
        (bound if fits else put)[order] = team
    return bound, put, times


def _times_of(pool: Pool, hands: Hands) -> dict[int, int]:
    """A weekly time for each pair whose team keeps to them: as many pairs get one as can at once, by augmenting paths."""
    held: dict[tuple[int, int], list[int]] = defaultdict(list)
    times: dict[int, int] = {}

    def seat(order: int, team: int, tried: set[int]) -> bool:
        for number in _suiting(pool, order, team):
            if number in tried:
                continue
            tried.add(number)
            there = held[team, number]
            goes = None
            if len(there) >= pool.teams.room[team, number]:
                goes = next((one for one in there if seat(one, team, tried)), None)
                if goes is None:
                    continue
                there.remove(goes)
            there.append(order)
            times[order] = number
            return True
        return False

    for order, team in hands.items():
        if team is not None and not pool.teams.any_time[team]:
            seat(order, team, set())
    return times


def _suiting(pool: Pool, order: int, team: int) -> list[int]:
    """The weekly times of the team that suit the order and have room, the first first."""
    shared = (pool.orders.times[order] & pool.teams.times[team]).tolist()
    room = pool.teams.room[team]
    return [bit for bit in range(len(room)) if shared[bit // 64] >> (bit % 64) & 1 and room[bit] > 0]


def _reserved(pool: Pool, pairs: Mapping[int, int], times: Mapping[int, int]) -> Pool:
    """The pool when these pairs are carried out: each team has a place less for every one, and so has its weekly time."""
    load, room = pool.teams.load.copy(), pool.teams.room.copy()
    for order, team in pairs.items():
        load[team] += 1
        if order in times:
            room[team, times[order]] -= 1
    return replace(pool, teams=replace(pool.teams, load=load, room=room))


def _edges_without(edges: Edges, rest: Pool, hands: Hands) -> Edges:
    """The edges of all others, without those to a team that is full now."""
    decided = np.zeros(len(rest.orders), dtype=np.bool_)
    decided[list(hands)] = True
    stays = ~decided[edges.order] & (rest.teams.left > 0)[edges.team]
    starts = np.concatenate([[0], np.cumsum(stays)])[edges.starts].astype(np.int64)
    return Edges(edges.order[stays], edges.team[stays], edges.metres[stays], starts, edges.sieve)


def _edges_around(pool: Pool, edges: Edges, bound: Mapping[int, int]) -> Edges:
    """The edges with one more for each of these pairs, whose orders have none."""
    rows = sorted(bound.items())
    at = edges.starts[[order for order, _ in rows]]
    columns = zip(*((order, team, _way(pool, order, team)) for order, team in rows), strict=True)
    more = [np.array(column, dtype=np.int32) for column in columns] or [np.zeros(0, dtype=np.int32)] * 3
    added = np.zeros(len(pool.orders) + 1, dtype=np.int64)
    added[[order + 1 for order, _ in rows]] = 1
    order, team, metres = (
        np.insert(old, at, new) for old, new in zip((edges.order, edges.team, edges.metres), more, strict=True)
    )  # fmt: skip
    return Edges(order, team, metres, edges.starts + np.cumsum(added), edges.sieve)


def _way(pool: Pool, order: int, team: int) -> int:
    """Metres between order and team; 0 where one of them has no place."""
    away = float(np.hypot(*(pool.teams.xy[team] - pool.orders.xy[order])))
    return round(away) if np.isfinite(away) else 0


def _difference(plan: Plan, edited: Plan, forced: WhyNot | None) -> Edit:
    before, after = plan.figures, edited.figures
    moved = tuple(
        (int(order), int(plan.team[order]), int(edited.team[order]))
        for order in np.flatnonzero(plan.team != edited.team)
    )
    return Edit(
        edited, after.weight - before.weight, after.served - before.served, round((after.km - before.km) * 1000), moved,
        forced,
    )  # fmt: skip
