"""What the centre has decided by hand holds however often the pool is solved anew, and when it must fall the reason is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.queries import breaks, history
from civicloop.volunteers import actions
from civicloop.volunteers.actions import places
from civicloop.volunteers.actions.dispatch_edits import keep_edit, note_fallen, take_back_edit
from civicloop.volunteers.actions.proposing import carry_out, propose
from civicloop.volunteers.dispatch_tasks import propose_again
from civicloop.volunteers.dispatchwords import fell, said
from civicloop.volunteers.models import DispatchEdit, Order, Proposal
from civicloop.volunteers.proposing import newest, price_of_edit
from civicloop.volunteers.rules.matching import NOBODY, Pool
from civicloop.volunteers.rules.matching_edges import feasible
from civicloop.volunteers.rules.matching_edit import plan_with
from civicloop.volunteers.rules.matching_flow import solve
from tests.cast import MONDAY_NINE, hours
from tests.threads import at_once
from tests.volunteers.cast import Corps
from tests.volunteers.pools import pools, worth

AT = MONDAY_NINE + hours(2)
pytestmark = pytest.mark.django_db


def pooled(corps: Corps, service: str = "haircut", **given: Any) -> Any:
    return corps.walk("pooled", service=service, **given)


def decide(corps: Corps, order: Any, team: str | None, **more: Any) -> DispatchEdit:
    told = {"by": corps.order_desk, "at": AT, "instead_of": "MULBERRY"} | more
    return keep_edit(order_uid=order.uid, team=corps.teams[team] if team else None, **told)


def solved(minutes: int = 5, by: Any = None) -> Proposal:
    return propose(by=by, at=AT + timedelta(minutes=minutes))


def row_of(made: Proposal, order: Any) -> dict[str, Any]:
    return next(row for row in made.content if row["order"] == str(order.uid))


def test_a_decision_holds_over_two_new_proposals_and_is_carried_out(corps: Corps) -> None:
    order, other = pooled(corps), pooled(corps)
    propose(by=corps.order_desk, at=AT)
    edit = decide(corps, order, "plum")

    first = solved(5)
    pooled(corps, "repair")
    second = solved(10)

    for made in (first, second):
        row = row_of(made, order)
        assert (row["team"], row["hand"]) == (
            "PLUM", {"edit": str(edit.uid), "instead_of": "MULBERRY", "forced": None},
        ), "the clock keeps what a person has decided"  # fmt: skip
    assert row_of(second, other)["team"] == "MULBERRY"
    assert second.figures["by_hand"] == 1
    done = carry_out(second.uid, by=corps.order_desk, at=AT + hours(1))

    assert (order.number, "PLUM") in done.assigned
    edit.refresh_from_db()
    assert (edit.state, edit.why) == ("done", "")
    assert [line.verb for line in history("order", order.uid)].count("dispatch.keep") == 1


def test_others_are_planned_around_what_was_decided(corps: Corps) -> None:
    lesson, cut = pooled(corps, "tutor"), pooled(corps)
    assert row_of(solved(1), lesson)["team"] == "PLUM"
    decide(corps, cut, "plum")

    made = solved()

    assert (row_of(made, cut)["team"], row_of(made, lesson)["team"]) == ("PLUM", None), "the team has one place"
    assert row_of(made, lesson)["why_not"] == "no_capacity"
    assert (made.figures["served"], made.figures["orders"]) == (1, 2)


def test_an_order_left_in_the_pool_by_hand_stays_there_until_that_is_taken_back(corps: Corps) -> None:
    order = pooled(corps)
    decide(corps, order, None)
    made = solved()

    row = row_of(made, order)
    assert (row["team"], row["why_not"], row["missing"]) == (None, "by_hand", {})
    with override("en"):
        assert said(row) == "left in the pool by hand"
    assert carry_out(made.uid, by=corps.order_desk, at=AT).assigned == []
    assert row_of(solved(10), order)["team"] is None, "carrying out does not end it"
    take_back_edit(order_uid=order.uid, by=corps.order_desk, at=AT)
    assert row_of(solved(15), order)["team"] == "MULBERRY"
    with pytest.raises(NotFound):
        take_back_edit(order_uid=order.uid, by=corps.order_desk, at=AT)


def test_a_later_decision_takes_the_place_of_an_earlier_one(corps: Corps) -> None:
    order = pooled(corps)
    first, second = decide(corps, order, "plum"), decide(corps, order, None)

    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "kept")
    assert row_of(solved(), order)["team"] is None


def _skill_gone(corps: Corps, order: Any) -> None:
    places.change_team(team=corps.teams["plum"], changes={"skills": []}, by=None, at=AT)


def _no_room(corps: Corps, order: Any) -> None:
    places.change_team(team=corps.teams["plum"], changes={"capacity": 0}, by=None, at=AT)


def _closed(corps: Corps, order: Any) -> None:
    places.change_team(team=corps.teams["plum"], changes={"active": False}, by=None, at=AT)


def _cancelled(corps: Corps, order: Any) -> None:
    actions.cancel(order.uid, reason="不需要了", by=corps.reporter, at=AT)


def _offered_elsewhere(corps: Corps, order: Any) -> None:
    actions.assign(order.uid, team=corps.teams["mulberry"], by=corps.order_desk, at=AT)


def _refused(corps: Corps, order: Any) -> None:
    actions.assign(order.uid, team=corps.teams["plum"], by=corps.order_desk, at=AT)
    actions.decline(order.uid, reason="没人", by=corps.plum_handler, at=AT)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (_skill_gone, "team_lacks_skill"), (_no_room, "team_full"), (_closed, "team_not_active"), (_cancelled, "order_gone"),
        (_offered_elsewhere, "order_gone"), (_refused, "team_refused_already"),
    ],
)  # fmt: skip
def test_what_has_become_impossible_falls_with_its_reason_and_is_told_until_somebody_has_read_it(
    corps: Corps, happens: Callable[..., None], why: str
) -> None:
    order = pooled(corps)
    edit = decide(corps, order, "plum")
    solved(1)
    happens(corps, order)

    made = solved(10)

    edit.refresh_from_db()
    assert (edit.state, edit.why, edit.noted_at) == ("fell", why, None)
    assert all(row["hand"] is None for row in made.content)
    assert list(history("order", order.uid))[-1].verb == "dispatch.fall"
    with override("en"):
        assert fell(why) != why, "the page says it in words"
    assert note_fallen(by=corps.order_desk, at=AT) == 1
    assert note_fallen(by=corps.order_desk, at=AT) == 0
    assert list(breaks()) == []


def test_what_went_to_the_very_team_named_has_not_fallen(corps: Corps) -> None:
    order = pooled(corps)
    edit = decide(corps, order, "plum")
    actions.assign(order.uid, team=corps.teams["plum"], by=corps.order_desk, at=AT)
    solved()

    edit.refresh_from_db()
    assert edit.state == "done"


def test_what_no_offer_could_do_is_refused_at_once(corps: Corps) -> None:
    lesson, cut, third = pooled(corps, "tutor"), pooled(corps), pooled(corps)
    with pytest.raises(Conflict, match="team_lacks_skill"):
        decide(corps, lesson, "mulberry")
    with pytest.raises(Conflict, match="team_full"):
        decide(corps, cut, "bamboo")
    decide(corps, cut, "plum")
    with pytest.raises(Conflict, match="team_full"):
        decide(corps, third, "plum")
    offered = corps.walk("assigned")
    with pytest.raises(Invalid, match="order_not_waiting"):
        decide(corps, offered, "plum")
    for who in (corps.town_order_desk, corps.mulberry_leader, corps.system_admin):
        with pytest.raises(NotAllowed):
            decide(corps, third, "mulberry", by=who)


def test_distance_and_area_do_not_bind_a_person_and_the_row_says_so(corps: Corps) -> None:
    order = pooled(corps)
    places.change_team(team=corps.teams["plum"], changes={"radius_m": 10}, by=None, at=AT)
    decide(corps, order, "plum")

    row = row_of(solved(), order)

    assert (row["team"], row["hand"]["forced"]) == ("PLUM", "out_of_reach")


def test_what_an_edit_costs_is_reckoned_around_those_kept_before(corps: Corps) -> None:
    cut, lesson = pooled(corps), pooled(corps, "tutor")
    decide(corps, cut, "plum")
    made = solved()

    told = price_of_edit(made, str(lesson.uid), "PLUM", at=AT).cost
    back = price_of_edit(made, str(cut.uid), "MULBERRY", at=AT).cost

    assert told["forced"] == "no_capacity", "its one place is decided for"
    assert (back["served"], {one["number"] for one in back["moved"]}) == (1, {cut.number, lesson.number})


def test_a_pair_that_somebody_has_decided_otherwise_since_is_left_out(corps: Corps) -> None:
    first, second = pooled(corps), pooled(corps)
    read = propose(by=corps.order_desk, at=AT)
    decide(corps, first, None, by=corps.other_order_desk)

    done = carry_out(read.uid, by=corps.order_desk, at=AT)

    assert list(done.assigned) == [(second.number, "MULBERRY")]
    assert [(one["number"], one["code"]) for one in done.skipped] == [(first.number, "decided_meanwhile")]


def test_the_urgent_alone_can_be_offered_at_once(corps: Corps) -> None:
    urgent, other = pooled(corps, urgent=True), pooled(corps)
    made = propose(by=corps.order_desk, at=AT)

    done = carry_out(made.uid, urgent_only=True, by=corps.order_desk, at=AT)

    assert [number for number, _ in done.assigned] == [urgent.number]
    assert Order.objects.get(pk=other.pk).state == "pooled"
    again = propose_again(at=AT + timedelta(minutes=5))
    assert again is not None
    assert [row["order"] for row in again.content] == [str(other.uid)]


@settings(deadline=None, max_examples=60)
@given(pools(), st.data())
def test_around_what_is_decided_the_plan_is_the_best_there_is(made: Pool, data: st.DataObject) -> None:
    """Deciding by hand what is proposed anyway leaves the plan as good as it was; deciding anything possible never betters it."""
    plan, edges = solve(made), feasible(made)
    served = [order for order, team in enumerate(plan.team.tolist()) if team != NOBODY]
    some = data.draw(st.sets(st.sampled_from(served))) if served else set()

    pinned = plan_with(made, edges, {order: int(plan.team[order]) for order in some})
    without = plan_with(made, edges, dict.fromkeys(some))

    assert worth(made, pinned.team.tolist(), 1000) == worth(made, plan.team.tolist(), 1000)
    assert worth(made, without.team.tolist(), 1000) <= worth(made, plan.team.tolist(), 1000)
    assert all(without.team[order] == NOBODY for order in some)


@pytest.mark.django_db(transaction=True)
def test_a_team_accepts_while_all_is_solved_anew_and_the_decision_about_another_order_holds(corps: Corps) -> None:
    offered, order = corps.walk("assigned"), pooled(corps)
    edit = decide(corps, order, "plum")

    faults = at_once(
        partial(actions.accept, offered.uid, by=corps.mulberry_handler, at=AT),
        partial(propose, by=corps.order_desk, at=AT),
    )

    made = newest()
    assert faults == [None, None]
    assert made is not None
    assert [(row["order"], row["team"]) for row in made.content] == [(str(order.uid), "PLUM")]
    edit.refresh_from_db()
    assert (edit.state, Order.objects.get(pk=offered.pk).state) == ("kept", "accepted")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_about_a_teams_last_place_one_has_it(corps: Corps) -> None:
    one, other = pooled(corps), pooled(corps)

    faults = at_once(
        partial(decide, corps, one, "plum"), partial(decide, corps, other, "plum", by=corps.other_order_desk)
    )

    assert sorted(str(type(fault)) for fault in faults) == sorted([str(Conflict), str(type(None))])
    assert DispatchEdit.objects.filter(state="kept").count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_decided_while_the_pool_is_solved_stands_in_the_newest_proposal_or_in_the_next(corps: Corps) -> None:
    order = pooled(corps)

    faults = at_once(partial(decide, corps, order, "plum"), partial(propose, by=corps.order_desk, at=AT))

    assert faults == [None, None]
    assert row_of(solved(), order)["team"] == "PLUM"
    assert list(breaks()) == []
