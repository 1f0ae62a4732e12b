"""Events: drafted with shifts, published, changed, called off, finished. Who signed up is told of each change."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person, Unit
from civicloop.volunteers.actions.attending import check_in, check_out, enter_attendance
from civicloop.volunteers.actions.projects import end_project, keep_project, publish_project
from civicloop.volunteers.actions.signing import concerned, held, move_up, signed_count, tell_volunteers
from civicloop.volunteers.actions.signups import SignedUp, cancel_signup, sign_up
from civicloop.volunteers.models import Event, PracticeSite, Project, ServiceKind, Shift, SignUp, Team
from civicloop.volunteers.people_policy import about_unit, require

__all__ = [
    "ShiftGiven", "SignedUp", "cancel_event", "cancel_signup", "change_event", "change_shift", "check_in", "check_out",
    "draft_event", "end_project", "enter_attendance", "finish_event", "keep_project", "publish_event", "publish_project",
    "sign_up",
]  # fmt: skip
LIMITS = {"title": 100, "content": 4000, "place": 200}
MOST_PEOPLE, MOST_SHIFTS = 5000, 60


@dataclass(frozen=True, slots=True)
class ShiftGiven:
    """A shift as it is wanted: when, for how many at most, and how few will do."""

    starts_at: datetime
    ends_at: datetime
    needed: int
    minimum: int = 1
    name: str = ""


@transaction.atomic
def draft_event(
    *, title: str, content: str, place: str, unit: Unit, in_charge: Person, shifts: Sequence[ShiftGiven],
    by: Person | None, at: datetime, project: Project | None = None, service: ServiceKind | None = None,
    team: Team | None = None, site: PracticeSite | None = None, lon: float | None = None, lat: float | None = None,
) -> Event:  # fmt: skip
    """Write an event down with its shifts; nobody sees it before it is published. `team` is whose members serve, where that is
    settled. Raises Invalid (which field, shift_room_impossible, ends_before_it_begins), NotAllowed.
    """
    require(by, "event.keep", about_unit(unit.pk), at=at)
    if not 1 <= len(shifts) <= MOST_SHIFTS:
        raise Invalid("shifts", "required", field="shifts")
    for one in shifts:
        _check_shift(one.starts_at, one.ends_at, one.needed, one.minimum)
    made = Event(
        unit=unit, in_charge=in_charge, project=project, service=service, team=team, site=site, lon=lon, lat=lat,
        starts_at=min(one.starts_at for one in shifts), ends_at=max(one.ends_at for one in shifts), created_at=at,
    )  # fmt: skip
    _set(made, {"title": title, "content": content, "place": place})
    made.save(force_insert=True)
    Shift.objects.bulk_create(
        Shift(
            event=made, name=clean_text(one.name, limit=60, field="name"), starts_at=one.starts_at, ends_at=one.ends_at,
            needed=one.needed, minimum=one.minimum, secret=secrets.token_hex(32),
        )
        for one in shifts
    )  # fmt: skip
    told = {"title": made.title, "unit": unit.code, "shifts": len(shifts)}
    record("event", made.uid, "event.draft", by=_uid(by), at=at, data=told, new=True)
    return made


@transaction.atomic
def publish_event(*, event: Event, by: Person | None, at: datetime) -> Event:
    """From now on people may sign up. Raises Conflict (event_not_in_state, event_over), NotAllowed."""
    row = _locked(event, by, at, {"draft"})
    if row.ends_at <= at:
        raise Conflict("event_over")
    row.state, row.published_at = "published", at
    row.save(update_fields=["state", "published_at"])
    record("event", row.uid, "event.publish", by=_uid(by), at=at, data={"title": row.title})
    return row


@transaction.atomic
def change_event(*, event: Event, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Event:
    """Change what is said of an event: title, content, place, lon, lat, in_charge. Who signed up is told which parts changed."""
    row = _locked(event, by, at, {"draft", "published"})
    if strange := sorted(set(changes) - {*LIMITS, "lon", "lat", "in_charge"}):
        raise Invalid(strange[0], "not_editable", field=strange[0])
    if (changes.get("lon", row.lon) is None) != (changes.get("lat", row.lat) is None):
        raise Invalid("lon", "required", field="lon")
    _set(row, changes)
    row.save()
    told = {"title": row.title, "fields": sorted(changes)}
    record("event", row.uid, "event.change", by=_uid(by), at=at, data=told)
    tell_volunteers(row, concerned(row), "event.changed", told, at=at, key=f"event.changed:{row.uid}:{at.isoformat()}")
    return row


@transaction.atomic
def change_shift(*, shift: Shift, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Shift:
    """Change a shift: name, starts_at, ends_at, needed, minimum. Who waits moves up when there is more room; nobody is put out:
    less room than there are people is refused (Conflict `shift_has_more`).
    """
    if strange := sorted(set(changes) - {"name", "starts_at", "ends_at", "needed", "minimum"}):
        raise Invalid(strange[0], "not_editable", field=strange[0])
    event = _locked(shift.event, by, at, {"draft", "published"})
    row = held(shift)
    for name, value in changes.items():
        setattr(row, name, clean_text(value, limit=60, field="name") if name == "name" else value)
    _check_shift(row.starts_at, row.ends_at, row.needed, row.minimum)
    signed = signed_count(row)
    if row.needed < signed:
        raise Conflict("shift_has_more", signed=signed)
    row.save()
    _set_window(event)
    row.event = event
    told = {"title": event.title, "shift": str(row.uid), "fields": sorted(changes)}
    record("event", event.uid, "event.change_shift", by=_uid(by), at=at, data=told)
    who = sorted(set(SignUp.objects.filter(shift=row, cancelled_at=None).values_list("volunteer", flat=True)))
    tell_volunteers(event, who, "event.changed", told, at=at, key=f"event.changed:{row.uid}:{at.isoformat()}")
    move_up(row, at=at)
    return row


@transaction.atomic
def cancel_event(*, event: Event, reason: str, by: Person | None, at: datetime) -> Event:
    """Call an event off. All sign-ups end, and who had signed up is told with the reason; who has no account must be called
    (`queries.events.to_be_called`). Raises Conflict `event_not_in_state`, Invalid, NotAllowed.
    """
    row = _locked(event, by, at, {"draft", "published"})
    told = clean_text(reason, limit=400, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    who = concerned(row)
    SignUp.objects.filter(shift__event=row, cancelled_at=None).update(
        state="cancelled", cancelled_at=at, reason="event_cancelled"
    )
    row.state, row.cancelled_at, row.cancel_reason = "cancelled", at, told
    row.published_at = row.published_at or at
    row.save(update_fields=["state", "cancelled_at", "cancel_reason", "published_at"])
    record("event", row.uid, "event.cancel", by=_uid(by), at=at, data={"reason": told, "people": len(who)})
    data = {"title": row.title, "reason": told}
    tell_volunteers(row, who, "event.cancelled", data, at=at, key=f"event.cancelled:{row.uid}")
    return row


@transaction.atomic
def finish_event(*, event: Event, by: Person | None, at: datetime) -> Event:
    """An event is over. Raises Conflict (event_not_in_state, event_not_over), NotAllowed."""
    row = _locked(event, by, at, {"published"})
    if row.ends_at > at:
        raise Conflict("event_not_over")
    row.state, row.finished_at = "finished", at
    row.save(update_fields=["state", "finished_at"])
    record("event", row.uid, "event.finish", by=_uid(by), at=at, data={"title": row.title})
    return row


def _locked(event: Event, by: Person | None, at: datetime, states: set[str]) -> Event:
    row = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    require(by, "event.keep", about_unit(row.unit_id, thing=("event", str(row.uid))), at=at)
    if row.state not in states:
        raise Conflict("event_not_in_state", state=str(row.get_state_display()))
    return row


def _set(row: Event, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name in LIMITS:
            value = clean_text(value, limit=LIMITS[name], multiline=name == "content", field=name)
            if not value:
                raise Invalid(name, "required", field=name)
        setattr(row, name, value)


def _set_window(event: Event) -> None:
    shifts = list(event.shifts.all())
    event.starts_at, event.ends_at = min(s.starts_at for s in shifts), max(s.ends_at for s in shifts)
    event.save(update_fields=["starts_at", "ends_at"])


def _check_shift(starts_at: datetime, ends_at: datetime, needed: int, minimum: int) -> None:
    if ends_at <= starts_at:
        raise Invalid("ends_at", "ends_before_it_begins")
    if not 1 <= minimum <= needed <= MOST_PEOPLE:
        raise Invalid("needed", "shift_room_impossible", most=MOST_PEOPLE)


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
