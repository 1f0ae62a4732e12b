"""Where the files of papers lie: in the store of the photos, each under the SHA-256 of its bytes, written aside and then moved."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import BinaryIO

from django.core.files.base import File

from civicloop.documents.models import PaperFile
from civicloop.kernel.refusal import NotFound
from civicloop.photos.storage import put, storage

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "html": "text/html; charset=utf-8",
}
CHUNK = 256 * 1024
LONGEST_NAME = 80
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is whole under its address."""

    form: str
    sha256: str
    size: int


def address(sha256: str, form: str) -> str:
    """The name in the store."""
    return f"papers/{sha256[:2]}/{sha256}.{form}"


def keep(data: BinaryIO, form: str) -> Kept:
    """Put a finished file into the store. One that is there already is not written again."""
    data.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := data.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    put(address(digest.hexdigest(), form), data, size=size, media_type=MEDIA_TYPES[form])
    return Kept(form, digest.hexdigest(), size)


def open_file(file: PaperFile) -> File[bytes]:
    """The file's bytes. Raises NotFound when the store has lost them."""
    try:
        return storage().open(address(file.sha256, file.form))
    except FileNotFoundError as problem:
        raise NotFound("paper_file", file.sha256) from problem


def file_name(number: str, title: str, form: str) -> str:
    """What a file is called when it is saved: number and title, without what file systems refuse."""
    name = _NOT_IN_NAMES.sub("", f"{number} {title}".replace("\n", "")).strip(" .")
    return f"{name[:LONGEST_NAME].strip() or 'paper'}.{form}"
