"""A picture whose time is over: the original and the large copies go, with all that they tell of the sender."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.ledger.actions import record
from civicloop.photos.blur import blurred_names
from civicloop.photos.copies import make
from civicloop.photos.models import Photo
from civicloop.photos.rules.address import Size, copy_name, original_name
from civicloop.photos.storage import storage


@transaction.atomic
def reduce_photo(photo: Photo, *, keep_small: bool, at: datetime) -> None:
    """Delete the original and the large copies; `keep_small` leaves the small copy, which has no EXIF. Safe to run twice.

    The row stays, since steps name the picture; its EXIF, place and time are emptied first, so that a crash in between leaves
    files without data rather than data without files.
    """
    if photo.reduced_at is not None:
        return
    if keep_small:
        _make_small(photo.sha256)
    Photo.objects.filter(pk=photo.pk).update(
        exif={}, taken_at=None, taken_lon=None, taken_lat=None, phash=None, dhash=None, reduced_at=at
    )
    record("photo", photo.uid, "reduced", by=None, at=at, data={"small_copy": keep_small})
    gone = [original_name(photo.sha256), copy_name(photo.sha256, Size.PAGE), *blurred_names(photo.sha256)]
    if not keep_small:
        gone.append(copy_name(photo.sha256, Size.THUMB))
    transaction.on_commit(lambda: _delete(gone))


def _make_small(sha256: str) -> None:
    try:
        make(sha256)
    except (Invalid, NotFound):
        return  # the original was lost or damaged before: there is nothing to keep


def _delete(names: list[str]) -> None:
    for name in names:
        storage().delete(name)
