"""Shifts of an event: added, changed, taken out of a draft, called off. Who has signed up is told."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.bus import announce
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.volunteers.actions.signing import elsewhere, held, move_up, signed_count, tell_volunteers
from civicloop.volunteers.facts import EventCancelled, EventChanged
from civicloop.volunteers.models import Event, Shift, SignUp
from civicloop.volunteers.people_policy import about_unit, require

MOST_PEOPLE, MOST_SHIFTS = 5000, 60
SHIFT_FIELDS = frozenset({"name", "starts_at", "ends_at", "needed", "minimum"})


@dataclass(frozen=True, slots=True)
class ShiftGiven:
    """A shift as it is wanted: when, for how many at most, and how few will do."""

    starts_at: datetime
    ends_at: datetime
    needed: int
    minimum: int = 1
    name: str = ""


@transaction.atomic
def add_shift(*, event: Event, given: ShiftGiven, by: Person | None, at: datetime) -> Shift:
    """One shift more, of a draft or of a published event. Raises Invalid, Conflict (event_not_in_state, too_many_shifts)."""
    row = locked_event(event, {"draft", "published"}, by=by, at=at)
    check_shift(given.starts_at, given.ends_at, given.needed, given.minimum)
    if row.shifts.count() >= MOST_SHIFTS:
        raise Conflict("too_many_shifts", most=MOST_SHIFTS)
    made = new_shift(row, given)
    made.save(force_insert=True)
    set_window(row)
    told = {"title": row.title, "shift": made.name, "starts_at": made.starts_at.isoformat()}
    record("event", row.uid, "event.add_shift", by=_uid(by), at=at, data=told)
    return made


@transaction.atomic
def change_shift(*, shift: Shift, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Shift:
    """Change a shift: name, starts_at, ends_at, needed, minimum. Who waits moves up when there is more room; nobody is put out:
    less room than there are people is refused (Conflict `shift_has_more`), and so is a time at which people of this shift have a
    place in another one (`shift_clashes`, how many). What was called off is not changed (`shift_cancelled`).
    """
    if strange := sorted(set(changes) - SHIFT_FIELDS):
        raise Invalid(strange[0], "not_editable", field=strange[0])
    event = locked_event(shift.event, {"draft", "published"}, by=by, at=at)
    row = _standing(shift)
    before = _told(row)
    for name, value in changes.items():
        setattr(row, name, clean_text(value, limit=60, field="name") if name == "name" else value)
    check_shift(row.starts_at, row.ends_at, row.needed, row.minimum)
    signed = signed_count(row)
    if row.needed < signed:
        raise Conflict("shift_has_more", signed=signed)
    after = _told(row)
    changed = sorted(name for name in after if before[name] != after[name])
    if not changed:
        return row
    if {"starts_at", "ends_at"} & {*changed} and (many := elsewhere(row)):
        raise Conflict("shift_clashes", people=many)
    row.save()
    set_window(event)
    row.event = event
    data = {
        "shift": _named(row), "before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}
    }  # fmt: skip
    record("event", event.uid, "event.change_shift", by=_uid(by), at=at, data=data)
    told = {"title": event.title, "shift": str(row.uid), "fields": changed}
    tell_volunteers(event, _who(row), "event.changed", told, at=at, key=f"event.changed:{row.uid}:{at.isoformat()}")
    if event.state == "published":
        announce(EventChanged(event.uid, row.uid, tuple(changed), at, datetime.fromisoformat(before["starts_at"])))
    move_up(row, at=at)
    return row


@transaction.atomic
def remove_shift(*, shift: Shift, by: Person | None, at: datetime) -> None:
    """Take a shift out of a draft. Raises Conflict `shift_published` once people may have signed up, `last_shift`."""
    event = locked_event(shift.event, {"draft", "published"}, by=by, at=at)
    row = held(shift)
    if event.state != "draft":
        raise Conflict("shift_published")
    if event.shifts.count() < 2:
        raise Conflict("last_shift")
    told = {"title": event.title, "shift": row.name, "starts_at": row.starts_at.isoformat()}
    row.delete()
    set_window(event)
    record("event", event.uid, "event.remove_shift", by=_uid(by), at=at, data=told)


@transaction.atomic
def cancel_shift(*, shift: Shift, reason: str, by: Person | None, at: datetime) -> Shift:
    """Call one shift off; the others take place. Its sign-ups end, and who had signed up is told with the reason.

    Raises Invalid, Conflict (event_not_in_state, shift_cancelled, shift_begun, last_shift).
    """
    event = locked_event(shift.event, {"published"}, by=by, at=at)
    row = _standing(shift)
    if row.starts_at <= at:
        raise Conflict("shift_begun")
    if event.shifts.filter(cancelled_at=None).count() < 2:
        raise Conflict("last_shift")
    told = clean_text(reason, limit=400, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    who = _who(row)
    SignUp.objects.filter(shift=row, cancelled_at=None).update(
        state="cancelled", cancelled_at=at, reason="shift_cancelled"
    )
    row.cancelled_at, row.cancel_reason = at, told
    row.save(update_fields=["cancelled_at", "cancel_reason"])
    set_window(event)
    data = {"shift": row.name, "starts_at": row.starts_at.isoformat(), "reason": told, "told": len(who)}
    record("event", event.uid, "event.cancel_shift", by=_uid(by), at=at, data=data)
    news = {"title": event.title, "reason": told, "starts_at": row.starts_at.isoformat()}
    tell_volunteers(event, who, "event.cancelled", news, at=at, key=f"event.cancelled:{row.uid}")
    announce(EventCancelled(event.uid, row.uid, at))
    return row


def locked_event(event: Event, states: set[str], *, by: Person | None, at: datetime) -> Event:
    """The event's row, held; raises NotAllowed, Conflict `event_not_in_state`."""
    row = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    require(by, "event.keep", about_unit(row.unit_id, thing=("event", str(row.uid))), at=at)
    if row.state not in states:
        raise Conflict("event_not_in_state", state=str(row.get_state_display()))
    return row


