"""Volunteers and requesters without an account: told once by text message, not at night, not too often, only what is true."""

from __future__ import annotations

import json
import logging
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from civicloop.ledger.models import LedgerLine
from civicloop.notify import outside, sending
from civicloop.notify.gate import TRIES
from civicloop.notify.models import OutsideMessage
from civicloop.notify.volunteers import send_to_volunteers
from civicloop.volunteers import actions as orders
from civicloop.volunteers.actions.events import cancel_event, cancel_signup, change_event, sign_up
from civicloop.volunteers.actions.requesters import anonymise_old
from civicloop.volunteers.actions.shifts import cancel_shift, change_shift
from civicloop.volunteers.models import Event, SignUp, Volunteer
from civicloop.volunteers.sweeps import sweep_orders
from tests.cast import MONDAY_NINE, hours
from tests.volunteers import folk
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
SMS = "json://127.0.0.1:9/send?:phone={to}"
NIGHT = MONDAY_NINE + timedelta(days=4, hours=13)  # Friday, ten in the evening; the event begins on Saturday at nine
Box = list[tuple[str, str, str]]


@pytest.fixture
def box(settings: Any) -> Box:
    """A city with text messages; what the way out was given."""
    settings.CIVICLOOP_NOTIFY_SMS = SMS
    settings.CIVICLOOP_PUBLIC_URL = "https://city.example"
    return []


def sent(box: Box, at: datetime, fault: str = "") -> Box:
    """Send what waits; what went out this time."""
    before = len(box)

    def take(address: str, title: str, text: str) -> str:
        box.append((address, title, text))
        return fault

    send_to_volunteers(at=at, send=take)
    return box[before:]


def signed(corps: Corps, event: Event, serial: int = 1, **given: Any) -> SignUp:
    volunteer = folk.volunteer(corps, f"甲义{serial}", serial=serial, **given)
    return sign_up(shift=event.shifts.first(), volunteer=volunteer, by=None, at=MONDAY_NINE).signup  # type: ignore[arg-type]


def address(phone: str) -> str:
    return sending.address_for("sms", phone)


def test_a_shift_at_another_time_is_told_to_each_who_has_a_place_or_waits(corps: Corps, box: Box) -> None:
    event = folk.event(corps, needed=1)
    signed(corps, event, 1)
    signed(corps, event, 2)
    signed(corps, event, 3, account=corps.sponsor)  # hears by a notice
    shift, moved = event.shifts.get(), {"starts_at": folk.SATURDAY + hours(5), "ends_at": folk.SATURDAY + hours(8)}
    change_shift(shift=shift, changes=moved, by=corps.mulberry_leader, at=MONDAY_NINE)

    went = sent(box, MONDAY_NINE)
    assert [to for to, _, _ in went] == [address("13900000001"), address("13900000002")]
    assert "周末清洁家园" in went[0][2]
    assert "2026-11-28 14:00" in went[0][2]
    assert f"https://city.example/p/events/{event.uid}" in went[0][2]
    assert "甲义" not in went[0][1] + went[0][2]
    assert sent(box, MONDAY_NINE + hours(1)) == []


def test_more_room_rings_nobodys_telephone(corps: Corps, box: Box) -> None:
    event = folk.event(corps, needed=2)
    signed(corps, event)
    change_shift(shift=event.shifts.get(), changes={"needed": 5}, by=corps.mulberry_leader, at=MONDAY_NINE)
    change_event(event=event, changes={"content": "带手套"}, by=corps.mulberry_leader, at=MONDAY_NINE)

    assert not OutsideMessage.objects.exists()


