"""People, their appointments and their tokens. Made by the security administrator; the ledger holds no phone numbers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import record
from civicloop.organisation.actions.units import clean, initials
from civicloop.organisation.models import ApiToken, Appointment, Area, DutyGrid, Grid, Person, Point, Unit
from civicloop.organisation.policy import require
from civicloop.organisation.revisions import bump
from civicloop.organisation.rules.roles import Role, clash

TOKEN_PREFIX = "cl_"


@transaction.atomic
def add_person(
    *,
    username: str,
    name: str,
    phone: str = "",
    email: str = "",
    password: str | None = None,
    by: Person | None,
    at: datetime,
) -> Person:
    """Add somebody. Without a password the person cannot log in until one is set."""
    require(by, "person.add", at=at)
    person = Person(username=username, name=name, phone=phone, email=email, initials=initials(name), joined_at=at)
    if password is not None:
        _check_password(password, person)
    person.password = make_password(password)
    clean(person)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as fault:
        raise Conflict("username_taken", username=username) from fault
    record("person", person.uid, "person.add", by=_uid(by), at=at, data={"username": username}, new=True)
    bump("organisation")
    return person


@transaction.atomic
def change_person(*, person: Person, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Person:
    """Change name, phone, mail, language or whether the person is active. The ledger names the fields, not their values."""
    if by is None or by.pk != person.pk or not set(changes) <= {"language", "phone", "email"}:
        require(by, "person.change", at=at)
    for name in changes:
        if name not in {"name", "phone", "email", "language", "is_active"}:
            raise Invalid(name, "not_editable", field=name)
    row = Person.objects.select_for_update().get(pk=person.pk)
    for name, value in changes.items():
        setattr(row, name, value)
    row.initials = initials(row.name)
    clean(row)
    row.save()
    record("person", row.uid, "person.change", by=_uid(by), at=at, data={"fields": sorted(changes)})
    bump("organisation")
    return row


@transaction.atomic
def set_password(*, person: Person, password: str, by: Person | None, at: datetime) -> None:
    """Set a password that passes the house's rules."""
    if by is None or by.pk != person.pk:
        require(by, "person.set_password", at=at)
    _check_password(password, person)
    person.password = make_password(password)
    person.save(update_fields=["password"])
    record("person", person.uid, "person.set_password", by=_uid(by), at=at)


@transaction.atomic
def appoint(
    *, person: Person, role: str, unit: Unit, starts_on: date, ends_on: date | None = None, grid: Grid | None = None,
    duty_grid: DutyGrid | None = None, area: Area | None = None, point: Point | None = None, note: str = "",
    by: Person | None, at: datetime,
) -> Appointment:  # fmt: skip
    """Give a person a role. Roles that must stay apart (三员分立, auditing and handling) are refused together."""
    require(by, "appointment.make", at=at)
    if role not in set(Role):
        raise Invalid("role", "unknown_choice", value=role)
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", "ends_before_start")
    made = Appointment(
        person=person, role=role, unit=unit, starts_on=starts_on, ends_on=ends_on, grid=grid, duty_grid=duty_grid,
        area=area, point=point, note=note,
    )  # fmt: skip
    _check_beside_others(made)
    made.save(force_insert=True)
    data = {"role": str(role), "unit": unit.code, "from": starts_on.isoformat(), "to": ends_on and ends_on.isoformat()}
    data |= {
        name: one.code
        for name, one in (("grid", grid), ("duty_grid", duty_grid), ("area", area), ("point", point))
        if one
    }
    record("person", person.uid, "appointment.make", by=_uid(by), at=at, data=data)
    bump("organisation")
    return made


def _check_beside_others(made: Appointment) -> None:
    """Refuse what the person holds already, or may not hold beside it. SQLite has no constraint over empty parts, so we look."""
    Person.objects.select_for_update().get(pk=made.person_id)
    others = list(Appointment.objects.filter(person=made.person_id))
    same = ("role", "unit_id", "grid_id", "duty_grid_id", "area_id", "point_id", "starts_on")
    if any(all(getattr(one, name) == getattr(made, name) for name in same) for one in others):
        raise Conflict("appointed_already", role=made.role, unit=made.unit.code)
    overlapping = frozenset(
        one.role
        for one in others
        if (one.ends_on is None or one.ends_on >= made.starts_on)
        and (made.ends_on is None or one.starts_on <= made.ends_on)
    )
    if apart := clash(overlapping, made.role):
        raise Conflict("roles_apart", role=made.role, others=sorted(apart))


@transaction.atomic
def end_appointment(*, appointment: Appointment, last_day: date, by: Person | None, at: datetime) -> Appointment:
    """Let an appointment end; it stays in the history. One that has a last day can end sooner, not later: holding a role for longer
    is another appointment, which is asked whether it may stand beside the others. Raises Invalid.
    """
    require(by, "appointment.end", at=at)
    row = Appointment.objects.select_for_update().select_related("person", "unit").get(pk=appointment.pk)
    if last_day < row.starts_on:
        raise Invalid("last_day", "ends_before_start")
    if row.ends_on is not None and last_day > row.ends_on:
        raise Invalid("last_day", "ends_sooner", day=row.ends_on.isoformat())
    row.ends_on = last_day
    row.save(update_fields=["ends_on"])
    data = {"role": row.role, "unit": row.unit.code, "to": last_day.isoformat()}
    record("person", row.person.uid, "appointment.end", by=_uid(by), at=at, data=data)
    bump("organisation")
    return row


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_token(
    *, person: Person, name: str, by: Person | None, at: datetime, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new bearer token. The second part is shown once and never again."""
    if by is None or by.pk != person.pk:
        require(by, "token.make", at=at)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(person=person, name=name, digest=digest(token), created_at=at, expires_at=expires_at)
    record("person", person.uid, "token.make", by=_uid(by), at=at, data={"token": row.pk, "name": name})
    return row, token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Person | None, at: datetime) -> None:
    """Make a token useless from now on."""
    if by is None or by.pk != token.person_id:
        require(by, "token.revoke", at=at)
    if token.revoked_at is not None:  # it ended when it ended
        return
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record("person", token.person.uid, "token.revoke", by=_uid(by), at=at, data={"token": token.pk})


def _check_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as fault:
        raise Invalid("password", "weak_password", why=" ".join(fault.messages)) from fault


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
