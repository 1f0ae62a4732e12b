"""Messages: once per matter and channel, not for what was read, tried again, and without anything personal in them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from civicloop.kernel.refusal import Invalid, NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.loops.models import Notice
from civicloop.loops.notices import mark_seen
from civicloop.notify import actions, sending, wishes
from civicloop.notify.gate import TRIES
from civicloop.notify.models import Delivery, Handed
from tests.cast import MONDAY_NINE, hours

MAIL = "mailto://desk:secret@127.0.0.1?to={to}"


@pytest.fixture
def mail(settings: Any, city: Any) -> list[tuple[str, str, str]]:
    """A city with mail; what the way out was given."""
    settings.CIVICLOOP_NOTIFY_MAIL = MAIL
    settings.CIVICLOOP_PUBLIC_URL = "https://city.example"
    city.handler.email = "handler@city.example"
    city.handler.save()
    return []


def sender(box: list[tuple[str, str, str]], fault: str = "") -> sending.Send:
    def send(address: str, title: str, text: str) -> str:
        box.append((address, title, text))
        return fault

    return send


def dispatched(city: Any) -> Any:
    """A case of the Lotus Office, and the notices of it."""
    return city.walk("dispatched")


def test_a_person_with_mail_hears_once_a_day_and_never_twice(city: Any, mail: Any) -> None:
    case = dispatched(city)

    assert actions.plan(at=MONDAY_NINE + hours(1)) == 0
    assert actions.plan(at=MONDAY_NINE + hours(23)) == 1
    assert actions.plan(at=MONDAY_NINE + hours(23)) == 0
    assert actions.send_waiting(at=MONDAY_NINE + hours(23), send=sender(mail)).sent == 1
    assert actions.send_waiting(at=MONDAY_NINE + hours(24), send=sender(mail)).sent == 0

    ((address, title, text),) = mail
    assert address == MAIL.replace("{to}", "handler@city.example")
    assert "1" in title
    assert case.number in text
    assert "https://city.example/inbox" in text
    assert "连办" not in text


def test_what_was_read_on_the_page_is_not_sent(city: Any, mail: Any) -> None:
    dispatched(city)
    mark_seen(person_id=city.handler.pk, at=MONDAY_NINE + hours(2))

    assert actions.plan(at=MONDAY_NINE + hours(23)) == 0


def test_what_a_person_chose_counts(city: Any, mail: Any) -> None:
    dispatched(city)
    wishes.choose_wish(given={"mail": "all", "sms": "off"}, by=city.handler)
    assert actions.plan(at=MONDAY_NINE + hours(1)) == 1

    wishes.choose_wish(given={"mail": "off", "sms": "off"}, by=city.handler)
    Delivery.objects.all().delete()
    assert actions.plan(at=MONDAY_NINE + hours(47)) == 0


@pytest.mark.parametrize(
    "given",
    [
        {"mail": "sometimes", "sms": "off"}, {"mail": "all"}, {"mail": "all", "sms": "off", "digest_at": "25:00"},
        {"mail": "all", "sms": "off", "quiet_from": "21:00", "quiet_to": ""},
    ],
)  # fmt: skip
def test_a_wish_that_means_nothing_is_refused(city: Any, given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        wishes.choose_wish(given=given, by=city.handler)


def test_a_refused_message_is_tried_again_and_stays_visible_when_it_fails(city: Any, mail: Any) -> None:
    dispatched(city)
    at = MONDAY_NINE + hours(23)
    actions.plan(at=at)

    for _ in range(12):
        actions.send_waiting(at=at, send=sender(mail, "channel_refused"))
        at += timedelta(hours=5)

    row = Delivery.objects.get()
    assert (row.state, row.tries, row.failure) == ("failed", TRIES, "channel_refused")
    assert len(mail) == TRIES


def test_a_worker_killed_while_sending_leaves_a_message_that_is_sent_later(city: Any, mail: Any) -> None:
    dispatched(city)
    at = MONDAY_NINE + hours(23)
    actions.plan(at=at)

    def die(address: str, title: str, text: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.send_waiting(at=at, send=die)
    assert actions.send_waiting(at=at + timedelta(minutes=11), send=sender(mail)).sent == 1


def test_a_group_hears_each_matter_once_however_many_of_it_were_told(city: Any, mail: Any) -> None:
    case = dispatched(city)
    assert Notice.objects.filter(loop_uid=case.uid).count() > 1
    robot = actions.keep_robot(
        unit=city.lotus,
        name="莲花群",
        address="wecombot://0123456789abcdef",
        mode="all",
        by=city.system_admin,
        at=MONDAY_NINE,
    )

    assert actions.plan(at=MONDAY_NINE + hours(1)) == 1
    assert actions.plan(at=MONDAY_NINE + hours(2)) == 0
    actions.send_waiting(at=MONDAY_NINE + hours(1), send=sender(mail))

    assert [one[0] for one in mail] == [robot.address]
    assert mail[0][2].count(case.number) == 1
    assert Handed.objects.filter(channel=f"robot:{robot.pk}").count() == 1


def test_the_key_of_a_robot_stands_in_no_ledger_line_and_only_administrators_set_one_up(city: Any) -> None:
    given = {"unit": city.lotus, "name": "群", "mode": "daily", "at": MONDAY_NINE}
    actions.keep_robot(address="wecombot://0123456789abcdef", by=city.system_admin, **given)

    assert "0123456789abcdef" not in json.dumps(
        list(LedgerLine.objects.filter(kind="robot").values_list("data", flat=True))
    )
    with pytest.raises(NotAllowed):
        actions.keep_robot(address="wecombot://0123456789abcdef", by=city.leader, **{**given, "name": "two"})
    for address in ("file:///etc/passwd", "syslog://", "not an address", "dbus://"):
        with pytest.raises(Invalid):
            actions.keep_robot(address=address, by=city.system_admin, **{**given, "name": "three"})


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A text message gateway on this machine, and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # The library waits four seconds for an answer; a busy machine may need longer.
    yield f"json://127.0.0.1:{server.server_port}/send?:phone={{to}}&cto=60&rto=60", asked
    server.shutdown()
    server.server_close()


def test_a_text_message_reaches_a_real_gateway_through_the_library(city: Any, settings: Any, gateway: Any) -> None:
    settings.CIVICLOOP_NOTIFY_SMS, asked = gateway
    dispatched(city)
    wishes.choose_wish(given={"mail": "off", "sms": "all"}, by=city.handler)

    actions.plan(at=MONDAY_NINE + hours(1))
    assert actions.send_waiting(at=MONDAY_NINE + hours(1)).sent == 1

    assert [one["phone"] for one in asked] == [city.handler.phone]
    assert "连办" not in asked[0]["message"]


def test_a_gateway_that_is_down_is_a_fault_and_not_an_error() -> None:
    assert sending.send("json://127.0.0.1:9/x", "title", "text") == "channel_refused"


def test_many_who_want_nothing_do_not_stand_before_one_who_does(city: Any, settings: Any, monkeypatch: Any) -> None:
    settings.CIVICLOOP_NOTIFY_SMS = "jsons://sms.example/?:phone={to}"
    monkeypatch.setattr(actions, "MOST_PEOPLE", 1)
    dispatched(city)
    told = list(Notice.objects.order_by("person_id").values_list("person_id", flat=True).distinct())
    assert len(told) > 1
    last = next(person for person in city.people.values() if person.pk == told[-1])
    wishes.choose_wish(given={"mail": "off", "sms": "all"}, by=last)

    assert actions.plan(at=MONDAY_NINE + hours(2)) == 1
    assert Delivery.objects.get().person == last


def test_many_notices_of_one_do_not_stand_before_those_of_another(city: Any, settings: Any, monkeypatch: Any) -> None:
    settings.CIVICLOOP_NOTIFY_SMS = "jsons://sms.example/?:phone={to}"
    monkeypatch.setattr(actions, "MOST_NOTICES", 2)
    for _ in range(3):
        dispatched(city)
    told = Notice.objects.order_by("person_id").values_list("person_id", flat=True).distinct()
    first, *_between, last = (next(one for one in city.people.values() if one.pk == person) for person in told)
    assert Notice.objects.filter(person=first).count() >= 2
    wishes.choose_wish(given={"mail": "off", "sms": "urgent"}, by=first)  # and nothing of this is
    wishes.choose_wish(given={"mail": "off", "sms": "all"}, by=last)

    actions.plan(at=MONDAY_NINE + hours(2))

    assert [one.person for one in Delivery.objects.all()] == [last]


def test_a_second_worker_leaves_alone_what_is_being_sent(city: Any, mail: Any) -> None:
    dispatched(city)
    now = MONDAY_NINE + hours(23)
    actions.plan(at=now)

    def slow(address: str, title: str, text: str) -> str:
        mail.append((address, title, text))
        if len(mail) == 1:  # the sweep of two minutes later begins while this one still speaks
            actions.send_waiting(at=now + timedelta(minutes=2), send=slow)
        return ""

    assert actions.send_waiting(at=now, send=slow).sent == 1
    assert len(mail) == 1


def test_who_has_left_his_post_hears_no_more_of_its_cases(city: Any, mail: Any) -> None:
    from civicloop.organisation import actions as organisation
    from civicloop.organisation.models import Appointment

    dispatched(city)
    now = MONDAY_NINE + hours(23)
    actions.plan(at=now)
    assert Delivery.objects.filter(person=city.handler).exists()
    post = Appointment.objects.get(person=city.handler)
    organisation.end_appointment(appointment=post, last_day=MONDAY_NINE.date(), by=None, at=now)

    assert actions.send_waiting(at=now, send=sender(mail)).sent == 0
    assert mail == []
    Delivery.objects.all().delete()
    assert actions.plan(at=now) == 0


def test_a_group_hears_only_of_cases_of_its_own_unit(city: Any, mail: Any) -> None:
    from civicloop.organisation import actions as organisation

    organisation.appoint(
        person=city.handler,
        role="unit_handler",
        unit=city.police,
        starts_on=MONDAY_NINE.date(),
        by=None,
        at=MONDAY_NINE,
    )
    actions.keep_robot(unit=city.police, name="群", address="json://127.0.0.1:9/x", mode="all", by=None, at=MONDAY_NINE)
    dispatched(city)

    assert Notice.objects.filter(person=city.handler).exists()
    assert not Delivery.objects.filter(robot__isnull=False).exists()
    actions.plan(at=MONDAY_NINE + hours(2))
    assert not Delivery.objects.filter(robot__isnull=False).exists()


def test_a_telephone_number_in_a_place_does_not_leave_the_house(city: Any, mail: Any) -> None:
    city.walk("dispatched", address="莲花桥头3号，电话13812345678")
    actions.plan(at=MONDAY_NINE + hours(23))
    actions.send_waiting(at=MONDAY_NINE + hours(23), send=sender(mail))

    assert "莲花桥头3号" in mail[0][2]
    assert "13812345678" not in mail[0][2]


@pytest.mark.parametrize("address", ["json://a.example, syslog://", "json://a.example,windows://", "file:///x"])
def test_one_address_does_not_bring_another_kind_along(address: str) -> None:
    assert not sending.is_address(address)