def test_a_cancellation_is_told_once_however_often_the_job_runs(corps: Corps, box: Box) -> None:
    event = folk.event(corps, shifts=2)
    mine = signed(corps, event)
    sign_up(shift=event.shifts.last(), volunteer=mine.volunteer, by=None, at=MONDAY_NINE)  # type: ignore[arg-type]
    back = signed(corps, event, 2)
    cancel_signup(signup=back, by=None, at=MONDAY_NINE)
    at = MONDAY_NINE + hours(1)
    cancel_event(event=event, reason="下雨", by=corps.mulberry_leader, at=at)

    assert outside.tell_event_cancelled(event.uid, None, at=at) == 0
    assert [to for to, _, _ in sent(box, at)] == [address("13900000001")]
    assert outside.tell_event_cancelled(event.uid, None, at=at) == 0
    assert sent(box, at + hours(1)) == []


def test_of_a_shift_that_is_called_off_only_its_people_hear(corps: Corps, box: Box) -> None:
    event = folk.event(corps, shifts=2)
    first, second = event.shifts.order_by("starts_at")
    for serial, shift in ((1, first), (2, second)):
        sign_up(shift=shift, volunteer=folk.volunteer(corps, serial=serial), by=None, at=MONDAY_NINE)
    cancel_shift(shift=second, reason="人手不够", by=corps.mulberry_leader, at=MONDAY_NINE)

    ((to, _, text),) = sent(box, MONDAY_NINE)
    assert to == address("13900000002")
    assert "2026-12-05 09:00" in text


def test_who_moves_up_from_the_waiting_list_is_told(corps: Corps, box: Box) -> None:
    event = folk.event(corps, needed=1)
    first, second = signed(corps, event, 1), signed(corps, event, 2)
    assert second.state == "waiting"
    cancel_signup(signup=first, by=None, at=MONDAY_NINE)

    ((to, _, text),) = sent(box, MONDAY_NINE)
    assert to == address("13900000002")
    assert "莲北社区广场" in text


def test_what_is_not_true_any_more_is_not_sent(corps: Corps, box: Box) -> None:
    event = folk.event(corps, needed=1)
    first, second = signed(corps, event, 1), signed(corps, event, 2)
    cancel_signup(signup=first, by=None, at=MONDAY_NINE)
    cancel_signup(signup=second, by=None, at=MONDAY_NINE)

    assert sent(box, MONDAY_NINE) == []
    assert OutsideMessage.objects.get().failure == "nothing_to_tell"


def test_at_night_nobody_is_woken_but_for_what_would_be_too_late_in_the_morning(corps: Corps, box: Box) -> None:
    event = folk.event(corps)
    signed(corps, event)
    change_event(event=event, changes={"place": "莲北社区门口"}, by=corps.mulberry_leader, at=NIGHT)

    assert sent(box, NIGHT) == []
    assert OutsideMessage.objects.get().next_try_at == NIGHT + hours(9.5)
    assert len(sent(box, NIGHT + hours(9.5))) == 1  # half past seven

    early = {"starts_at": folk.SATURDAY - hours(2), "ends_at": folk.SATURDAY + hours(1)}  # at seven
    change_shift(shift=event.shifts.get(), changes=early, by=corps.mulberry_leader, at=NIGHT + hours(1))
    assert len(sent(box, NIGHT + hours(1))) == 1


def test_who_would_come_early_in_the_morning_hears_at_night_that_it_is_later(corps: Corps, box: Box) -> None:
    early = {"starts_at": folk.SATURDAY - hours(2), "ends_at": folk.SATURDAY + hours(1)}  # at seven
    event = folk.event(corps)
    shift = change_shift(shift=event.shifts.get(), changes=early, by=corps.mulberry_leader, at=MONDAY_NINE)
    signed(corps, event)
    later = {"starts_at": folk.SATURDAY + timedelta(days=7), "ends_at": folk.SATURDAY + timedelta(days=7, hours=3)}
    change_shift(shift=shift, changes=later, by=corps.mulberry_leader, at=NIGHT)

    ((_, _, text),) = sent(box, NIGHT)
    assert "2026-12-05 09:00" in text


