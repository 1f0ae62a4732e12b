"""The negative list: what happened is recorded, and revoked with a reason; never deleted."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.scoring.models import NegativeEvent
from civicloop.scoring.policy import require_publisher
from civicloop.standards import editions, reference
from civicloop.standards.reference import Reference

KIND = "negative_event"


@transaction.atomic
def record_negative_event(
    *, clause: str, happened_on: date, note: str, by: Person, at: datetime, unit_id: int | None = None,
    edition_id: int | None = None, uid: UUID | None = None, ref: Reference | None = None,
) -> NegativeEvent:  # fmt: skip
    """Record that a clause of the negative list has been met; `unit_id` None: by the whole city.

    The clause must stand in the edition (the one in force when none is named). The same `uid` sent again finds the first event.
    Raises Invalid, NotAllowed, NotFound.
    """
    require_publisher(by, f"{KIND}.record", at=at)
    book = editions.book(edition_id if edition_id is not None else editions.current().pk)
    if clause not in book.negative_list:
        raise Invalid("clause", "unknown_choice", value=clause)
    if happened_on > day_of(at):
        raise Invalid("happened_on", "in_the_future", at=happened_on.isoformat())
    told = clean_text(note, limit=4000, multiline=True, field="note")
    if not told:
        raise Invalid("note", "required", field="note")
    if unit_id is not None:
        (ref or reference.now()).org.unit(unit_id)
    given = {"clause": clause, "unit_id": unit_id, "happened_on": happened_on, "note": told}
    row, new = NegativeEvent.objects.get_or_create(
        uid=uid or new_uid(), defaults={**given, "recorded_by": by, "recorded_at": at}
    )
    if not new:
        return row
    data = {"clause": clause, "unit": unit_id, "happened_on": happened_on.isoformat(), "note": told}
    record(KIND, row.uid, f"{KIND}.record", by=by.uid, at=at, data=data, new=True)
    return row


@transaction.atomic
def revoke_negative_event(*, event_uid: UUID, reason: str, by: Person, at: datetime) -> NegativeEvent:
    """Say that an event was recorded wrongly. Scores as of earlier moments still have it. Raises Conflict when revoked."""
    require_publisher(by, f"{KIND}.revoke", at=at)
    row = NegativeEvent.objects.select_for_update(of=("self",)).filter(uid=event_uid).first()
    if row is None:
        raise NotFound(KIND, event_uid)
    if row.revoked_at is not None:
        raise Conflict("revoked_already")
    told = clean_text(reason, limit=4000, multiline=True, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    row.revoked_at, row.revoked_by, row.revoked_because = at, by, told
    row.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
    record(KIND, row.uid, f"{KIND}.revoke", by=by.uid, at=at, data={"reason": told})
    return row
