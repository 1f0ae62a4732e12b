"""Who was there: by the code shown on site, or entered by the leader. No face, no track (PIPL, articles 6, 28 and 29)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.volunteers.actions.signing import held
from civicloop.volunteers.models import Attendance, Shift, SignUp, Volunteer
from civicloop.volunteers.people_policy import about_unit, require
from civicloop.volunteers.rules import onsite

# People come a little early and are not done to the minute.
EARLY, LATE = timedelta(minutes=30), timedelta(hours=2)


@transaction.atomic
def check_in(*, signup: SignUp, code: str, by: Person | None, at: datetime) -> Attendance:
    """A volunteer enters the code shown on site. Again it gives the same arrival.

    Raises Invalid `code_wrong`, Conflict (signup_without_place, not_the_time), NotAllowed.
    """
    shift = _by_code(signup, code, by, at)
    made, new = Attendance.objects.get_or_create(
        shift=shift, volunteer_id=signup.volunteer_id, defaults={"arrived_at": at, "how": "code", "by": by}
    )
    if new:
        _record(made, "event.check_in", by, at)
    return made


@transaction.atomic
def check_out(*, signup: SignUp, code: str, by: Person | None, at: datetime) -> Attendance:
    """The volunteer leaves, by the code of that moment; of two the later counts.

    Raises as `check_in`, Conflict `not_checked_in`.
    """
    shift = _by_code(signup, code, by, at)
    row = Attendance.objects.select_for_update().filter(shift=shift, volunteer_id=signup.volunteer_id).first()
    if row is None:
        raise Conflict("not_checked_in")
    row.left_at = max(at, row.left_at or at)
    row.save(update_fields=["left_at"])
    _record(row, "event.check_out", by, at)
    return row


@transaction.atomic
def enter_attendance(
    *, shift: Shift, volunteer: Volunteer, arrived_at: datetime, by: Person | None, at: datetime,
    left_at: datetime | None = None,
) -> Attendance:  # fmt: skip
    """The leader says who was there, whether signed up or not, and until when; said again, the later word counts.

    Raises Invalid (ends_before_it_begins, in_the_future), Conflict (event_not_open, shift_cancelled, volunteer_left),
    NotAllowed: nobody enters himself.
    """
    row = held(shift)
    about = about_unit(row.event.unit_id, thing=("event", str(row.event.uid)), account_id=volunteer.account_id)
    require(by, "event.enter", about, at=at)
    if row.event.state not in ("published", "finished"):
        raise Conflict("event_not_open")
    if row.cancelled_at is not None:
        raise Conflict("shift_cancelled")
    if volunteer.left_at is not None:
        raise Conflict("volunteer_left")
    if left_at is not None and left_at < arrived_at:
        raise Invalid("left_at", "ends_before_it_begins")
    if max(arrived_at, left_at or arrived_at) > at:
        raise Invalid("left_at", "in_the_future", at=(left_at or arrived_at).isoformat())
    made, _ = Attendance.objects.update_or_create(
        shift=row,
        volunteer=volunteer,
        defaults={"arrived_at": arrived_at, "left_at": left_at, "how": "leader", "by": by},
    )
    _record(made, "event.enter", by, at)
    return made


def _by_code(signup: SignUp, code: str, by: Person | None, at: datetime) -> Shift:
    """The shift, held, when the code of this moment was said by who has a place in it."""
    shift = held(signup.shift)
    row = SignUp.objects.select_related("volunteer").get(pk=signup.pk)
    account_id = row.volunteer.account_id
    about = about_unit(shift.event.unit_id, thing=("event", str(shift.event.uid)), account_id=account_id)
    require(by, "event.check_in", about, at=at)
    if row.state != "signed":
        raise Conflict("signup_without_place")
    if shift.event.state != "published":
        raise Conflict("event_not_open")
    if not shift.starts_at - EARLY <= at <= shift.ends_at + LATE:
        raise Conflict("not_the_time")
    minutes = int(reference.now().parameters["volunteers.code_minutes"])
    if not onsite.matches(shift.secret, code, at, minutes=max(1, minutes)):
        raise Invalid("code", "code_wrong")
    return shift


def _record(row: Attendance, verb: str, by: Person | None, at: datetime) -> None:
    told: dict[str, Any] = {
        "volunteer": str(row.volunteer.uid), "arrived": row.arrived_at.isoformat(),
        "left": row.left_at.isoformat() if row.left_at else None, "how": row.how,
    }  # fmt: skip
    record("event", row.shift.event.uid, verb, by=by.uid if by else None, at=at, data=told)
