"""Volunteers as persons: registered with their consent, changed, looked at with a purpose, let go; and who serves in which team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record, record_reading
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person, Unit
from civicloop.volunteers import sealing
from civicloop.volunteers.actions.signing import cancel_open_signups
from civicloop.volunteers.models import Membership, Skill, Team, Volunteer
from civicloop.volunteers.models.people import ID_LABELS, SEX_LABELS
from civicloop.volunteers.people_policy import About, about_unit, about_volunteer, require
from civicloop.volunteers.rules.persons import bare_phone, check_birth, needs_guardian, read_id

LIMITS = {"name": 60, "phone": 30, "guardian_name": 60, "guardian_phone": 30}
EDITABLE = frozenset(
    {*LIMITS, "sex", "birth_on", "id_type", "id_number", "skills", "areas", "home", "unit", "guardian_consent"}
)


@transaction.atomic
def register(
    *, name: str, birth_on: date, phone: str, consent: bool, by: Person | None, at: datetime, sex: str = "",
    id_type: str = "resident", id_number: str = "", skills: Iterable[Skill] = (), areas: Iterable[Unit] = (),
    home: Unit | None = None, unit: Unit | None = None, guardian_name: str = "", guardian_phone: str = "",
    guardian_consent: bool = False, account: Person | None = None,
) -> Volunteer:  # fmt: skip
    """Register somebody who has agreed to it; a child under 14 with a guardian who has agreed too (PIPL, articles 13 and 31).

    The number of the identity paper is sealed at once. Raises Invalid (volunteer_consent_needed, guardian_needed, id_number_wrong,
    id_contradicts_birth, birth_not_possible), Conflict `volunteer_known`, NotAllowed.
    """
    account_id = account.pk if account else None
    require(by, "volunteer.register", About(frozenset({unit.pk} if unit else ()), account_id), at=at)
    if not consent:
        raise Invalid("consent", "volunteer_consent_needed")
    made = checked(
        {
            "name": name, "sex": sex, "birth_on": birth_on, "phone": phone, "id_type": id_type, "id_number": id_number,
            "guardian_name": guardian_name, "guardian_phone": guardian_phone, "guardian_consent": guardian_consent,
        },
        at=at,
    )  # fmt: skip
    made.home, made.unit, made.account = home, unit, account
    _save(made, new=True)
    made.skills.set(skills)
    made.areas.set(areas)
    told = {"unit": unit.code if unit else None, "guardian": made.guardian_consent_at is not None}
    record("volunteer", made.uid, "volunteer.register", by=_uid(by), at=at, data=told, new=True)
    return made


@transaction.atomic
def change(*, volunteer: Volunteer, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Volunteer:
    """Change what is known of a volunteer; everybody may ask for that (order 67). The ledger names the fields, not their values.

    Raises Invalid as `register`, Conflict (volunteer_left, volunteer_known), NotAllowed.
    """
    row = locked(volunteer)
    require(by, "volunteer.change", about_volunteer(row, at), at=at)
    here(row)
    if strange := sorted(set(changes) - EDITABLE):
        raise Invalid(strange[0], "not_editable", field=strange[0])
    if {"unit", "home"} & set(changes):
        row.unit, row.home = changes.get("unit", row.unit), changes.get("home", row.home)
        if "unit" in changes and row.unit_id is not None:
            require(by, "volunteer.change", about_unit(row.unit_id, account_id=row.account_id), at=at)
    _set(row, at, changes)
    _save(row)
    for name in ("skills", "areas"):
        if name in changes:
            getattr(row, name).set(changes[name])
    record("volunteer", row.uid, "volunteer.change", by=_uid(by), at=at, data={"fields": sorted(changes)})
    return row


@transaction.atomic
def leave(*, volunteer: Volunteer, reason: str, by: Person | None, at: datetime) -> Volunteer:
    """Somebody leaves or takes the consent back (PIPL, articles 15 and 47): identity paper, phone, date of birth, guardian, skills
    and areas are taken away, sign-ups and memberships end. Name and records stay, for whoever recorded must prove it.
    """
    row = locked(volunteer)
    require(by, "volunteer.leave", about_volunteer(row, at), at=at)
    here(row)
    told = clean_text(reason, limit=400, field="reason")
    cancel_open_signups(row, at=at)
    day = day_of(at)
    Membership.objects.filter(volunteer=row, since__gt=day).delete()
    # Also what was to end on a later day.
    Membership.objects.filter(Q(until=None) | Q(until__gt=day), volunteer=row).update(until=day)
    row.id_sealed, row.id_last4, row.id_print, row.phone, row.birth_on, row.account = "", "", None, "", None, None
    row.guardian_name, row.guardian_phone, row.guardian_consent_at, row.left_at = "", "", None, at
    row.save()
    row.skills.clear()
    row.areas.clear()
    record("volunteer", row.uid, "volunteer.leave", by=_uid(by), at=at, data={"reason": told})
    return row


@transaction.atomic
def look(*, volunteer: Volunteer, purpose: str, by: Person | None, at: datetime) -> dict[str, str]:
    """Name, phone, number and guardian in full, for a purpose: it is written to the ledger who looked, when and what for."""
    require(by, "volunteer.look", about_volunteer(volunteer, at), at=at)
    told = clean_text(purpose, limit=200, field="purpose")
    if not told:
        raise Invalid("purpose", "required", field="purpose")
    shown = {
        "name": volunteer.name, "phone": volunteer.phone, "id_number": sealing.unseal(volunteer.id_sealed),
        "guardian_name": volunteer.guardian_name, "guardian_phone": volunteer.guardian_phone,
    }  # fmt: skip
    if by is None:
        record("volunteer", volunteer.uid, "personal_data.read", by=None, at=at, data={"purpose": told})
    else:
        record_reading(by=by.uid, at=at, kind="volunteer", uid=volunteer.uid, fields=shown, purpose=told)
    return shown


@transaction.atomic
def join(*, volunteer: Volunteer, team: Team, since: date, by: Person | None, at: datetime) -> Membership:
    """A volunteer serves in a team from a day on. Raises Conflict (in_team_already, volunteer_left), Invalid `team_not_active`,
    NotAllowed.
    """
    row = locked(volunteer)
    require(by, "membership.change", about_unit(team.unit_id, thing=("volunteer", str(row.uid))), at=at)
    here(row)
    if not (team.active and team.unit.active):
        raise Invalid("team", "team_not_active", team=team.unit.name)
    # One that ends later than the new one begins would run beside it.
    if Membership.objects.filter(Q(until=None) | Q(until__gte=since), volunteer=row, team=team).exists():
        raise Conflict("in_team_already")
    made = Membership.objects.create(volunteer=row, team=team, since=since)
    data = {"team": team.unit.code, "since": since.isoformat()}
    record("volunteer", row.uid, "volunteer.join", by=_uid(by), at=at, data=data)
    return made


@transaction.atomic
def part(*, membership: Membership, until: date, by: Person | None, at: datetime) -> Membership:
    """A volunteer serves in a team until a day, which counts. Raises Conflict `membership_ended`, Invalid, NotAllowed."""
    row = Membership.objects.select_for_update().get(pk=membership.pk)
    about = about_unit(row.team.unit_id, thing=("volunteer", str(row.volunteer.uid)))
    require(by, "membership.change", about, at=at)
    if row.until is not None:
        raise Conflict("membership_ended")
    if until < row.since:
        raise Invalid("until", "ends_before_start")
    row.until = until
    row.save(update_fields=["until"])
    data = {"team": row.team.unit.code, "until": until.isoformat()}
    record("volunteer", row.volunteer.uid, "volunteer.part", by=_uid(by), at=at, data=data)
    return row


def checked(values: Mapping[str, Any], *, at: datetime) -> Volunteer:
    """A volunteer who is not stored yet, with values cleaned and seen to be allowed. Raises Invalid and Conflict as `register`."""
    made = Volunteer(consent_at=at, registered_on=day_of(at))
    _set(made, at, values)
    return made


def locked(volunteer: Volunteer) -> Volunteer:
    """The volunteer's row, held until the transaction ends: what one person serves or signs up for is decided one after another."""
    row = Volunteer.objects.select_for_update(of=("self",)).filter(pk=volunteer.pk).first()
    if row is None:
        raise NotFound("volunteer", volunteer.pk)
    return row


