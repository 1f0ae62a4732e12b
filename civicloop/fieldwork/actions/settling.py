"""What a person decides about an entry that was not applied: take it back, try again, go alone, or send it corrected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.fieldwork.actions.receiving import list_photos
from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.policy import require_own
from civicloop.fieldwork.queries.standing import ways_on
from civicloop.fieldwork.rules.envelope import digest_of, moment_of, read_content
from civicloop.kernel.refusal import Conflict, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person

KIND = "entry"


@contextmanager
def _deciding(uid: UUID, what: str, *, by: Person | None, at: datetime) -> Iterator[Entry]:
    """The entry, locked; whatever is decided is written down. `by` None is support, on the server's command line."""
    with transaction.atomic():
        row = Entry.objects.select_for_update(of=("self",)).select_related("by").filter(pk=uid).first()
        if row is None:
            raise NotFound("entry", uid)
        if by is not None:
            require_own(row, by)
        if what not in ways_on(row):
            raise Conflict("entry_not_settled_so", state=row.state)
        yield row
        row.changed_at = at
        row.save()
        told = {"state": row.state, "revision": row.revision, "loop": str(row.loop_uid)}
        record(KIND, row.pk, f"entry.{what}", by=by.uid if by else None, at=at, data=told)


def withdraw(*, uid: UUID, by: Person, at: datetime, reason: str = "") -> Entry:
    """Take an entry back before it is applied. It is kept, with the reason. Again: the same answer."""
    told = clean_text(reason, limit=2000, multiline=True, field="reason")
    known = Entry.objects.filter(pk=uid, by=by, state="withdrawn").first()
    if known is not None:
        return known
    with _deciding(uid, "withdraw", by=by, at=at) as row:
        row.state, row.result = "withdrawn", {"reason": told} if told else {}
    return row


def retry(*, uid: UUID, by: Person | None, at: datetime) -> Entry:
    """Have an entry tried again as it is; the caller applies afterwards."""
    with _deciding(uid, "retry", by=by, at=at) as row:
        row.state, row.refusal = "held", None
    return row


def stand_alone(*, uid: UUID, by: Person, at: datetime) -> Entry:
    """Let an entry wait no longer for those before it; the caller applies afterwards."""
    with _deciding(uid, "alone", by=by, at=at) as row:
        row.state, row.refusal, row.alone = "held", None, True
    return row


def resend(*, uid: UUID, content: Any, photos: Any, by: Person, at: datetime, noted_at: str | None = None) -> Entry:
    """Put corrected content in the place of what was refused; what was sent before is kept. The same correction again is
    the same answer. Raises Invalid, NotFound, Conflict (`entry_not_settled_so`)."""
    moment = moment_of(noted_at, "noted_at")
    mark = digest_of({"uid": str(uid), "content": content, "photos": photos, "noted_at": noted_at})
    known = Entry.objects.filter(pk=uid, by=by, digest=mark).first()
    if known is not None:
        return known
    with _deciding(uid, "resend", by=by, at=at) as row:
        told, listed = read_content(row.kind, content, photos)
        row.earlier = [
            *row.earlier,
            {"digest": row.digest, "content": row.content, "refusal": row.refusal, "until": at.isoformat()},
        ]
        row.content, row.digest, row.revision = dict(told), mark, row.revision + 1
        row.noted_at = moment or row.noted_at
        row.state, row.refusal = "held", None
        EntryPhoto.objects.filter(entry=row).delete()
        list_photos(row, listed)
    return row
