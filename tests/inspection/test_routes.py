"""Routes: in time, within the day, by whom it may be; what does not fit is told with its reason."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.inspection import actions, routing
from civicloop.inspection.models import Visit
from civicloop.inspection.rules.routes import Crew, Limits, Plan, Route, Stop, clock, late, straight_line
from civicloop.inspection.tours import limits_from
from civicloop.kernel.geo import LonLat, distance_m
from civicloop.kernel.refusal import Conflict, Invalid
from tests.cast import MONDAY_NINE, City
from tests.inspection.stage import WEEK, set_stage

HOME = LonLat(118.10, 24.70)


def scattered(rng: Random, many: int) -> list[Stop]:
    return [
        Stop(str(number), 118.10 + rng.gauss(0, 0.02), 24.70 + rng.gauss(0, 0.02), rng.randint(8, 18))
        for number in range(many)
    ]


def check(plan: Plan, stops: list[Stop], crews: list[Crew]) -> None:
    """What holds for every plan, whoever solved it."""
    by_key, by_crew = {stop.key: stop for stop in stops}, {crew.key: crew for crew in crews}
    served = [call.key for route in plan.routes for call in route.calls]
    assert sorted([*served, *(left.key for left in plan.left)]) == sorted(by_key)
    assert late(plan, stops) == 0
    for route in plan.routes:
        crew = by_crew[route.crew]
        assert crew.starts - 1 <= route.leaves <= route.back <= crew.ends + 1
        assert route.minutes <= crew.most_minutes + 1
        for one, other in zip(route.calls, route.calls[1:], strict=False):
            assert one.arrive <= one.begin < one.leave <= other.arrive
        for call in route.calls:
            assert by_key[call.key].may(route.crew)
            assert call.leave == pytest.approx(call.begin + by_key[call.key].minutes)


@pytest.mark.parametrize("balance", [False, True])
def test_windows_limits_and_conflicts_hold(balance: bool) -> None:
    rng = Random(2)
    stops = scattered(rng, 40)
    for number in range(12):
        stops[number] = Stop(**{**vars(stops[number]), "window": (480, 600) if number % 2 else (840, 960)})
    for number in range(12, 24):
        stops[number] = Stop(**{**vars(stops[number]), "allowed": frozenset({1, 2} if number % 2 else {3})})
    crews = [Crew(1, HOME), Crew(2, LonLat(118.14, 24.72)), Crew(3, None, 510, 1000, 400)]

    plan = routing.solve(stops, crews, seconds=0.6, balance=balance)

    check(plan, stops, crews)
    assert plan.left == ()


@settings(max_examples=15)
@given(st.integers(0, 25), st.integers(1, 3), st.integers(0, 999), st.booleans())
def test_every_stop_is_served_or_explained(many: int, people: int, number: int, windows: bool) -> None:
    rng = Random(number)
    stops = [
        Stop(
            stop.key, stop.lon, stop.lat, stop.minutes,
            (600.0, 600.0 + rng.randint(5, 90)) if windows and rng.random() < 0.5 else None,
            frozenset(rng.sample(range(1, 5), 2)) if rng.random() < 0.3 else None,
        )
        for stop in scattered(rng, many)
    ]  # fmt: skip
    crews = [
        Crew(key, HOME if key % 2 else None, most_minutes=rng.choice([90.0, 300.0])) for key in range(1, people + 1)
    ]

    plan = routing.solve(stops, crews, seconds=0.2, patience=50)

    check(plan, stops, crews)


def test_each_reason_for_leaving_out_is_told() -> None:
    crews = [Crew(1, HOME, 480, 720, 120)]
    stops = [
        Stop("far", 119.2, 24.7, 10),
        Stop("window", 118.101, 24.701, 10, (300, 400)),
        Stop("nobody", 118.101, 24.701, 10, None, frozenset({9})),
        Stop("fits", 118.101, 24.701, 100),
        Stop("full", 118.102, 24.701, 90),
    ]

    plan = routing.solve(stops, crews, seconds=0.3)

    check(plan, stops, crews)
    why = {left.key: left.why for left in plan.left}
    assert (why["far"], why["window"], why["nobody"]) == ("too_far", "window", "nobody_eligible")
    assert [key for key in ("fits", "full") if why.get(key) == "day_full"]
    assert len(plan.routes[0].calls) == 1


def test_no_stops_no_crews_and_no_fuss() -> None:
    assert routing.solve([], [Crew(1, HOME)]) == Plan((), ())
    plan = routing.solve([Stop("a", *HOME, 10)], [])
    assert [(left.key, left.why) for left in plan.left] == [("a", "nobody_eligible")]


def test_distances_are_the_straight_line_times_the_detour() -> None:
    places = [HOME, LonLat(118.15, 24.75), LonLat(118.10, 24.80)]

    km = straight_line(places)

    assert km[0, 1] == pytest.approx(1.3 * distance_m(*HOME, *places[1]) / 1000)
    assert np.allclose(km, km.T)
    assert np.allclose(np.diag(km), 0)


def test_an_own_matrix_is_used_instead() -> None:
    stops = [Stop(name, *HOME, 10) for name in "abc"]
    # One-way streets: a → b → c is near, every other way is far.
    ways = np.full((4, 4), 9.0)
    ways[3, 0] = ways[0, 1] = ways[1, 2] = ways[2, 3] = 1.0

    plan = routing.solve(stops, [Crew(1, HOME)], seconds=0.2, matrix=lambda places: ways)

    assert [call.key for call in plan.routes[0].calls] == ["a", "b", "c"]
    assert plan.km == pytest.approx(4.0)


def test_balance_makes_the_longest_day_shorter() -> None:
    rng = Random(4)
    near = [Stop(f"n{number}", 118.10 + rng.gauss(0, 0.004), 24.70 + rng.gauss(0, 0.004), 12) for number in range(30)]
    crews = [Crew(1, HOME), Crew(2, LonLat(118.13, 24.70))]

    short, level = (routing.solve(near, crews, seconds=1.2, balance=balance) for balance in (False, True))

    def longest(plan: Plan) -> float:
        return max(route.minutes for route in plan.routes)

    check(level, near, crews)
    assert longest(level) < longest(short)
    assert short.km <= level.km + 0.01


def test_a_clock_is_written_with_two_digits() -> None:
    assert [clock(minutes) for minutes in (0, 549.6, 1019.5)] == ["00:00", "09:10", "17:00"]
    assert clock(1439.4) == "23:59"


def test_limits_are_read_from_a_file() -> None:
    limits = limits_from({"starts": "09:00", "ends": "17:00", "depots": {"wang": [118.1, 24.7]}, "speed_kmh": 15})

    assert (limits.starts, limits.ends, limits.depots["wang"], limits.speed_kmh) == (540, 1020, HOME, 15.0)
    for wrong in (
        {"speed": 3},
        {"speed_kmh": 0},
        {"depots": {"wang": [24.7]}},
        {"starts": "9 o'clock"},
        {"windows": {"P": "am"}},
    ):
        with pytest.raises(Invalid):
            limits_from(wrong)


def test_a_day_is_routed_anew_with_and_without_exchange(city: City) -> None:
    stage = set_stage(city)
    draw = stage.draw(design={"size": 30, "double_share": 0.1})
    people = list(stage.inspectors.values())
    actions.assign_visits(draw=draw, inspectors=people, days=[WEEK[0]], by=None, at=MONDAY_NINE)
    before = dict(Visit.objects.values_list("pk", "inspector"))
    given_ = {"round": stage.round, "day": WEEK[0], "by": city.supervisor, "at": MONDAY_NINE, "seconds": 0.5}

    kept = actions.make_routes(**given_)
    assert dict(Visit.objects.values_list("pk", "inspector")) == before

    depots = {person.username: HOME for person in people}
    moved = actions.make_routes(**given_, exchange=True, limits=Limits(depots=depots))

    assert isinstance(kept.routes[0], Route)
    assert dict(Visit.objects.values_list("pk", "inspector")) != before
    assert not moved.left
    lotus = stage.inspectors["looker_lotus"]
    assert not lotus.visits.filter(point__unit__code__startswith="LOTUS").exists()
    for visit in Visit.objects.exclude(twin=None):
        assert visit.inspector_id != visit.twin.inspector_id
    with pytest.raises(Conflict) as refused:
        actions.make_routes(**{**given_, "day": WEEK[3]})
    assert refused.value.code == "no_visits_on_day"
