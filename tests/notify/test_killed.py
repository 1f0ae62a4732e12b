"""A worker killed between sending and noting it: told twice at the most, and once where the gateway knows the key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from civicloop.notify import actions, sending, wishes
from civicloop.notify.gate import BEGUN, TRIES
from civicloop.notify.models import Delivery, OutsideMessage
from civicloop.notify.residents import send_to_residents
from civicloop.notify.volunteers import send_to_volunteers
from civicloop.residents import actions as residents
from civicloop.residents.models import ResidentMessage
from civicloop.volunteers.actions.events import change_event
from tests.cast import MONDAY_NINE, City, hours
from tests.notify.test_outside import signed
from tests.residents.conftest import CONTACT
from tests.volunteers import folk
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
PLAIN = "json://127.0.0.1:9/send?:phone={to}"
KEYED = PLAIN + "&:id={key}"
START = MONDAY_NINE + hours(1)
Sweep = Callable[[datetime, sending.Send], object]


class Gateway:
    """Takes a message; and then the worker is killed before it can note so, as often as asked."""

    def __init__(self, kills: int) -> None:
        self.kills, self.taken = kills, list[str]()

    def __call__(self, address: str, title: str, text: str) -> str:
        self.taken.append(address)
        if len(self.taken) <= self.kills:
            raise KeyboardInterrupt
        return ""


@pytest.fixture(params=["people", "volunteers", "residents"])
def waiting(request: Any, settings: Any) -> tuple[Any, Sweep]:
    """One message that waits in a table, and the sweep of that table."""
    settings.CIVICLOOP_NOTIFY_SMS, settings.CIVICLOOP_PUBLIC_URL = PLAIN, "https://city.example"
    if request.param == "people":
        city: City = request.getfixturevalue("city")
        city.walk("dispatched")
        wishes.choose_wish(given={"mail": "off", "sms": "all"}, by=city.handler)
        actions.plan(at=START)
        return Delivery, lambda at, send: actions.send_waiting(at=at, send=send)
    if request.param == "volunteers":
        corps: Corps = request.getfixturevalue("corps")
        event = folk.event(corps)
        signed(corps, event)
        change_event(event=event, changes={"place": "门口"}, by=corps.mulberry_leader, at=MONDAY_NINE)
        return OutsideMessage, lambda at, send: send_to_volunteers(at=at, send=send)
    request.getfixturevalue("send")(contact=CONTACT)
    residents.ask_link("13800138000", at=START)
    return ResidentMessage, lambda at, send: send_to_residents(at=at, send=send)


def swept(sweep: Sweep, gateway: Gateway, times: int) -> None:
    for number in range(times):
        try:
            sweep(START + timedelta(minutes=11 * number), gateway)
        except KeyboardInterrupt:
            continue


def test_what_was_begun_is_noted_before_it_is_sent(waiting: tuple[Any, Sweep]) -> None:
    table, sweep = waiting
    seen: list[str] = []

    def look(address: str, title: str, text: str) -> str:
        seen.append(table.objects.get().failure)
        return ""

    sweep(START, look)
    row = table.objects.get()
    assert seen == [BEGUN]
    assert (row.state, row.failure, row.tries) == ("sent", "", 1)


def test_killed_once_it_is_told_twice_and_then_settled(waiting: tuple[Any, Sweep]) -> None:
    table, sweep = waiting
    gateway = Gateway(kills=1)
    swept(sweep, gateway, 5)

    assert len(gateway.taken) == 2
    assert table.objects.get().state == "sent"


def test_killed_again_and_again_it_is_told_twice_and_no_more_and_stays_visible(waiting: tuple[Any, Sweep]) -> None:
    table, sweep = waiting
    gateway = Gateway(kills=9)
    swept(sweep, gateway, 9)

    assert len(gateway.taken) == 2
    assert (table.objects.get().state, table.objects.get().failure) == ("failed", "outcome_unknown")


def test_a_gateway_that_takes_a_key_is_told_the_same_one_each_time_and_can_drop_the_second(
    waiting: tuple[Any, Sweep], settings: Any
) -> None:
    settings.CIVICLOOP_NOTIFY_SMS = KEYED
    table, sweep = waiting
    gateway = Gateway(kills=9)
    swept(sweep, gateway, 9)

    assert len(gateway.taken) == TRIES
    assert len(set(gateway.taken)) == 1, "one message, however often it arrives"
    assert table.objects.get().uid.hex in gateway.taken[0]
    assert table.objects.get().state == "failed"


def test_a_refusal_between_two_kills_is_no_doubt(waiting: tuple[Any, Sweep]) -> None:
    """The gateway said no: whatever was before, nothing went out by this try, so another is harmless."""
    table, sweep = waiting
    sweep(START, lambda *_told: "channel_refused")
    gateway = Gateway(kills=1)
    for minutes in (2, 13):
        try:
            sweep(START + timedelta(minutes=minutes), gateway)
        except KeyboardInterrupt:
            continue

    assert len(gateway.taken) == 2
    assert table.objects.get().state == "sent"


def test_no_second_try_wakes_anybody_at_night(settings: Any, city: City) -> None:
    settings.CIVICLOOP_NOTIFY_SMS = PLAIN
    city.walk("dispatched")
    wishes.choose_wish(given={"mail": "off", "sms": "all"}, by=city.handler)
    evening = MONDAY_NINE + hours(11.9)  # six minutes to nine in the evening, when quiet hours begin
    actions.plan(at=evening)
    actions.send_waiting(at=evening, send=lambda *_told: "channel_refused")
    actions.send_waiting(at=evening + timedelta(minutes=2), send=lambda *_told: "channel_refused")
    gateway = Gateway(kills=0)
    for minutes in range(7, 600, 20):
        actions.send_waiting(at=evening + timedelta(minutes=minutes), send=gateway)

    assert gateway.taken == []
    assert actions.send_waiting(at=MONDAY_NINE + hours(22.6), send=gateway).sent == 1


@pytest.mark.parametrize("change", ["read", "off", "left"])
def test_what_was_planned_and_is_wanted_no_more_is_not_sent(change: str, settings: Any, city: City) -> None:
    from civicloop.loops.notices import mark_seen

    settings.CIVICLOOP_NOTIFY_SMS = PLAIN
    city.walk("dispatched")
    wishes.choose_wish(given={"mail": "off", "sms": "all"}, by=city.handler)
    assert actions.plan(at=START) == 1
    if change == "read":
        mark_seen(person_id=city.handler.pk, at=START)
    elif change == "off":
        wishes.choose_wish(given={"mail": "off", "sms": "off"}, by=city.handler)
    else:
        city.handler.is_active = False
        city.handler.save()
    gateway = Gateway(kills=0)
    actions.send_waiting(at=START, send=gateway)

    assert gateway.taken == []
    assert Delivery.objects.get().state == "failed"


def test_a_robot_taken_away_says_nothing_more(city: City) -> None:
    robot = actions.keep_robot(
        unit=city.lotus, name="群", address="json://127.0.0.1:9/x", mode="all", by=None, at=MONDAY_NINE
    )
    city.walk("dispatched")
    assert actions.plan(at=START) == 1
    actions.keep_robot(
        unit=city.lotus, name="群", address="", mode="all", by=None, at=MONDAY_NINE, robot=robot, active=False
    )
    gateway = Gateway(kills=0)
    actions.send_waiting(at=START, send=gateway)

    assert gateway.taken == []
