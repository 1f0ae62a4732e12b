"""Dispatch: which team is proposed for which open order, and why. Columns in, a plan out.

Among all plans that keep to skills, reach, areas, times, refusals and capacity, the one proposed serves the greatest weight of
orders; of those the one with the least cost, which is metres of way plus a price on crowded teams. The answer is exact: a flow
of least cost (Ahuja, Magnanti, Orlin: Network Flows, 1993, chapters 9 and 12).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bits = NDArray[np.uint64]
Flags = NDArray[np.bool_]

# What the last place of a team costs more than its first, in metres of way: how far one goes round to spare a busy team.
FAIRNESS_M = 1000
# What each day costs that a weekly time lies ahead, in metres: how far one goes so that somebody is served a day earlier.
LATER_M = 50
NOBODY = -1


class WhyNot(StrEnum):
    """Why an order gets no team: its place is unknown, there is no team at all, or the first sieve that no team passes; `away`
    where a team would pass them all if it were not away.
    """

    NO_PLACE = "no_place"
    NO_TEAM = "no_team"
    MISSING_SKILL = "missing_skill"
    OUT_OF_REACH = "out_of_reach"
    OTHER_AREA = "other_area"
    TOO_FEW_PEOPLE = "too_few_people"
    NO_TIME = "no_time"
    AWAY = "away"
    ALL_REFUSED = "all_refused"
    NO_CAPACITY = "no_capacity"


class Why(StrEnum):
    """Why one of the nearest teams is proposed for an order, or another instead; `away` where it could but for its days away."""

    CHOSEN = "chosen"
    FULL = "full"
    SLOT_FULL = "slot_full"
    FARTHER = "farther"
    BUSIER = "busier"
    LATER = "later"
    AWAY = "away"


# The sieves in order. What an order counts after each tells why it gets no team.
SIEVES = ("able", "near", "area", "people", "time", "asked", "room")
BARRED_BY = (
    WhyNot.MISSING_SKILL, WhyNot.OUT_OF_REACH, WhyNot.OTHER_AREA, WhyNot.TOO_FEW_PEOPLE, WhyNot.NO_TIME,
    WhyNot.ALL_REFUSED, WhyNot.NO_CAPACITY,
)  # fmt: skip


@dataclass(frozen=True)
class Orders:
    """The open orders, one row each; their order is the order in which they came.

    `xy` metres on a local plane, NaN where the place is unknown; `needs` skills as bits, any number of words; `weight` above 0;
    `ground` the row of `Pool.serves`; `people` how many are needed; `times` the weekly times that suit, as bits; `in_time` whether
    a team without weekly times can still do it.
    """

    xy: Floats
    needs: Bits
    weight: Longs
    ground: Ints
    people: Longs
    times: Bits
    in_time: Flags

    def __len__(self) -> int:
        return len(self.weight)


@dataclass(frozen=True)
class Teams:
    """The teams, one row each.

    `xy` and `radius` in metres; `skills` as bits; `area` the column of `Pool.serves`; `size` its people, 0 where nobody has said
    how many; `capacity` orders at a time, of which `load` are taken by what is offered or accepted and stays; `any_time` whether
    there are no weekly times; `times` the weekly times as bits; `room` orders each weekly time has left, teams × times.
    """

    xy: Floats
    radius: Floats
    skills: Bits
    area: Ints
    size: Longs
    capacity: Longs
    load: Longs
    any_time: Flags
    times: Bits
    room: Ints

    def __len__(self) -> int:
        return len(self.capacity)

    @property
    def left(self) -> Longs:
        """Orders each team can still take."""
        return np.asarray(np.maximum(self.capacity - self.load, 0))


@dataclass(frozen=True)
class Pool:
    """All that is known when orders are dispatched. `serves[ground, area]` says whether a team of that area goes to that ground;
    `refused` are pairs (order, team) that are over, one row each; `ahead` how many days from now each weekly time is, without it
    each a day after the one before.
    """

    orders: Orders
    teams: Teams
    serves: Flags
    refused: Longs
    ahead: Longs | None = None

    def later(self, slot: Ints) -> Longs:
        """What weekly times cost for being ahead, in metres; nothing where there is none."""
        days = np.arange(self.teams.room.shape[1]) if self.ahead is None else self.ahead
        priced = np.append(LATER_M * days.astype(np.int64), 0)  # the last is that of NOBODY
        return np.asarray(priced[slot], dtype=np.int64)


@dataclass(frozen=True)
class Edges:
    """All pairs that are possible, in order of order, metres, team. Those of order `o` are `starts[o]:starts[o + 1]`.

    `sieve[o]` counts the teams left after each of SIEVES.
    """

    order: Ints
    team: Ints
    metres: Ints
    starts: Longs
    sieve: Ints

    def __len__(self) -> int:
        return len(self.order)


@dataclass(frozen=True)
class Figures:
    """What a plan comes to. `spread` is the standard deviation of the teams' use of their capacity, fixed orders among it."""

    served: int
    weight: int
    km: float
    spread: float


@dataclass(frozen=True)
class Plan:
    """The team of each order, NOBODY where it gets none; the weekly time, NOBODY where the team has none; the way in metres."""

    pool: Pool
    edges: Edges
    team: Ints
    slot: Ints
    metres: Ints

    @property
    def load(self) -> Longs:
        """Orders each team has with this plan."""
        return load_with(self.pool.teams, self.team)

    @property
    def figures(self) -> Figures:
        """Served, weight, way and spread."""
        return figures_of(self.pool, self.team, self.metres)


def load_with(teams: Teams, chosen: Ints) -> Longs:
    """Orders each team has when the orders go to the teams chosen."""
    more = np.bincount(chosen[chosen >= 0], minlength=len(teams))
    return np.asarray(teams.load + more, dtype=np.int64)


def figures_of(pool: Pool, team: Ints, metres: Ints) -> Figures:
    """What a choice of teams comes to, whoever made it."""
    served = team >= 0
    able = pool.teams.capacity > 0
    use = load_with(pool.teams, team)[able] / pool.teams.capacity[able]
    return Figures(
        int(served.sum()), int(pool.orders.weight[served].sum()), float(metres[served].sum()) / 1000,
        float(use.std()) if len(use) else 0.0,
    )  # fmt: skip


def shares_bit(one: Bits, other: Bits) -> Flags:
    """Row by row, whether two sets of bits have one in common."""
    found: Flags = (one[:, 0] & other[:, 0]) != 0
    for word in range(1, one.shape[1]):
        found |= (one[:, word] & other[:, word]) != 0
    return found


def holds_bits(owned: Bits, needed: Bits) -> Flags:
    """Row by row, whether all the bits of `needed` (one row for all) are among the owned."""
    return np.asarray(((owned & needed) == needed).all(axis=1))


def words_for(many: int) -> int:
    """How many words of 64 bits so many things take; at least one."""
    return max(1, (many + 63) // 64)


def bits(rows: list[list[int]], many: int) -> Bits:
    """Sets of numbers below `many` as bits, one row each."""
    made = np.zeros((len(rows), words_for(many)), dtype=np.uint64)
    for row, numbers in enumerate(rows):
        for number in numbers:
            made[row, number // 64] |= np.uint64(1 << (number % 64))
    return made
