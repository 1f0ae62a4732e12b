"""The order loop: who orders, who offers, who serves, who rates; and what is refused, with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from civicloop.kernel.codes import digest, new_code
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, Refused, Stale, StepRefused
from civicloop.ledger.queries import breaks, history
from civicloop.loops.models import Notice
from civicloop.sentences import sentence
from civicloop.volunteers import actions, policy
from civicloop.volunteers.actions import places
from civicloop.volunteers.models import OrderRefusal
from civicloop.volunteers.rules.lifecycle import BY_CLOCK, LIFECYCLE
from tests.cast import MONDAY_NINE, hours
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(3)


def heard(order: Any, kind: str) -> set[str]:
    return set(Notice.objects.filter(loop_uid=order.uid, kind=kind).values_list("person__username", flat=True))


def test_an_order_goes_its_whole_way_and_the_ledger_has_every_step(corps: Corps) -> None:
    order = corps.walk("archived")

    assert [row.name for row in order.steps.order_by("seq")] == [
        "create", "submit", "approve", "assign", "accept", "begin", "finish", "rate", "archive",
    ]  # fmt: skip
    assert [line.verb for line in history("order", order.uid)] == [
        f"order.{row.name}" for row in order.steps.order_by("seq")
    ]
    assert (order.score, order.as_asked, order.rated_by_time, order.ended_at is not None) == (5, True, False, True)
    assert (order.act_by, order.alarm_at, order.stage_clock) == (None, None, None)
    assert list(breaks()) == []


def test_whose_turn_it_is_follows_from_the_state(corps: Corps) -> None:
    centre, team = corps.centre.pk, corps.mulberry.pk
    places.change_team(team=corps.teams["mulberry"], changes={"capacity": 9}, by=None, at=MONDAY_NINE)
    states = ("submitted", "pooled", "assigned", "accepted", "serving", "served", "rated")
    owners = {state: corps.walk(state).owner_id for state in states}

    assert owners == {
        "submitted": centre, "pooled": centre, "assigned": team, "accepted": team, "serving": team, "served": centre,
        "rated": centre,
    }  # fmt: skip


def test_clocks_count_working_hours_and_urgent_ones_round_the_clock(corps: Corps) -> None:
    order, urgent = corps.order(), corps.order(urgent=True)

    assert order.act_by == MONDAY_NINE + timedelta(hours=6, minutes=30)  # four working hours with the noon break
    assert urgent.act_by == MONDAY_NINE + hours(1)
    assert (order.weight, urgent.weight) == (1, 4)


def test_the_teams_promise_is_the_end_of_the_time_that_was_wanted(corps: Corps) -> None:
    wanted = MONDAY_NINE + timedelta(days=2)
    order = corps.walk("accepted", wanted_to=wanted)

    assert (order.due_at, order.act_by) == (wanted, wanted)
    assert corps.walk("accepted").due_at > wanted  # five working days


def test_what_was_not_served_goes_back_to_the_same_team_with_time_anew(corps: Corps) -> None:
    order = corps.walk("served", wanted_to=MONDAY_NINE + hours(4))
    back = actions.not_served(order.uid, reason="没有人来", by=corps.reporter, at=AT + timedelta(days=3))

    assert (back.state, back.owner_id, back.served_at) == ("serving", corps.mulberry.pk, None)
    assert back.due_at > AT + timedelta(days=3)
    assert heard(order, "order.not_served") == {"mulberry_handler", "mulberry_leader"}


@pytest.mark.parametrize("why", ["declined", "lapsed", "recalled"])
def test_a_team_that_had_the_order_is_never_asked_again(corps: Corps, why: str) -> None:
    order = corps.walk("assigned")
    if why == "declined":
        order = actions.decline(order.uid, reason="人手不够", by=corps.mulberry_handler, at=AT)
    elif why == "recalled":
        order = actions.recall(order.uid, reason="另有安排", by=corps.order_desk, at=AT)
    else:
        order = actions.lapse(order.uid, at=order.act_by)

    assert (order.state, order.team_id, order.due_at) == ("pooled", None, None)
    assert list(OrderRefusal.objects.values_list("team__unit__code", "why")) == [("MULBERRY", why)]
    with pytest.raises(Conflict) as refused:
        actions.assign(order.uid, team=corps.teams["mulberry"], by=corps.order_desk, at=AT)
    assert refused.value.code == "team_refused_already"


def test_a_full_team_and_one_without_capacity_get_no_order(corps: Corps) -> None:
    corps.walk("assigned")
    corps.walk("serving")
    third = corps.walk("pooled")

    for team, busy in (("mulberry", 2), ("bamboo", 0)):
        with pytest.raises(Conflict) as refused:
            actions.assign(third.uid, team=corps.teams[team], by=corps.order_desk, at=AT)
        assert (refused.value.code, refused.value.params["busy"]) == ("team_full", busy)
    assert actions.assign(third.uid, team=corps.teams["plum"], by=corps.order_desk, at=AT).team == corps.teams["plum"]


def test_a_team_that_has_served_is_free_for_the_next_order(corps: Corps) -> None:
    corps.walk("served", team="plum")

    assert corps.walk("assigned", team="plum").state == "assigned"


def test_a_team_that_lacks_a_skill_or_is_not_active_is_not_offered_the_order(corps: Corps) -> None:
    tutor = corps.walk("pooled", service="tutor")
    with pytest.raises(Conflict) as refused:
        actions.assign(tutor.uid, team=corps.teams["mulberry"], by=corps.order_desk, at=AT)
    assert (refused.value.code, refused.value.params["skills"]) == ("team_lacks_skill", ["辅导"])

    places.change_team(team=corps.teams["plum"], changes={"active": False}, by=corps.order_desk, at=AT)
    with pytest.raises(Invalid) as inactive:
        actions.assign(tutor.uid, team=corps.teams["plum"], by=corps.order_desk, at=AT)
    assert inactive.value.code == "team_not_active"


def test_skills_an_order_needs_besides_those_of_its_service_count(corps: Corps) -> None:
    order = corps.walk("pooled", skills=[corps.skills["tutor"]])

    assert actions.missing_skills(order, corps.teams["mulberry"]) == ["辅导"]
    assert actions.missing_skills(order, corps.teams["plum"]) == []


def test_nobody_of_the_serving_team_rates_or_files_away_what_it_has_served(corps: Corps) -> None:
    from civicloop.organisation import actions as organisation

    order = corps.walk("served", by="mulberry_leader")  # the leader entered it for a neighbour
    for step, given in (("rate", {"score": 5}), ("not_served", {"reason": "没来"})):
        with pytest.raises(NotAllowed):
            actions.take(order.uid, step, by=corps.mulberry_leader, at=AT, given=given)
    organisation.appoint(
        person=corps.other_order_desk, role="unit_handler", unit=corps.mulberry, starts_on=AT.date(), by=None, at=AT
    )
    with pytest.raises(NotAllowed) as refused:
        actions.rate(order.uid, score=5, by=corps.other_order_desk, at=AT)
    with override("en"):
        assert "Nobody judges his own unit's work" in sentence(refused.value)

    rated = actions.rate(order.uid, score=4, by=corps.order_desk, at=AT)
    assert rated.steps.get(name="rate").data["called"] is True
    with pytest.raises(NotAllowed):
        actions.archive(order.uid, by=corps.other_order_desk, at=AT)


def test_a_low_score_is_told_to_the_desk(corps: Corps) -> None:
    good, bad = corps.walk("rated"), corps.walk("served")
    actions.rate(bad.uid, score=1, by=corps.reporter, at=AT)

    assert heard(good, "order.rated_low") == set()
    assert heard(bad, "order.rated_low") == {"order_desk", "other_order_desk"}


def test_who_may_take_which_step(corps: Corps) -> None:
    order = corps.walk("assigned")
    may = {
        name: {step for step in policy.MAY if policy.may(actor_of(corps, name), step, order)}
        for name in ("reporter", "order_desk", "mulberry_handler", "plum_handler", "handler", "auditor", "system_admin")
    }
    desk = {
        "amend", "submit", "approve", "arrange", "return", "reject", "assign", "recall", "rate", "not_served", "archive", "cancel",
        "comment",
    }  # fmt: skip

    assert may == {
        "reporter": {"amend", "submit", "rate", "not_served", "cancel", "comment"}, "order_desk": desk,
        "mulberry_handler": {"accept", "decline", "begin", "finish", "comment"},
        # The town's own handlers stand above the team: they may act for it.
        "handler": {"accept", "decline", "begin", "finish", "comment"},
        "plum_handler": set(), "auditor": set(), "system_admin": set(),
    }  # fmt: skip


def actor_of(corps: Corps, name: str) -> Any:
    from civicloop.organisation.days import day_of
    from civicloop.standards import reference

    return reference.now().actor(corps.city.people[name], day_of(AT))


def test_every_step_has_its_row_of_permission_and_the_clocks_own_are_nobodys(corps: Corps) -> None:
    assert {step.name for step in LIFECYCLE} == set(policy.MAY)
    order = corps.walk("assigned")
    for step in BY_CLOCK:
        with pytest.raises(StepRefused):
            actions.take(order.uid, step, by=corps.order_desk, at=AT)
        assert not policy.may(actor_of(corps, "order_desk"), step, order)


def test_a_team_whose_offer_was_taken_back_is_told_so_plainly(corps: Corps) -> None:
    order = corps.walk("assigned")
    actions.reassign(order.uid, team=corps.teams["plum"], reason="更近", by=corps.order_desk, at=AT)

    with pytest.raises(Conflict) as refused:
        actions.accept(order.uid, by=corps.mulberry_handler, at=AT)
    with override("en"):
        assert sentence(refused.value) == (
            f"The order {order.number} is no longer with your team: the offer was taken back, or its time ran out."
        )
    assert heard(order, "order.recalled") == {"mulberry_handler", "mulberry_leader"}
    assert actions.accept(order.uid, by=corps.plum_handler, at=AT).team == corps.teams["plum"]


def test_what_a_team_has_accepted_is_not_given_to_another_behind_its_back(corps: Corps) -> None:
    order = corps.walk("accepted")

    with pytest.raises(StepRefused) as refused:
        actions.reassign(order.uid, team=corps.teams["plum"], reason="更近", by=corps.order_desk, at=AT)
    assert refused.value.code == "team_has_accepted"
    order.refresh_from_db()
    assert (order.state, order.team) == ("accepted", corps.teams["mulberry"])
    assert OrderRefusal.objects.count() == 0


def test_a_reassignment_whose_new_team_cannot_leaves_the_old_offer_standing(corps: Corps) -> None:
    order = corps.walk("assigned")

    with pytest.raises(Conflict):
        actions.reassign(order.uid, team=corps.teams["bamboo"], reason="试试", by=corps.order_desk, at=AT)
    order.refresh_from_db()
    assert (order.state, order.team) == ("assigned", corps.teams["mulberry"])


def test_who_looked_at_an_older_version_is_asked_to_look_again(corps: Corps) -> None:
    order = corps.walk("pooled")

    with pytest.raises(Stale):
        actions.take(
            order.uid,
            "assign",
            by=corps.order_desk,
            at=AT,
            given={"team": "MULBERRY"},
            expected_version=order.version - 1,
        )


def test_a_refused_step_is_spoken_of_in_the_words_of_orders(corps: Corps) -> None:
    order = corps.walk("pooled")
    with pytest.raises(StepRefused) as refused:
        actions.cancel(
            actions.cancel(order.uid, reason="不需要了", by=corps.reporter, at=AT).uid,
            reason="再",
            by=corps.reporter,
            at=AT,
        )

    with override("en"):
        assert sentence(refused.value) == "“cancel the order” cannot be taken now; state of the order: cancelled."


@pytest.mark.parametrize(
    ("step", "given", "code"),
    [
        ("assign", {}, "step_needs"),
        ("assign", {"team": "NOBODY"}, "unknown_team"),
        ("approve", {"service": "nothing"}, "unknown_service"),
        ("assign", {"team": "MULBERRY", "score": 3}, "not_asked_for"),
        ("rate", {"score": 6}, "unknown_choice"),
        ("rate", {"score": "²"}, "not_a_whole_number"),
        ("assign", {"colour": "red"}, "unknown_field"),
        ("dance", {}, "step_unknown"),
        ("approve", {"urgent": "perhaps"}, "unknown_choice"),
        ("amend", {"place": "here"}, "not_a_place"),
        ("amend", {"wanted_to": "soon"}, "not_a_moment"),
        ("finish", {"photos": "x"}, "not_a_list"),
    ],
)
def test_values_that_cannot_be_read_are_refused_by_name(corps: Corps, step: str, given: Any, code: str) -> None:
    order = corps.walk("pooled")

    with pytest.raises(Refused) as refused:
        actions.take(order.uid, step, by=corps.order_desk, at=AT, given=given)
    assert refused.value.code == code


def test_a_resident_follows_and_rates_by_his_code_and_takes_no_other_step(corps: Corps) -> None:
    code = new_code()
    order = corps.order(
        by=None, source="portal", code_digest=digest(code), requester={"name": "李四", "phone": "13912345678"}
    )
    corps.walk("served", order=order)

    assert actions.order_of_code(f" {code.lower()[:5]}-{code[5:]} ") == order
    with pytest.raises(NotAllowed):
        actions.take_by_code(code, "archive", at=AT)
    rated = actions.take_by_code(code, "rate", at=AT, given={"score": 4, "note": "很好"})
    assert (rated.score, rated.made_by) == (4, None)
    for wrong in ("", "ABC", new_code()):
        with pytest.raises(NotFound):
            actions.order_of_code(wrong)


def test_names_and_phones_are_masked_and_each_reading_is_in_the_ledger(corps: Corps) -> None:
    from civicloop.volunteers.actions.requesters import read_requester
    from civicloop.volunteers.queries import masked_requester

    order = corps.walk("assigned", requester={"name": "李四海", "phone": "13912345678"})
    masked = masked_requester(order)
    assert masked is not None
    assert (masked.name, masked.phone) == ("李*海", "139****5678")
    with pytest.raises(NotAllowed):  # the team has not promised anything yet
        read_requester(order, purpose="联系", by=corps.mulberry_handler, at=AT)
    order = actions.accept(order.uid, by=corps.mulberry_handler, at=AT)
    for nobody in (corps.plum_handler, corps.auditor, corps.system_admin):
        with pytest.raises(NotAllowed):
            read_requester(order, purpose="好奇", by=nobody, at=AT)
    with pytest.raises(Invalid):
        read_requester(order, purpose=" ", by=corps.mulberry_handler, at=AT)

    read = read_requester(order, purpose="约上门时间", by=corps.mulberry_handler, at=AT)
    assert read is not None
    assert (read.name, read.phone) == ("李四海", "13912345678")
    line = history("order", order.uid).last()
    assert line is not None
    assert (line.verb, line.by, line.data["purpose"]) == (
        "personal_data.read",
        corps.mulberry_handler.uid,
        "约上门时间",
    )
    assert "李四海" not in str([one.data for one in history("order", order.uid)])
