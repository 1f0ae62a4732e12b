"""Dispatch: pairs, exact plan and reasons of a whole pool against the bare flow of least cost on prepared pairs, by turns."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from benchmarks.verdicts import Line, main, median, peak_megabytes, ratio_line
from civicloop.volunteers.rules.matching import Figures, Longs, Orders, Plan, Pool, Teams
from civicloop.volunteers.rules.matching_edges import feasible
from civicloop.volunteers.rules.matching_edit import cost_of_edit
from civicloop.volunteers.rules.matching_flow import Network, flows, network, solve, solve_on
from civicloop.volunteers.rules.matching_reasons import reasons
from civicloop.volunteers.rules.matching_simple import nearest_first, priority_first

ORDERS, TEAMS, MANY_ORDERS, MANY_TEAMS = 5_000, 1_000, 20_000, 4_000
SKILLS, TOWN_KM, REACH_M = 12, 22.0, 5_000.0
MOST_RATIO, MOST_SECONDS, MOST_MEGABYTES, ROUNDS = 3.0, 10.0, 1_500, 5


def run(quick: bool) -> list[Line]:
    """A pool as in the reference run, then one four times as large."""
    orders, teams = (1_000, 200) if quick else (ORDERS, TEAMS)
    lines = of_size(orders, teams, quick)
    if not quick:
        lines += large(MANY_ORDERS, MANY_TEAMS)
    return lines


def of_size(orders: int, teams: int, quick: bool) -> list[Line]:
    """Everything by turns with the bare flow; what is served against an independent greatest flow; the gain over simple rules."""
    pool = town(orders, teams, np.random.default_rng(7))
    plan = solve(pool)  # the solver is loaded
    made = network(pool, plan.edges)
    told = (whole, lambda: _bare(made), lambda: feasible(pool), lambda: reasons(plan))
    ours, bare, pairs, said = _by_turns([lambda: whole(pool), *told[1:]], 1 if quick else ROUNDS)
    most = most_served(plan)
    name = f"dispatch, {orders} × {teams}"
    level, uneven = plan.figures, solve_on(pool, plan.edges, fairness=0).figures
    edit = _timed(lambda: cost_of_edit(plan, 0, int(plan.edges.team[1])))
    return [
        ratio_line(f"{name}: pairs, plan and reasons", ours, bare, MOST_RATIO, "the bare flow on prepared pairs"),
        Line(f"{name}: of it pairs, reasons", f"{pairs * 1000:.0f} ms for {len(plan.edges)}, {said * 1000:.1f} ms"),
        Line(f"{name}: served", f"{level.served}", f"= {most}, the greatest flow by SciPy", level.served == most),
        *gains(name, plan),
        Line(f"{name}: fairness", f"spread {level.spread:.3f}, {level.km:.0f} km; without {uneven.spread:.3f}, {uneven.km:.0f} km",
             "spread less", level.spread < uneven.spread),
        Line(f"{name}: what one edit costs", f"{edit:.3f} s"),
    ]  # fmt: skip


def large(orders: int, teams: int) -> list[Line]:
    """Time and memory of a whole province's pool."""
    pool = town(orders, teams, np.random.default_rng(11))
    gc.collect()
    took, cpu = _timed_twice(lambda: whole(pool))
    peak = peak_megabytes()
    plan = solve(pool)
    made = network(pool, plan.edges)
    _, bare = _timed_twice(lambda: _bare(made))
    most, name = most_served(plan), f"dispatch, {orders} × {teams}"
    return [
        Line(f"{name}: time on the clock", f"{took:.1f} s for {len(plan.edges)} pairs", f"≤ {MOST_SECONDS:.0f} s",
             took <= MOST_SECONDS),
        Line(f"{name}: time of its one thread",
             f"{cpu:.1f} s = {cpu / bare:.2f} × the bare flow on prepared pairs; load average {os.getloadavg()[0]:.1f}"),
        Line(f"{name}: memory of the process", f"{peak:.0f} MB", f"< {MOST_MEGABYTES} MB", peak < MOST_MEGABYTES),
        Line(f"{name}: served", f"{plan.figures.served}", f"= {most}, the greatest flow by SciPy", plan.figures.served == most),
        *gains(name, plan),
    ]  # fmt: skip


