"""Becoming a volunteer at the public door, and the desk's answer: masked, with a reason, by the team's people or the centre."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.ledger.models import LedgerLine
from civicloop.residents.rules.proof import find
from civicloop.volunteers.actions.signups import sign_up
from civicloop.volunteers.models import Application, SignUp, Volunteer
from civicloop.web.portal.limits import forget
from tests.volunteers.cast import Corps, corps
from tests.volunteers.folk import volunteer
from tests.web.test_volunteer_portal import event_of

__all__ = ["corps"]
NAME, PHONE = "欧阳小禾", "13912345678"
GUARDIAN = {"guardian_name": "欧阳长", "guardian_phone": "13700000000", "guardian_consent": "1"}
MOST_STATEMENTS, MOST_BYTES = 15, 120_000


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    forget()


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


@pytest.fixture
def resident(corps: Corps) -> Client:
    """A browser without an account."""
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def form(client: Client, **more: Any) -> dict[str, Any]:
    """The form, filled, with the work of the device done."""
    text = client.get("/p/volunteer").content.decode()
    key, challenge, bits = (
        re.search(rf, text)[1]  # type: ignore[index]
        for rf in (r'name="key" value="([^"]+)"', r'name="proof_challenge" value="([^"]+)"', r'data-proof="(\d+)"')
    )
    return {
        "key": key, "proof_challenge": challenge, "proof_answer": find(challenge, int(bits)), "name": NAME, "phone": PHONE,
        "birth_on": "1990-05-01", "consent": "1", "team": "MULBERRY", "skills": ["hair"], **more,
    }  # fmt: skip


def applied(client: Client, **more: Any) -> str:
    """An application sent; its code."""
    answer = client.post("/p/volunteer", form(client, **more))
    assert answer.status_code == 302, answer.content.decode()
    found = re.search(r"/p/volunteer/([A-Z]{10})\?new=1", answer["Location"])
    assert found
    return found[1]


def page(client: Client, code: str) -> str:
    return str(client.get(f"/p/volunteer/{code}").content.decode())


def test_who_signs_up_by_his_code_is_not_counted_with_everybody_else_who_does(corps: Corps, resident: Client) -> None:
    event = event_of(corps, room=5)
    typed = {"shift": event.shifts.get().uid, "code": "ABCDE-FGHJK", "phone": ""}
    answers = [
        resident.post(f"/p/events/{event.uid}", typed, REMOTE_ADDR=f"10.1.3.{number}").status_code
        for number in range(12)
    ]

    assert answers == [422] * 12, "no telephone was tried"


def test_a_resident_asks_and_the_leader_of_the_team_takes_him_on(
    corps: Corps, resident: Client, visitor: Callable[..., Any]
) -> None:
    code = applied(resident)
    waiting, leader = Application.objects.get(), visitor("mulberry_leader")
    assert waiting.proved
    assert "It waits for an answer" in page(resident, code)
    assert f"/volunteers/people/waiting/{waiting.uid}" in leader.get("/volunteers/people")[1]

    leader.post(f"/volunteers/people/waiting/{waiting.uid}/accept", team="MULBERRY")

    assert Volunteer.objects.get().memberships.get().team == corps.teams["mulberry"]
    assert "You are a volunteer" in page(resident, code)


def test_without_javascript_it_is_taken_and_marked(resident: Client, visitor: Callable[..., Any]) -> None:
    applied(resident, proof_answer="")

    assert not Application.objects.get().proved
    assert "sent without JavaScript" in visitor("order_desk").get("/volunteers/people")[1]


def test_the_same_form_sent_twice_is_one_application_with_one_code(resident: Client) -> None:
    filled = form(resident)

    assert len({resident.post("/p/volunteer", filled)["Location"] for _ in range(2)}) == 1
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"consent": ""}, "without having agreed"), ({"phone": " "}, "is needed"), ({"birth_on": ""}, "is needed"),
        ({"birth_on": "gestern"}, "gestern"), ({"birth_on": "1800-01-01"}, "cannot be a date of birth"),
        ({"birth_on": "2016-01-01"}, "Under 14, a guardian"), ({"team": "NOBODY"}, "NOBODY"), ({"name": "长" * 61}, "at most 60"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(resident: Client, wrong: dict[str, str], said: str) -> None:
    answer = resident.post("/p/volunteer", form(resident, **wrong))
    text = answer.content.decode()

    assert answer.status_code == 422
    assert said in text
    assert "hair" in re.findall(r'name="skills" value="(\w+)" checked', text)
    assert not Application.objects.exists()


def test_a_child_applies_with_a_guardian_who_agrees(resident: Client, visitor: Callable[..., Any]) -> None:
    applied(resident, birth_on="2016-01-01", **GUARDIAN)
    waiting = Application.objects.get()

    text = visitor("order_desk").get(f"/volunteers/people/waiting/{waiting.uid}")[1]
    assert waiting.guardian_consent_at is not None
    assert "a guardian agrees" in text
    assert not [secret for secret in (NAME, PHONE, "欧阳长", "13700000000") if secret in text]


def test_names_and_phones_of_those_who_wait_are_masked_until_somebody_says_why(
    corps: Corps, resident: Client, visitor: Callable[..., Any]
) -> None:
    code = applied(resident)
    waiting, desk = Application.objects.get(), visitor("order_desk")
    look = f"/volunteers/people/waiting/{waiting.uid}"
    for text in (desk.get("/volunteers/people")[1], desk.get(look)[1], page(resident, code)):
        assert not [secret for secret in (NAME, PHONE) if secret in text]

    assert desk.post(f"{look}/look", purpose=" ").status_code == 422
    assert PHONE in desk.post(f"{look}/look", purpose="电话沟通").content.decode()
    assert LedgerLine.objects.get(verb="personal_data.read").uid == waiting.uid


@pytest.mark.parametrize("name", ["plum_handler", "handler", "reporter", "supervisor", "system_admin"])
def test_whom_it_does_not_concern_finds_no_application(
    resident: Client, visitor: Callable[..., Any], name: str
) -> None:
    applied(resident)
    waiting, stranger = Application.objects.get(), visitor(name)
    expected = 200 if name == "handler" else 404  # the town of the team

    assert stranger.get(f"/volunteers/people/waiting/{waiting.uid}")[0] == expected
    if expected == 404:
        for step in ("look", "accept", "refuse"):
            assert stranger.post(f"/volunteers/people/waiting/{waiting.uid}/{step}", reason="x").status_code == 404


def test_a_refusal_is_read_by_the_code_and_needs_a_reason(resident: Client, visitor: Callable[..., Any]) -> None:
    code = applied(resident)
    waiting, desk = Application.objects.get(), visitor("order_desk")

    assert desk.post(f"/volunteers/people/waiting/{waiting.uid}/refuse", reason="").status_code == 422
    desk.post(f"/volunteers/people/waiting/{waiting.uid}/refuse", reason="队伍已满")

    assert "队伍已满" in page(resident, code)
    assert desk.get(f"/volunteers/people/waiting/{waiting.uid}")[0] == 404
    assert str(waiting.uid) not in desk.get("/volunteers/people")[1]


def test_it_can_be_taken_back_while_it_waits(resident: Client) -> None:
    code = applied(resident)
    resident.post(f"/p/volunteer/{code}/withdraw")

    assert Application.objects.get().phone == ""
    assert "You took it back" in page(resident, code)
    assert resident.post(f"/p/volunteer/{code}/withdraw").status_code == 409


def taken_on(resident: Client, visitor: Callable[..., Any]) -> str:
    code = applied(resident)
    visitor("order_desk").post(f"/volunteers/people/waiting/{Application.objects.get().uid}/accept", team="MULBERRY")
    return code


def test_by_the_code_a_volunteer_leaves_a_team_and_altogether(resident: Client, visitor: Callable[..., Any]) -> None:
    code = taken_on(resident, visitor)
    one = Volunteer.objects.get()
    membership = one.memberships.get()
    resident.post(f"/p/volunteer/{code}/part", {"membership": str(membership.uid)})
    membership.refresh_from_db()
    assert membership.until == timezone.localdate()
    assert resident.post(f"/p/volunteer/{code}/part", {"membership": str(membership.uid)}).status_code == 409

    assert resident.post(f"/p/volunteer/{code}/leave").status_code == 422
    resident.post(f"/p/volunteer/{code}/leave", {"sure": "1", "reason": "搬走了"})

    one.refresh_from_db()
    assert (one.left_at is not None, one.phone, one.birth_on, one.skills.count()) == (True, "", None, 0)
    assert "You have left" in page(resident, code)


def test_a_code_of_somebody_else_leaves_nobodys_team(
    corps: Corps, resident: Client, visitor: Callable[..., Any]
) -> None:
    other = volunteer(corps).memberships.get()
    code = taken_on(resident, visitor)

    assert resident.post(f"/p/volunteer/{code}/part", {"membership": str(other.uid)}).status_code == 409
    other.refresh_from_db()
    assert other.until is None


def test_by_the_code_a_volunteer_signs_up_for_an_event(
    corps: Corps, resident: Client, visitor: Callable[..., Any]
) -> None:
    made = event_of(corps)
    code, shift = taken_on(resident, visitor), made.shifts.get()
    answer = resident.post(f"/p/events/{made.uid}", {"shift": str(shift.uid), "code": code.lower()})

    assert answer.status_code == 302
    assert SignUp.objects.get().volunteer == Volunteer.objects.get()
    assert resident.post(f"/p/events/{made.uid}", {"shift": str(shift.uid), "code": "ZZZZZ-ZZZZZ"}).status_code == 422


def test_a_code_that_is_nobodys_leads_nowhere(resident: Client) -> None:
    assert resident.get("/p/volunteer/ABCDEFGHJK").status_code == 404
    assert resident.post("/p/volunteer/ABCDEFGHJK/leave", {"sure": "1"}).status_code == 404
    assert resident.get("/p/volunteer?code=abc").status_code == 422


def test_who_sends_again_and_again_is_slowed_down(resident: Client) -> None:
    filled = form(resident, consent="")

    assert [resident.post("/p/volunteer", filled).status_code for _ in range(8)][-1] == 429


def test_the_pages_keep_to_their_budget(resident: Client, visitor: Callable[..., Any], corps: Corps) -> None:
    for number in range(5):
        applied(resident, phone=f"1391234567{number}")
    desk, waiting = visitor("order_desk"), Application.objects.first()
    assert waiting is not None
    for where in ("people", f"people/waiting/{waiting.uid}"):
        assert desk.statements(f"/volunteers/{where}") <= MOST_STATEMENTS, where
        assert len(desk.get(f"/volunteers/{where}")[1].encode()) <= MOST_BYTES, where


def test_the_desk_changes_ends_and_lets_go(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, desk = volunteer(corps), visitor("order_desk")
    there = f"/volunteers/people/{one.uid}"
    text = desk.get(f"{there}/change")[1]
    assert one.name not in text
    assert one.phone not in text

    desk.post(f"{there}/change", phone="13900007777", id_type="resident", sex="female", home=one.home.code)
    one.refresh_from_db()
    assert (one.phone, one.name, one.id_last4 != "") == ("13900007777", "甲义", True)

    membership, day = one.memberships.get(), timezone.localdate() + timedelta(days=400)
    desk.post(f"{there}/part", membership=str(membership.uid), until=day.isoformat())
    membership.refresh_from_db()
    assert membership.until == day
    assert visitor("mulberry_handler").post(f"{there}/leave", sure="1").status_code == 403
    assert desk.post(f"{there}/leave").status_code == 422
    desk.post(f"{there}/leave", sure="1", reason="本人提出")
    one.refresh_from_db()
    assert (one.left_at is not None, one.phone, one.id_sealed) == (True, "", "")


def test_the_page_of_a_sign_up_says_where_one_stands_when_one_may_arrive_and_what_was_called_off(
    corps: Corps, resident: Client
) -> None:
    made, soon = event_of(corps), event_of(corps, begins=timedelta(minutes=20))
    first, second = volunteer(corps), volunteer(corps, "乙义", serial=2)

    def signed(who: Volunteer, event: Any) -> str:
        found = sign_up(shift=event.shifts.get(), volunteer=who, by=None, at=timezone.now())
        return f"/p/signup/{found.code}"

    place, line, now = signed(first, made), signed(second, made), signed(first, soon)

    def told(where: str) -> str:
        return str(resident.get(where).content.decode())

    assert "On the waiting list, place 1" in told(line)
    assert "From half an hour before it begins" in told(place)
    assert 'name="site_code"' not in told(place)
    assert 'name="site_code"' in told(now)
    resident.post(f"{place}/cancel")
    assert "You have a place." in told(line)
    assert "This sign-up was taken back." in told(place)
    SignUp.objects.filter(volunteer=second).update(
        state="cancelled", cancelled_at=timezone.now(), reason="shift_cancelled"
    )
    made.shifts.update(cancelled_at=timezone.now(), cancel_reason="场地维修")
    assert "The shift was called off: 场地维修" in told(line)


def test_what_no_browser_sends_is_refused_and_breaks_nothing(
    corps: Corps, resident: Client, visitor: Callable[..., Any]
) -> None:
    code, strange = taken_on(resident, visitor), "\x00' <b>\ud7ff"
    for name in ("name", "phone", "birth_on", "home", "team", "skills", "areas", "guardian_name"):
        assert (
            resident.post("/p/volunteer", form(resident, **{"phone": "13900001234", name: strange})).status_code < 500
        ), name
        forget()
    for step in ("withdraw", "part", "leave", strange):
        assert (
            resident.post(f"/p/volunteer/{code}/{step}", {"membership": strange, "reason": strange}).status_code < 500
        )
    desk, one = visitor("order_desk"), volunteer(corps)
    for where in (
        "people?skill=%00&team=%00&last4=%00",
        "hours?unit=%00&area=%00&age=%00&from=%00",
        "?of=%00&unit=%00",
    ):
        assert desk.get(f"/volunteers/{where}" if where[0] != "?" else f"/volunteers{where}")[0] < 500, where
    for what in ("part", "leave", "join", "certificate"):
        typed = {"membership": strange, "until": strange, "team": strange, "from": strange}
        assert desk.post(f"/volunteers/people/{one.uid}/{what}", **typed).status_code < 500, what
