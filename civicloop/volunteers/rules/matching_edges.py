"""Which team could take which order: the pairs a plan may choose among, and how many teams each sieve leaves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from civicloop.volunteers.rules.matching import (
    SIEVES,
    Bits,
    Edges,
    Flags,
    Floats,
    Ints,
    Longs,
    Orders,
    Pool,
    Teams,
    holds_bits,
    shares_bit,
)

# A pair is kept as one number while it is sorted: order, metres, team.
TEAM_BITS, METRE_BITS, ORDER_BITS = 20, 24, 19


def feasible(pool: Pool) -> Edges:
    """All pairs that pass every sieve. Raises ValueError beyond half a million orders, a million teams or 16 000 km."""
    many = len(pool.orders)
    if many >= 1 << ORDER_BITS or len(pool.teams) >= 1 << TEAM_BITS:
        raise ValueError("too many orders or teams")
    able, order, team, metres = _near(pool)
    if len(metres) and metres.max() >= 1 << METRE_BITS:
        raise ValueError("too far")
    counts = [able, np.bincount(order, minlength=many)]
    for sieve in (_in_area, _with_people, _in_time, _not_refused, _with_room):
        passes = sieve(pool, order, team)
        if not passes.all():
            order, team, metres = order[passes], team[passes], metres[passes]
            counts.append(np.bincount(order, minlength=many))
        else:
            counts.append(counts[-1])
    order, team, metres = _sorted(order, team, metres)
    starts = np.concatenate([[0], np.cumsum(counts[-1])]).astype(np.int64)
    return Edges(order, team, metres, starts, np.stack(counts, axis=1).astype(np.int32).reshape(many, len(SIEVES)))


def groups(needs: Bits) -> Iterator[tuple[Longs, Bits]]:
    """The orders that need the same skills, and what they need."""
    if not len(needs):
        return
    kinds, which = np.unique(needs, axis=0, return_inverse=True)
    which = which.reshape(-1)
    by_kind = np.argsort(which, kind="stable")
    ends = np.cumsum(np.bincount(which, minlength=len(kinds)))
    for kind, members in enumerate(np.split(by_kind, ends[:-1])):
        yield members.astype(np.int64), kinds[kind]


def _near(pool: Pool) -> tuple[Longs, Ints, Ints, Ints]:
    """How many teams have the skills of each order, and the pairs of them that lie within the team's radius."""
    orders, teams = pool.orders, pool.teams
    able = np.zeros(len(orders), dtype=np.int64)
    here, there = placed(orders.xy), placed(teams.xy)
    found: list[tuple[Ints, Ints, Ints]] = []
    for members, needed in groups(orders.needs):
        capable = np.flatnonzero(holds_bits(teams.skills, needed) & there)
        able[members] = len(capable)
        members = members[here[members]]
        if len(members) and len(capable):
            found += _within(orders, teams, members, capable)
    if not found:
        empty = np.zeros(0, dtype=np.int32)
        return able, empty, empty, empty
    order, team, metres = (np.concatenate(column) for column in zip(*found, strict=True))
    return able, order, team, metres


def _within(orders: Orders, teams: Teams, members: Longs, capable: Longs) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The pairs within reach. Teams that go about as far are looked at together, so that one far-going team costs little."""
    from scipy.spatial import cKDTree  # noqa: PLC0415  (slow import)

    tree = cKDTree(orders.xy[members])
    radius = teams.radius[capable]
    size = np.ceil(np.log2(np.maximum(radius, 1.0)) * 2).astype(np.int64)
    for one in np.unique(size):
        some = np.flatnonzero(size == one)
        reach = radius[some]
        pairs = cKDTree(teams.xy[capable[some]]).sparse_distance_matrix(
            tree, float(reach.max()), output_type="ndarray"
        )  # fmt: skip
        row, column, away = pairs["i"], pairs["j"], pairs["v"]
        if reach.min() < reach.max():
            near = away <= reach[row]
            row, column, away = row[near], column[near], away[near]
        yield members[column].astype(np.int32), capable[some][row].astype(np.int32), np.rint(away).astype(np.int32)


def placed(xy: Floats) -> Flags:
    """Which rows have a place."""
    return np.asarray(np.isfinite(xy).all(axis=1))


def _in_area(pool: Pool, order: Ints, team: Ints) -> Flags:
    if pool.serves.all():
        return np.ones(len(order), dtype=np.bool_)
    return np.asarray(pool.serves[pool.orders.ground[order], pool.teams.area[team]])


def _with_people(pool: Pool, order: Ints, team: Ints) -> Flags:
    size = pool.teams.size[team]
    return np.asarray((size == 0) | (size >= pool.orders.people[order]))


def _in_time(pool: Pool, order: Ints, team: Ints) -> Flags:
    orders, teams = pool.orders, pool.teams
    if teams.any_time.all() and orders.in_time.all():
        return np.ones(len(order), dtype=np.bool_)
    shared = shares_bit(orders.times[order], teams.times[team])
    return np.where(teams.any_time[team], orders.in_time[order], shared)


def _not_refused(pool: Pool, order: Ints, team: Ints) -> Flags:
    if not len(pool.refused):
        return np.ones(len(order), dtype=np.bool_)
    wide = len(pool.teams)
    over = pool.refused[:, 0] * wide + pool.refused[:, 1]
    return np.isin(order.astype(np.int64) * wide + team, over, invert=True)


def _with_room(pool: Pool, order: Ints, team: Ints) -> Flags:
    teams = pool.teams
    room = (teams.left > 0)[team]
    if teams.any_time.all():
        return np.asarray(room)
    free = free_times(teams)
    return np.asarray(room & (teams.any_time[team] | shares_bit(pool.orders.times[order], free[team])))


def free_times(teams: Teams) -> Bits:
    """The weekly times of each team that have room left, as bits."""
    return np.asarray(teams.times & packed(teams.room > 0, teams.times.shape[1]))


def packed(flags: Flags, words: int) -> Bits:
    """Rows of flags as rows of bits."""
    made = np.zeros((len(flags), words), dtype=np.uint64)
    for number in range(flags.shape[1]):
        made[:, number // 64] |= flags[:, number].astype(np.uint64) << np.uint64(number % 64)
    return made


def _sorted(order: Ints, team: Ints, metres: Ints) -> tuple[Ints, Ints, Ints]:
    """By order, then metres, then team: one number for each pair is sorted several times faster than three columns."""
    key = (order.astype(np.int64) << (METRE_BITS + TEAM_BITS)) | (metres.astype(np.int64) << TEAM_BITS) | team
    key.sort()
    return (
        (key >> (METRE_BITS + TEAM_BITS)).astype(np.int32), (key & ((1 << TEAM_BITS) - 1)).astype(np.int32),
        ((key >> TEAM_BITS) & ((1 << METRE_BITS) - 1)).astype(np.int32),
    )  # fmt: skip
