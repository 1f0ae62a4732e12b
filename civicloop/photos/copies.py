"""Public copies: made once from the original, by the job that follows a new photo or by whoever asks first."""

from __future__ import annotations

from io import BytesIO

from django.core.files.base import File
from django.utils.timezone import get_default_timezone

from civicloop.kernel.refusal import NotFound
from civicloop.photos.rules.address import Size, copy_name, original_name
from civicloop.photos.rules.picture import read_picture
from civicloop.photos.rules.upright import as_jpeg
from civicloop.photos.storage import put, storage


def open_original(sha256: str) -> File[bytes]:
    """The original's file. Raises NotFound when it is lost."""
    return _open(original_name(sha256), sha256)


def open_copy(sha256: str, size: Size) -> File[bytes]:
    """The copy's file, made now when nobody has made it."""
    name = copy_name(sha256, size)
    try:
        return storage().open(name)
    except FileNotFoundError:
        pass
    try:
        make(sha256)
    except NotFound:
        # A picture whose time is over has its small copy left (`reducing`).
        return _open(copy_name(sha256, Size.THUMB), sha256)
    return _open(name, sha256)


def make(sha256: str) -> None:
    """Make the copies that are missing. Two who do it at once write the same bytes, each file at one stroke."""
    missing = [size for size in Size if not storage().exists(copy_name(sha256, size))]
    if not missing:
        return
    with open_original(sha256) as file:
        image = read_picture(BytesIO(file.read()), zone=get_default_timezone()).image
    for size in missing:
        data = as_jpeg(image, longest=size.pixels)
        put(copy_name(sha256, size), BytesIO(data), size=len(data), media_type="image/jpeg")


def _open(name: str, sha256: str) -> File[bytes]:
    try:
        return storage().open(name)
    except FileNotFoundError as problem:
        raise NotFound("photo", sha256) from problem
