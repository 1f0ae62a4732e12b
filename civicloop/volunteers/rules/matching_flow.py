"""The plan as a flow of least cost: every order sends one unit to a team, or past all teams at the price of its weight.

Nodes: orders, teams, weekly times of teams, one end. From a team to the end run several ways whose price rises with the load,
which is what a convex cost is in a flow. The price of one weight is above what serving it can cost in metres and load, so more
weight served always wins, and metres only decide between plans that serve the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.volunteers.rules.matching import (
    FAIRNESS_M,
    NOBODY,
    Edges,
    Ints,
    Longs,
    Plan,
    Pool,
    Teams,
)
from civicloop.volunteers.rules.matching_edges import feasible, free_times

# A team of more places than this has its places taken together in so many steps of about the same size.
MOST_STEPS = 16


@dataclass(frozen=True)
class Network:
    """The arcs. The first `len(edge)` of them are choices: arc a chooses pair `edge[a]` at the weekly time `slot[a]`."""

    tail: Ints
    head: Ints
    capacity: Longs
    cost: Longs
    supply: Longs
    edge: Longs
    slot: Ints


def solve(pool: Pool, *, fairness: int = FAIRNESS_M) -> Plan:
    """The best plan for a pool."""
    edges = feasible(pool)
    return solve_on(pool, edges, fairness=fairness)


def solve_on(
    pool: Pool, edges: Edges, *, fairness: int = FAIRNESS_M, keep: Ints | None = None, bound: Sequence[int] = ()
) -> Plan:  # fmt: skip
    """The best plan on edges already built. With `keep`, a team for each order, nobody is moved from it for less than a metre.

    Orders that are `bound` must get a team: raises ValueError where not all of them can at once.
    """
    made = network(pool, edges, fairness=fairness, keep=keep, bound=bound)
    return plan_of(pool, edges, made, flows(made))


def network(
    pool: Pool, edges: Edges, *, fairness: int = FAIRNESS_M, keep: Ints | None = None, bound: Sequence[int] = ()
) -> Network:  # fmt: skip
    """The arcs of a pool. Only orders with an edge stand in it; those that are `bound` have no way past all teams."""
    orders, teams = pool.orders, pool.teams
    reached = np.flatnonzero(np.diff(edges.starts))
    node = np.zeros(len(orders), dtype=np.int32)
    node[reached] = np.arange(len(reached), dtype=np.int32)
    first_team, first_slot = len(reached), len(reached) + len(teams)
    slot_node, end = _slot_nodes(teams, first_slot)
    edge, slot = choices(pool, edges)
    order, team = edges.order[edge], edges.team[edge]
    cost = edges.metres[edge].astype(np.int64)
    head = team + np.int32(first_team)
    timed = slot >= 0
    if timed.any():
        head[timed] = slot_node[team[timed], slot[timed]]
        cost[timed] += pool.later(slot[timed])
    if keep is not None:
        cost += keep[order] != team
    past = orders.weight[reached] * one_weight(cost, order, len(orders), end - len(reached), fairness)
    held, times = np.nonzero(slot_node >= 0)
    of_team, places, price = load_steps(teams, fairness)
    ends = np.full(len(of_team) + len(reached), end, dtype=np.int32)
    ones = np.ones(len(edge) + len(reached), dtype=np.int64)
    ones[len(edge) + node[list(bound)]] = 0
    return Network(
        np.concatenate([node[order], slot_node[held, times], of_team + np.int32(first_team), node[reached]]),
        np.concatenate([head, (held + first_team).astype(np.int32), ends]),
        np.concatenate([ones[: len(edge)], teams.room[held, times].astype(np.int64), places, ones[len(edge) :]]),
        np.concatenate([cost, np.zeros(len(held), dtype=np.int64), price, past]),
        _supplies(len(reached), end), edge, slot,
    )  # fmt: skip


def one_weight(cost: Longs, order: Ints, many: int, nodes: int, fairness: int) -> int:
    """What one weight must cost so that serving more always wins, whatever the way.

    A flow that serves less than can be served is improved along a simple cycle of the residual network (the augmenting cycle
    theorem of Ahuja, Magnanti and Orlin). It meets each of the `nodes` between orders and end once, so it gives new choices to at
    most one order more than there are nodes, and enters the end once. So: the dearest choices of so many orders, the dearest
    place, and one.
    """
    most = np.zeros(many, dtype=np.int64)
    np.maximum.at(most, order, cost)
    if many > nodes + 1:
        most = np.partition(most, many - nodes - 1)[many - nodes - 1 :]
    return int(most.sum()) + fairness + 1


def load_steps(teams: Teams, fairness: int) -> tuple[Ints, Longs, Longs]:
    """The ways from teams to the end: team, places, price of each place.

    The price of a place is `fairness` times the load in its middle, as a share of the capacity: it grows with the square of the
    load, which is what makes even loads cheapest.
    """
    left = teams.left
    steps = np.minimum(left, MOST_STEPS)
    team = np.repeat(np.arange(len(teams)), steps)
    number = np.arange(len(team)) - np.repeat(np.cumsum(steps) - steps, steps)
    begins = number * left[team] // steps[team]
    ends = (number + 1) * left[team] // steps[team]
    middle = teams.load[team] + (begins + ends) / 2
    price = np.rint(fairness * middle / teams.capacity[team])
    return team.astype(np.int32), (ends - begins).astype(np.int64), price.astype(np.int64)


def flows(made: Network) -> Longs:
    """How much runs along each choice. Raises ValueError where the numbers are too large for the solver."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415  (slow import)

    if not len(made.edge):
        return np.zeros(0, dtype=np.int64)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(made.tail, made.head, made.capacity, made.cost)
    solver.set_nodes_supplies(np.arange(len(made.supply), dtype=np.int32), made.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ValueError(f"no flow: {status}")
    return np.asarray(solver.flows(np.arange(len(made.edge), dtype=np.int32)), dtype=np.int64)


def plan_of(pool: Pool, edges: Edges, made: Network, flow: Longs) -> Plan:
    """The plan a flow says."""
    team = np.full(len(pool.orders), NOBODY, dtype=np.int32)
    slot, metres = team.copy(), team.copy()
    taken = np.flatnonzero(flow)
    pair = made.edge[taken]
    team[edges.order[pair]] = edges.team[pair]
    slot[edges.order[pair]] = made.slot[taken]
    metres[edges.order[pair]] = edges.metres[pair]
    return Plan(pool, edges, team, slot, metres)


def choices(pool: Pool, edges: Edges) -> tuple[Longs, Ints]:
    """Pair and weekly time of every choice; a pair whose team has weekly times is a choice for each that suits and has room."""
    teams = pool.teams
    every = np.arange(len(edges), dtype=np.int64)
    if teams.any_time.all():
        return every, np.full(len(edges), NOBODY, dtype=np.int32)
    free = free_times(teams)
    at_all = teams.any_time[edges.team]
    timed = every[~at_all]
    shared = pool.orders.times[edges.order[timed]] & free[edges.team[timed]]
    pairs, slots = [every[at_all]], [np.full(int(at_all.sum()), NOBODY, dtype=np.int32)]
    for number in range(teams.room.shape[1]):
        bit = np.uint64(1 << (number % 64))
        some = timed[(shared[:, number // 64] & bit) != 0]
        pairs.append(some)
        slots.append(np.full(len(some), number, dtype=np.int32))
    return np.concatenate(pairs), np.concatenate(slots)


def _slot_nodes(teams: Teams, first: int) -> tuple[Ints, int]:
    """The node of each weekly time with room, teams × times, NOBODY where there is none; and the number of the end."""
    node = np.full(teams.room.shape, NOBODY, dtype=np.int32)
    if teams.any_time.all():
        return node, first
    held = (teams.room > 0) & ~teams.any_time[:, None]
    node[held] = first + np.arange(int(held.sum()), dtype=np.int32)
    return node, first + int(held.sum())


def _supplies(many: int, end: int) -> Longs:
    supply = np.zeros(end + 1, dtype=np.int64)
    supply[:many] = 1
    supply[end] = -many
    return supply
