"""Dispatch with side constraints, for small pools: people needed, one order by two teams, orders that exclude each other.

These break the shape of a flow, so the same aim (weight first, then metres and even loads) is handed to CP-SAT of OR-tools. It
is exact too, but takes seconds from a few hundred pairs on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from civicloop.volunteers.rules.matching import FAIRNESS_M, Edges, Longs, Orders, Plan, Pool
from civicloop.volunteers.rules.matching_edges import feasible
from civicloop.volunteers.rules.matching_flow import choices, load_steps, one_weight
from civicloop.volunteers.rules.matching_reasons import after

# The people of a team nobody has counted: as many as are asked for.
ENOUGH = 1_000_000


@dataclass(frozen=True)
class Sides:
    """The side constraints. `people` each order needs; `size` people each team can send to an order; `most_teams` that may do an
    order together (1 or 2); `clash` pairs of orders that one team cannot both do, one row each.
    """

    people: Longs
    size: Longs
    most_teams: Longs
    clash: Longs


@dataclass(frozen=True)
class SmallPlan:
    """The teams of each order, none where it gets none. `proven` says whether no plan is better."""

    teams: tuple[tuple[int, ...], ...]
    weight: int
    metres: int
    cost: int
    proven: bool


def no_sides(pool: Pool) -> Sides:
    """One team for each order, and nothing the flow does not know: then the plan is that of the flow."""
    many = len(pool.orders)
    ones = np.ones(many, dtype=np.int64)
    return Sides(pool.orders.people, people_of(pool), ones, np.zeros((0, 2), dtype=np.int64))


def people_of(pool: Pool) -> Longs:
    """The people of each team."""
    return np.where(pool.teams.size > 0, pool.teams.size, ENOUGH)


def solve_small(
    pool: Pool, sides: Sides, *, fairness: int = FAIRNESS_M, seconds: float = 5.0, workers: int = 2
) -> SmallPlan:
    """The best plan found in the time given."""
    from ortools.sat.python import cp_model  # noqa: PLC0415  (slow import)

    edges = feasible(_relaxed(pool, sides))
    model = cp_model.CpModel()
    built = _Built(pool, sides, edges, model, fairness)
    built.bound_orders()
    built.bound_teams()
    built.aim()
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return built.told(solver if found else None, status == cp_model.OPTIMAL)


def _relaxed(pool: Pool, sides: Sides) -> Pool:
    """What two teams may do together need not be in the skills of each; people are counted by `sides`."""
    needs = pool.orders.needs.copy()
    needs[sides.most_teams > 1] = 0
    return replace(pool, orders=replace(pool.orders, needs=needs, people=np.zeros(len(needs), dtype=np.int64)))


def of_several_teams(plan: Plan, orders: list[int], *, seconds: float = 2.0) -> dict[int, tuple[int, ...]]:
    """Orders a plan leaves because no single team will do, each with two teams that could do it together and have room left.

    No place of a team is named for two orders. `orders` are rows of the plan, at most some dozens.
    """
    pool, row = plan.pool, {order: number for number, order in enumerate(orders)}
    rows = {name: getattr(pool.orders, name)[orders] for name in Orders.__dataclass_fields__}
    over = pool.refused[np.isin(pool.refused[:, 0], orders)]
    refused = np.array([(row[order], team) for order, team in over.tolist()], dtype=np.int64).reshape(-1, 2)
    part = Pool(Orders(**rows), after(plan), pool.serves, refused, pool.ahead)
    twice = np.full(len(orders), 2, dtype=np.int64)
    found = solve_small(
        part, Sides(part.orders.people, people_of(part), twice, np.zeros((0, 2), dtype=np.int64)), seconds=seconds
    )
    return {order: found.teams[number] for order, number in row.items() if found.teams[number]}


class _Built:
    """The model: `takes[order, team]` sums the choices of a pair, `served[order]` says whether the order is done."""

    def __init__(self, pool: Pool, sides: Sides, edges: Edges, model: Any, fairness: int) -> None:
        self.pool, self.sides, self.edges, self.model, self.fairness = pool, sides, edges, model, fairness
        edge, slot = choices(pool, edges)
        self.cost = edges.metres[edge].astype(np.int64) + pool.later(slot)
        self.order = edges.order[edge]
        self.metres = edges.metres[edge]
        self.chosen = [model.new_bool_var("") for _ in edge]
        self.served = [model.new_bool_var("") for _ in range(len(pool.orders))]
        self.takes: dict[tuple[int, int], list[Any]] = defaultdict(list)
        self.timed: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for variable, pair, number in zip(self.chosen, edge.tolist(), slot.tolist(), strict=True):
            order, team = int(edges.order[pair]), int(edges.team[pair])
            self.takes[order, team].append(variable)
            if number >= 0:
                self.timed[team, number].append(variable)

    def bound_orders(self) -> None:
        """An order that is done has one team, or up to two who bring all skills and people together."""
        by_order: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        for (order, team), variables in self.takes.items():
            by_order[order].append((team, sum(variables)))
            self.model.add_at_most_one(variables)
        for order, done in enumerate(self.served):
            pairs = by_order[order]
            together = sum(taken for _, taken in pairs)
            self.model.add(together >= done)
            self.model.add(together <= int(self.sides.most_teams[order]) * done)
            size = sum(int(self.sides.size[team]) * taken for team, taken in pairs)
            self.model.add(size >= int(self.sides.people[order]) * done)
            for word, bit in _bits_of(self.pool.orders.needs[order]):
                able = [taken for team, taken in pairs if int(self.pool.teams.skills[team, word]) >> bit & 1]
                self.model.add(sum(able) >= done)

    def bound_teams(self) -> None:
        """Weekly times and orders that exclude each other."""
        for (team, number), variables in self.timed.items():
            self.model.add(sum(variables) <= int(self.pool.teams.room[team, number]))
        for one, other in self.sides.clash.tolist():
            for team in range(len(self.pool.teams)):
                both = [*self.takes.get((one, team), ()), *self.takes.get((other, team), ())]
                if both:
                    self.model.add(sum(both) <= 1)

    def aim(self) -> None:
        """Weight first; then metres and the price of load, as in the flow."""
        by_team: dict[int, list[Any]] = defaultdict(list)
        for (_, team), variables in self.takes.items():
            by_team[team] += variables
        spent = [int(cost) * variable for cost, variable in zip(self.cost, self.chosen, strict=True)]
        places: dict[int, list[Any]] = defaultdict(list)
        for team, many, price in zip(*load_steps(self.pool.teams, self.fairness), strict=True):
            if int(team) not in by_team:
                continue
            place = self.model.new_int_var(0, int(many), "")
            places[int(team)].append(place)
            spent.append(int(price) * place)
        for team, variables in by_team.items():
            self.model.add(sum(variables) == sum(places[team]))
        self.spent = sum(spent)
        # Two teams for one order: here no bound is known but the sum of all.
        many = len(self.pool.orders)
        above = 2 * one_weight(self.cost, self.order, many, many, self.fairness) + many * 2 * self.fairness
        past = sum(int(weight) * (1 - done) for weight, done in zip(self.pool.orders.weight, self.served, strict=True))
        self.model.minimize(above * past + self.spent)

    def told(self, solver: Any, proven: bool) -> SmallPlan:
        """What was found, as a plan."""
        many = len(self.pool.orders)
        if solver is None:
            return SmallPlan(((),) * many, 0, 0, 0, False)
        teams: list[list[int]] = [[] for _ in range(many)]
        for (order, team), variables in self.takes.items():
            if any(solver.value(variable) for variable in variables):
                teams[order].append(team)
        metres = sum(int(way) for way, variable in zip(self.metres, self.chosen, strict=True) if solver.value(variable))
        weight = sum(int(self.pool.orders.weight[order]) for order in range(many) if teams[order])
        cost = int(solver.value(self.spent))
        return SmallPlan(tuple(tuple(sorted(one)) for one in teams), weight, metres, cost, proven)


def _bits_of(needed: Any) -> list[tuple[int, int]]:
    return [(word, bit) for word, mask in enumerate(needed.tolist()) for bit in range(64) if mask >> bit & 1]