def new_shift(event: Event, given: ShiftGiven) -> Shift:
    """The row of a shift, not stored yet."""
    return Shift(
        event=event, name=clean_text(given.name, limit=60, field="name"), starts_at=given.starts_at, ends_at=given.ends_at,
        needed=given.needed, minimum=given.minimum, secret=secrets.token_hex(32),
    )  # fmt: skip


def set_window(event: Event) -> None:
    """An event begins with its first shift and ends with its last; what was called off does not count."""
    shifts = list(event.shifts.filter(cancelled_at=None))
    event.starts_at, event.ends_at = min(s.starts_at for s in shifts), max(s.ends_at for s in shifts)
    event.save(update_fields=["starts_at", "ends_at"])


def check_shift(starts_at: datetime, ends_at: datetime, needed: int, minimum: int) -> None:
    """Raise Invalid for a shift that cannot be."""
    if ends_at <= starts_at:
        raise Invalid("ends_at", "ends_before_it_begins")
    if not 1 <= minimum <= needed <= MOST_PEOPLE:
        raise Invalid("needed", "shift_room_impossible", most=MOST_PEOPLE)


def _standing(shift: Shift) -> Shift:
    row = held(shift)
    if row.cancelled_at is not None:
        raise Conflict("shift_cancelled")
    return row


def _named(row: Shift) -> str:
    """What people call a shift: its name, else when it begins."""
    return row.name or row.starts_at.isoformat()


def _told(row: Shift) -> dict[str, Any]:
    return {
        "name": row.name, "starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(), "needed": row.needed,
        "minimum": row.minimum,
    }  # fmt: skip


def _who(row: Shift) -> list[int]:
    return sorted(set(SignUp.objects.filter(shift=row, cancelled_at=None).values_list("volunteer", flat=True)))


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
