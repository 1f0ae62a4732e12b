"""Volunteers, events, hours and certificates on the desk: masked lists, consent, the code on site, who may see what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from civicloop.ledger.models import LedgerLine
from civicloop.volunteers.actions import certificates, events, hours, people
from civicloop.volunteers.actions.signups import sign_up
from civicloop.volunteers.models import Event, ServiceRecord, Volunteer
from tests.cast import noon
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
NAME, PHONE, NUMBER = "司徒青", "13812345678", "11010519491231002X"
MOST_STATEMENTS, MOST_BYTES = 15, 120_000
FORM = {
    "name": NAME, "birth_on": "1949-12-31", "id_type": "resident", "id_number": NUMBER, "phone": PHONE, "consent": "1",
}  # fmt: skip


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


@pytest.fixture
def enter(visitor: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody of the cast in front of the desk."""
    return visitor


@pytest.fixture
def one(corps: Corps) -> Volunteer:
    """A volunteer of the centre who serves in the Mulberry team."""
    at = timezone.now() - timedelta(days=30)
    made = people.register(
        name=NAME, birth_on=date(1949, 12, 31), id_number=NUMBER, phone=PHONE, consent=True, unit=corps.centre,
        by=corps.order_desk, at=at,
    )  # fmt: skip
    people.join(volunteer=made, team=corps.teams["mulberry"], since=timezone.localdate(at), by=corps.order_desk, at=at)
    return made


@pytest.fixture
def event(corps: Corps) -> Event:
    """A published event that has begun an hour ago and goes on for one more."""
    at = timezone.now()
    shift = events.ShiftGiven(at - timedelta(hours=1), at + timedelta(hours=1), 5, 2)
    made = events.draft_event(
        title="清洁家园", content="清理楼道", place="莲北社区", unit=corps.centre, in_charge=corps.order_desk, shifts=[shift],
        by=corps.order_desk, at=at - timedelta(days=2),
    )  # fmt: skip
    return events.publish_event(event=made, by=corps.order_desk, at=at - timedelta(days=1))


def served(corps: Corps, one: Volunteer) -> ServiceRecord:
    at = noon(3)
    return hours.record(
        volunteer=one, starts_at=at, ends_at=at + timedelta(hours=2), hours=Decimal(2), title="上门理发", place="莲北社区",
        unit=corps.centre, by=corps.order_desk, at=timezone.now(),
    )  # fmt: skip


def test_who_serves_for_some_days_more_is_still_shown_in_the_team_and_who_begins_later_is_not_yet(
    corps: Corps, one: Volunteer, enter: Callable[..., Any]
) -> None:
    at, soon = timezone.now(), timezone.localdate() + timedelta(days=9)
    people.part(membership=one.memberships.get(), until=soon, by=corps.order_desk, at=at)
    later = people.register(
        name="乙义", birth_on=date(1990, 5, 1), phone="13900001234", consent=True, unit=corps.centre, by=corps.order_desk, at=at
    )  # fmt: skip
    people.join(volunteer=later, team=corps.teams["mulberry"], since=soon, by=corps.order_desk, at=at)

    for page in (f"/volunteers/teams/{corps.mulberry.uid}", "/volunteers/people?team=MULBERRY"):
        text = enter("order_desk").get(page)[1]
        assert (str(one.uid) in text, str(later.uid) in text) == (True, False), page


def test_every_page_opens_for_the_desk_within_its_budget(
    corps: Corps, one: Volunteer, event: Event, enter: Callable[..., Any]
) -> None:
    served(corps, one)
    certificates.issue(volunteer=one, unit=corps.centre, by=corps.order_desk, at=timezone.now())
    desk = enter("order_desk")
    found = (
        "people", "people/new", f"people/{one.uid}", "events", "events/new", f"events/{event.uid}",
        f"shifts/{event.shifts.get().uid}/code", "hours", "measures",
    )  # fmt: skip

    for page in found:
        assert desk.statements(f"/volunteers/{page}") <= MOST_STATEMENTS, page
        assert len(desk.get(f"/volunteers/{page}")[1].encode()) <= MOST_BYTES, page


@pytest.mark.parametrize("page", ["people", "hours", "teams/{team}", "people/{one}"])
def test_names_phones_and_numbers_are_masked_everywhere(
    corps: Corps, one: Volunteer, enter: Callable[..., Any], page: str
) -> None:
    served(corps, one)
    where = page.format(team=corps.teams["mulberry"].unit.uid, one=one.uid)

    status, text = enter("order_desk").get(f"/volunteers/{where}")

    assert status == 200
    assert "司*青" in text
    assert not [secret for secret in (NAME, PHONE, NUMBER) if secret in text]


