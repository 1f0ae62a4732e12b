"""Somebody would like to serve: asked for at the public door, answered by the team's leader or the desk; or taken back, or lapsed.

Whatever the answer, what he said of himself goes out of the application: into the volunteer's own row, or away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import Entry, record, record_many, record_reading
from civicloop.loops.desks import holders_near, unit_of_desk
from civicloop.loops.notices import tell
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person, Unit
from civicloop.organisation.rules.roles import Role
from civicloop.standards import reference
from civicloop.volunteers.actions import people
from civicloop.volunteers.models import Application, Skill, Team, Volunteer
from civicloop.volunteers.people_policy import about_application, require

KIND = "volunteer_application"
MOST_A_DAY = 20
# Who has heard nothing for so long must not be kept on a list for ever.
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Sending:
    """How it was sent: keys worked out by the door, and whether the device did its work."""

    key: str
    code_digest: str
    sender_key: str = ""
    proved: bool = False


@transaction.atomic
def apply(
    *, name: str, birth_on: date | None, phone: str, consent: bool, sending: Sending, at: datetime,
    guardian_name: str = "", guardian_phone: str = "", guardian_consent: bool = False, skills: Iterable[Skill] = (),
    areas: Iterable[Unit] = (), home: Unit | None = None, team: Team | None = None,
) -> Application:  # fmt: skip
    """Ask to be a volunteer; sent twice it is one application. Under 14 a guardian is named and agrees (PIPL, article 31).

    Raises Invalid: volunteer_consent_needed, guardian_needed, birth_not_possible, required, team_not_active, too_many_today.
    """
    if (known := Application.objects.filter(key=sending.key).first()) is not None:
        return known
    if not consent:
        raise Invalid("consent", "volunteer_consent_needed")
    checked = people.checked(
        {
            "name": name, "birth_on": birth_on, "phone": phone, "guardian_name": guardian_name,
            "guardian_phone": guardian_phone, "guardian_consent": guardian_consent,
        },
        at=at,
    )  # fmt: skip
    if team is not None and not (team.active and team.unit.active):
        raise Invalid("team", "team_not_active", team=team.unit.name)
    _check_flood(sending.sender_key, at)
    made = Application(
        key=sending.key, code_digest=sending.code_digest, sender_key=sending.sender_key, proved=sending.proved,
        name=checked.name, birth_on=checked.birth_on, phone=checked.phone, guardian_name=checked.guardian_name,
        guardian_phone=checked.guardian_phone, guardian_consent_at=checked.guardian_consent_at, consent_at=at, home=home,
        team=team, at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return Application.objects.get(key=sending.key)
    made.skills.set(skills)
    made.areas.set(areas)
    _announce(made, at)
    return made


@transaction.atomic
def accept(
    *, application: Application, unit: Unit | None, team: Team | None, by: Person | None, at: datetime
) -> Volunteer:  # fmt: skip
    """Take somebody on: registered with a unit, by the ordinary actions, and in a team from today where one is named.

    Raises Conflict `application_answered`, and as `people.register` and `people.join`; NotAllowed.
    """
    row = _waiting(application, "application.decide", by, at)
    unit = team.unit if team is not None else unit
    assert row.birth_on is not None  # he had to say it, and it goes with the answer only
    made = people.register(
        name=row.name, birth_on=row.birth_on, phone=row.phone, consent=True, guardian_name=row.guardian_name,
        guardian_phone=row.guardian_phone, guardian_consent=row.guardian_consent_at is not None, skills=row.skills.all(),
        areas=row.areas.all(), home=row.home, unit=unit, by=by, at=at,
    )  # fmt: skip
    # He agreed when he asked, not when he was answered.
    made.consent_at, made.guardian_consent_at = row.consent_at, row.guardian_consent_at
    made.save(update_fields=["consent_at", "guardian_consent_at"])
    if team is not None:
        people.join(volunteer=made, team=team, since=day_of(at), by=by, at=at)
    row.volunteer = made
    _answered(row, "accepted", "", by, at, {"volunteer": str(made.uid), "team": team.unit.code if team else None})
    return made


@transaction.atomic
def refuse(*, application: Application, reason: str, by: Person | None, at: datetime) -> Application:
    """Not take somebody on, with a reason he reads by his code; what he said of himself goes away.

    Raises Conflict `application_answered`, Invalid `required`, NotAllowed.
    """
    row = _waiting(application, "application.decide", by, at)
    told = clean_text(reason, limit=400, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    return _answered(row, "refused", told, by, at, {"reason": told})


@transaction.atomic
def withdraw(*, application: Application, at: datetime) -> Application:
    """He takes it back himself, by his code. Raises Conflict `application_answered`."""
    return _answered(_waiting(application, "application.decide", None, at), "withdrawn", "", None, at, {})


@transaction.atomic
def look(*, application: Application, purpose: str, by: Person, at: datetime) -> dict[str, str]:
    """Name, phone and guardian in full, for a purpose that the ledger keeps. Raises Invalid, NotAllowed."""
    require(by, "application.look", about_application(application), at=at)
    told = clean_text(purpose, limit=200, field="purpose")
    if not told:
        raise Invalid("purpose", "required", field="purpose")
    fields = ("name", "phone", "guardian_name", "guardian_phone")
    record_reading(by=by.uid, at=at, kind=KIND, uid=application.uid, fields=fields, purpose=told)
    return {name: str(getattr(application, name)) for name in fields}


@transaction.atomic
def lapse_old(*, at: datetime, most: int = 500) -> int:
    """Let what nobody has answered in ninety days lapse; returns how many. Safe to run again."""
    rows = Application.objects.select_for_update(of=("self",)).filter(state="waiting", at__lt=at - KEPT)
    found = list(rows.order_by("pk")[:most])
    for row in found:
        _emptied(row, "lapsed", "", None, at)
    record_many([Entry(KIND, row.uid, f"{KIND}.lapse", None, at, {}) for row in found])
    return len(found)


def _check_flood(sender_key: str, at: datetime) -> None:
    since = at - timedelta(days=1)
    if sender_key and Application.objects.filter(sender_key=sender_key, at__gt=since).count() >= MOST_A_DAY:
        raise Invalid("key", "too_many_today", limit=MOST_A_DAY)


def _waiting(application: Application, verb: str, by: Person | None, at: datetime) -> Application:
    """The row, held, when nobody has answered yet."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("team__unit", "home")
    row = rows.filter(pk=application.pk).first()
    if row is None:
        raise NotFound("application", application.uid)
    require(by, verb, about_application(row), at=at)
    if row.state != "waiting":
        raise Conflict("application_answered", state=str(row.get_state_display()))
    return row


