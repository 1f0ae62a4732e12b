"""Units, people, appointments and tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import history
from civicloop.organisation import actions as organisation
from civicloop.organisation import queries
from civicloop.organisation.actions.people import digest
from civicloop.organisation.actions.units import UnitRow
from civicloop.organisation.models import ApiToken, Appointment, Person, Unit
from civicloop.organisation.models.people import ROLE_LABELS
from civicloop.organisation.rules.roles import ADMIN_ROLES, Role, clash
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, PASSWORD, SINCE, City

pytestmark = pytest.mark.django_db
TODAY, DAY = MONDAY_NINE.date(), timedelta(days=1)


def somebody(name: str = "somebody", **given: str) -> Person:
    return organisation.add_person(username=name, name="某人", by=None, at=MONDAY_NINE, **given)


def test_the_tree_knows_what_lies_above_and_below(city: City) -> None:
    book = reference.now().org
    assert book.subtree(city.lotus.pk) == {city.lotus.pk, city.lotus_north.pk, city.lotus_south.pk}
    assert book.above(city.lotus_north.pk) == (city.lotus.pk, city.command.pk)
    assert book.above(city.command.pk) == ()
    assert len(book.subtree(city.command.pk)) == len(city.units)
    assert [unit.code for unit in book.for_line("sanitation")] == ["SANITATION"]
    with pytest.raises(NotFound):
        book.unit(10**9)


def test_a_unit_cannot_be_put_below_itself(city: City) -> None:
    for parent in (city.lotus, city.lotus_north):
        with pytest.raises(Invalid, match="unit_below_itself"):
            organisation.change_unit(unit=city.lotus, changes={"parent": parent}, by=None, at=MONDAY_NINE)
    assert Unit.objects.get(pk=city.lotus.pk).parent == city.command
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=city.lotus.pk).update(parent=city.lotus.pk)


def test_a_change_of_a_unit_is_kept_with_the_old_value(city: City) -> None:
    organisation.change_unit(
        unit=city.lotus_south, changes={"parent": city.willow, "name": "柳南社区"}, by=city.system_admin, at=MONDAY_NINE
    )
    line = history("unit", city.lotus_south.uid).last()
    assert line is not None
    assert (line.verb, line.by) == ("unit.change", city.system_admin.uid)
    assert line.data == {
        "before": {"parent": "LOTUS", "name": "莲南社区"}, "after": {"parent": "WILLOW", "name": "柳南社区"},
    }  # fmt: skip
    assert Unit.objects.get(pk=city.lotus_south.pk).initials == "lnsq"
    with pytest.raises(Invalid, match="not_editable"):
        organisation.change_unit(unit=city.lotus, changes={"code": "X"}, by=None, at=MONDAY_NINE)


def test_units_come_in_children_before_parents_and_known_ones_stay(city: City) -> None:
    rows = [
        UnitRow("C1", "社区一", "community", parent="T1"), UnitRow("T1", "镇一", "town", parent="COMMAND"),
        UnitRow("LOTUS", "别名", "town"), UnitRow("C1", "重复", "community"),
    ]  # fmt: skip
    assert organisation.bring_in_units(rows=rows, by=None, at=MONDAY_NINE) == {"added": 2, "known": 2}
    made = Unit.objects.get(code="C1")
    assert (made.name, made.parent.code, made.parent.parent) == ("社区一", "T1", city.command)
    assert Unit.objects.get(code="LOTUS").name == "莲花镇"
    with pytest.raises(Invalid, match="unknown_unit"):
        organisation.bring_in_units(rows=[UnitRow("C2", "社区", "community", parent="NO")], by=None, at=MONDAY_NINE)
    assert not Unit.objects.filter(code="C2").exists()


def test_an_unknown_kind_or_an_endless_name_is_refused(city: City) -> None:
    for given in ({"kind": "castle"}, {"name": "长" * 101}, {"code": ""}):
        with pytest.raises(Invalid, match="bad_value"):
            organisation.add_unit(**{"code": "N", "name": "新", "kind": "town", "by": None, "at": MONDAY_NINE, **given})


@pytest.mark.parametrize(
    ("held", "wanted", "kept_apart"),
    [
        ("system_admin", "security_admin", True), ("security_admin", "audit_admin", True), ("audit_admin", "system_admin", True),
        ("auditor", "unit_handler", True), ("dispatcher", "auditor", True), ("filer", "dispatcher", False),
        ("unit_handler", "unit_leader", False), ("verifier", "verifier", False),
    ],
)  # fmt: skip
def test_roles_that_must_stay_apart(held: str, wanted: str, kept_apart: bool) -> None:
    assert bool(clash(frozenset({held}), wanted)) == bool(clash(frozenset({wanted}), held)) == kept_apart


def test_the_three_administrators_are_three_people(city: City) -> None:
    for held in sorted(ADMIN_ROLES):
        person = city.people[held]
        for wanted in sorted(ADMIN_ROLES - {held}):
            with pytest.raises(Conflict, match="roles_apart"):
                organisation.appoint(
                    person=person,
                    role=wanted,
                    unit=city.command,
                    starts_on=TODAY,
                    by=city.security_admin,
                    at=MONDAY_NINE,
                )
    assert Appointment.objects.filter(role__in=ADMIN_ROLES).count() == 3


def test_roles_clash_only_while_both_are_held(city: City) -> None:
    person = somebody()
    first = organisation.appoint(
        person=person,
        role="auditor",
        unit=city.command,
        starts_on=TODAY,
        ends_on=TODAY + 9 * DAY,
        by=None,
        at=MONDAY_NINE,
    )
    for start in (TODAY - 5 * DAY, TODAY + 9 * DAY):
        with pytest.raises(Conflict):
            organisation.appoint(
                person=person, role="unit_handler", unit=city.lotus, starts_on=start, by=None, at=MONDAY_NINE
            )
    organisation.appoint(
        person=person, role="unit_handler", unit=city.lotus, starts_on=TODAY + 10 * DAY, by=None, at=MONDAY_NINE
    )
    organisation.appoint(
        person=person,
        role="dispatcher",
        unit=city.office,
        starts_on=SINCE,
        ends_on=TODAY - DAY,
        by=None,
        at=MONDAY_NINE,
    )
    assert first.person == person


def test_an_ended_appointment_stays_in_the_history(city: City) -> None:
    post = city.handler.appointments.get()
    organisation.end_appointment(appointment=post, last_day=TODAY, by=city.security_admin, at=MONDAY_NINE)
    book = reference.now().org

    assert len(book.posts_of(city.handler.pk, TODAY)) == 1
    assert book.posts_of(city.handler.pk, TODAY + DAY) == ()
    assert [one.ends_on for one in queries.appointments_of(city.handler)] == [TODAY]
    line = history("person", city.handler.uid).last()
    assert line is not None
    assert (line.verb, line.data["to"]) == ("appointment.end", TODAY.isoformat())
    with pytest.raises(Invalid, match="ends_before_start"):
        organisation.end_appointment(appointment=post, last_day=SINCE - DAY, by=None, at=MONDAY_NINE)


def test_the_same_appointment_twice_an_unknown_role_and_a_turned_period_are_refused(city: City) -> None:
    with pytest.raises(Conflict, match="appointed_already"):
        organisation.appoint(
            person=city.handler, role="unit_handler", unit=city.lotus, starts_on=SINCE, by=None, at=MONDAY_NINE
        )
    with pytest.raises(Invalid, match="unknown_choice"):
        organisation.appoint(
            person=city.handler, role="mayor", unit=city.lotus, starts_on=SINCE, by=None, at=MONDAY_NINE
        )
    with pytest.raises(Invalid, match="ends_before_start"):
        organisation.appoint(
            person=city.handler,
            role="verifier",
            unit=city.lotus,
            starts_on=TODAY,
            ends_on=TODAY - DAY,
            by=None,
            at=MONDAY_NINE,
        )


def test_a_user_name_belongs_to_one_person(city: City) -> None:
    with pytest.raises(Conflict, match="username_taken"):
        somebody("handler")


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "莲", "somebody-1"])
def test_a_weak_password_is_refused(password: str, db: None) -> None:
    with pytest.raises(Invalid, match="weak_password"):
        somebody(password=password)
    assert not Person.objects.exists()


def test_without_a_password_nobody_logs_in_until_one_is_set(city: City) -> None:
    person = somebody()
    assert not person.check_password("")
    assert not person.has_usable_password()
    organisation.set_password(person=person, password=PASSWORD, by=person, at=MONDAY_NINE)
    assert Person.objects.get(pk=person.pk).check_password(PASSWORD)
    with pytest.raises(NotAllowed):
        organisation.set_password(person=city.handler, password=PASSWORD, by=person, at=MONDAY_NINE)


def test_the_ledger_keeps_no_phone_no_mail_and_no_password(city: City) -> None:
    person = somebody(phone="13911112222", email="a@example.org", password=PASSWORD)
    organisation.change_person(person=person, changes={"phone": "13933334444"}, by=person, at=MONDAY_NINE)
    organisation.set_password(person=person, password=PASSWORD + "x", by=person, at=MONDAY_NINE)
    told = str(list(LedgerLine.objects.filter(uid=person.uid).values()))
    assert not any(secret in told for secret in ("13911112222", "13933334444", "example.org", PASSWORD))
    assert "'fields': ['phone']" in told


def test_a_person_changes_his_own_phone_but_not_his_name(city: City) -> None:
    organisation.change_person(person=city.handler, changes={"language": "en"}, by=city.handler, at=MONDAY_NINE)
    with pytest.raises(NotAllowed):
        organisation.change_person(person=city.handler, changes={"name": "别人"}, by=city.handler, at=MONDAY_NINE)
    with pytest.raises(NotAllowed):
        organisation.change_person(person=city.handler, changes={"phone": "1"}, by=city.leader, at=MONDAY_NINE)
    with pytest.raises(Invalid, match="not_editable"):
        organisation.change_person(
            person=city.handler, changes={"username": "x"}, by=city.security_admin, at=MONDAY_NINE
        )


def test_of_a_token_only_the_digest_is_kept(city: City) -> None:
    row, plain = organisation.make_token(person=city.handler, name="phone", by=city.handler, at=MONDAY_NINE)
    stored = str(ApiToken.objects.filter(pk=row.pk).values()) + str(list(LedgerLine.objects.values_list("data")))
    assert plain.startswith("cl_")
    assert plain not in stored
    assert row.digest == digest(plain)
    other, second = organisation.make_token(person=city.handler, name="phone", by=city.handler, at=MONDAY_NINE)
    assert second != plain
    assert other.digest != row.digest


def test_a_token_is_revoked_by_its_owner_or_the_security_administrator(city: City) -> None:
    row, _ = organisation.make_token(person=city.handler, name="phone", by=city.security_admin, at=MONDAY_NINE)
    for name in ("leader", "system_admin"):
        with pytest.raises(NotAllowed):
            organisation.revoke_token(token=row, by=city.people[name], at=MONDAY_NINE)
        with pytest.raises(NotAllowed):
            organisation.make_token(person=city.handler, name="x", by=city.people[name], at=MONDAY_NINE)
    organisation.revoke_token(token=row, by=city.handler, at=MONDAY_NINE)
    assert ApiToken.objects.get(pk=row.pk).revoked_at == MONDAY_NINE
    assert [line.verb for line in history("person", city.handler.uid)][-2:] == ["token.make", "token.revoke"]


def test_the_contact_book_is_found_by_name_initials_and_unit(city: City) -> None:
    def found(text: str) -> set[str]:
        return set(queries.contact_book(TODAY, text).values_list("person__username", flat=True))

    assert len(found("")) == len(city.people)
    assert found("顾审") == found("GS") == {"auditor"}
    assert found("莲花镇") == found("lhz") == {"handler", "leader", "sponsor"}
    assert found("nobody at all") == set()
    organisation.change_person(person=city.auditor, changes={"is_active": False}, by=None, at=MONDAY_NINE)
    assert found("gs") == set()


def test_the_database_keeps_periods_the_right_way_round(city: City) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(person=city.handler).update(ends_on=SINCE - DAY)
    assert {str(role) for role in Role if role != Role.ORDER_DESK} == set(
        Appointment.objects.values_list("role", flat=True)
    )
    with pytest.raises(ValidationError):
        Unit(code="", name="", kind="").full_clean()


def test_an_appointment_that_has_a_last_day_can_end_sooner_and_not_later(city: City) -> None:
    post = organisation.appoint(
        person=city.grid_worker, role="inspector", unit=city.lotus, starts_on=SINCE, ends_on=TODAY, by=None, at=MONDAY_NINE
    )  # fmt: skip
    with pytest.raises(Invalid, match="ends_sooner"):
        organisation.end_appointment(appointment=post, last_day=TODAY + DAY, by=None, at=MONDAY_NINE)
    assert organisation.end_appointment(
        appointment=post, last_day=TODAY - DAY, by=None, at=MONDAY_NINE
    ).ends_on == TODAY - DAY  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_word_and_can_be_chosen_on_the_page_of_appointments(role: Role) -> None:
    assert role in ROLE_LABELS