def test_who_looks_behind_the_mask_says_what_for_and_the_ledger_keeps_it(
    corps: Corps, one: Volunteer, enter: Callable[..., Any]
) -> None:
    desk, look = enter("order_desk"), f"/volunteers/people/{one.uid}/look"

    assert desk.post(look, purpose="").status_code == 422
    text = desk.post(look, purpose="购买保险").content.decode()

    assert NUMBER in text
    assert LedgerLine.objects.filter(verb="personal_data.read", uid=one.uid).get().data["purpose"] == "购买保险"


@pytest.mark.parametrize("name", ["handler", "plum_handler", "reporter", "supervisor", "system_admin"])
def test_another_unit_does_not_find_a_volunteer(
    corps: Corps, one: Volunteer, enter: Callable[..., Any], name: str
) -> None:
    stranger = enter(name)
    # The town of the Mulberry team sees who serves in it, masked; nobody else finds the page.
    expected = 200 if name == "handler" else 404

    assert stranger.get(f"/volunteers/people/{one.uid}")[0] == expected
    assert stranger.post(f"/volunteers/people/{one.uid}/look", purpose="看看").status_code in (403, 404)


def test_a_volunteer_is_registered_with_consent_alone(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")

    assert desk.post("/volunteers/people/new", **{**FORM, "consent": ""}).status_code == 422
    assert desk.post("/volunteers/people/new", **FORM).status_code == 302
    assert Volunteer.objects.get().id_last4 == "002X"


def test_a_child_needs_a_guardian_who_has_agreed(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    child = {**FORM, "birth_on": (timezone.localdate() - timedelta(days=3650)).isoformat(), "id_number": ""}

    assert desk.post("/volunteers/people/new", **child).status_code == 422
    guardian = {"guardian_name": "司徒蓝", "guardian_phone": "13700000000", "guardian_consent": "1"}
    assert desk.post("/volunteers/people/new", **child, **guardian).status_code == 302


def test_an_event_is_planned_published_and_called_off(corps: Corps, enter: Callable[..., Any]) -> None:
    desk, begins = enter("order_desk"), timezone.localtime() + timedelta(days=3)
    typed = {
        "title": "植树", "content": "种二十棵树", "place": "莲花公园", "starts_at": begins.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (begins + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"), "needed": "10", "minimum": "3",
    }  # fmt: skip
    desk.post("/volunteers/events/new", **typed)
    found = Event.objects.get()
    assert enter("reporter").get(f"/volunteers/events/{found.uid}")[0] == 404

    desk.post(f"/volunteers/events/{found.uid}/publish")
    assert "3 people short" in desk.get(f"/volunteers/events/{found.uid}")[1]
    desk.post(f"/volunteers/events/{found.uid}/cancel", reason="下雨")

    found.refresh_from_db()
    assert (found.state, found.cancel_reason) == ("cancelled", "下雨")


def test_the_code_on_site_is_shown_to_those_who_lead_alone(
    corps: Corps, event: Event, enter: Callable[..., Any]
) -> None:
    page = f"/volunteers/shifts/{event.shifts.get().uid}/code"
    shown = enter("order_desk").client.get(page)

    assert shown.status_code == 200
    assert int(shown["Refresh"]) >= 5
    assert shown["Cache-Control"] == "no-store"
    assert enter("mulberry_handler").get(page)[0] == 403
    assert enter("reporter").get(page)[0] == 403


def test_the_leader_notes_who_was_there(corps: Corps, one: Volunteer, enter: Callable[..., Any]) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    made = events.draft_event(
        title="清洁家园", content="清理楼道", place="莲北社区", unit=corps.centre, in_charge=corps.order_desk,
        shifts=[events.ShiftGiven(noon, noon + timedelta(hours=2), 5, 1)], by=corps.order_desk, at=noon - timedelta(days=5),
    )  # fmt: skip
    events.publish_event(event=made, by=corps.order_desk, at=noon - timedelta(days=4))
    shift, desk = made.shifts.get(), enter("order_desk")
    sign_up(shift=shift, volunteer=one, by=corps.order_desk, at=noon - timedelta(days=1))
    there = {"arrived_at": f"{noon:%Y-%m-%dT%H:%M}", "left_at": f"{noon + timedelta(hours=2):%Y-%m-%dT%H:%M}"}

    desk.post(f"/volunteers/shifts/{shift.uid}/attendance", volunteer=one.uid, **there)
    desk.post(f"/volunteers/shifts/{shift.uid}/hours")

    assert ServiceRecord.objects.get(volunteer=one).hours == Decimal(2)


def test_who_was_there_longer_than_counts_in_a_day_is_recorded_and_told(
    corps: Corps, one: Volunteer, enter: Callable[..., Any]
) -> None:
    morning = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=2)
    shift = events.ShiftGiven(morning, morning + timedelta(hours=9), 5, 2)
    made = events.draft_event(
        title="值守", content="值守", place="莲北社区", unit=corps.centre, in_charge=corps.order_desk, shifts=[shift],
        by=corps.order_desk, at=morning - timedelta(days=2),
    )  # fmt: skip
    day = events.publish_event(event=made, by=corps.order_desk, at=morning - timedelta(days=1)).shifts.get()
    events.enter_attendance(
        shift=day, volunteer=one, arrived_at=morning, left_at=day.ends_at, by=corps.order_desk, at=timezone.now()
    )
    desk = enter("order_desk")
    assert desk.post(f"/volunteers/shifts/{day.uid}/hours").status_code == 302

    assert ServiceRecord.objects.get().hours == 8
    assert "Of 1 person only as much was recorded" in desk.get(f"/volunteers/events/{made.uid}")[1]


def test_a_record_is_voided_with_a_reason_and_stays_readable(
    corps: Corps, one: Volunteer, enter: Callable[..., Any]
) -> None:
    record, desk = served(corps, one), enter("order_desk")

    assert desk.post(f"/volunteers/hours/{record.uid}/void", reason="").status_code == 422
    desk.post(f"/volunteers/hours/{record.uid}/void", reason="记错人")

    record.refresh_from_db()
    assert record.state == "void"
    assert "记错人" in desk.get("/volunteers/hours")[1]


def test_a_certificate_is_issued_and_revoked(corps: Corps, one: Volunteer, enter: Callable[..., Any]) -> None:
    served(corps, one)
    desk = enter("order_desk")
    desk.post(f"/volunteers/people/{one.uid}/certificate")
    made = one.certificates.get()
    assert made.number in desk.get("/volunteers/hours")[1]
    assert enter("reporter").get(f"/volunteers/certificates/{made.uid}.pdf")[0] == 404

    desk.post(f"/volunteers/certificates/{made.uid}/revoke", reason="误发")

    made.refresh_from_db()
    assert made.revoked_at is not None


def test_only_teams_that_somebody_may_be_added_to_are_offered(
    corps: Corps, one: Volunteer, enter: Callable[..., Any]
) -> None:
    other = people.register(
        name="冷无队",
        birth_on=one.birth_on,
        phone="13800001111",
        consent=True,
        unit=corps.mulberry,
        by=None,
        at=timezone.now(),
    )

    def offered(name: str, who: Volunteer) -> set[str]:
        return set(re.findall(r'<option value="([A-Z]+)"', enter(name).get(f"/volunteers/people/{who.uid}")[1]))

    assert offered("mulberry_handler", other) == {"MULBERRY"}
    assert offered("order_desk", other) == {"MULBERRY", "PLUM", "BAMBOO"}
    assert "MULBERRY" not in offered("order_desk", one), "where he serves already"


def test_the_figures_are_for_those_who_lead_and_oversee(corps: Corps, enter: Callable[..., Any]) -> None:
    corps.walk("rated", at=timezone.now() - timedelta(hours=5))

    status, text = enter("supervisor").get("/volunteers/measures")
    assert status == 200
    assert "Met by what was asked for" in text
    assert enter("reporter").get("/volunteers/measures")[0] == 403


def test_where_a_volunteer_serves_is_said_shown_and_changed(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    desk.post("/volunteers/people/new", **FORM, areas=["LOTUS"])
    made = Volunteer.objects.latest("pk")
    page = f"/volunteers/people/{made.uid}"
    assert [one.code for one in made.areas.all()] == ["LOTUS"]
    assert "<dt>Serves in</dt><dd>莲花镇</dd>" in desk.get(page)[1]

    made.areas.add(corps.lotus_north)
    kept = {"id_type": "resident", "areas": ["LOTUS", corps.lotus_north.code], "skills": FORM.get("skills", [])}
    desk.post(f"{page}/change", **kept, sex="female")
    assert made.areas.count() == 2, "what no list of towns names is not lost by saving"
    desk.post(f"{page}/change", **{**kept, "areas": []})
    assert made.areas.count() == 0


def test_somebody_is_found_by_phone_or_whole_name_and_neither_stands_in_an_address(
    corps: Corps, one: Volunteer, enter: Callable[..., Any]
) -> None:
    desk, row = enter("order_desk"), f"/volunteers/people/{one.uid}"
    for typed in (one.name, one.phone, f"+86 {one.phone[:3]} {one.phone[3:]}"):
        answer = desk.post("/volunteers/people", who=typed)
        assert (answer.status_code, row in answer.content.decode()) == (200, True), typed
    for typed in (one.name[:1], one.phone[:7], "13100000000"):
        assert row not in desk.post("/volunteers/people", who=typed).content.decode(), "parts find nobody"
    assert row not in desk.get(f"/volunteers/people?who={one.phone}&skill=nothing")[1]
    assert row not in enter("plum_handler").post("/volunteers/people", who=one.phone).content.decode()
