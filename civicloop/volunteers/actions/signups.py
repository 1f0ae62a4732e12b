"""Signing up for a shift, and taking it back. A full shift has a waiting list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.kernel import codes
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.volunteers.actions.signing import busy, held, move_up, signed_count
from civicloop.volunteers.models import Shift, SignUp, Volunteer
from civicloop.volunteers.people_policy import about_unit, require
from civicloop.volunteers.rules.persons import needs_guardian


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A sign-up, and the code by which somebody without an account takes it back and checks in. The house keeps its digest only."""

    signup: SignUp
    code: str


@transaction.atomic
def sign_up(
    *, shift: Shift, volunteer: Volunteer, by: Person | None, at: datetime, code: str | None = None
) -> SignedUp:  # fmt: skip
    """Sign up for a shift: with a place, or on the waiting list when it is full. With a `code` that the door has worked out of what
    it was sent, the same sign-up sent again is the one that stands, and its code is told again.

    Raises Conflict (event_not_open, shift_begun, volunteer_left, signed_up_already, signup_overlaps), Invalid `guardian_needed`,
    NotAllowed.
    """
    person = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    row = held(shift)
    about = about_unit(row.event.unit_id, thing=("event", str(row.event.uid)), account_id=person.account_id)
    require(by, "event.sign_up", about, at=at)
    if code is not None and (known := SignUp.objects.filter(code_digest=codes.digest(code)).first()) is not None:
        if (known.shift_id, known.volunteer_id, known.cancelled_at) == (row.pk, person.pk, None):
            return SignedUp(known, code)
        code = None  # it was taken back meanwhile: whoever signs up anew gets a code of his own
    _check(person, row, at)
    code = code or codes.new_code()
    made = SignUp.objects.create(
        shift=row, volunteer=person, state="signed" if signed_count(row) < row.needed else "waiting",
        code_digest=codes.digest(code), at=at,
    )  # fmt: skip
    told = {"volunteer": str(person.uid), "shift": str(row.uid), "state": made.state}
    record("event", row.event.uid, "event.sign_up", by=_uid(by), at=at, data=told)
    return SignedUp(made, code)


@transaction.atomic
def cancel_signup(*, signup: SignUp, by: Person | None, at: datetime, reason: str = "") -> SignUp | None:
    """Take a sign-up back; gives the sign-up that moved up into its place, if one did.

    Raises Conflict (signup_cancelled, shift_begun), NotAllowed.
    """
    shift = held(signup.shift)
    row = SignUp.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=signup.pk)
    about = about_unit(
        shift.event.unit_id, thing=("event", str(shift.event.uid)), account_id=row.volunteer.account_id
    )  # fmt: skip
    require(by, "event.sign_up", about, at=at)
    if row.cancelled_at is not None:
        raise Conflict("signup_cancelled")
    if shift.starts_at <= at:
        raise Conflict("shift_begun")
    row.state, row.cancelled_at, row.reason = "cancelled", at, clean_text(reason, limit=400, field="reason")
    row.save(update_fields=["state", "cancelled_at", "reason"])
    moved = move_up(shift, at=at)
    told = {"volunteer": str(row.volunteer.uid), "shift": str(shift.uid), "moved_up": len(moved)}
    record("event", shift.event.uid, "event.cancel_signup", by=_uid(by), at=at, data=told)
    return moved[0] if moved else None


def _check(person: Volunteer, shift: Shift, at: datetime) -> None:
    if person.left_at is not None:
        raise Conflict("volunteer_left")
    if shift.event.state != "published":
        raise Conflict("event_not_open")
    if shift.cancelled_at is not None:
        raise Conflict("shift_cancelled")
    if shift.starts_at <= at:
        raise Conflict("shift_begun")
    if needs_guardian(person.birth_on, day_of(shift.starts_at)) and person.guardian_consent_at is None:
        raise Invalid("guardian_consent", "guardian_needed")
    if SignUp.objects.filter(shift=shift, volunteer=person, cancelled_at=None).exists():
        raise Conflict("signed_up_already")
    if busy(person, shift):
        raise Conflict("signup_overlaps")


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
