"""Events: drafted with shifts, published, changed, called off, finished. Who signed up is told of each change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.bus import announce
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person, Unit
from civicloop.volunteers.actions.attending import check_in, check_out, enter_attendance
from civicloop.volunteers.actions.projects import end_project, keep_project, publish_project
from civicloop.volunteers.actions.shifts import (
    MOST_SHIFTS,
    ShiftGiven,
    add_shift,
    cancel_shift,
    change_shift,
    check_shift,
    locked_event,
    new_shift,
    remove_shift,
)
from civicloop.volunteers.actions.signing import concerned, tell_volunteers
from civicloop.volunteers.actions.signups import SignedUp, cancel_signup, sign_up
from civicloop.volunteers.facts import EventCancelled, EventChanged
from civicloop.volunteers.models import Event, PracticeSite, Project, ServiceKind, Shift, SignUp, Team
from civicloop.volunteers.people_policy import about_unit, require

__all__ = [
    "ShiftGiven", "SignedUp", "add_shift", "cancel_event", "cancel_shift", "cancel_signup", "change_event", "change_shift",
    "check_in", "check_out", "draft_event", "end_project", "enter_attendance", "finish_event", "keep_project",
    "publish_event", "publish_project", "remove_shift", "sign_up",
]  # fmt: skip
LIMITS = {"title": 100, "content": 4000, "place": 200}
EDITABLE = frozenset({*LIMITS, "lon", "lat", "in_charge", "project", "service", "team", "site"})


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
        check_shift(one.starts_at, one.ends_at, one.needed, one.minimum)
    _check_project(project)
    made = Event(
        unit=unit, in_charge=in_charge, project=project, service=service, team=team, site=site, lon=lon, lat=lat,
        starts_at=min(one.starts_at for one in shifts), ends_at=max(one.ends_at for one in shifts), created_at=at,
    )  # fmt: skip
    _set(made, {"title": title, "content": content, "place": place})
    made.save(force_insert=True)
    Shift.objects.bulk_create(new_shift(made, one) for one in shifts)
    told = {"title": made.title, "unit": unit.code, "shifts": len(shifts)}
    record("event", made.uid, "event.draft", by=_uid(by), at=at, data=told, new=True)
    return made


@transaction.atomic
def publish_event(*, event: Event, by: Person | None, at: datetime) -> Event:
    """From now on people may sign up. Raises Conflict (event_not_in_state, event_over), NotAllowed."""
    row = locked_event(event, {"draft"}, by=by, at=at)
    if row.ends_at <= at:
        raise Conflict("event_over")
    row.state, row.published_at = "published", at
    row.save(update_fields=["state", "published_at"])
    record("event", row.uid, "event.publish", by=_uid(by), at=at, data={"title": row.title})
    return row


@transaction.atomic
def change_event(*, event: Event, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Event:
    """Change what is said of an event: title, content, place, lon, lat, in_charge, project, service, team, site. Who signed up is
    told which parts changed.
    """
    row = locked_event(event, {"draft", "published"}, by=by, at=at)
    if strange := sorted(set(changes) - EDITABLE):
        raise Invalid(strange[0], "not_editable", field=strange[0])
    if (changes.get("lon", row.lon) is None) != (changes.get("lat", row.lat) is None):
        raise Invalid("lon", "required", field="lon")
    _check_project(changes.get("project"))
    before = _told(row, changes)
    _set(row, changes)
    after = _told(row, changes)
    changed = sorted(name for name in after if before[name] != after[name])
    if not changed:
        return row
    row.save()
    data = {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
    record("event", row.uid, "event.change", by=_uid(by), at=at, data=data)
    told = {"title": row.title, "fields": changed}
    tell_volunteers(row, concerned(row), "event.changed", told, at=at, key=f"event.changed:{row.uid}:{at.isoformat()}")
    if row.state == "published":
        announce(EventChanged(row.uid, None, tuple(changed), at))
    return row


def _told(row: Event, names: Iterable[str]) -> dict[str, Any]:
    """What the ledger keeps of these fields: of rows their code or name."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    value = getattr(value, "unit", value) if isinstance(value, Team) else value
    return getattr(value, "code", None) or getattr(value, "name", value)


def _check_project(project: Project | None) -> None:
    if project is not None and project.ended_at is not None:
        raise Conflict("project_ended")


@transaction.atomic
def cancel_event(*, event: Event, reason: str, by: Person | None, at: datetime) -> Event:
    """Call an event off. All sign-ups end, and who had signed up is told with the reason; who has no account must be called
    (`queries.events.to_be_called`). Raises Conflict `event_not_in_state`, Invalid, NotAllowed.
    """
    row = locked_event(event, {"draft", "published"}, by=by, at=at)
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
    record("event", row.uid, "event.cancel", by=_uid(by), at=at, data={"reason": told, "told": len(who)})
    data = {"title": row.title, "reason": told}
    tell_volunteers(row, who, "event.cancelled", data, at=at, key=f"event.cancelled:{row.uid}")
    if who:
        announce(EventCancelled(row.uid, None, at))
    return row


@transaction.atomic
def finish_event(*, event: Event, by: Person | None, at: datetime) -> Event:
    """An event is over. Raises Conflict (event_not_in_state, event_not_over), NotAllowed."""
    row = locked_event(event, {"published"}, by=by, at=at)
    if row.ends_at > at:
        raise Conflict("event_not_over")
    row.state, row.finished_at = "finished", at
    row.save(update_fields=["state", "finished_at"])
    record("event", row.uid, "event.finish", by=_uid(by), at=at, data={"title": row.title})
    return row


def _set(row: Event, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name in LIMITS:
            value = clean_text(value, limit=LIMITS[name], multiline=name == "content", field=name)
            if not value:
                raise Invalid(name, "required", field=name)
        setattr(row, name, value)


def _uid(by: Person | None) -> Any:
    return by.uid if by else None
