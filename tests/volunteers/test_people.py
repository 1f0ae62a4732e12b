"""Volunteers as persons: consent, guardians, sealed numbers, who may see and change what."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import serializers
from django.db import IntegrityError, transaction
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.organisation import actions as organisation
from civicloop.sentences import sentence
from civicloop.standards import reference
from civicloop.volunteers import sealing
from civicloop.volunteers.actions import events, exporting, people, places
from civicloop.volunteers.models import Membership, SignUp, Volunteer
from civicloop.volunteers.people_policy import DO
from civicloop.volunteers.queries import people as finding
from civicloop.volunteers.rules import persons
from tests.cast import MONDAY_NINE
from tests.volunteers.cast import Corps
from tests.volunteers.folk import NOW, REGISTERED, event, id_number, volunteer

CHILD = date(REGISTERED.year - 12, 1, 15)
GUARDIAN = {"guardian_name": "甲长", "guardian_phone": "13900009999", "guardian_consent": True}


def test_a_number_is_sealed_and_only_its_last_four_are_kept_open(corps: Corps) -> None:
    made = volunteer(corps)
    number = id_number(date(1990, 5, 1))
    kept = serializers.serialize("json", [Volunteer.objects.get(pk=made.pk)])

    assert number not in kept
    assert made.id_last4 == number[-4:]
    assert sealing.unseal(made.id_sealed) == number
    assert number not in "".join(str(line.data) for line in LedgerLine.objects.all())


def test_the_same_number_is_sealed_differently_each_time_and_still_known_again(corps: Corps) -> None:
    made = volunteer(corps)
    with pytest.raises(Conflict) as no:
        volunteer(corps, "乙义")

    assert no.value.code == "volunteer_known"
    assert sealing.seal("1") != sealing.seal("1")
    people.leave(volunteer=made, reason="", by=None, at=NOW)
    assert volunteer(corps, "乙义").id_print == made.id_print, "who has left may come again"


def test_a_new_key_still_reads_what_the_old_one_sealed_and_without_the_old_it_says_so(corps: Corps) -> None:
    from django.conf import settings

    made, old = volunteer(corps), settings.SECRET_KEY
    with override_settings(SECRET_KEY="another key", SECRET_KEY_FALLBACKS=[old]):
        assert sealing.unseal(made.id_sealed) == id_number(date(1990, 5, 1))
        with pytest.raises(Conflict):
            volunteer(corps, "乙义")
    with override_settings(SECRET_KEY="another key"), pytest.raises(Conflict) as no:
        sealing.unseal(made.id_sealed)
    assert no.value.code == "seal_key_lost"


def test_nobody_is_registered_without_consent(corps: Corps) -> None:
    with pytest.raises(Invalid) as no:
        volunteer(corps, consent=False)

    assert (no.value.field, no.value.code) == ("consent", "volunteer_consent_needed")
    assert not Volunteer.objects.exists()


@pytest.mark.parametrize(
    "lacks",
    [
        {},
        {"guardian_name": "甲长", "guardian_phone": "13900009999"},
        {"guardian_name": "甲长", "guardian_consent": True},
        {"guardian_phone": "13900009999", "guardian_consent": True},
    ],
)
def test_a_child_without_a_guardian_who_agrees_is_refused(corps: Corps, lacks: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as no:
        volunteer(corps, birth_on=CHILD, **lacks)

    assert no.value.code == "guardian_needed"
    assert not Volunteer.objects.exists()


def test_a_child_with_a_guardian_is_welcome_and_stays_so_only_with_one(corps: Corps) -> None:
    made = volunteer(corps, birth_on=CHILD, **GUARDIAN)
    with pytest.raises(Invalid):
        people.change(volunteer=made, changes={"guardian_consent": False}, by=None, at=NOW)
    with pytest.raises(Invalid):
        people.change(volunteer=made, changes={"guardian_name": ""}, by=None, at=NOW)

    assert Volunteer.objects.get(pk=made.pk).guardian_consent_at == REGISTERED


def test_a_grown_up_who_turns_out_to_be_a_child_needs_a_guardian_too(corps: Corps) -> None:
    made = volunteer(corps, id_number="")
    with pytest.raises(Invalid) as no:
        people.change(volunteer=made, changes={"birth_on": CHILD}, by=None, at=NOW)

    assert no.value.code == "guardian_needed"


def test_the_day_of_the_fourteenth_birthday_is_the_first_without_a_guardian() -> None:
    born = date(2012, 2, 29)

    assert persons.needs_guardian(born, date(2026, 2, 28))
    assert not persons.needs_guardian(born, date(2026, 3, 1))


@given(st.dates(date(1905, 1, 1), date(2026, 11, 1)), st.dates(date(2026, 11, 2), date(2026, 12, 31)))
def test_every_age_has_one_band_and_bands_follow_age(born: date, day: date) -> None:
    age, name = persons.age_on(born, day), persons.band(born, day)
    least = dict(persons.BANDS)[name]
    above = [other for _, other in persons.BANDS if other > least]

    assert least <= age
    assert not above or age < min(above)


@given(st.dates(date(1910, 1, 1), date(2020, 1, 1)), st.integers(1, 999), st.integers(0, 16), st.integers(1, 9))
def test_a_wrong_digit_in_a_number_is_found(born: date, serial: int, place: int, more: int) -> None:
    right = id_number(born, serial)
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]

    assert persons.read_id("resident", f" {right[:6]} {right[6:].lower()} ", born) == right
    with pytest.raises(Invalid):
        persons.read_id("resident", wrong, born)


def test_a_number_that_holds_another_birthday_is_refused_and_never_repeated_in_the_refusal(corps: Corps) -> None:
    number = id_number(date(1991, 5, 1))
    with pytest.raises(Invalid) as no:
        volunteer(corps, id_number=number)

    assert no.value.code == "id_contradicts_birth"
    assert number not in f"{no.value} {sentence(no.value)}"


@pytest.mark.parametrize(("by", "may"), [
    ("order_desk", True), ("town_order_desk", True), ("mulberry_handler", True), ("leader", True), ("plum_handler", False),
    ("reporter", False), ("system_admin", False), ("auditor", False),
])  # fmt: skip
def test_the_centre_and_the_own_unit_may_change_a_volunteer_and_nobody_else(corps: Corps, by: str, may: bool) -> None:
    made = volunteer(corps)
    told = {"volunteer": made, "changes": {"phone": "13911112222"}, "by": corps.people[by], "at": NOW}
    if may:
        people.change(**told)
    else:
        with pytest.raises(NotAllowed) as no:
            people.change(**told)
        assert no.value.about == ("volunteer", str(made.uid))

    assert Volunteer.objects.get(pk=made.pk).phone == ("13911112222" if may else "13900000001")


def test_personal_data_in_full_is_seen_with_a_purpose_and_the_ledger_keeps_who_looked(corps: Corps) -> None:
    made = volunteer(corps)
    with pytest.raises(NotAllowed):
        people.look(volunteer=made, purpose="好奇", by=corps.mulberry_handler, at=NOW)
    with pytest.raises(Invalid):
        people.look(volunteer=made, purpose=" ", by=corps.order_desk, at=NOW)
    seen = people.look(volunteer=made, purpose="核对证件", by=corps.order_desk, at=NOW)

    assert seen["id_number"] == id_number(date(1990, 5, 1))
    line = LedgerLine.objects.get(uid=made.uid, verb="personal_data.read")
    assert line.by == corps.order_desk.uid
    assert line.data["purpose"] == "核对证件"
    assert seen["phone"] not in str(line.data)


def test_who_leaves_takes_the_personal_data_along_and_the_place_in_the_team(corps: Corps) -> None:
    made, shift = volunteer(corps, birth_on=CHILD, **GUARDIAN), event(corps).shifts.get()
    events.sign_up(shift=shift, volunteer=made, by=None, at=MONDAY_NINE)
    people.leave(volunteer=made, reason="搬家", by=corps.order_desk, at=MONDAY_NINE)
    row = Volunteer.objects.get(pk=made.pk)

    held = [row.id_sealed, row.id_last4, row.phone, row.guardian_name, row.guardian_phone]
    assert held == [""] * 5
    assert row.birth_on is None
    assert row.id_print is None
    assert row.left_at == MONDAY_NINE
    assert row.name == "甲义"
    assert Membership.objects.get().until == MONDAY_NINE.date()
    assert SignUp.objects.get().state == "cancelled"
    with pytest.raises(Conflict):
        people.change(volunteer=row, changes={"phone": "13900000003"}, by=corps.order_desk, at=NOW)


def test_who_leaves_is_in_no_team_though_the_end_was_set_for_a_later_day(corps: Corps) -> None:
    one = volunteer(corps)
    people.part(membership=one.memberships.get(), until=(NOW + timedelta(days=30)).date(), by=None, at=NOW)
    assert list(finding.members_of(corps.teams["mulberry"].pk, NOW.date())) == [one]

    people.leave(volunteer=one, reason="", by=None, at=NOW)

    assert one.memberships.get().until == NOW.date()


def test_nobody_joins_a_team_that_is_closed_or_one_he_is_still_in(corps: Corps) -> None:
    one, team = volunteer(corps), corps.teams["mulberry"]
    people.part(membership=one.memberships.get(), until=(NOW + timedelta(days=30)).date(), by=None, at=NOW)
    with pytest.raises(Conflict, match="in_team_already"):
        people.join(volunteer=one, team=team, since=NOW.date(), by=None, at=NOW)
    later = (NOW + timedelta(days=31)).date()
    assert people.join(volunteer=one, team=team, since=later, by=None, at=NOW).since == later
    plum = places.change_team(team=corps.teams["plum"], changes={"active": False}, by=None, at=NOW)
    with pytest.raises(Invalid, match="team_not_active"):
        people.join(volunteer=one, team=plum, since=NOW.date(), by=None, at=NOW)


def test_a_volunteer_is_found_by_phone_and_last_four_and_not_by_one_of_them(corps: Corps) -> None:
    made = volunteer(corps, phone="+86 139-0000-0001")

    assert finding.find(phone="139 0000 0001", id_last4=made.id_last4.lower()) == made
    assert finding.find(phone="139 0000 0001", id_last4="") is None
    assert finding.find(phone="", id_last4=made.id_last4) is None
    assert finding.find(phone="13900000002", id_last4=made.id_last4) is None


def test_lists_show_each_desk_its_own(corps: Corps) -> None:
    one, other = volunteer(corps), volunteer(corps, "乙义", serial=2, team="plum")
    ref = reference.now()

    def seen(name: str) -> set[Volunteer]:
        return set(finding.volunteers_for(ref.actor(corps.people[name], NOW.date()), NOW))

    assert seen("order_desk") == seen("leader") == {one, other}
    assert seen("mulberry_handler") == {one}
    assert seen("plum_handler") == {other}
    assert seen("reporter") == seen("system_admin") == seen("other_leader") == set()


def test_a_volunteer_with_an_account_looks_after_the_own_row_alone(corps: Corps) -> None:
    own, other = volunteer(corps, account=corps.reporter), volunteer(corps, "乙义", serial=2)
    people.change(volunteer=own, changes={"phone": "13900000077"}, by=corps.reporter, at=NOW)
    with pytest.raises(NotAllowed):
        people.change(volunteer=other, changes={"phone": "13900000077"}, by=corps.reporter, at=NOW)

    assert set(finding.volunteers_for(reference.now().actor(corps.reporter, NOW.date()), NOW)) == {own}


def test_a_team_takes_nobody_twice_and_lets_nobody_go_before_he_came(corps: Corps) -> None:
    made = volunteer(corps)
    with pytest.raises(Conflict):
        people.join(volunteer=made, team=corps.teams["mulberry"], since=NOW.date(), by=corps.mulberry_leader, at=NOW)
    with pytest.raises(NotAllowed):
        people.join(volunteer=made, team=corps.teams["plum"], since=NOW.date(), by=corps.mulberry_leader, at=NOW)
    membership = Membership.objects.get()
    with pytest.raises(Invalid):
        people.part(membership=membership, until=REGISTERED.date() - timedelta(days=1), by=None, at=NOW)
    people.part(membership=membership, until=NOW.date(), by=corps.mulberry_leader, at=NOW)
    with pytest.raises(Conflict):
        people.part(membership=membership, until=NOW.date(), by=None, at=NOW)


def test_the_database_itself_refuses_a_half_guardian_and_somebody_who_never_agreed(corps: Corps) -> None:
    made = volunteer(corps)
    for wrong in ({"guardian_consent_at": NOW}, {"consent_at": None}, {"id_sealed": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Volunteer.objects.filter(pk=made.pk).update(**wrong)


def test_exports_are_for_the_desk_with_a_purpose_and_leave_a_line(corps: Corps) -> None:
    for by in ("mulberry_leader", "auditor", "system_admin", "reporter"):
        with pytest.raises(NotAllowed):
            exporting.begin(kind="people", purpose="上报", by=corps.people[by], at=NOW)
    with pytest.raises(Invalid):
        exporting.begin(kind="people", purpose="", by=corps.order_desk, at=NOW)
    exporting.begin(kind="people", purpose="上报", by=corps.order_desk, at=NOW)

    assert LedgerLine.objects.get(kind="volunteer_export").data == {"what": "people", "purpose": "上报"}


def test_nobody_who_administers_the_system_may_do_anything_with_volunteers(corps: Corps) -> None:
    from civicloop.volunteers.people_policy import About, may

    about = About(frozenset({corps.mulberry.pk}), None)
    for name in ("system_admin", "security_admin", "audit_admin"):
        actor = reference.now().actor(corps.people[name], NOW.date())
        assert [verb for verb in DO if may(actor, verb, about)] == []


def test_a_leader_of_yesterday_may_nothing_today(corps: Corps) -> None:
    made = volunteer(corps)
    post = corps.mulberry_leader.appointments.get()
    organisation.end_appointment(appointment=post, last_day=MONDAY_NINE.date(), by=None, at=MONDAY_NINE)
    with pytest.raises(NotAllowed):
        people.change(volunteer=made, changes={"phone": "13900000077"}, by=corps.mulberry_leader, at=NOW)


def test_every_refusal_has_a_sentence() -> None:
    from civicloop.spoken import REASONS
    from tests.house.sources import PACKAGE, modules

    codes: set[str] = set()
    for path in modules():
        if path.is_relative_to(PACKAGE / "volunteers"):
            text = path.read_text(encoding="utf-8")
            codes |= set(re.findall(r"Conflict\(\s*\"([a-z_0-9]+)\"", text))
            codes |= set(re.findall(r"Invalid\(\s*[^,()]+, \"([a-z_0-9]+)\"", text))
    assert len(codes) > 30
    assert sorted(code for code in codes if code not in REASONS) == []