def _answered(
    row: Application, state: str, reason: str, by: Person | None, at: datetime, told: dict[str, Any]
) -> Application:  # fmt: skip
    _emptied(row, state, reason, by, at)
    verbs = {"accepted": "accept", "refused": "refuse", "withdrawn": "withdraw"}
    record(KIND, row.uid, f"{KIND}.{verbs[state]}", by=by.uid if by else None, at=at, data=told)
    return row


def _emptied(row: Application, state: str, reason: str, by: Person | None, at: datetime) -> None:
    row.state, row.reason, row.decided_by, row.decided_at = state, reason, by, at
    row.name, row.phone, row.birth_on, row.guardian_name, row.guardian_phone = "", "", None, "", ""
    row.sender_key, row.home = "", None
    row.save()
    row.skills.clear()
    row.areas.clear()


def _announce(made: Application, at: datetime) -> None:
    """The ledger's line, and a notice to those who may answer: the team's people, or the desk of the centre."""
    told = {"team": made.team.unit.code if made.team else None, "guardian": made.guardian_consent_at is not None}
    record(KIND, made.uid, f"{KIND}.send", by=None, at=at, data=told, new=True)
    ref, on = reference.now(), day_of(at)
    if made.team is not None:
        who = holders_near(made.team.unit_id, (Role.UNIT_LEADER, Role.UNIT_HANDLER), ref, on)
    else:
        who = holders_near(unit_of_desk(ref, Role.ORDER_DESK, on), (Role.ORDER_DESK,), ref, on)
    tell(
        who,
        kind="volunteer.applied",
        loop_kind="application",
        loop_uid=made.uid,
        data={},
        at=at,
        key=f"applied:{made.uid}",
    )
