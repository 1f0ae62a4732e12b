"""Keeping pictures.

The order makes a crash harmless: the file first, complete under its own address; then, in one transaction, the row,
its ledger line and the announcement. A file without a row is an orphan that the same picture, sent again, takes over.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils.timezone import get_default_timezone

from civicloop.bus import announce
from civicloop.kernel.fingerprint import dhash64, phash64, to_signed64
from civicloop.kernel.refusal import Invalid, TooLarge
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.photos.facts import PhotoStored
from civicloop.photos.models import Photo
from civicloop.photos.rules.address import is_address, original_name
from civicloop.photos.rules.picture import MAX_MEGABYTES, MEGABYTE, Picture, read_picture
from civicloop.photos.storage import put

CHUNK = 256 * 1024
# Below this a picture waits in memory, above it in a temporary file without a name.
IN_MEMORY = 2 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes that have come, written down, with their address and number."""

    file: BinaryIO
    sha256: str
    size: int


def store(data: BinaryIO, *, sha256: str | None, by: Person | None, at: datetime) -> Photo:
    """Keep a picture under the SHA-256 of its bytes; the same picture sent again is the same Photo.

    `data` is read once, in pieces, and never past the limit of 30 MB. `sha256` is what the sender says the bytes are.
    Raises TooLarge (bytes, pixels) and Invalid (not what was claimed, no picture, broken); then nothing is kept.
    """
    claimed = (sha256 or "").lower()
    if claimed and not is_address(claimed):
        raise Invalid("sha256", "sha256_malformed")
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        arrived = receive(data, file)  # type: ignore[arg-type]  # typeshed: not a BinaryIO, but one in every method
        if claimed and arrived.sha256 != claimed:
            raise Invalid("sha256", "sha256_mismatch", claimed=claimed, found=arrived.sha256)
        known = Photo.objects.filter(pk=arrived.sha256).first()
        if known is None:
            picture = read_picture(arrived.file, zone=get_default_timezone())
            _keep_file(arrived, picture.media_type)
            return _keep_row(arrived, picture, by=by, at=at)
        _keep_file(arrived, known.media_type)  # brings back a file that was lost
        if known.reduced_at is not None:  # sent anew: its time begins anew
            Photo.objects.filter(pk=known.pk).update(reduced_at=None, received_at=at)
        _note_sender(known, by)
        return known


def receive(data: BinaryIO, file: BinaryIO, *, what: str = "photo", megabytes: int = MAX_MEGABYTES) -> Arrived:
    """Write down what comes, counting and hashing. Raises TooLarge, Invalid with codes of `what`."""
    digest, size = hashlib.sha256(), 0
    while chunk := data.read(CHUNK):
        size += len(chunk)
        if size > megabytes * MEGABYTE:
            raise TooLarge(what, f"{what}_too_large", megabytes=megabytes)
        digest.update(chunk)
        file.write(chunk)
    if size == 0:
        raise Invalid(what, f"{what}_empty")
    return Arrived(file, digest.hexdigest(), size)


def _keep_file(arrived: Arrived, media_type: str) -> None:
    put(original_name(arrived.sha256), arrived.file, size=arrived.size, media_type=media_type)


def _keep_row(arrived: Arrived, picture: Picture, *, by: Person | None, at: datetime) -> Photo:
    photo = Photo(
        sha256=arrived.sha256,
        media_type=picture.media_type,
        size=arrived.size,
        width=picture.width,
        height=picture.height,
        received_at=at,
        sent_by=by,
        taken_at=picture.told.taken_at,
        taken_lon=picture.told.lon,
        taken_lat=picture.told.lat,
        exif=dict(picture.told.fields),
        phash=to_signed64(phash64(picture.image)),
        dhash=to_signed64(dhash64(picture.image)),
    )
    try:
        with transaction.atomic():
            photo.save(force_insert=True)
            told = {"size": photo.size, "media_type": photo.media_type}
            record("photo", photo.uid, "stored", by=by.uid if by else None, at=at, data=told, new=True)
            announce(PhotoStored(photo.sha256))
    except IntegrityError:
        first = Photo.objects.filter(pk=photo.sha256).first()  # sent twice at once: the other was first
        if first is None:
            raise
        _note_sender(first, by)
        return first
    return photo


@transaction.atomic
def _note_sender(photo: Photo, by: Person | None) -> None:
    """Whoever sends bytes that are known has them as well. What waited for that hears of it."""
    if by is None:
        if photo.sent_by_id is not None:
            Photo.objects.filter(pk=photo.pk, from_outside=False).update(from_outside=True)
        return
    if photo.sent_by_id == by.pk:
        return
    _, new = Photo.also_sent_by.through.objects.get_or_create(photo_id=photo.pk, person_id=by.pk)
    if new:
        announce(PhotoStored(photo.sha256))
