"""Proposals of dispatch: from the rows of the city to a plan with reasons, and back to offers; what is stale is skipped."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.queries import history
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.volunteers import actions
from civicloop.volunteers.actions import places
from civicloop.volunteers.actions.proposing import carry_out, propose
from civicloop.volunteers.dispatch_commands import dispatch
from civicloop.volunteers.dispatch_tasks import propose_again
from civicloop.volunteers.dispatchwords import said, skipped
from civicloop.volunteers.models import Order, OrderRefusal, Proposal
from civicloop.volunteers.pooling import gather
from civicloop.volunteers.proposing import newest, price_of_edit, reckon
from civicloop.volunteers.rules.lifecycle import OrderState
from civicloop.volunteers.rules.matching import WhyNot
from tests.cast import MONDAY_NINE, SOUTH, WEST, hours
from tests.threads import at_once
from tests.volunteers.cast import Corps

AT = MONDAY_NINE + hours(2)
pytestmark = pytest.mark.django_db


def pooled(corps: Corps, service: str = "haircut", **given: Any) -> Any:
    return corps.walk("pooled", service=service, **given)


def row_of(proposal: Proposal, order: Any) -> dict[str, Any]:
    return next(row for row in proposal.content if row["order"] == str(order.uid))


def change(corps: Corps, team: str, **changes: Any) -> None:
    places.change_team(team=corps.teams[team], changes=changes, by=None, at=MONDAY_NINE)


def test_a_proposal_names_team_way_load_and_why_not_the_others(corps: Corps) -> None:
    order = pooled(corps)

    made = propose(by=corps.order_desk, at=AT)
    row = row_of(made, order)

    assert (row["team"], row["load"], row["capacity"], row["number"]) == ("MULBERRY", 1, 2, order.number)
    assert row["metres"] == round(actions.metres_between(order, corps.teams["mulberry"]) or 0)
    assert [(one["team"], one["why"]) for one in row["best"]] == [("MULBERRY", "chosen"), ("PLUM", "farther")]
    assert row["counts"] == {"able": 3, "near": 3, "area": 3, "people": 3, "time": 3, "asked": 3, "room": 2}
    assert made.versions == {str(order.uid): order.version}
    assert (made.figures["served"], made.figures["nearest_first"]["served"]) == (1, 1)
    assert "闻报" not in json.dumps(made.content, ensure_ascii=False), "who asks is no matter of dispatch"


def test_what_a_plan_serves_more_than_the_nearest_team_first(corps: Corps) -> None:
    change(corps, "mulberry", capacity=1)
    first, second = pooled(corps, "repair"), pooled(corps, "haircut")
    change(corps, "plum", skills=[corps.skills["repair"]])

    made = propose(by=None, at=AT)

    assert [row_of(made, one)["team"] for one in (first, second)] == ["PLUM", "MULBERRY"]
    assert row_of(made, first)["best"][0] == {
        "team": "MULBERRY", "name": "桑榆服务队", "metres": row_of(made, first)["best"][0]["metres"], "load": 1,
        "capacity": 1, "why": "full",
    }  # fmt: skip
    assert (made.figures["served"], made.figures["nearest_first"]["served"]) == (2, 1)
    assert (Order.objects.filter(team=None).count(), made.state) == (2, "open"), "nothing is offered yet"


def test_carrying_out_offers_each_order_and_can_be_done_once(corps: Corps) -> None:
    order = pooled(corps)
    made = propose(by=corps.order_desk, at=AT)

    done = carry_out(made.uid, by=corps.order_desk, at=AT)

    order.refresh_from_db()
    assert (order.state, order.team) == (OrderState.ASSIGNED, corps.teams["mulberry"])
    assert (list(done.assigned), list(done.skipped)) == ([(order.number, "MULBERRY")], [])
    assert [line.verb for line in history("proposal", made.uid)] == ["proposal.make", "proposal.carry_out"]
    with pytest.raises(Conflict, match="proposal_over"):
        carry_out(made.uid, by=corps.order_desk, at=AT)


def test_edits_send_an_order_elsewhere_or_leave_it(corps: Corps) -> None:
    first, second = pooled(corps), pooled(corps, "tutor")
    made = propose(by=corps.order_desk, at=AT)

    done = carry_out(made.uid, edits={str(first.uid): "PLUM", str(second.uid): None}, by=corps.order_desk, at=AT)

    assert list(done.assigned) == [(first.number, "PLUM")]
    assert Order.objects.get(pk=second.pk).state == OrderState.POOLED


def test_edits_of_strange_orders_and_teams_are_refused_before_anything_is_offered(corps: Corps) -> None:
    order = pooled(corps)
    made = propose(by=corps.order_desk, at=AT)

    with pytest.raises(Invalid, match="order_not_in_proposal"):
        carry_out(made.uid, edits={str(new_uid()): "PLUM"}, by=corps.order_desk, at=AT)
    with pytest.raises(Invalid, match="unknown_team") as refused:
        carry_out(made.uid, edits={str(order.uid): "NOBODY"}, by=corps.order_desk, at=AT)
    with pytest.raises(NotFound):
        carry_out(new_uid(), by=corps.order_desk, at=AT)

    made.refresh_from_db()
    assert made.state == "open"
    with override("en"):
        assert "NOBODY" in sentence(refused.value)


def test_only_the_desk_of_the_whole_city_dispatches(corps: Corps) -> None:
    pooled(corps)
    for person in (corps.mulberry_leader, corps.reporter, corps.town_order_desk, corps.system_admin):
        with pytest.raises(NotAllowed):
            propose(by=person, at=AT)
    made = propose(by=corps.order_desk, at=AT)
    with pytest.raises(NotAllowed):
        carry_out(made.uid, by=corps.mulberry_leader, at=AT)


def test_a_team_that_took_something_meanwhile_is_skipped_and_the_rest_is_offered(corps: Corps) -> None:
    first, second = pooled(corps, "tutor"), pooled(corps)
    made = propose(by=corps.order_desk, at=AT)
    assert row_of(made, first)["team"] == "PLUM"
    late = pooled(corps)
    actions.assign(late.uid, team=corps.teams["plum"], by=corps.order_desk, at=AT)
    actions.accept(late.uid, by=corps.plum_handler, at=AT)

    done = carry_out(made.uid, by=corps.order_desk, at=AT)

    assert list(done.assigned) == [(second.number, "MULBERRY")]
    assert [(one["number"], one["code"]) for one in done.skipped] == [(first.number, "team_full")]
    assert Order.objects.get(pk=first.pk).state == OrderState.POOLED
    assert Proposal.objects.get(pk=made.pk).figures["skipped"] == list(done.skipped)
    with override("en"):
        assert skipped("team_full") == "the team is full meanwhile"


def test_an_order_that_changed_meanwhile_is_skipped(corps: Corps) -> None:
    commented, cancelled = pooled(corps), pooled(corps)
    made = propose(by=corps.order_desk, at=AT)
    actions.comment(commented.uid, note="请先打电话", by=corps.reporter, at=AT)
    actions.cancel(cancelled.uid, reason="不需要了", by=corps.reporter, at=AT)

    done = carry_out(made.uid, by=corps.order_desk, at=AT)

    assert list(done.assigned) == []
    assert {one["code"] for one in done.skipped} == {"stale"}


def test_a_new_proposal_lets_older_ones_lapse_and_the_clock_writes_only_what_is_new(corps: Corps) -> None:
    assert propose_again(at=AT) is None
    pooled(corps)
    first = propose_again(at=AT)
    again = propose_again(at=AT + timedelta(minutes=5))
    pooled(corps, "repair")
    second = propose_again(at=AT + timedelta(minutes=10))

    assert first is not None
    assert (again, newest()) == (first, second)
    assert Proposal.objects.get(pk=first.pk).state == "lapsed"
    assert propose(by=corps.order_desk, at=AT + timedelta(minutes=11)) != second, "whoever asks gets a new one"


def test_whoever_has_read_a_lapsed_proposal_may_still_use_it_for_two_hours(corps: Corps) -> None:
    order = pooled(corps)
    read = propose(by=corps.order_desk, at=AT)
    pooled(corps, "tutor")
    propose_again(at=AT + timedelta(minutes=5))

    assert list(carry_out(read.uid, by=corps.order_desk, at=AT).assigned) == [(order.number, "MULBERRY")]
    old = propose(by=None, at=AT)
    for later in (timedelta(minutes=5), timedelta(hours=3)):
        propose(by=corps.order_desk, at=AT + later)
    with pytest.raises(Conflict, match="proposal_over"):
        carry_out(old.uid, by=corps.order_desk, at=AT + timedelta(hours=3))


def test_the_two_hours_count_from_when_a_newer_one_came(corps: Corps) -> None:
    """The clock keeps an unchanged proposal open for hours; who is reading it then may still use it."""
    order = pooled(corps)
    read = propose_again(at=AT)
    pooled(corps, "repair")
    newer = propose_again(at=AT + timedelta(hours=3))

    assert read is not None
    assert newer != read
    assert list(carry_out(read.uid, by=corps.order_desk, at=AT + timedelta(hours=3, minutes=1)).assigned) == [
        (order.number, "MULBERRY")
    ]


def test_what_no_team_can_do_is_told_with_what_is_missing(corps: Corps) -> None:
    skill = corps.skills["tutor"]
    both = pooled(corps, "tutor")
    change(corps, "plum", skills=[corps.skills["hair"]])
    change(corps, "bamboo", skills=[corps.skills["hair"]])
    made = propose(by=None, at=AT)

    row = row_of(made, both)
    assert (row["team"], row["why_not"], row["missing"], row["joint"]) == (
        None,
        "missing_skill",
        {"skills": [skill.name]},
        None,
    )
    with override("en"):
        assert said(row) == "no team has 辅导"


def test_two_teams_that_could_do_it_together_are_named(corps: Corps) -> None:
    order = pooled(corps, "haircut", skills=[corps.skills["tutor"]])
    change(corps, "plum", skills=[corps.skills["tutor"]])

    row = row_of(propose(by=None, at=AT), order)

    assert (row["missing"], row["joint"]) == ({}, None), (
        "the team without capacity has both: it is full, no skill is missing"
    )
    assert row["why_not"] == WhyNot.NO_CAPACITY
    change(corps, "bamboo", active=False)
    row = row_of(propose(by=None, at=AT), order)
    assert (sorted(row["missing"]["skills"]), row["joint"]) == (["理发", "辅导"], ["MULBERRY", "PLUM"])
    assert "桑榆服务队" in said(row), "people read names, no codes"
    assert "MULBERRY" not in said(row)


def test_whoever_refused_is_not_proposed_and_when_all_have_it_is_said(corps: Corps) -> None:
    order = corps.walk("assigned")
    actions.decline(order.uid, reason="人手不够", by=corps.mulberry_handler, at=AT)
    made = propose(by=None, at=AT)
    assert row_of(made, order)["team"] == "PLUM"

    for team in ("plum", "bamboo"):
        OrderRefusal.objects.create(order=order, team=corps.teams[team], why="declined", at=AT)
    assert row_of(propose(by=None, at=AT), order)["why_not"] == "all_refused"


def test_areas_and_radius_keep_teams_where_they_belong(corps: Corps) -> None:
    order = pooled(corps)
    for team in corps.teams:
        change(corps, team, areas=[corps.willow])
    assert row_of(propose(by=None, at=AT), order)["why_not"] == "other_area"
    for team in corps.teams:
        change(corps, team, areas=[corps.lotus])
    assert row_of(propose(by=None, at=AT), order)["team"] == "MULBERRY", "the town's area holds its communities"
    for team in corps.teams:
        change(corps, team, radius_m=100)
    row = row_of(propose(by=None, at=AT), order)
    assert (row["why_not"], row["missing"]["nearest_team"]) == ("out_of_reach", "MULBERRY")


def test_an_order_by_address_alone_waits_for_a_person(corps: Corps) -> None:
    order = pooled(corps, address="莲北社区老井旁")

    assert row_of(propose(by=None, at=AT), order)["why_not"] == "no_place"


def test_weekly_times_decide_who_can_come_when_it_is_wanted(corps: Corps) -> None:
    tuesday = datetime.combine(MONDAY_NINE.date() + timedelta(days=1), MONDAY_NINE.timetz())
    order = pooled(corps, wanted_from=tuesday, wanted_to=tuesday + hours(3))
    change(corps, "mulberry", slots=[{"weekday": 3, "from": "09:00", "to": "12:00", "orders": 2}])
    change(corps, "plum", slots=[{"weekday": 2, "from": "09:00", "to": "11:00", "orders": 1}])

    row = row_of(propose(by=None, at=AT), order)

    assert (row["team"], row["counts"]["area"], row["counts"]["time"]) == ("PLUM", 3, 2), (
        "the other comes on Wednesdays"
    )
    assert [datetime.fromisoformat(one) for one in row["when"]] == [tuesday, tuesday + hours(2)]


def test_what_a_team_has_already_takes_its_place_in_the_weekly_time(corps: Corps) -> None:
    slots = [{"weekday": 2, "from": "09:00", "to": "11:00", "orders": 1}]
    change(corps, "mulberry", slots=slots)
    change(corps, "plum", capacity=0)
    corps.walk("accepted")
    order = pooled(corps, wanted_to=MONDAY_NINE + timedelta(days=2))

    row = row_of(propose(by=None, at=AT), order)

    assert (row["team"], row["why_not"], row["counts"]["time"], row["counts"]["room"]) == (None, "no_capacity", 3, 0)


def test_what_waits_weighs_more_with_every_few_days_and_urgent_goes_first(corps: Corps) -> None:
    change(corps, "mulberry", capacity=0)
    old = pooled(corps)
    later = AT + timedelta(days=7)
    new = pooled(corps, at=later, weight=2)

    assert [row_of(propose(by=None, at=later), one)["team"] for one in (old, new)] == ["PLUM", None]
    urgent = pooled(corps, at=later, urgent=True)
    made = propose(by=None, at=later + hours(1))
    assert (made.content[0]["order"], made.content[0]["team"]) == (str(urgent.uid), "PLUM")


def test_an_urgent_order_is_proposed_at_once(corps: Corps) -> None:
    pooled(corps)
    assert newest() is None

    urgent = pooled(corps, urgent=True)

    made = newest()
    assert made is not None
    assert made.content[0]["order"] == str(urgent.uid)
    assert len(made.content) == 2


def test_what_an_edit_costs_is_told_before_it_is_made(corps: Corps) -> None:
    change(corps, "mulberry", capacity=1)
    cut, lesson = pooled(corps), pooled(corps, "tutor")
    made = propose(by=corps.order_desk, at=AT)

    told = price_of_edit(made, str(cut.uid), "PLUM", at=AT).cost

    assert (told["weight"], told["served"], told["forced"]) == (-1, -1, None)
    assert {(one["number"], one["before"], one["after"]) for one in told["moved"]} == {
        (cut.number, "MULBERRY", "PLUM"), (lesson.number, "PLUM", None),
    }  # fmt: skip
    assert price_of_edit(made, str(lesson.uid), "MULBERRY", at=AT).cost["forced"] == "missing_skill"
    assert price_of_edit(made, str(lesson.uid), None, at=AT).cost["served"] == -1
    with pytest.raises(Invalid, match="order_not_in_proposal"):
        price_of_edit(made, str(new_uid()), "PLUM", at=AT)
    actions.cancel(lesson.uid, reason="不需要了", by=corps.reporter, at=AT)
    with pytest.raises(Invalid, match="order_not_waiting"):
        price_of_edit(made, str(lesson.uid), "PLUM", at=AT)


def test_reading_the_pool_takes_as_many_statements_for_many_orders_as_for_one(
    corps: Corps, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        pooled(corps, lon=WEST + 0.002 * number, lat=SOUTH + 0.01)
    reference.now().grids  # noqa: B018  (the books are loaded)

    with django_assert_max_num_queries(10):
        found = gather(at=AT, ref=reference.now())

    assert len(found.orders) == 6


def test_the_command_says_what_it_would_do_and_does_it_only_when_told(corps: Corps) -> None:
    order = pooled(corps)
    with override("en"):
        dry = CliRunner().invoke(dispatch, ["--dry-run"], catch_exceptions=False)
        told = CliRunner().invoke(dispatch, ["--dry-run", "--json"], catch_exceptions=False)

    assert order.number in dry.output
    assert "桑榆服务队" in dry.output
    assert json.loads(told.output)["figures"]["served"] == 1
    assert Proposal.objects.count() == 0
    CliRunner().invoke(dispatch, [], catch_exceptions=False)
    assert (Proposal.objects.count(), Order.objects.get(pk=order.pk).state) == (1, OrderState.POOLED)
    done = CliRunner().invoke(dispatch, ["--carry-out", "--json"], catch_exceptions=False)
    assert json.loads(done.output)["assigned"] == [[order.number, "MULBERRY"]]
    assert CliRunner().invoke(dispatch, ["--dry-run", "--carry-out"]).exit_code == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_carry_one_proposal_out_and_it_happens_once(corps: Corps) -> None:
    order = pooled(corps)
    made = propose(by=corps.order_desk, at=AT)

    faults = at_once(
        lambda: carry_out(made.uid, by=corps.order_desk, at=AT),
        lambda: carry_out(made.uid, by=corps.other_order_desk, at=AT),
    )  # fmt: skip

    assert [type(one) for one in faults if one] == [Conflict]
    assert Order.objects.get(pk=order.pk).steps.filter(name="assign").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_team_answers_while_the_pool_is_solved_and_both_stand(corps: Corps) -> None:
    offered, waiting = corps.walk("assigned"), pooled(corps, "tutor")

    faults = at_once(
        lambda: actions.accept(offered.uid, by=corps.mulberry_handler, at=AT),
        lambda: propose(by=corps.order_desk, at=AT),
    )

    assert faults == [None, None]
    assert Order.objects.get(pk=offered.pk).state == OrderState.ACCEPTED
    made = newest()
    assert made is not None
    assert [row["order"] for row in made.content] == [str(waiting.uid)], "what is offered or accepted is not moved"
    assert reckon(at=AT).plan.load.sum() == 2
