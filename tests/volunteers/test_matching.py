"""The plan is the best there is, keeps to every rule, and says truly why it is as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from civicloop.volunteers.rules.matching import NOBODY, Pool, Why, WhyNot, bits
from civicloop.volunteers.rules.matching_edges import feasible
from civicloop.volunteers.rules.matching_flow import network, solve, solve_on
from civicloop.volunteers.rules.matching_reasons import missing_skills, nearest_able, reasons
from civicloop.volunteers.rules.matching_simple import nearest_first, priority_first
from tests.volunteers.pools import O, T, best_by_trying, keeps_to_the_rules, pool, pools, possible, with_capacity, worth


@settings(deadline=None, max_examples=150)
@given(pools(), st.sampled_from([0, 1000, 5000]))
def test_no_plan_is_better_than_the_one_proposed(made: Pool, fairness: int) -> None:
    plan = solve(made, fairness=fairness)

    assert keeps_to_the_rules(plan)
    assert worth(made, plan.team.tolist(), fairness) == best_by_trying(made, fairness)


@settings(deadline=None, max_examples=150)
@given(pools(most_orders=4, times=2), st.sampled_from([0, 1000]))
def test_nor_is_one_better_among_those_that_keep_to_weekly_times(made: Pool, fairness: int) -> None:
    plan = solve(made, fairness=fairness)

    assert keeps_to_the_rules(plan)
    assert worth(made, plan.team.tolist(), fairness, plan.slot.tolist()) == best_by_trying(made, fairness)


@settings(deadline=None, max_examples=120)
@given(pools(most_orders=14, most_teams=7))
def test_no_weight_is_left_that_another_solver_would_serve(made: Pool) -> None:
    places = np.repeat(np.arange(len(made.teams)), made.teams.left)
    gain = np.zeros((len(made.orders), len(places)))
    for order in range(len(made.orders)):
        able = [possible(made, order, int(team)) for team in places]
        gain[order] = np.where(able, made.orders.weight[order], 0)

    most = gain[linear_sum_assignment(gain, maximize=True)].sum()

    assert solve(made).figures.weight == most


@settings(deadline=None, max_examples=80)
@given(pools(), st.data())
def test_more_capacity_never_serves_less(made: Pool, data: st.DataObject) -> None:
    if not len(made.teams):
        return
    team = data.draw(st.integers(0, len(made.teams) - 1))

    assert solve(with_capacity(made, team, 1)).figures.weight >= solve(made).figures.weight


@settings(deadline=None, max_examples=80)
@given(pools())
def test_simple_rules_keep_to_the_same_rules_and_never_serve_more_weight(made: Pool) -> None:
    plan = solve(made)

    for rule in (nearest_first, priority_first):
        assert rule(made, plan.edges).weight <= plan.figures.weight


@settings(deadline=None, max_examples=80)
@given(pools())
def test_pairs_are_those_that_pass_every_sieve(made: Pool) -> None:
    edges = feasible(made)
    found = set(zip(edges.order.tolist(), edges.team.tolist(), strict=True))
    wanted = {
        (order, team)
        for order in range(len(made.orders))
        for team in range(len(made.teams))
        if possible(made, order, team)
    }

    assert found == wanted
    assert (np.diff(edges.starts) == edges.sieve[:, -1]).all()
    assert (np.diff(edges.sieve, axis=1) <= 0).all(), "a sieve only takes away"


@settings(deadline=None, max_examples=80)
@given(pools())
def test_whoever_gets_no_team_is_told_the_sieve_that_left_none(made: Pool) -> None:
    plan = solve(made)
    told = reasons(plan)
    for order in range(len(made.orders)):
        why = told.why_not(order)
        assert (why is None) == (plan.team[order] != NOBODY)
        if why == WhyNot.NO_CAPACITY:
            able = [team for team in range(len(made.teams)) if possible(made, order, team)]
            assert all(plan.load[team] >= made.teams.capacity[team] for team in able)
        if why == WhyNot.MISSING_SKILL:
            assert missing_skills(made, order)


def test_one_heavy_order_is_worth_more_than_any_way() -> None:
    made = pool([O(x=0, weight=1), O(x=4900, weight=2)], [T(x=0, capacity=1)])

    assert solve(made).team.tolist() == [NOBODY, 0]


def test_an_order_goes_far_so_that_another_that_only_the_near_team_can_do_is_served() -> None:
    orders = [O(weight=2, needs=(0,)), O(weight=2, needs=(1,))]
    made = pool(orders, [T(skills=(0, 1), capacity=1), T(x=4000, skills=(0,), capacity=1)])

    assert solve(made).team.tolist() == [1, 0]


def test_a_team_whose_places_are_taken_is_proposed_for_nothing() -> None:
    made = pool([O()], [T(capacity=2, load=2), T(x=3000, capacity=0)])

    plan = solve(made)

    assert plan.team.tolist() == [NOBODY]
    assert reasons(plan).why_not(0) == WhyNot.NO_CAPACITY


def test_a_team_that_has_refused_is_not_proposed_again() -> None:
    made = pool([O()], [T(), T(x=4000)], refused=[(0, 0)])

    assert solve(made).team.tolist() == [1]
    both = replace(made, refused=np.array([(0, 0), (0, 1)]))
    assert reasons(solve(both)).why_not(0) == WhyNot.ALL_REFUSED


def test_an_order_outside_the_district_is_out_of_reach_and_says_how_far_the_nearest_team_is() -> None:
    made = pool([O(x=80_000, needs=(1,))], [T(skills=(1,)), T(x=70_000)])

    plan = solve(made)

    assert reasons(plan).why_not(0) == WhyNot.OUT_OF_REACH
    assert nearest_able(made, 0) == (0, 80_000)


def test_an_order_without_a_place_says_so_and_still_tells_that_nobody_could() -> None:
    nowhere = float("nan")
    made = pool([O(x=nowhere, y=nowhere), O(x=nowhere, y=nowhere, needs=(2,))], [T()])

    told = reasons(solve(made))

    assert [told.why_not(0), told.why_not(1)] == [WhyNot.NO_PLACE, WhyNot.MISSING_SKILL]


def test_the_missing_skill_is_named() -> None:
    made = pool([O(needs=(0, 1)), O(needs=(0, 3))], [T(skills=(0,)), T(x=500, skills=(1,)), T(x=900, skills=(1,))])

    assert missing_skills(made, 0) == [0, 1], "each is to be had, but not in one team"
    assert missing_skills(made, 1) == [3]


def test_a_team_of_too_few_people_is_passed_over_and_it_is_said() -> None:
    made = pool([O(people=4), O(people=9)], [T(size=3), T(x=500, size=5), T(x=4000, y=4000)])

    plan = solve(made)

    assert plan.team.tolist() == [1, NOBODY]
    assert reasons(plan).why_not(1) == WhyNot.TOO_FEW_PEOPLE
    unknown = pool([O(people=9)], [T(size=0)])
    assert solve(unknown).team.tolist() == [0], "a team whose people nobody has counted may come"


def test_areas_bind_and_are_named() -> None:
    serves = [[True, False], [True, True]]
    made = pool([O(ground=0), O(ground=1)], [T(area=1)], serves=serves)

    plan = solve(made)

    assert plan.team.tolist() == [NOBODY, 0]
    assert reasons(plan).why_not(0) == WhyNot.OTHER_AREA


def test_what_is_wanted_too_late_has_no_time() -> None:
    assert reasons(solve(pool([O(in_time=False)], [T()]))).why_not(0) == WhyNot.NO_TIME


def test_weekly_times_are_kept_to_and_filled_no_further_than_they_go() -> None:
    made = pool(
        [O(times=(0,)), O(times=(0, 1)), O(times=(0,))],
        [T(capacity=5, room=(1, 1)), T(x=3000, capacity=5, room=(1, 0))],
        times=2,
    )

    plan = solve(made)

    assert plan.figures.served == 3
    assert sorted(zip(plan.team.tolist(), plan.slot.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0)]
    assert plan.slot[1] == 1, "who can come later leaves the early time to others"


def test_a_full_weekly_time_is_told_as_the_reason() -> None:
    made = pool([O(times=(0,), weight=2), O(times=(0,))], [T(capacity=5, room=(1,))], times=1)
    plan = solve(made)

    assert plan.team.tolist() == [0, NOBODY]
    assert reasons(plan).whys(1) == [(0, 0, Why.SLOT_FULL)]


def test_the_nearest_teams_are_told_with_what_spoke_against_them() -> None:
    made = pool(
        [O(x=0, weight=4), O(x=10)], [T(x=0, capacity=1), T(x=300), T(x=800), T(x=4000)],
    )  # fmt: skip
    plan = solve(made, fairness=0)

    told = reasons(plan).whys(1)

    assert plan.team.tolist() == [0, 1]
    assert told == [(0, 10, Why.FULL), (1, 290, Why.CHOSEN), (2, 790, Why.FARTHER)]


def test_a_nearer_team_is_spared_because_it_is_busier() -> None:
    made = pool([O()], [T(x=100, capacity=4, load=3), T(x=200, capacity=4)])
    plan = solve(made)

    assert plan.team.tolist() == [1]
    assert reasons(plan).whys(0)[0] == (0, 100, Why.BUSIER)


def test_fairness_evens_the_loads_and_serves_as_much() -> None:
    rng = np.random.default_rng(3)
    orders = [O(x=float(rng.integers(0, 4000)), y=float(rng.integers(0, 4000))) for _ in range(120)]
    teams = [
        T(x=float(rng.integers(0, 4000)), y=float(rng.integers(0, 4000)), capacity=int(rng.integers(3, 9)))
        for _ in range(40)
    ]
    made = pool(orders, teams)
    edges = feasible(made)

    fair, near = solve_on(made, edges).figures, solve_on(made, edges, fairness=0).figures

    assert fair.spread < near.spread
    assert (fair.served, fair.weight) == (near.served, near.weight)


def test_more_than_sixty_four_skills_and_times_are_told_apart() -> None:
    made = pool(
        [O(needs=(70,), times=(69,)), O(needs=(6,))], [T(skills=(70,), room=(0,) * 69 + (1,))], skills=71, times=70
    )

    plan = solve(made)

    assert plan.team.tolist() == [0, NOBODY]
    assert plan.slot[0] == 69
    assert missing_skills(made, 1) == [6]
    assert bits([[0, 64]], 65).tolist() == [[1, 1]]


def test_an_empty_pool_has_an_empty_plan() -> None:
    for made in (pool([], []), pool([O()], []), pool([], [T()])):
        plan = solve(made)
        assert plan.figures.served == 0
        assert reasons(plan).best.shape == (len(made.orders), 3)


def test_too_many_orders_are_refused_and_not_mixed_up() -> None:
    made = pool([O()], [T()])
    many = np.zeros(1 << 19, dtype=np.int64)

    with pytest.raises(ValueError, match="too many"):
        feasible(replace(made, orders=replace(made.orders, weight=many)))


def test_a_large_team_is_filled_evenly_in_steps() -> None:
    made = pool([O(x=float(one)) for one in range(60)], [T(capacity=50, skills=()), T(capacity=50, x=60)])

    plan = solve(made, fairness=5000)

    assert plan.figures.served == 60
    assert abs(int(plan.load[0]) - int(plan.load[1])) <= 4
    assert len(network(made, plan.edges).tail) == 120 + 60 + 2 * 16
