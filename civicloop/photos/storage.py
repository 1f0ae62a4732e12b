"""Where the files lie: a folder under the data folder, or an S3-compatible store, both by Django's storage API.

A name is an address computed from content, so a file that exists under it is not written again. Whoever wants
another store (or a test, a fake one) names it as "photos" in Django's STORAGES.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from civicloop.photos.rules.address import INCOMING

# What may follow the bucket: s3://bucket/prefix?endpoint=https://store.example&region=cn-north-1&style=path
S3_OPTIONS = {"endpoint": "endpoint_url", "region": "region_name", "style": "addressing_style"}


class PhotoFolder(FileSystemStorage):
    """A local folder where a file is complete under its name or does not exist. Only our own user may read it."""

    def __init__(self, location: str) -> None:
        super().__init__(location=location, file_permissions_mode=0o600, directory_permissions_mode=0o700)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The same name: whoever writes it twice at once writes the same bytes."""
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        target, incoming = Path(self.path(name)), Path(self.path(INCOMING))
        for folder in (incoming, target.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=incoming, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.replace(part, target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return name


def storage() -> Storage:
    """The store of this installation."""
    if "photos" in settings.STORAGES:
        return storages["photos"]
    return _built(settings.PHOTO_STORAGE, str(Path(settings.DATA_DIR) / "photos"))


def put(name: str, data: BinaryIO, *, size: int, media_type: str) -> None:
    """Write a file unless it is there. A file of another size is one that some other tool broke; it is written anew."""
    store = storage()
    if has(name, size=size):
        return
    data.seek(0)
    content: Any = File(data, name=name)
    content.content_type = media_type  # an object store keeps it beside the object
    kept = store.save(name, content)
    if kept != name:  # a store that never overwrites: somebody else was first, with the same bytes
        store.delete(kept)


def has(name: str, *, size: int) -> bool:
    """Whether a file of that size lies under that name."""
    try:
        return bool(storage().size(name) == size)
    except FileNotFoundError:
        return False


@lru_cache(maxsize=8)
def _built(address: str, folder: str) -> Storage:
    if not address:
        return PhotoFolder(folder)
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise ImproperlyConfigured("CIVICLOOP_PHOTO_STORAGE must read s3://bucket or s3://bucket/prefix")
    options = dict(parse_qsl(parts.query))
    if unknown := sorted(options.keys() - S3_OPTIONS.keys()):
        raise ImproperlyConfigured(f"CIVICLOOP_PHOTO_STORAGE: unknown options {', '.join(unknown)}")
    # Imported late: boto3 is large, and most cities keep a folder.
    from storages.backends.s3 import S3Storage  # noqa: PLC0415

    store: Storage = S3Storage(
        bucket_name=parts.netloc,
        location=parts.path.strip("/"),
        default_acl=None,
        file_overwrite=True,
        max_memory_size=2 * 1024 * 1024,
        **{S3_OPTIONS[key]: value for key, value in options.items()},
    )
    return store


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, before a row says that the file exists."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