def test_what_would_come_after_the_shift_has_begun_is_not_sent(corps: Corps, box: Box) -> None:
    event = folk.event(corps)
    signed(corps, event)
    cancel_event(event=event, reason="下雨", by=corps.mulberry_leader, at=folk.SATURDAY - hours(1))

    assert sent(box, folk.SATURDAY) == []
    assert OutsideMessage.objects.get().failure == "too_late"


def test_nobody_gets_more_in_a_day_than_the_city_allows(corps: Corps, box: Box) -> None:
    event = folk.event(corps)
    signed(corps, event)
    for number in range(9):
        at = MONDAY_NINE + timedelta(minutes=number)
        change_event(event=event, changes={"place": f"{number}号楼"}, by=corps.mulberry_leader, at=at)

    assert len(sent(box, MONDAY_NINE + hours(1))) == 8
    assert sent(box, MONDAY_NINE + hours(12)) == []
    assert len(sent(box, MONDAY_NINE + hours(24))) == 1


def test_a_refused_message_is_tried_again_and_stays_visible_when_it_fails(corps: Corps, box: Box) -> None:
    event = folk.event(corps)
    signed(corps, event)
    change_event(event=event, changes={"place": "门口"}, by=corps.mulberry_leader, at=MONDAY_NINE)
    at = MONDAY_NINE
    for _ in range(12):
        sent(box, at, "channel_refused")
        at += timedelta(hours=1 if at.hour < 17 else 16)

    row = OutsideMessage.objects.get()
    assert (row.state, row.tries, row.failure) == ("failed", TRIES, "channel_refused")
    assert len(box) == TRIES


def test_a_refused_message_is_tried_again_after_the_pauses_that_are_promised(corps: Corps, box: Box) -> None:
    event = folk.event(corps)
    signed(corps, event)
    change_event(event=event, changes={"place": "门口"}, by=corps.mulberry_leader, at=MONDAY_NINE)

    tried = [one for one in range(400) if sent(box, MONDAY_NINE + timedelta(minutes=one), "channel_refused")]

    assert tried == [0, 1, 6, 21, 81, 321], "after 1, 5, 15, 60 and 240 minutes"