def whole(pool: Pool) -> Plan:
    """What `civicloop dispatch` reckons: pairs, plan, reasons of every order."""
    plan = solve(pool)
    reasons(plan)
    return plan


def gains(name: str, plan: Plan) -> list[Line]:
    """The plan beside the two simple rules on the same pairs."""
    ours = plan.figures
    lines = []
    for rule, told in ((nearest_first, "first come, nearest team"), (priority_first, "heaviest first, nearest team")):
        theirs = rule(plan.pool, plan.edges)
        figure = f"served {_more(ours.served, theirs.served)}, weight {_more(ours.weight, theirs.weight)}, {_km(ours, theirs)}"
        lines.append(Line(f"{name}: against “{told}”", figure, "weight not less", ours.weight >= theirs.weight))
    return lines


def most_served(plan: Plan) -> int:
    """The most orders that can be served at all: SciPy's greatest flow (Dinic) on the same pairs, no cost."""
    edges, many, teams = plan.edges, len(plan.pool.orders), plan.pool.teams
    end = many + len(teams) + 1
    tail = np.concatenate([np.full(many, 0), edges.order + 1, np.arange(len(teams)) + many + 1])
    head = np.concatenate([np.arange(many) + 1, edges.team + many + 1, np.full(len(teams), end)])
    room = np.concatenate([np.ones(many + len(edges)), teams.left]).astype(np.int32)
    return int(maximum_flow(csr_matrix((room, (tail, head)), shape=(end + 1, end + 1)), 0, end).flow_value)


def town(orders: int, teams: int, rng: np.random.Generator) -> Pool:
    """A town with twelve skills: every order needs one, a team has one to five; capacities 2 to 8; weights 1, 2, 4."""
    side = TOWN_KM * 1000
    owned = rng.random((teams, SKILLS)).argsort(axis=1) < rng.integers(1, 6, teams)[:, None]
    skills = (owned * (1 << np.arange(SKILLS))).sum(axis=1).astype(np.uint64)
    capacity = rng.integers(2, 9, teams)
    return Pool(
        Orders(
            xy=rng.random((orders, 2)) * side, needs=(1 << rng.integers(0, SKILLS, orders)).astype(np.uint64)[:, None],
            weight=rng.choice([1, 2, 4], orders, p=[0.7, 0.2, 0.1]), ground=np.zeros(orders, dtype=np.int32),
            people=np.ones(orders, dtype=np.int64),
            times=np.zeros((orders, 1), dtype=np.uint64), in_time=np.ones(orders, dtype=np.bool_),
        ),
        Teams(
            xy=rng.random((teams, 2)) * side, radius=np.full(teams, REACH_M), skills=skills[:, None],
            area=np.zeros(teams, dtype=np.int32),
            size=np.zeros(teams, dtype=np.int64), capacity=capacity, load=np.zeros(teams, dtype=np.int64),
            any_time=np.ones(teams, dtype=np.bool_), times=np.zeros((teams, 1), dtype=np.uint64),
            room=np.zeros((teams, 0), dtype=np.int32),
        ),
        np.ones((1, 1), dtype=np.bool_), np.zeros((0, 2), dtype=np.int64),
    )  # fmt: skip


def _bare(made: Network) -> Longs:
    """Arcs handed over, solved, read back: no pairs, no plan, no reasons."""
    return flows(made)


def _by_turns(what: list[Callable[[], Any]], rounds: int) -> list[float]:
    times: list[list[float]] = [[] for _ in what]
    for _ in range(rounds):
        for place, one in enumerate(what):
            times[place].append(_timed(one))
    return [median(row) for row in times]


def _timed(what: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def _timed_twice(what: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the clock, and of the process."""
    cpu = time.process_time()
    took = _timed(what)
    return took, time.process_time() - cpu


def _more(ours: int, theirs: int) -> str:
    return f"{theirs} → {ours} ({(ours / theirs - 1) * 100:+.1f} %)"


def _km(ours: Figures, theirs: Figures) -> str:
    return f"km each {theirs.km / theirs.served:.2f} → {ours.km / ours.served:.2f}"


if __name__ == "__main__":
    main(run)
