"""Solving routes: PyVRP finds the shortest, OR-tools where days must be about equally long.

Both know time windows, own depots, limits of the day, and stops that a crew may not make; what cannot be fitted is left out
and told with its reason. Seconds and metres inside; minutes and kilometres outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civicloop.inspection.rules.routes import (
    NOBODY,
    Crew,
    Ground,
    Matrix,
    Plan,
    Route,
    Stop,
    Unserved,
    ground,
    straight_line,
    walk,
    why_not,
)

# What leaving a stop out costs, in metres: more than any way through a city, so it happens only where it must.
LEFT_OUT = 1_000_000
DAY = 24 * 3600
# Longer than a day: an edge that no feasible route can use.
BARRED = 10 * DAY
# What a second more than an even share of the day costs, in metres of way.
SPAN_PRICE = 100
Orders = list[tuple[int, list[int], float]]
"""Per route: the crew's place, its stops in order, and when it leaves (minutes of the day)."""


def solve(
    stops: Sequence[Stop], crews: Sequence[Crew], *, speed_kmh: float = 20.0, seconds: float = 2.0, balance: bool = False,
    matrix: Matrix = straight_line, seed: int = 1, patience: int | None = None,
) -> Plan:  # fmt: skip
    """Routes for one day: who goes where in which order, and what was left out with its reason.

    With `balance` the longest day is made short, at the price of more kilometres. Takes about `seconds`, less where
    `patience` rounds of the search bring nothing better.
    """
    able = {crew.key for crew in crews}
    nobody = [stop for stop in stops if not any(stop.may(key) for key in able)]
    barred = {stop.key for stop in nobody}
    left = [Unserved(stop.key, NOBODY) for stop in nobody]
    todo = [stop for stop in stops if stop.key not in barred]
    if not todo:
        return Plan((), tuple(left))
    land = ground(todo, crews, speed_kmh, matrix)
    orders = _by_pyvrp(land, seconds / 4 if balance else seconds, seed, patience)
    if balance:
        orders = _by_ortools(land, seconds * 3 / 4, orders)
    routes = [_kept(land, *order) for order in orders]
    served = {call.key for route in routes for call in route.calls}
    left += [Unserved(stop.key, why_not(land, place)) for place, stop in enumerate(todo) if stop.key not in served]
    return Plan(tuple(route for route in routes if route.calls), tuple(left))


def _kept(land: Ground, crew: int, order: list[int], leaves: float) -> Route:
    """The route as it will be walked. A stop that a solver placed against a rule is taken out: no plan of ours is late."""
    own, kept = land.crews[crew], list(order)
    while True:
        route = walk(land, crew, kept, leaves)
        wrong = next(
            (place for place, call in zip(kept, route.calls, strict=True) if not _fits(land, crew, place, call.begin)),
            None,
        )
        if wrong is None and (not kept or (route.back <= own.ends + 1 and route.minutes <= own.most_minutes + 1)):
            return route
        kept.remove(kept[-1] if wrong is None else wrong)


def _fits(land: Ground, crew: int, stop: int, begin: float) -> bool:
    one = land.stops[stop]
    return one.may(land.crews[crew].key) and (one.window is None or begin <= one.window[1] + 1 / 60)


def _metres(land: Ground, crew: int) -> NDArray[np.int64]:
    """All ways of one crew in metres; those from and to a depot it does not have are nothing."""
    metres = np.ceil(land.km * 1000).astype(np.int64)
    if land.crews[crew].depot is None:
        metres[len(land.stops) + crew, :] = metres[:, len(land.stops) + crew] = 0
    np.fill_diagonal(metres, 0)
    return metres