def test_a_worker_killed_while_sending_leaves_a_message_that_is_sent_later(corps: Corps, box: Box) -> None:
    event = folk.event(corps)
    signed(corps, event)
    change_event(event=event, changes={"place": "门口"}, by=corps.mulberry_leader, at=MONDAY_NINE)

    def die(to: str, title: str, text: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_to_volunteers(at=MONDAY_NINE, send=die)
    assert sent(box, MONDAY_NINE + timedelta(minutes=2)) == []
    assert len(sent(box, MONDAY_NINE + timedelta(minutes=11))) == 1


def test_a_second_worker_leaves_alone_what_is_being_sent(corps: Corps, box: Box) -> None:
    event = folk.event(corps)
    signed(corps, event)
    change_event(event=event, changes={"place": "门口"}, by=corps.mulberry_leader, at=MONDAY_NINE)

    def slow(to: str, title: str, text: str) -> str:
        box.append((to, title, text))
        if len(box) == 1:  # another worker begins while this one still speaks
            send_to_volunteers(at=MONDAY_NINE + timedelta(minutes=2), send=slow)
        return ""

    assert send_to_volunteers(at=MONDAY_NINE, send=slow) == (1, 0)
    assert len(box) == 1


def test_for_a_child_the_telephone_of_the_guardian_rings(corps: Corps, box: Box) -> None:
    event = folk.event(corps)
    signed(
        corps, event, birth_on=date(2015, 5, 1), guardian_name="乙义", guardian_phone="13700000009", guardian_consent=True
    )  # fmt: skip
    cancel_event(event=event, reason="下雨", by=corps.mulberry_leader, at=MONDAY_NINE)

    assert [to for to, _, _ in sent(box, MONDAY_NINE)] == [address("13700000009")]


def test_without_text_messages_nothing_is_written_down(corps: Corps) -> None:
    event = folk.event(corps)
    signed(corps, event)
    cancel_event(event=event, reason="下雨", by=corps.mulberry_leader, at=MONDAY_NINE)

    assert not OutsideMessage.objects.exists()


WHO = {"name": "李四海", "phone": "13912345678"}


def test_a_requester_hears_when_a_team_comes_and_that_it_was_served(corps: Corps, box: Box) -> None:
    corps.walk("served", requester=WHO, by=None, source="portal", code_digest="a" * 64)

    news = OutsideMessage.objects.order_by("pk").values_list("kind", flat=True)
    assert list(news) == ["order_accepted", "order_served"]
    ((to, _, text),) = sent(box, MONDAY_NINE + hours(2))  # that a team comes is no news any more
    assert to == address("13912345678")
    assert "单" in text
    assert "https://city.example/p/orders" in text
    assert "李四海" not in text


def test_a_requester_hears_that_nobody_comes(corps: Corps, box: Box) -> None:
    order = corps.order(requester=WHO)
    orders.take(order.uid, "reject", by=corps.order_desk, at=MONDAY_NINE, given={"reason": "不属于志愿服务"})

    ((to, _, text),) = sent(box, MONDAY_NINE)
    assert to == address("13912345678")
    assert "不属于" not in text
    assert "/p/orders" not in text  # who ordered by telephone has no code
    orders_again = outside.tell_order_step(order.uid, "reject", order.steps.get(name="reject").seq, at=MONDAY_NINE)
    assert orders_again == 0


def test_a_requester_hears_that_the_desk_has_cancelled_and_not_that_he_has_himself(corps: Corps, box: Box) -> None:
    by_desk, by_code = corps.order(requester=WHO), corps.order(requester=WHO, by=None, source="portal")
    for order, by in ((by_desk, corps.order_desk), (by_code, None)):
        orders.take(order.uid, "cancel", by=by, at=MONDAY_NINE, given={"reason": "不需要了"})

    assert [one.about for one in OutsideMessage.objects.all()] == [by_desk.uid]
    assert len(sent(box, MONDAY_NINE)) == 1


def test_a_requester_hears_that_his_order_ended_because_nobody_handed_it_in(corps: Corps, box: Box) -> None:
    order = corps.order(requester=WHO, by=None, source="portal", code_digest="a" * 64, submit=False)
    assert sweep_orders(at=MONDAY_NINE + timedelta(days=50)).expired == 1

    assert [(one.kind, one.about) for one in OutsideMessage.objects.all()] == [("order_cancelled", order.uid)]


def test_who_left_no_phone_or_is_forgotten_hears_nothing(corps: Corps, box: Box) -> None:
    from civicloop.standards import reference

    corps.walk("served")
    assert not OutsideMessage.objects.exists()
    order = corps.walk("archived", requester=WHO)
    later = order.ended_at + timedelta(days=366)
    assert anonymise_old(at=later, ref=reference.now()) == 1
    OutsideMessage.objects.update(useful_until=later + hours(1), about=corps.walk("served", at=later - hours(9)).uid)
    sent(box, later.replace(hour=10))

    assert box == []


def test_the_number_and_the_name_stand_in_no_row_no_ledger_line_and_no_log(
    corps: Corps, box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        event = folk.event(corps)
        signed(corps, event)
        cancel_event(event=event, reason="下雨", by=corps.mulberry_leader, at=MONDAY_NINE)
        corps.walk("accepted", requester=WHO)
        assert len(sent(box, MONDAY_NINE + hours(1), "channel_refused")) == 2
        send_to_volunteers(at=MONDAY_NINE + hours(2))  # the real way out; nobody answers there

    rows = str(list(OutsideMessage.objects.values()))
    lines = json.dumps(list(LedgerLine.objects.filter(verb__startswith="event").values_list("data", flat=True)))
    for text in (rows, lines, caplog.text):
        assert not any(word in text for word in ("13900000001", "13912345678", "李四海", "甲义1"))
    assert Volunteer.objects.get().phone == "13900000001"
