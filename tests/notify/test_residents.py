"""What residents are sent: a link at once, a question at a decent hour, once, and only while it still makes sense."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from civicloop.cases import actions as cases
from civicloop.notify import sending
from civicloop.notify.residents import send_to_residents
from civicloop.residents import actions
from civicloop.residents.actions import Contact
from civicloop.residents.models import Feedback, ResidentMessage
from tests.cast import CHINA, MONDAY_NINE, City, hours
from tests.residents.conftest import CONTACT, Send

pytestmark = pytest.mark.django_db
MAIL, SMS = "mailto://desk:secret@127.0.0.1?to={to}", "json://127.0.0.1:9/send?:phone={to}"
PHONE = Contact(phone="13800138000", agreed=True)
NIGHT = hours(14)  # after nine in the morning: eleven in the evening
Box = list[tuple[str, str, str]]


@pytest.fixture
def box(settings: Any) -> Box:
    settings.CIVICLOOP_NOTIFY_MAIL, settings.CIVICLOOP_NOTIFY_SMS = MAIL, SMS
    settings.CIVICLOOP_PUBLIC_URL = "https://city.example"
    return []


def sent(box: Box, at: datetime, fault: str = "") -> Box:
    before = len(box)

    def take(address: str, title: str, text: str) -> str:
        box.append((address, title, text))
        return fault

    send_to_residents(at=at, send=take)
    return box[before:]


def asked(city: City, send: Send, contact: Contact, after: timedelta) -> tuple[Any, datetime]:
    """A closed case whose reporter is asked so long after the closing."""
    case = city.walk("closed", case=send(contact=contact).report.case)
    at = case.closed_at + after
    assert actions.ask_how_content(at=at).messages == 1
    return case, at


def test_a_link_is_sent_at_once_even_at_night_to_where_it_was_asked_from(city: City, send: Send, box: Box) -> None:
    send(contact=CONTACT)
    night = MONDAY_NINE + NIGHT
    actions.ask_link("13800138000", at=night)

    ((to, _, text),) = sent(box, night)
    assert to == sending.address_for("sms", "13800138000")
    assert "https://city.example/p/mine/" in text
    assert "林某某" not in text


def test_a_link_that_has_run_out_is_not_sent(city: City, send: Send, box: Box) -> None:
    send(contact=PHONE)
    actions.ask_link("13800138000", at=MONDAY_NINE)
    for minutes in (0, 1, 61):
        sent(box, MONDAY_NINE + timedelta(minutes=minutes), "channel_refused")

    assert len(box) == 2
    assert ResidentMessage.objects.get().failure == "nothing_to_tell"


def test_the_question_waits_for_the_morning_and_goes_once(city: City, send: Send, box: Box) -> None:
    _, at = asked(city, send, CONTACT, timedelta(days=3, hours=12))

    assert sent(box, at) == []
    morning = ResidentMessage.objects.get().next_try_at
    assert morning is not None
    assert f"{morning.astimezone(CHINA):%H:%M}" == "07:30"
    assert morning - at < hours(12)
    ((to, _, text),) = sent(box, morning)
    assert to == sending.address_for("mail", "lin.test@example.org")
    assert "https://city.example/p/rate/" in text
    assert sent(box, morning + hours(1)) == []
    assert actions.ask_how_content(at=morning).asked == 0


def test_a_question_takes_the_other_way_where_the_city_has_no_mail(
    city: City, send: Send, box: Box, settings: Any
) -> None:
    settings.CIVICLOOP_NOTIFY_MAIL = ""
    _, at = asked(city, send, CONTACT, timedelta(days=3))

    assert [to for to, _, _ in sent(box, at)] == [sending.address_for("sms", "13800138000")]


def test_a_link_to_a_telephone_never_goes_to_somebodys_mail(city: City, send: Send, box: Box, settings: Any) -> None:
    """Else whoever names another's number beside his own mail would read that other's reports."""
    settings.CIVICLOOP_NOTIFY_SMS = ""
    send(contact=CONTACT)
    actions.ask_link("13800138000", at=MONDAY_NINE)

    assert sent(box, MONDAY_NINE) == []
    assert ResidentMessage.objects.get().failure == "no_address"


def test_nobody_is_asked_of_a_case_that_was_reopened_meanwhile(city: City, send: Send, box: Box) -> None:
    case, at = asked(city, send, PHONE, timedelta(days=3))
    cases.reopen(case.uid, reason="又堆起来了", by=city.verifier, at=at)

    assert sent(box, at) == []
    assert ResidentMessage.objects.get().failure == "nothing_to_tell"


def test_who_has_answered_is_not_asked_again(city: City, send: Send, box: Box) -> None:
    _, at = asked(city, send, PHONE, timedelta(days=3))
    actions.rate(Feedback.objects.get().uid, grade=4, at=at)

    assert sent(box, at) == []


def test_one_telephone_does_not_ring_more_often_than_the_city_allows(city: City, send: Send, box: Box) -> None:
    _, at = asked(city, send, PHONE, timedelta(days=3))
    first = ResidentMessage.objects.get()
    ResidentMessage.objects.bulk_create(
        ResidentMessage(
            reporter=send(contact=PHONE, description=f"第{number}处", lon=118.101 + number / 1000).report.reporter, channel="sms",
            kind="satisfaction", key=f"k{number}", made_at=at, state="sent",
        )
        for number in range(8)
    )  # fmt: skip

    assert sent(box, at) == []
    first.refresh_from_db()
    assert first.state == "waiting"
    assert first.tries == 0


def test_a_worker_that_took_too_long_does_not_say_how_it_went_for_another(city: City, send: Send, box: Box) -> None:
    """The slow one was claimed again meanwhile and the link was sent; its own fault must not make a third of it."""
    send(contact=PHONE)
    actions.ask_link("13800138000", at=MONDAY_NINE)
    later = MONDAY_NINE + timedelta(hours=0, minutes=30)

    def slow(address: str, title: str, text: str) -> str:
        assert len(sent(box, later)) == 1
        return "channel_refused"

    send_to_residents(at=MONDAY_NINE, send=slow)

    assert ResidentMessage.objects.get().state == "sent"
    assert sent(box, later + timedelta(hours=1)) == []