def _seconds(land: Ground, metres: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.ceil(metres * 3.6 / land.speed_kmh).astype(np.int64)


def _whole(minutes: float) -> int:
    return round(minutes * 60)


def _by_pyvrp(land: Ground, seconds: float, seed: int, patience: int | None) -> Orders:
    """PyVRP knows no stops that a vehicle may not make: such a vehicle gets ways of its own, on which every way to or from
    the stop takes longer than a day (ADR 0015). Crews with the same prohibitions and a depot share one set of ways.
    """
    import pyvrp  # noqa: PLC0415  (slow import)
    from pyvrp.stop import MaxRuntime, MultipleCriteria, NoImprovement  # noqa: PLC0415  (slow import)

    locations = [pyvrp.Location(0, 0) for _ in range(len(land.stops) + len(land.crews))]
    clients = [
        pyvrp.Client(
            location=place, service_duration=_whole(stop.minutes), prize=LEFT_OUT, required=False,
            tw_early=_whole(stop.window[0]) if stop.window else 0, tw_late=_whole(stop.window[1]) if stop.window else DAY,
        )
        for place, stop in enumerate(land.stops)
    ]  # fmt: skip
    profiles, ways = _profiles(land)
    vehicles = [
        pyvrp.VehicleType(
            start_depot=place, end_depot=place, tw_early=_whole(crew.starts), tw_late=_whole(crew.ends),
            shift_duration=_whole(crew.most_minutes), profile=profiles[place], name=str(place),
        )
        for place, crew in enumerate(land.crews)
    ]  # fmt: skip
    depots = [pyvrp.Depot(location=len(land.stops) + place) for place in range(len(land.crews))]
    matrices: tuple[list[Any], list[Any]] = ([metres for metres, _ in ways], [times for _, times in ways])
    data = pyvrp.ProblemData(locations, clients, depots, vehicles, *matrices)
    stop = MultipleCriteria([MaxRuntime(seconds), *([NoImprovement(patience)] if patience else [])])
    best = pyvrp.solve(data, stop, seed=seed, collect_stats=False).best
    return [
        (route.vehicle_type(), [one.idx for one in route if one.is_client()], route.start_time() / 60)
        for route in best.routes()
    ]


def _profiles(land: Ground) -> tuple[list[int], list[tuple[NDArray[np.int64], NDArray[np.int64]]]]:
    """Which set of ways each crew uses, and the sets: metres and seconds."""
    known: dict[tuple[object, ...], int] = {}
    chosen: list[int] = []
    ways: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for place, crew in enumerate(land.crews):
        barred = [number for number, stop in enumerate(land.stops) if not stop.may(crew.key)]
        key = (tuple(barred), None if crew.depot else place)
        if key not in known:
            known[key] = len(ways)
            metres = _metres(land, place)
            times = _seconds(land, metres)
            times[barred, :] = times[:, barred] = BARRED
            np.fill_diagonal(times, 0)
            ways.append((metres, times))
        chosen.append(known[key])
    return chosen, ways


def _by_ortools(land: Ground, seconds: float, begun: Orders) -> Orders:
    """OR-tools with a price on the longest day: guided local search from the short routes that PyVRP has found."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415  (slow import)

    many = len(land.stops)
    depots = [many + place for place in range(len(land.crews))]
    manager = pywrapcp.RoutingIndexManager(many + len(depots), len(depots), depots, depots)
    model = pywrapcp.RoutingModel(manager)
    time = _time_of_crews(land, model, begun)
    for number, stop in enumerate(land.stops):
        index = manager.NodeToIndex(number)
        if stop.window:
            time.CumulVar(index).SetRange(_whole(stop.window[0]), _whole(stop.window[1]))
        if stop.allowed is not None:
            able = [place for place, crew in enumerate(land.crews) if stop.may(crew.key)]
            model.VehicleVar(index).SetValues([-1, *able])
        model.AddDisjunction([index], LEFT_OUT)
    chosen = pywrapcp.DefaultRoutingSearchParameters()
    chosen.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    chosen.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    chosen.time_limit.FromMilliseconds(int(seconds * 1000))
    model.CloseModelWithParameters(chosen)
    orders_of = {place: order for place, order, _ in begun}
    first = model.ReadAssignmentFromRoutes([orders_of.get(place, []) for place in range(len(depots))], True)
    found = model.SolveFromAssignmentWithParameters(first, chosen) if first else model.SolveWithParameters(chosen)
    if found is None:
        return begun
    orders = []
    for place in range(len(depots)):
        order, index = [], found.Value(model.NextVar(model.Start(place)))
        while not model.IsEnd(index):
            order.append(manager.IndexToNode(index))
            index = found.Value(model.NextVar(index))
        orders.append((place, order, found.Value(time.CumulVar(model.Start(place))) / 60))
    return orders


def _fair(land: Ground, begun: Orders) -> int:
    """An even share of the time that short routes need, in seconds."""
    return _whole(sum(walk(land, *order).minutes for order in begun) / len(land.crews))


def _time_of_crews(land: Ground, model: Any, begun: Orders) -> Any:
    """The ways, times, hours and limits of every crew, and the price of days longer than an even share."""
    from ortools.constraint_solver import pywrapcp  # noqa: PLC0415  (slow import)

    service = np.array([_whole(stop.minutes) for stop in land.stops] + [0] * len(land.crews))
    spent = []
    for place in range(len(land.crews)):
        metres = _metres(land, place)
        model.SetArcCostEvaluatorOfVehicle(model.RegisterTransitMatrix(metres.tolist()), place)
        spent.append(model.RegisterTransitMatrix((_seconds(land, metres) + service[:, None]).tolist()))
    model.AddDimensionWithVehicleTransits(spent, DAY, DAY, False, "time")
    time = model.GetDimensionOrDie("time")
    for place, crew in enumerate(land.crews):
        for end in (model.Start(place), model.End(place)):
            time.CumulVar(end).SetRange(_whole(crew.starts), _whole(crew.ends))
        time.SetSpanUpperBoundForVehicle(_whole(crew.most_minutes), place)
        model.AddVariableMinimizedByFinalizer(time.CumulVar(model.End(place)))
        model.AddVariableMaximizedByFinalizer(time.CumulVar(model.Start(place)))
    time.SetGlobalSpanCostCoefficient(SPAN_PRICE)
    fair = pywrapcp.BoundCost(_fair(land, begun), SPAN_PRICE)
    for place in range(len(land.crews)):
        time.SetSoftSpanUpperBoundForVehicle(fair, place)
    return time
