"""Voice notes: kept beside the pictures in the same order (file, then row), and made evidence of a step (docs/adr/0042)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.photos.actions import IN_MEMORY, Arrived, receive
from civicloop.photos.models import VoiceEvidence, VoiceNote
from civicloop.photos.rules.address import is_address, ledger_uid, voice_name
from civicloop.photos.rules.sound import MOST_MEGABYTES, Sound, read_sound
from civicloop.photos.storage import put, storage

KIND = "voice"
MOST_VOICES = 3
"""With one step."""


def store(data: BinaryIO, *, sha256: str, by: Person, at: datetime) -> VoiceNote:
    """Keep a recording under the SHA-256 of its bytes; sent again by the same person it is the same row.

    Raises TooLarge (bytes, seconds) and Invalid (not what was claimed, none of the kinds we take, broken); then nothing is kept.
    """
    claimed = sha256.lower()
    if not is_address(claimed):
        raise Invalid("sha256", "sha256_malformed")
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        arrived = receive(data, file, what="voice", megabytes=MOST_MEGABYTES)  # type: ignore[arg-type]  # see actions.store
        if arrived.sha256 != claimed:
            raise Invalid("sha256", "sha256_mismatch", claimed=claimed, found=arrived.sha256)
        file.seek(0)
        sound = read_sound(file.read())
        put(voice_name(claimed), arrived.file, size=arrived.size, media_type=sound.media_type)
        return _keep_row(arrived, sound, by=by, at=at)


def _keep_row(arrived: Arrived, sound: Sound, *, by: Person, at: datetime) -> VoiceNote:
    row = VoiceNote(
        sha256=arrived.sha256, sent_by=by, media_type=sound.media_type, size=arrived.size, seconds=sound.seconds, received_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            told = {"size": row.size, "media_type": row.media_type}
            record(KIND, ledger_uid(row.sha256), "stored", by=by.uid, at=at, data=told)
    except IntegrityError:
        first = VoiceNote.objects.filter(sha256=arrived.sha256, sent_by=by).first()
        if first is None:
            raise
        if first.removed_at is not None:  # sent anew: its time begins anew
            VoiceNote.objects.filter(pk=first.pk).update(removed_at=None, received_at=at)
        return first
    return row


def sent(addresses: Iterable[str], *, by: int) -> set[str]:
    """Those recordings that the person with this number has sent and that are here: one statement."""
    rows = VoiceNote.objects.filter(sha256__in=list(addresses), sent_by=by, removed_at=None)
    return set(rows.values_list("sha256", flat=True))


def attach(
    loop_kind: str, loop_uid: UUID, seq: int, *, voices: Sequence[Mapping[str, Any]], by: Person, at: datetime
) -> None:
    """Make recordings the evidence of a step that has just been taken, inside the caller's transaction; the loop's chain in the
    ledger names them by their hashes. `voices` are `{"sha256", "noted_at"}`. Raises Invalid for one that `by` has not sent.
    """
    if len(voices) > MOST_VOICES:
        raise Invalid("photos", "too_many", limit=MOST_VOICES)
    rows = VoiceNote.objects.filter(sha256__in=[one["sha256"] for one in voices], sent_by=by, removed_at=None)
    known = {row.sha256: row for row in rows}
    missing = sorted({str(one["sha256"]) for one in voices} - known.keys())
    if missing:
        raise Invalid("photos", "voice_not_sent", missing=missing)
    VoiceEvidence.objects.bulk_create(
        VoiceEvidence(voice=known[one["sha256"]], loop_kind=loop_kind, loop_uid=loop_uid, seq=seq, noted_at=one.get("noted_at"))
        for one in {one["sha256"]: one for one in voices}.values()
    )  # fmt: skip
    told = {"seq": seq, "voices": sorted(known)}
    record(loop_kind, loop_uid, f"{loop_kind}.voice", by=by.uid, at=at, data=told)


def of_loop(loop_kind: str, loop_uid: UUID) -> dict[int, list[VoiceEvidence]]:
    """The recordings of a loop by the number of their step: one statement. The caller has asked who may see the loop."""
    found: dict[int, list[VoiceEvidence]] = {}
    rows = VoiceEvidence.objects.filter(loop_uid=loop_uid, loop_kind=loop_kind).select_related("voice").order_by("pk")
    for row in rows:
        found.setdefault(row.seq, []).append(row)
    return found


def heard(sha256: str, *, by: Person, loops: Mapping[str, QuerySet[Any]]) -> VoiceNote:
    """The recording at this address, for its sender and for whoever may see a loop it is evidence of; `loops` are, by kind, the
    uids of those he may see. Raises NotFound, the same whether there is none or he may not.
    """
    rows = VoiceNote.objects.filter(sha256=sha256.lower(), removed_at=None) if is_address(sha256.lower()) else ()
    for row in rows:
        if row.sent_by_id == by.pk:
            return row
        if any(row.shown.filter(loop_kind=kind, loop_uid__in=uids).exists() for kind, uids in loops.items()):
            return row
    raise NotFound("voice", sha256)


def open_voice(row: VoiceNote) -> File[bytes]:
    """The file. Raises NotFound when it is lost."""
    try:
        return storage().open(voice_name(row.sha256))
    except FileNotFoundError as problem:
        raise NotFound("voice", row.sha256) from problem


@transaction.atomic
def remove(row: VoiceNote, *, at: datetime) -> None:
    """Delete a recording whose time is over; its row and hash stay. Safe to run twice."""
    if not VoiceNote.objects.filter(pk=row.pk, removed_at=None).update(removed_at=at):
        return
    record(KIND, ledger_uid(row.sha256), "removed", by=None, at=at, data={"size": row.size})
    if not VoiceNote.objects.filter(sha256=row.sha256, removed_at=None).exists():
        transaction.on_commit(lambda: storage().delete(voice_name(row.sha256)))
