"""The simple rules people dispatch by, on the same edges: what an exact plan is compared with."""

from __future__ import annotations

import numpy as np

from civicloop.volunteers.rules.matching import NOBODY, Bits, Edges, Figures, Ints, Longs, Pool, figures_of
from civicloop.volunteers.rules.matching_edges import free_times


def nearest_first(pool: Pool, edges: Edges) -> Figures:
    """First come, first served, by the nearest team that has room."""
    return _in_turn(pool, edges, np.arange(len(pool.orders), dtype=np.int64))


def priority_first(pool: Pool, edges: Edges) -> Figures:
    """The heaviest orders first, of equal ones the first that came, by the nearest team that has room."""
    return _in_turn(pool, edges, np.argsort(-pool.orders.weight, kind="stable").astype(np.int64))


def _in_turn(pool: Pool, edges: Edges, turn: Longs) -> Figures:
    teams, orders = pool.teams, pool.orders
    left, room, free = teams.left, teams.room.copy(), free_times(teams)
    team: Ints = np.full(len(orders), NOBODY, dtype=np.int32)
    metres = team.copy()
    starts = edges.starts.tolist()
    timed = not teams.any_time.all()
    for order in turn.tolist():
        one, end = starts[order], starts[order + 1]
        able = left[edges.team[one:end]] > 0
        if timed:
            near = edges.team[one:end]
            able &= teams.any_time[near] | ((orders.times[order] & free[near]) != 0).any(axis=1)
        if not able.any():
            continue
        pair = one + int(able.argmax())
        taken = int(edges.team[pair])
        left[taken] -= 1
        team[order], metres[order] = taken, edges.metres[pair]
        if timed and not teams.any_time[taken]:
            _take_time(orders.times[order] & free[taken], taken, room, free)
    return figures_of(pool, team, metres)


def _take_time(shared: Bits, team: int, room: Ints, free: Bits) -> None:
    """The first weekly time that suits has one place less."""
    number = next(bit for bit in range(64 * len(shared)) if int(shared[bit // 64]) >> (bit % 64) & 1)
    room[team, number] -= 1
    if room[team, number] == 0:
        free[team, number // 64] &= ~np.uint64(1 << (number % 64))
