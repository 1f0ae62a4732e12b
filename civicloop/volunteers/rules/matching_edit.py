"""What it costs to decide one order otherwise than proposed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from civicloop.volunteers.rules.matching import (
    BARRED_BY,
    FAIRNESS_M,
    NOBODY,
    Edges,
    Plan,
    Pool,
    Teams,
    WhyNot,
    holds_bits,
)
from civicloop.volunteers.rules.matching_edges import feasible, free_times
from civicloop.volunteers.rules.matching_flow import solve_on


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


def cost_of_edit(plan: Plan, order: int, team: int | None, *, fairness: int = FAIRNESS_M) -> Edit:
    """What it costs to give an order to a team, or to nobody (None): all others are planned anew around that pair.

    A person may know better than the sieves, so any team can be named; the sieve it does not pass is told. Others are not moved
    for less than a metre.
    """
    forced = barred_by(plan.pool, order, team) if team is not None else None
    slot = _slot_for(plan.pool, order, team) if team is not None else NOBODY
    rest = _without(plan.pool, order, team, slot)
    found = solve_on(rest, _edges_without(plan, rest, order, team), fairness=fairness, keep=plan.team)
    chosen, slots, metres = found.team.copy(), found.slot.copy(), found.metres.copy()
    chosen[order], slots[order] = (NOBODY, NOBODY) if team is None else (team, slot)
    metres[order] = NOBODY if team is None else _way(plan.pool, order, team)
    edited = Plan(plan.pool, plan.edges, chosen, slots, metres)
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
    return Pool(orders, teams, pool.serves, refused)


def _without(pool: Pool, order: int, team: int | None, slot: int) -> Pool:
    """The pool when the pair is decided: the team has one place less, and so has its weekly time."""
    if team is None:
        return pool
    load, room = pool.teams.load.copy(), pool.teams.room.copy()
    load[team] += 1
    if slot != NOBODY:
        room[team, slot] -= 1
    return replace(pool, teams=replace(pool.teams, load=load, room=room))


def _edges_without(plan: Plan, rest: Pool, order: int, team: int | None) -> Edges:
    """The edges of all others, without those to a team that is full now."""
    edges = plan.edges
    stays = edges.order != order
    if team is not None and not rest.teams.left[team]:
        stays &= edges.team != team
    starts = np.concatenate([[0], np.cumsum(stays)])[edges.starts].astype(np.int64)
    return Edges(edges.order[stays], edges.team[stays], edges.metres[stays], starts, edges.sieve)


def _slot_for(pool: Pool, order: int, team: int) -> int:
    """The first weekly time of the team with room that suits the order; NOBODY where there is none."""
    if pool.teams.any_time[team]:
        return NOBODY
    shared = pool.orders.times[order] & free_times(pool.teams)[team]
    return next((bit for bit in range(64 * len(shared)) if int(shared[bit // 64]) >> (bit % 64) & 1), NOBODY)


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
