"""Small pools of orders and teams for tests of the solver, and the slow way to the same answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from civicloop.volunteers.rules.matching import LATER_M, NOBODY, Orders, Plan, Pool, Teams, bits, words_for
from civicloop.volunteers.rules.matching_edges import packed
from civicloop.volunteers.rules.matching_flow import load_steps


@dataclass(frozen=True)
class O:  # noqa: E742  (an order, in one letter so that pools fit a line)
    """An order: where it is, what it needs, what it weighs."""

    x: float = 0.0
    y: float = 0.0
    needs: tuple[int, ...] = ()
    weight: int = 1
    ground: int = 0
    people: int = 1
    times: tuple[int, ...] = ()
    in_time: bool = True


@dataclass(frozen=True)
class T:
    """A team: where it is, what it can, how far it goes, how much it can take. `room` by weekly time; none means any time."""

    x: float = 0.0
    y: float = 0.0
    skills: tuple[int, ...] = ()
    radius: float = 5000.0
    capacity: int = 3
    load: int = 0
    area: int = 0
    size: int = 0
    room: tuple[int, ...] | None = None


def pool(
    orders: Sequence[O], teams: Sequence[T], *, refused: Sequence[tuple[int, int]] = (), serves: Any = None, skills: int = 4,
    times: int = 0,
) -> Pool:  # fmt: skip
    """The columns of a few rows."""
    room = np.array([[*(team.room or ()), *[0] * times][:times] for team in teams], dtype=np.int32).reshape(
        len(teams), times
    )
    offered = np.array([[bool(team.room)] * times for team in teams], dtype=np.bool_).reshape(len(teams), times)
    return Pool(
        Orders(
            np.array([(one.x, one.y) for one in orders], dtype=np.float64).reshape(-1, 2),
            bits([list(one.needs) for one in orders], skills), np.array([one.weight for one in orders], dtype=np.int64),
            np.array([one.ground for one in orders], dtype=np.int32),
            np.array([one.people for one in orders], dtype=np.int64), bits([list(one.times) for one in orders], times),
            np.array([one.in_time for one in orders], dtype=np.bool_),
        ),
        Teams(
            np.array([(one.x, one.y) for one in teams], dtype=np.float64).reshape(-1, 2),
            np.array([one.radius for one in teams], dtype=np.float64), bits([list(one.skills) for one in teams], skills),
            np.array([one.area for one in teams], dtype=np.int32),
            np.array([one.size for one in teams], dtype=np.int64), np.array([one.capacity for one in teams], dtype=np.int64),
            np.array([one.load for one in teams], dtype=np.int64), np.array([one.room is None for one in teams], dtype=np.bool_),
            packed(offered, words_for(times)), room,
        ),
        np.ones((1, 1), dtype=np.bool_) if serves is None else np.array(serves, dtype=np.bool_),
        np.array(refused, dtype=np.int64).reshape(-1, 2),
    )  # fmt: skip


def worth(made: Pool, team: Sequence[int], fairness: int, slot: Sequence[int] = ()) -> tuple[int, int]:
    """What a choice of teams is worth, and of weekly times: weight served, and less of it the cost. The greater, the better."""
    metres = sum(way_of(made, order, one) for order, one in enumerate(team) if one != NOBODY)
    metres += LATER_M * sum(number for number in slot if number != NOBODY)
    weight = sum(int(made.orders.weight[order]) for order, one in enumerate(team) if one != NOBODY)
    prices: dict[int, list[int]] = {}
    for number, many, price in zip(*load_steps(made.teams, fairness), strict=True):
        prices.setdefault(int(number), []).extend([int(price)] * int(many))
    load = sum(sum(prices.get(one, [])[: list(team).count(one)]) for one in {*team} - {NOBODY})
    return weight, -(metres + load)


def way_of(made: Pool, order: int, team: int) -> int:
    """Metres as the solver counts them."""
    return round(float(np.hypot(*(made.orders.xy[order] - made.teams.xy[team]))))


def possible(made: Pool, order: int, team: int) -> bool:
    """Whether a pair passes the sieves, said the simple way."""
    orders, teams = made.orders, made.teams
    has = (teams.skills[team] & orders.needs[order] == orders.needs[order]).all()
    near = np.hypot(*(orders.xy[order] - teams.xy[team])) <= teams.radius[team]
    there = made.serves[orders.ground[order], teams.area[team]]
    over = (order, team) in {tuple(row) for row in made.refused.tolist()}
    many = teams.size[team] == 0 or teams.size[team] >= orders.people[order]
    in_time = orders.in_time[order] if teams.any_time[team] else times_of(made, order, team)
    return bool(has and near and there and many and in_time and not over and teams.left[team] > 0)


def times_of(made: Pool, order: int, team: int) -> list[int]:
    """The weekly times with room at which a team could do an order; NOBODY alone for a team that has none."""
    teams = made.teams
    if teams.any_time[team]:
        return [NOBODY]
    suit = made.orders.times[order] & teams.times[team]
    numbers = range(teams.room.shape[1])
    return [number for number in numbers if int(suit[number // 64]) >> number % 64 & 1 and teams.room[team, number] > 0]


def best_by_trying(made: Pool, fairness: int, pinned: Mapping[int, int] | None = None) -> tuple[int, int]:
    """The worth of the best plan, by trying all of them; with `pinned`, of those in which these orders go to these teams, or to
    NOBODY.
    """
    able = [
        [NOBODY, *(team for team in range(len(made.teams)) if possible(made, order, team))]
        for order in range(len(made.orders))
    ]
    for order, team in (pinned or {}).items():
        able[order] = [team]
    choices = [
        [(team, time) for team in row for time in (times_of(made, order, team) if team != NOBODY else [NOBODY])]
        for order, row in enumerate(able)
    ]
    plans = (zip(*plan, strict=True) for plan in product(*choices) if fits(made, plan)) if choices else [((), ())]
    return max(worth(made, team, fairness, slot) for team, slot in (map(tuple, plan) for plan in plans))


def fits(made: Pool, plan: Sequence[tuple[int, int]]) -> bool:
    """Whether no team and no weekly time has more of these pairs (team, time) than it can take."""
    teams, times = Counter(team for team, _ in plan), Counter(plan)
    return all(many <= made.teams.left[team] for team, many in teams.items() if team != NOBODY) and all(
        many <= made.teams.room[team, time] for (team, time), many in times.items() if time != NOBODY
    )


def keeps_to_the_rules(plan: Plan) -> bool:
    """Whether no team and no weekly time has more than it can take, and every pair passes the sieves."""
    pairs = list(zip(plan.team.tolist(), plan.slot.tolist(), strict=True))
    return fits(plan.pool, pairs) and all(
        possible(plan.pool, order, team) and time in times_of(plan.pool, order, team)
        for order, (team, time) in enumerate(pairs)
        if team != NOBODY
    )


place = st.integers(0, 6000).map(float)
some_skills = st.sets(st.integers(0, 2), max_size=2).map(lambda one: tuple(sorted(one)))
order_rows = st.builds(
    O, x=place, y=place, needs=some_skills, weight=st.sampled_from([1, 2, 4]), ground=st.integers(0, 1),
    people=st.integers(1, 3),
    in_time=st.booleans() | st.just(True),
)  # fmt: skip
team_rows = st.builds(
    T, x=place, y=place, skills=st.sets(st.integers(0, 2)).map(lambda one: tuple(sorted(one))),
    radius=st.sampled_from([1500.0, 4000.0, 9000.0]), capacity=st.integers(0, 3), load=st.integers(0, 2), area=st.integers(0, 1),
    size=st.integers(0, 3),
)  # fmt: skip


@st.composite
def pools(draw: Any, most_orders: int = 5, most_teams: int = 3, times: int = 0) -> Pool:
    """Pools small enough to try all plans; with so many weekly times, of which some teams keep to some."""
    orders = draw(st.lists(order_rows, min_size=0, max_size=most_orders))
    teams = draw(st.lists(team_rows, min_size=0, max_size=most_teams))
    if times:
        suiting, rooms = st.sets(st.integers(0, times - 1)).map(tuple), st.tuples(*[st.integers(0, 2)] * times)
        orders = [replace(one, times=draw(suiting)) for one in orders]
        teams = [replace(one, room=draw(st.none() | rooms)) for one in teams]
    pairs = [(order, team) for order in range(len(orders)) for team in range(len(teams))]
    refused = draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)) if pairs else []
    return pool(orders, teams, refused=refused, serves=[[True, draw(st.booleans())], [True, True]], times=times)


def with_capacity(made: Pool, team: int, more: int) -> Pool:
    """The same pool with a team that can take more."""
    capacity = made.teams.capacity.copy()
    capacity[team] += more
    return replace(made, teams=replace(made.teams, capacity=capacity))
