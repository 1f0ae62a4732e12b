"""Two people at one shift: whoever comes second sees what the first has done."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.db import transaction

from civicloop.volunteers import actions
from civicloop.volunteers.actions import events
from civicloop.volunteers.actions import hours as hour_actions
from civicloop.volunteers.models import ServiceRecord, SignUp
from civicloop.volunteers.served import Served
from tests.cast import MONDAY_NINE, hours
from tests.threads import at_once
from tests.volunteers.cast import Corps
from tests.volunteers.folk import event, volunteer

pytestmark = pytest.mark.django_db(transaction=True)
HELD, LATER = 0.8, 0.3


def held(work: Callable[[], object]) -> Callable[[], None]:
    """Work that is done and not yet committed for a while."""

    def run() -> None:
        with transaction.atomic():
            work()
            time.sleep(HELD)

    return run


def later(work: Callable[[], object]) -> Callable[[], None]:
    """Work that begins while the other one is not yet committed."""

    def run() -> None:
        time.sleep(LATER)
        work()

    return run


@pytest.mark.parametrize("first", ["sign_up", "cancel"])
def test_nobody_keeps_a_place_in_an_event_that_is_called_off_meanwhile(corps: Corps, first: str) -> None:
    made, who = event(corps), volunteer(corps)
    shift = made.shifts.get()

    def sign_up() -> object:
        return events.sign_up(shift=shift, volunteer=who, by=None, at=MONDAY_NINE)

    def cancel() -> object:
        return events.cancel_event(event=made, reason="雨", by=corps.mulberry_leader, at=MONDAY_NINE)

    one, two = (sign_up, cancel) if first == "sign_up" else (cancel, sign_up)
    faults = at_once(held(one), later(two))

    assert not SignUp.objects.filter(state="signed").exists()
    assert [str(fault).partition("(")[0] for fault in faults if fault] == (
        [] if first == "sign_up" else ["event_not_open"]
    )


def test_the_same_sign_up_sent_twice_at_once_is_one(corps: Corps) -> None:
    shift, who = event(corps, needed=1).shifts.get(), volunteer(corps)

    def sign_up() -> object:
        return events.sign_up(shift=shift, volunteer=who, by=None, at=MONDAY_NINE, code="ABCDEFGHJK")

    assert at_once(held(sign_up), later(sign_up)) == [None, None]
    assert SignUp.objects.get().state == "signed"


def test_nobody_moves_up_while_he_signs_up_for_another_shift_at_that_time(corps: Corps) -> None:
    here, there = event(corps, needed=1).shifts.get(), event(corps, needed=1).shifts.get()
    one, two = volunteer(corps), volunteer(corps, "乙义", serial=2)
    first = events.sign_up(shift=here, volunteer=one, by=None, at=MONDAY_NINE).signup
    events.sign_up(shift=here, volunteer=two, by=None, at=MONDAY_NINE)

    at_once(
        held(lambda: events.cancel_signup(signup=first, by=None, at=MONDAY_NINE)),
        later(lambda: events.sign_up(shift=there, volunteer=two, by=None, at=MONDAY_NINE)),
    )

    assert SignUp.objects.filter(volunteer=two, state="signed").count() == 1


@pytest.mark.parametrize("first", ["correct", "deny"])
def test_hours_that_are_corrected_as_the_requester_says_nobody_came_do_not_stand(corps: Corps, first: str) -> None:
    who, order = volunteer(corps), corps.walk("serving")
    noon = MONDAY_NINE + hours(3)
    rows = [Served(who, noon - hours(2), noon)]
    actions.finish(order.uid, note="好了", served=rows, by=corps.mulberry_handler, at=noon)
    made = ServiceRecord.objects.get()

    def correct() -> object:
        return hour_actions.correct(
            record=made, starts_at=noon - hours(1), ends_at=noon, reason="迟到", by=corps.order_desk, at=noon
        )  # fmt: skip

    def deny() -> object:
        return actions.not_served(order.uid, reason="没有人来", by=corps.reporter, at=noon + hours(1))

    one, two = (correct, deny) if first == "correct" else (deny, correct)
    faults = at_once(held(one), later(two))
    told = [str(fault).partition("(")[0] for fault in faults if fault]
    assert told == ([] if first == "correct" else ["record_ended"])
    order.refresh_from_db()
    assert (order.state, ServiceRecord.objects.filter(state="valid").count()) == ("serving", 0)
