"""Looking at pictures, and looking after them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.ledger.actions import record_reading
from civicloop.photos.copies import open_copy, open_original
from civicloop.photos.models import Photo, VoiceNote
from civicloop.photos.policy import Asker, require_original
from civicloop.photos.rules.address import INCOMING, ORIGINALS, VOICES, Size, is_address, original_name, voice_name
from civicloop.photos.storage import storage


class Fault(StrEnum):
    """What can be wrong with a kept picture."""

    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """A photo whose file is not what the row promises."""

    sha256: str
    fault: Fault


def get(sha256: str) -> Photo:
    """The photo at this address. Raises NotFound."""
    photo = Photo.objects.filter(pk=sha256.lower()).first() if is_address(sha256.lower()) else None
    if photo is None:
        raise NotFound("photo", sha256)
    return photo


def sent(addresses: Iterable[str], *, by: int | None) -> set[str]:
    """Those photos whose bytes the person with this number has sent; None: somebody without an account. One statement.

    Who only knows a SHA-256 has not got the picture: nobody makes another's photo the evidence of something of his own.
    """
    own = Q(sent_by=None) | Q(from_outside=True) if by is None else Q(sent_by=by) | Q(also_sent_by=by)
    return set(Photo.objects.filter(own, pk__in=list(addresses)).values_list("pk", flat=True))


def public_copy(photo: Photo, size: Size) -> File[bytes]:
    """The file of a copy that may be shown: JPEG, upright, no EXIF. The caller has asked who may see it."""
    return open_copy(photo.sha256, size)


def original(photo: Photo, *, actor: Asker, purpose: str, at: datetime) -> File[bytes]:
    """The file of the original, for those who judge evidence. Every reading is kept in the ledger with its purpose."""
    require_original(actor, photo)
    if not purpose.strip():
        raise Invalid("purpose", "purpose_needed")
    file = open_original(photo.sha256)
    try:
        with transaction.atomic():
            record_reading(
                by=actor.person_uid, at=at, kind="photo", uid=photo.uid, fields=["original"], purpose=purpose.strip()
            )
    except BaseException:
        file.close()
        raise
    return file


def findings() -> Iterator[Finding]:
    """Photos and voice notes whose file is missing or has other bytes than its address says. Reads all files; memory stays flat."""
    photos = Photo.objects.filter(reduced_at=None).order_by("pk").values_list("pk", flat=True)
    spoken = VoiceNote.objects.filter(removed_at=None).order_by("sha256").values_list("sha256", flat=True).distinct()
    yield from _faulty(photos.iterator(chunk_size=2000), original_name)
    yield from _faulty(spoken.iterator(chunk_size=2000), voice_name)


def _faulty(addresses: Iterable[str], name_of: Callable[[str], str]) -> Iterator[Finding]:
    for sha256 in addresses:
        try:
            with storage().open(name_of(sha256)) as file:
                digest = hashlib.sha256()
                for chunk in file.chunks():
                    digest.update(chunk)
        except FileNotFoundError:
            yield Finding(sha256, Fault.MISSING)
            continue
        if digest.hexdigest() != sha256:
            yield Finding(sha256, Fault.DAMAGED)


def orphans(*, before: datetime) -> Iterator[str]:
    """Names of files that no row knows, last written before that moment: what a crash leaves behind, harmless.

    Give a moment some minutes ago: a picture that is arriving right now is a file before it is a row.
    """
    folders = (f"{one}/{first:02x}" for one in (ORIGINALS, VOICES) for first in range(256))
    for folder in (*folders, INCOMING):
        names = _files(folder)
        known = _known_in(folder) if names else set()
        for name in names:
            if (folder == INCOMING or name not in known) and _older(f"{folder}/{name}", before):
                yield f"{folder}/{name}"


def _known_in(folder: str) -> set[str]:
    if folder.startswith(VOICES):
        spoken = VoiceNote.objects.filter(sha256__startswith=folder[-2:], removed_at=None)
        return set(spoken.values_list("sha256", flat=True))
    return set(Photo.objects.filter(pk__startswith=folder[-2:]).values_list("pk", flat=True))


def _files(folder: str) -> list[str]:
    try:
        return sorted(storage().listdir(folder)[1])
    except FileNotFoundError:
        return []


def _older(name: str, before: datetime) -> bool:
    try:
        return bool(storage().get_modified_time(name) < before)
    except FileNotFoundError:
        return False
