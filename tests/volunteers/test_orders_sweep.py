"""What time does to orders: offers lapse, silence confirms, alarms climb the ladder, personal data go when their time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.kernel.refusal import Conflict, StepRefused
from civicloop.ledger.queries import breaks, history
from civicloop.loops.models import Notice
from civicloop.loops.recount import recount
from civicloop.organisation import actions as organisation
from civicloop.schedule import SCHEDULES, drop_proposals, drop_receipts, forget_requesters, sweep_alarms
from civicloop.standards import reference
from civicloop.volunteers import actions, sweeps
from civicloop.volunteers.actions.proposing import carry_out, forget_proposals, propose
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.models import Order, OrderAlarm, OrderRefusal, Proposal, Requester
from civicloop.volunteers.sweeps import drop_personal_data, sweep_orders
from tests.cast import MONDAY_NINE, hours
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def heard(order: Order, kind: str) -> set[str]:
    return set(Notice.objects.filter(loop_uid=order.uid, kind=kind).values_list("person__username", flat=True))


def test_an_offer_nobody_answers_lapses_and_the_team_is_not_asked_again(corps: Corps) -> None:
    order = corps.walk("assigned")
    assert sweep_orders(at=order.act_by - hours(0.1)).lapsed == 0
    assert sweep_orders(at=order.act_by).lapsed == 1

    order.refresh_from_db()
    step = order.steps.get(name="lapse")
    assert (order.state, order.team_id, step.by) == ("pooled", None, None)
    assert OrderRefusal.objects.get().why == "lapsed"
    assert heard(order, "order.pooled") == {"order_desk", "other_order_desk"}
    assert sweep_orders(at=order.act_by - hours(0.1)).lapsed == 0


def test_what_was_accepted_in_time_does_not_lapse(corps: Corps) -> None:
    order = corps.walk("assigned")
    due = order.act_by
    actions.accept(order.uid, by=corps.mulberry_handler, at=due)

    assert sweep_orders(at=due).lapsed == 0


def test_who_says_nothing_within_seven_days_has_confirmed_and_it_is_marked(corps: Corps) -> None:
    order = corps.walk("served")
    assert order.act_by == order.served_at + 7 * DAY
    assert sweep_orders(at=order.act_by - hours(1)).confirmed == 0
    assert sweep_orders(at=order.act_by).confirmed == 1

    order.refresh_from_db()
    assert (order.state, order.rated_by_time, order.score, order.owner) == ("rated", True, None, corps.centre)
    assert heard(order, "alarm.soon") == set()


def test_each_rung_tells_those_who_can_do_something(corps: Corps) -> None:
    order = corps.walk("accepted")
    for moment in (order.act_by - hours(2), order.act_by, order.act_by + DAY, order.act_by + 3 * DAY):
        sweep_orders(at=moment)

    assert list(OrderAlarm.objects.order_by("id").values_list("rung", flat=True)) == [
        "soon",
        "due",
        "late_1d",
        "late_3d",
    ]
    assert {rung: heard(order, f"alarm.{rung}") for rung in ("soon", "due", "late_1d", "late_3d")} == {
        "soon": {"mulberry_handler", "mulberry_leader"}, "due": {"mulberry_leader"},
        "late_1d": {"order_desk", "other_order_desk"}, "late_3d": {"order_desk", "other_order_desk"},
    }  # fmt: skip
    assert [line.verb for line in history("order", order.uid) if line.verb.startswith("alarm")] == [
        "alarm.soon", "alarm.due", "alarm.late_1d", "alarm.late_3d",
    ]  # fmt: skip
    assert sweep_orders(at=order.act_by + 90 * DAY).alarms.taken == 0
    assert list(breaks()) == []


def test_notices_name_no_person_and_no_address(corps: Corps) -> None:
    order = corps.walk("assigned", requester={"name": "李四海", "phone": "13912345678"})
    sweep_orders(at=order.act_by - hours(0.5))

    for notice in Notice.objects.filter(loop_uid=order.uid):
        assert not any(word in str(notice.data) for word in ("李四海", "13912345678", "莲北社区"))


def test_a_new_holiday_moves_the_clocks_of_open_orders(corps: Corps) -> None:
    from civicloop.organisation.models import WorkCalendar

    order, before = corps.order(), corps.order().act_by
    organisation.set_day(
        calendar=WorkCalendar.objects.get(), day=MONDAY_NINE.date(), is_working=False, by=None, at=MONDAY_NINE
    )  # fmt: skip

    order.refresh_from_db()
    assert order.act_by > before
    assert order.version == 3
    assert recount(ORDERS, at=MONDAY_NINE) == 0
    assert [line.verb for line in history("order", order.uid)][-1] == "order.recount"


def test_name_and_phone_go_a_year_after_the_last_order_has_ended(corps: Corps) -> None:
    who = {"name": "李四海", "phone": "13912345678"}
    order = corps.walk("archived", requester=who, description="请打13912345678")
    actions.comment(order.uid, note="李四海说打13912345678", by=corps.order_desk, at=order.ended_at)
    running = corps.order(requester={"name": "王五", "phone": "13912345679"})
    year = order.ended_at + 365 * DAY

    assert drop_personal_data(at=year) == 0
    assert drop_personal_data(at=year + hours(1)) == 1
    assert drop_personal_data(at=year + DAY) == 0
    order.requester.refresh_from_db()
    running.requester.refresh_from_db()
    order.refresh_from_db()
    assert (order.address, order.description, order.code_digest) == ("", "请打139****5678", "")
    assert (order.lon, order.lat, order.steps.get(name="comment").note) == (None, None, "李*海说打139****5678")
    assert (order.requester.name, order.requester.phone, running.requester.name) == ("", "", "王五")
    assert [line.verb for line in history("order", order.uid)][-1] == "order.anonymise"
    assert list(breaks()) == []


def test_where_nobody_was_named_the_address_goes_all_the_same(corps: Corps) -> None:
    order = corps.walk("archived", description="老人独居，电话13912345678")
    assert order.requester is None
    year = order.ended_at + 365 * DAY + hours(1)

    assert drop_personal_data(at=order.ended_at + 364 * DAY) == 0
    assert drop_personal_data(at=year) == 1
    assert drop_personal_data(at=year) == 0, "done is done"
    order.refresh_from_db()
    assert (order.address, order.lon, order.description) == ("", None, "老人独居，电话139****5678")
    assert [line.verb for line in history("order", order.uid)][-1] == "order.anonymise"


def test_what_its_requester_never_hands_in_again_ends_by_itself_and_its_data_go(corps: Corps) -> None:
    who = {"name": "李四海", "phone": "13912345678"}
    back, draft = corps.order(requester=who), corps.order(submit=False, requester=who)
    back = actions.return_(back.uid, reason="几楼?", by=corps.order_desk, at=MONDAY_NINE + hours(1))
    ends = {one: actions.expires_at(one, reference.now()) for one in (back, draft)}
    midnight = MONDAY_NINE.replace(hour=23, minute=59, second=59)
    assert ends == {back: back.act_by + 30 * DAY, draft: midnight + 40 * DAY}
    assert sweep_orders(at=ends[draft] - hours(1)).expired == 0
    assert sweep_orders(at=ends[back]).expired == 2

    for one in (back, draft):
        one.refresh_from_db()
        assert (one.state, one.ended_at, one.act_by, one.steps.get(name="expire").by) == (
            "cancelled",
            ends[back],
            None,
            None,
        )
    assert heard(back, "order.expired") == {"reporter"}
    assert drop_personal_data(at=ends[back] + 365 * DAY + hours(1)) == 2
    assert not Requester.objects.exclude(name="", phone="").exists()
    assert list(breaks()) == []


def test_a_draft_somebody_still_works_at_does_not_end(corps: Corps) -> None:
    draft = corps.order(submit=False)
    touched = MONDAY_NINE + 35 * DAY
    actions.amend(draft.uid, description="还要再等等", by=corps.reporter, at=touched)

    assert sweep_orders(at=MONDAY_NINE + 41 * DAY).expired == 0
    with pytest.raises(StepRefused) as refused:
        actions.expire(draft.uid, at=MONDAY_NINE + 41 * DAY)
    assert refused.value.code == "not_lapsed_yet"
    assert sweep_orders(at=touched + 30 * DAY).expired == 1


def test_one_order_that_cannot_be_keeps_no_other_from_its_turn(corps: Corps) -> None:
    first, second = corps.walk("assigned"), corps.walk("assigned", team="plum")

    def verb(uid: Any, *, at: Any, ref: Any) -> Any:
        if uid == first.uid:
            raise Conflict("order_with_another", order=first.number)
        return actions.lapse(uid, at=at, ref=ref)

    due = Order.objects.filter(state="assigned")
    assert sweeps.run_out_each(due, verb, at=second.act_by, ref=reference.now()) == 1
    second.refresh_from_db()
    assert second.state == "pooled"


def test_proposals_that_are_over_go_after_their_days_and_the_open_one_stays(corps: Corps) -> None:
    corps.walk("pooled")
    for day in (0, 1):
        last = propose(by=corps.order_desk, at=MONDAY_NINE + day * DAY)
    carry_out(last.uid, by=corps.order_desk, at=MONDAY_NINE + DAY)
    propose(by=corps.order_desk, at=MONDAY_NINE + 2 * DAY)
    late = MONDAY_NINE + 400 * DAY

    assert forget_proposals(at=MONDAY_NINE + 90 * DAY, ref=reference.now()) == 0
    assert forget_proposals(at=late, ref=reference.now(), most=1) == 2
    assert list(Proposal.objects.values_list("state", flat=True)) == ["open"]


def test_the_workers_do_it_by_the_clock(corps: Corps) -> None:
    assert {"sweep_alarms", "forget_requesters", "drop_proposals", "drop_receipts"} <= set(SCHEDULES)
    assert (drop_proposals(), drop_receipts()) == ("0 taken away", "0 taken away")
    assert sweep_alarms() == "0 ran out, 0 alarms, 0 notices"
    assert forget_requesters() == "0 anonymised"