def here(volunteer: Volunteer) -> None:
    """Raise Conflict when the person has left."""
    if volunteer.left_at is not None:
        raise Conflict("volunteer_left")


def _set(row: Volunteer, at: datetime, values: Mapping[str, Any]) -> None:
    """Take values over, cleaned, and see that the whole is allowed."""
    for name, limit in LIMITS.items():
        if name in values:
            text = clean_text(values[name], limit=limit, field=name)
            setattr(row, name, bare_phone(text) if "phone" in name else text)
    for name, known in (("sex", SEX_LABELS), ("id_type", ID_LABELS)):
        if name in values:
            if values[name] not in known:
                raise Invalid(name, "unknown_choice", value=str(values[name])[:40])
            setattr(row, name, values[name])
    for name in ("name", "phone"):
        if not getattr(row, name):
            raise Invalid(name, "required", field=name)
    if "birth_on" in values:
        if values["birth_on"] is None:
            raise Invalid("birth_on", "required", field="birth_on")
        row.birth_on = check_birth(values["birth_on"], day_of(at))
    _set_number(row, values)
    if "guardian_consent" in values:
        row.guardian_consent_at = (row.guardian_consent_at or at) if values["guardian_consent"] else None
    _check_guardian(row, at)


def _set_number(row: Volunteer, values: Mapping[str, Any]) -> None:
    """Seal the number. A date of birth or a kind of paper that changes is held against the number that is known."""
    if not {"id_number", "id_type", "birth_on"} & set(values):
        return
    given = values.get("id_number")
    number = sealing.unseal(row.id_sealed) if given is None else clean_text(given, limit=40, field="id_number")
    if not number:
        row.id_sealed, row.id_last4, row.id_print = "", "", None
        return
    number = read_id(row.id_type, number, row.birth_on)
    known = sealing.prints(row.id_type, number)
    if Volunteer.objects.filter(id_print__in=known).exclude(pk=row.pk).exists():
        raise Conflict("volunteer_known")
    row.id_sealed, row.id_last4, row.id_print = sealing.seal(number), number[-4:], known[0]


def _check_guardian(row: Volunteer, at: datetime) -> None:
    """A guardian is named whole or not at all, and a child has one."""
    if row.guardian_consent_at is not None and not (row.guardian_name and row.guardian_phone):
        raise Invalid("guardian_name", "guardian_needed")
    if needs_guardian(row.birth_on, day_of(at)) and row.guardian_consent_at is None:
        raise Invalid("guardian_consent", "guardian_needed")


def _save(row: Volunteer, *, new: bool = False) -> None:
    """Store; of two who register the same paper or account at once, the database lets one pass."""
    try:
        with transaction.atomic():
            row.save(force_insert=new)
    except IntegrityError as fault:
        raise Conflict("volunteer_known") from fault


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
