"""Of every matter only what somebody may see today leaves the house, and never anything personal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from civicloop.loops.kinds import Kind, known_kinds
from civicloop.loops.matters import known
from civicloop.loops.models import Loop, Notice
from civicloop.loops.notices import tell
from civicloop.notify import actions, sending, wishes
from civicloop.notify.models import Delivery
from civicloop.organisation import actions as organisation
from civicloop.organisation.models import Appointment
from civicloop.publicity import actions as publicity
from civicloop.residents.actions import Contact, complaints
from civicloop.spoken import NOTICES
from civicloop.standards import reference
from civicloop.surveys import actions as surveys
from civicloop.volunteers.actions import applying
from civicloop.volunteers.actions.events import cancel_signup, sign_up
from tests.cast import MONDAY_NINE, SOUTH, WEST, hours
from tests.residents.conftest import Send
from tests.volunteers import folk
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
MAIL = "mailto://desk:secret@127.0.0.1?to={to}"
LATER = MONDAY_NINE + hours(2)
Box = list[tuple[str, str, str]]


def a_display(corps: Corps) -> Any:
    return publicity.plan_display(
        kind="led", code="LED-001", name="莲花超市门口屏", unit_id=corps.lotus_north.pk, lon=WEST + 0.005, lat=SOUTH + 0.005,
        by=corps.grid_worker, at=MONDAY_NINE,
    )  # fmt: skip


def an_honour(corps: Corps) -> Any:
    return publicity.apply_for(
        kind="unit", holder="莲花镇", unit_id=corps.lotus.pk, year=2026, grounds="干净", by=corps.leader, at=MONDAY_NINE
    )


def a_complaint(corps: Corps, send: Send) -> Any:
    return complaints.submit(kind="complaint", text="太慢", sent_key="key-of-a-complaint", at=MONDAY_NINE)[0]


def an_application(corps: Corps) -> Any:
    return applying.apply(
        name="丙义", birth_on=date(1990, 5, 1), phone="13600000001", consent=True, team=corps.teams["mulberry"],
        sending=applying.Sending(key="a" * 64, code_digest="b" * 64, proved=True), at=MONDAY_NINE,
    )  # fmt: skip


def an_opinion(corps: Corps) -> Any:
    return surveys.note_opinion(
        unit_id=corps.lotus_north.pk, kind="suggestion", words="装个路灯", heard_on=MONDAY_NINE.date(), by=corps.grid_worker,
        at=MONDAY_NINE,
    )  # fmt: skip


# Of each matter: one row, whoever sees it by a post, and somebody with a post who does not.
ROWS: dict[str, tuple[Callable[[Corps, Send], Any], str, str]] = {
    "case": (lambda corps, send: corps.city.walk("dispatched"), "handler", "other_handler"),
    "order": (lambda corps, send: corps.walk("assigned"), "mulberry_handler", "plum_handler"),
    "complaint": (a_complaint, "supervisor", "other_handler"),
    "display": (lambda corps, send: a_display(corps), "grid_worker", "other_handler"),
    "honour": (lambda corps, send: an_honour(corps), "leader", "other_leader"),
    "event": (lambda corps, send: folk.event(corps), "mulberry_leader", "plum_handler"),
    "application": (lambda corps, send: an_application(corps), "mulberry_leader", "plum_handler"),
    "opinion": (lambda corps, send: an_opinion(corps), "handler", "other_handler"),
    "report": (lambda corps, send: send(proved=False).report, "filer", "handler"),
}
# The units whose groups hear of them; of what nobody has looked at, and of complaints, none does.
GROUPS = {
    "case": "lotus", "order": "mulberry", "display": "lotus_north", "honour": "lotus", "event": "mulberry",
    "application": "mulberry", "opinion": "lotus_north",
}  # fmt: skip


@pytest.fixture
def city(corps: Corps) -> Any:
    """Residents send to the city of the volunteers."""
    return corps.city


@pytest.fixture
def mail(settings: Any) -> Box:
    settings.CIVICLOOP_NOTIFY_MAIL = MAIL
    return []


def sender(box: Box) -> sending.Send:
    def take(address: str, title: str, text: str) -> str:
        box.append((address, title, text))
        return ""

    return take


def told(corps: Corps, person: str, kind: str, row: Any) -> None:
    """Somebody is told of a row, now, and wants to hear of everything at once by mail."""
    one = corps.city.people[person]
    one.email = f"{person}@city.example"
    one.save()
    wishes.choose_wish(given={"mail": "all", "sms": "off"}, by=one)
    Notice.objects.all().delete()
    tell([one.pk], kind="alarm.due", loop_kind=kind, loop_uid=row.uid, data={}, at=LATER, key=f"{kind}:{person}")


def leaves(corps: Corps, person: str) -> None:
    for post in Appointment.objects.filter(person=corps.city.people[person]):
        organisation.end_appointment(appointment=post, last_day=MONDAY_NINE.date(), by=None, at=LATER)


def test_every_kind_of_loop_there_is_says_who_may_see_it() -> None:
    tables = {table for table in Loop.__subclasses__() if not table._meta.abstract}

    assert {kind.loops for kind in known_kinds()} == tables
    assert set(known()) == set(ROWS)
    assert max(map(len, known())) <= (Notice._meta.get_field("loop_kind").max_length or 0)
    for entry in known().values():
        own = {name for one in type(entry.matter).__mro__ if one is not Kind for name in vars(one)}
        assert {"visible_to", "reaching"} <= own


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_who_sees_it_hears_of_it(corps: Corps, send: Send, mail: Box, kind: str) -> None:
    make, person, _ = ROWS[kind]
    told(corps, person, kind, make(corps, send))

    assert actions.plan(at=LATER) == 1
    assert actions.send_waiting(at=LATER, send=sender(mail)).sent == 1
    assert [address for address, _, _ in mail] == [MAIL.replace("{to}", f"{person}@city.example")]


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_who_has_left_his_post_since_hears_nothing(corps: Corps, send: Send, mail: Box, kind: str) -> None:
    make, person, _ = ROWS[kind]
    told(corps, person, kind, make(corps, send))
    actions.plan(at=LATER)
    leaves(corps, person)
    tomorrow = LATER + timedelta(days=1)

    assert actions.send_waiting(at=tomorrow, send=sender(mail)).sent == 0
    Delivery.objects.all().delete()
    assert actions.plan(at=tomorrow) == 0
    assert mail == []


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_who_never_saw_it_hears_nothing(corps: Corps, send: Send, mail: Box, kind: str) -> None:
    make, _, stranger = ROWS[kind]
    told(corps, stranger, kind, make(corps, send))

    assert actions.plan(at=LATER) == 0


def test_what_the_house_knows_nothing_of_is_not_told(corps: Corps, mail: Box) -> None:
    told(corps, "filer", "rumour", corps.city.report())

    assert actions.plan(at=LATER) == 0


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_a_group_hears_of_what_reaches_its_unit_and_of_nothing_else(corps: Corps, send: Send, kind: str) -> None:
    make, _, _ = ROWS[kind]
    row = make(corps, send)
    ref, matter = reference.now(), known()[kind].matter
    reached = {name for name, unit in corps.units.items() if matter.reaching(unit.pk, ref).filter(uid=row.uid).exists()}

    if kind not in GROUPS:
        assert reached == set()
        return
    unit = corps.units[GROUPS[kind]].pk
    above = {name for name, one in corps.units.items() if one.pk in {unit, *ref.org.above(unit)}}
    # Whoever judges an honour is above the unit anyway; nothing goes aside.
    assert above <= reached
    assert not reached & {"willow", "police", "plum" if kind in ("order", "event", "application") else "willow_east"}


def test_a_robot_of_one_team_does_not_hear_of_the_orders_of_another(corps: Corps, mail: Box) -> None:
    organisation.appoint(
        person=corps.mulberry_handler, role="unit_handler", unit=corps.plum, starts_on=MONDAY_NINE.date(), by=None, at=MONDAY_NINE
    )  # fmt: skip
    for unit in (corps.plum, corps.mulberry):
        address = f"json://127.0.0.1:9/{unit.code}"
        actions.keep_robot(unit=unit, name="群", address=address, mode="all", by=None, at=MONDAY_NINE)
    order = corps.walk("assigned")

    actions.plan(at=LATER)
    actions.send_waiting(at=LATER, send=sender(mail))
    assert [address.rpartition("/")[2] for address, _, _ in mail] == [corps.mulberry.code]
    assert order.number in mail[0][2]


def test_who_has_signed_up_hears_of_the_event_and_who_has_taken_it_back_does_not(corps: Corps, mail: Box) -> None:
    event = folk.event(corps)
    signed, gone = (
        sign_up(shift=event.shifts.get(), volunteer=folk.volunteer(corps, serial=serial, account=person), by=None, at=MONDAY_NINE)
        for serial, person in ((1, corps.sponsor), (2, corps.inspector))
    )  # fmt: skip
    cancel_signup(signup=gone.signup, by=None, at=MONDAY_NINE)
    matter, ref = known()["event"].matter, reference.now()

    def sees(person: Any) -> bool:
        return matter.visible_to(ref.actor(person, MONDAY_NINE.date())).filter(uid=event.uid).exists()

    assert signed.signup.state == "signed"
    assert (sees(corps.sponsor), sees(corps.inspector), sees(corps.verifier)) == (True, False, False)


def test_no_message_about_any_matter_holds_anything_personal(corps: Corps, send: Send, mail: Box) -> None:
    """Everything that real steps tell, sent to everybody who is told."""
    for name, person in corps.city.people.items():
        person.email = f"{name}@city.example"
        person.save()
        wishes.choose_wish(given={"mail": "all", "sms": "off"}, by=person)
    contact = Contact("林某某", "138 0013 8000", "lin@example.org", agreed=True)
    send(proved=False, contact=contact, description="林某某家门口，电话13800138000")
    complaints.submit(
        kind="complaint",
        text="章督态度不好，请打13812345678",
        sent_key="key-of-a-complaint",
        contact=contact,
        at=MONDAY_NINE,
    )
    corps.walk("assigned", requester={"name": "李四海", "phone": "13912345678"}, description="找李四海")
    an_application(corps)
    event = folk.event(corps, title="周末清洁家园，报名13712345678")
    one = sign_up(
        shift=event.shifts.get(), volunteer=folk.volunteer(corps, account=corps.sponsor), by=None, at=MONDAY_NINE
    )
    assert one.signup.state == "signed"
    from civicloop.volunteers.actions.events import cancel_event

    cancel_event(event=event, reason="下雨", by=corps.mulberry_leader, at=LATER)

    actions.plan(at=LATER)
    actions.send_waiting(at=LATER, send=sender(mail))
    texts = "\n".join(title + text for _, title, text in mail)
    names = {person.name for person in corps.city.people.values()} | {"林某某", "李四海", "甲义", "丙义"}
    assert [name for name in names if name in texts] == []
    assert not any(number in texts for number in ("13800138000", "13812345678", "13912345678", "13712345678"))
    assert not any(place in texts for place in ("莲北社区12号", "@"))
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert {
        "report.held",
        "complaint.waits",
        "order.submitted",
        "order.assigned",
        "event.cancelled",
        "volunteer.applied",
    } <= kinds
    assert kinds <= set(NOTICES)
    assert "单" in texts
    assert "诉" in texts
    assert "周末清洁家园" in texts
