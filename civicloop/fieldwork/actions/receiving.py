"""Storing what a phone sends: first of all, each entry in a short transaction of its own, under the id the phone gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.policy import require_maker
from civicloop.fieldwork.rules.envelope import Envelope, ListedPhoto, read_envelope
from civicloop.kernel.refusal import Conflict
from civicloop.organisation.models import Person
from civicloop.rows import insert_one


@dataclass(frozen=True, slots=True)
class Taken:
    """An entry that is stored. `new` is False when this very entry was stored before."""

    entry: Entry
    new: bool


def receive(
    *,
    given: Any,
    by: Person,
    at: datetime,
    device: UUID,
    clock_offset_s: float | None = None,
    known: Mapping[UUID, Entry] | None = None,
) -> Taken:
    """Store an entry as it came. Nothing is applied yet; what is wrong with its content is told later, and it is kept.

    `known` are entries of this sending that were found to be here: it saves asking, the key of the table decides. The same
    entry again is the same row. Raises Invalid and TooLarge (no entry can be read here), NotAllowed (`entry_of_another`),
    Conflict (`entry_differs` with both digests; `entry_uid_taken` by somebody else's entry).
    """
    read = read_envelope(given)
    require_maker(read, by)
    first = known.get(read.uid) if known else None
    if first is not None:
        return Taken(_same(first, read, by), False)
    row = _row(read, by=by, at=at, device=device, clock_offset_s=clock_offset_s)
    try:
        with transaction.atomic():
            insert_one(row)
            row.uid = read.uid  # SQLite gives its key back as text
            list_photos(row, read.photos)
        return Taken(row, True)
    except IntegrityError:
        first = Entry.objects.filter(pk=read.uid).first()
        if first is None:
            raise
    return Taken(_same(first, read, by), False)


def _same(first: Entry, read: Envelope, by: Person) -> Entry:
    if first.by_id != by.pk:
        raise Conflict("entry_uid_taken", uid=str(read.uid))
    # What was sent before a correction is known too: an answer that was lost on the way is asked for again.
    if read.digest not in {first.digest, *(one["digest"] for one in first.earlier)}:
        raise Conflict("entry_differs", uid=str(read.uid), kept=first.digest, sent=read.digest)
    return first


def _row(read: Envelope, *, by: Person, at: datetime, device: UUID, clock_offset_s: float | None) -> Entry:
    offset = clock_offset_s if read.clock_offset_s is None else read.clock_offset_s
    return Entry(
        uid=read.uid, by=by, device=device, kind=read.kind, loop_uid=read.loop, seq=read.seq,
        after=[str(one) for one in read.after], content=dict(read.content), digest=read.digest, state="held",
        noted_at=read.noted_at, clock_offset_s=offset, lon=read.lon, lat=read.lat, accuracy_m=read.accuracy_m,
        fixed_at=read.fixed_at, received_at=at, changed_at=at,
    )  # fmt: skip


def list_photos(row: Entry, photos: Sequence[ListedPhoto]) -> None:
    """Write down which photos an entry needs: one statement."""
    EntryPhoto.objects.bulk_create(
        EntryPhoto(entry=row, place=number, sha256=one.sha256, size=one.size, told=dict(one.told))
        for number, one in enumerate(photos, 1)
    )
