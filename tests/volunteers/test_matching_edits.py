"""What an edit costs is the difference to the best plan around it; and CP-SAT agrees with the flow where nothing else binds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.volunteers.rules.matching import NOBODY, Pool, WhyNot
from civicloop.volunteers.rules.matching_edit import barred_by, cost_of_edit, plan_with
from civicloop.volunteers.rules.matching_flow import solve
from civicloop.volunteers.rules.matching_small import Sides, no_sides, of_several_teams, solve_small
from tests.volunteers.pools import O, T, best_by_trying, pool, pools, worth


@settings(deadline=None, max_examples=80)
@given(pools(), st.data())
def test_an_edit_within_the_rules_never_serves_more(made: Pool, data: st.DataObject) -> None:
    plan = solve(made)
    if not len(plan.edges):
        return
    pair = data.draw(st.integers(0, len(plan.edges) - 1))
    order, team = int(plan.edges.order[pair]), int(plan.edges.team[pair])

    edit = cost_of_edit(plan, order, team)

    assert edit.forced is None
    assert edit.plan.team[order] == team
    assert edit.weight <= 0
    assert worth(made, edit.plan.team.tolist(), 1000) <= worth(made, plan.team.tolist(), 1000)


@settings(deadline=None, max_examples=120)
@given(pools(most_orders=4, times=2), st.data())
def test_no_plan_around_an_edit_is_better_than_the_one_it_is_priced_by(made: Pool, data: st.DataObject) -> None:
    plan = solve(made)
    pairs = [(order, NOBODY) for order in range(len(made.orders))]
    pairs += list(zip(plan.edges.order.tolist(), plan.edges.team.tolist(), strict=True))
    if not pairs:
        return
    order, team = data.draw(st.sampled_from(pairs))

    edit = cost_of_edit(plan, order, None if team == NOBODY else team)

    assert edit.plan.team[order] == team
    assert edit.forced is None
    found = worth(made, edit.plan.team.tolist(), 1000, edit.plan.slot.tolist())
    best = best_by_trying(made, 1000, {order: team})
    assert found[0] == best[0]
    assert best[1] - len(made.orders) <= found[1] <= best[1], "a metre for each who is not moved for less"


@settings(deadline=None, max_examples=60)
@given(pools())
def test_confirming_what_is_proposed_costs_nothing_and_moves_nobody(made: Pool) -> None:
    plan = solve(made)
    for order, team in enumerate(plan.team.tolist()):
        if team != NOBODY:
            edit = cost_of_edit(plan, order, team)
            assert (edit.weight, edit.served) == (0, 0)
            assert worth(made, edit.plan.team.tolist(), 1000) == worth(made, plan.team.tolist(), 1000)


def test_confirming_a_proposed_team_leaves_the_weekly_times_of_the_others() -> None:
    """The first order may come at both times, the second only at the first; put down by itself the first would take it away."""
    made = pool([O(x=0, times=(0, 1)), O(x=0, times=(0,))], [T(x=0, room=(1, 1)), T(x=3000, capacity=1)], times=2)
    plan = solve(made)
    assert (plan.team.tolist(), plan.slot.tolist()) == ([0, 0], [1, 0])

    edit = cost_of_edit(plan, 0, 0)
    assert (edit.moved, edit.weight, edit.metres) == ((), 0, 0)
    kept = plan_with(made, plan.edges, {0: 0})
    assert (kept.team.tolist(), kept.slot.tolist()) == ([0, 0], [1, 0])


def test_an_edit_tells_who_is_moved_for_it() -> None:
    made = pool([O(x=0), O(x=100)], [T(x=0, capacity=1), T(x=2000, capacity=1)])
    plan = solve(made, fairness=0)

    edit = cost_of_edit(plan, 1, 0, fairness=0)

    assert plan.team.tolist() == [0, 1]
    assert edit.moved == ((0, 0, 1), (1, 1, 0))
    assert (edit.weight, edit.served, edit.metres) == (0, 0, 200)


def test_an_edit_leaves_the_weekly_time_that_another_needs() -> None:
    """The first order may come at both times, the second only at the first: named for the second team, the first gives way."""
    made = pool(
        [O(x=0, times=(0, 1)), O(x=3000, times=(0,))],
        [T(x=0, room=(1, 1)), T(x=3000, room=(1, 1), capacity=2)],
        times=2,
    )
    plan = solve(made, fairness=0)
    assert (plan.team.tolist(), plan.slot.tolist()) == ([0, 1], [0, 0])

    edit = cost_of_edit(plan, 0, 1, fairness=0)

    assert (edit.plan.team.tolist(), edit.plan.slot.tolist()) == ([1, 1], [1, 0])
    assert (edit.moved, edit.served, edit.metres, edit.forced) == (((0, 0, 1),), 0, 3000, None)


def test_a_second_edit_for_the_same_team_takes_the_weekly_time_the_first_can_do_without() -> None:
    made = pool([O(times=(0, 1)), O(x=10, times=(0,))], [T(room=(1, 1)), T(x=900, room=(2, 0))], times=2)
    first = plan_with(made, solve(made).edges, {0: 0})

    edit = cost_of_edit(first, 1, 0, hands={0: 0})

    assert edit.forced is None
    assert (edit.plan.team.tolist(), edit.plan.slot.tolist()) == ([0, 0], [1, 0])


def test_what_is_decided_beyond_a_weekly_time_or_a_team_takes_no_place_twice() -> None:
    made = pool([O(times=(0,)), O(times=(0,)), O(times=(0,)), O(times=(0,))], [T(room=(1,), capacity=2)], times=1)

    found = plan_with(made, solve(made).edges, {0: 0, 1: 0, 2: 0})

    assert (found.team.tolist(), found.slot.tolist()) == ([0, 0, 0, NOBODY], [0, NOBODY, NOBODY, NOBODY])


def test_leaving_an_order_out_gives_its_place_to_another() -> None:
    made = pool([O(weight=2), O(x=50)], [T(capacity=1)])

    edit = cost_of_edit(solve(made), 0, None)

    assert edit.plan.team.tolist() == [NOBODY, 0]
    assert (edit.weight, edit.served, edit.metres) == (-1, 0, 50)


def test_a_person_may_name_any_team_and_is_told_which_rule_it_breaks() -> None:
    far = pool([O(needs=(0,)), O(x=20_000), O()], [T(skills=(1,), load=3), T(x=900, skills=(0,))], refused=[(2, 1)])

    assert barred_by(far, 0, 0) == WhyNot.MISSING_SKILL
    assert barred_by(far, 1, 1) == WhyNot.OUT_OF_REACH
    assert barred_by(far, 2, 0) == WhyNot.NO_CAPACITY
    assert barred_by(far, 2, 1) == WhyNot.ALL_REFUSED
    assert barred_by(far, 0, 1) is None
    edit = cost_of_edit(solve(far), 1, 1)
    assert edit.forced == WhyNot.OUT_OF_REACH
    assert edit.plan.metres[1] == 19_100


def test_an_edit_takes_a_place_of_the_weekly_time() -> None:
    made = pool([O(times=(0,)), O(times=(0,), x=10)], [T(room=(1,))], times=1)

    edit = cost_of_edit(solve(made), 1, 0)

    assert edit.plan.team.tolist() == [NOBODY, 0]
    assert edit.plan.slot.tolist() == [NOBODY, 0]


@settings(deadline=None, max_examples=25)
@given(pools())
def test_without_side_constraints_both_solvers_find_the_same_worth(made: Pool) -> None:
    small = solve_small(made, no_sides(made), workers=1)
    plan = solve(made)

    assert small.proven
    assert (small.weight, -small.cost) == worth(made, plan.team.tolist(), 1000)


def test_people_needed_come_from_one_team_or_from_two_together() -> None:
    made = pool([O()], [T(), T(x=100), T(x=3000)])
    sides = replace(no_sides(made), people=np.array([5]), size=np.array([2, 3, 5]))

    assert solve_small(made, sides).teams == ((2,),)
    together = replace(sides, most_teams=np.array([2]))
    assert solve_small(made, together).teams == ((0, 1),)


def test_two_skills_come_from_two_teams_where_no_team_has_both() -> None:
    made = pool([O(needs=(0, 1))], [T(skills=(0,)), T(x=400, skills=(1,)), T(x=200, skills=(2,))])
    sides = replace(no_sides(made), most_teams=np.array([2]))

    assert solve_small(made, no_sides(made)).teams == ((),)
    assert solve_small(made, sides).teams == ((0, 1),)


def test_what_no_single_team_can_do_is_given_to_two_with_room_and_no_place_is_named_twice() -> None:
    teams = [T(skills=(0,), size=3), T(x=400, skills=(1,), capacity=1, size=1), T(x=200, skills=(2,), size=4)]
    made = pool([O(needs=(0, 1), weight=2), O(needs=(0, 1)), O(needs=(2,), people=9)], teams)
    plan = solve(made)

    assert plan.team.tolist() == [NOBODY] * 3
    assert of_several_teams(plan, [0, 1, 2]) == {0: (0, 1)}


def test_orders_that_exclude_each_other_do_not_go_to_one_team() -> None:
    made = pool([O(), O()], [T(), T(x=900)])
    sides = Sides(
        np.ones(2, dtype=np.int64), np.ones(2, dtype=np.int64), np.ones(2, dtype=np.int64), np.array([(0, 1)])
    )

    assert solve_small(made, no_sides(made), fairness=0).teams == ((0,), (0,))
    assert sorted(solve_small(made, sides, fairness=0).teams) == [(0,), (1,)]


def test_weekly_times_bind_the_small_solver_too() -> None:
    made = pool([O(times=(0,), weight=2), O(times=(0,))], [T(room=(1,))], times=1)

    assert solve_small(made, no_sides(made)).teams == ((0,), ())
