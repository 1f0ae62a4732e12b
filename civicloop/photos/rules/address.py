"""Where a picture lies: names computed from the SHA-256 of its bytes, and from nothing else."""

from __future__ import annotations

import re
from enum import StrEnum
from uuid import UUID

ORIGINALS = "originals"
INCOMING = "incoming"
VOICES = "voices"
# Part of every copy's name. Raise it when the recipe in `upright` changes, and all copies are made anew.
RECIPE = 1

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Size(StrEnum):
    """The two public copies of a picture."""

    PAGE = "page"
    THUMB = "thumb"

    @property
    def pixels(self) -> int:
        """The longest side at most, in pixels. Smaller pictures are not blown up."""
        return {Size.PAGE: 1600, Size.THUMB: 320}[self]


def is_address(text: str) -> bool:
    """Whether this is a SHA-256 in lower-case hexadecimal."""
    return _SHA256.fullmatch(text) is not None


def original_name(sha256: str) -> str:
    """The name of the original. 256 folders keep listings short on disk and in object stores."""
    return f"{ORIGINALS}/{_checked(sha256)[:2]}/{sha256}"


def copy_name(sha256: str, size: Size) -> str:
    """The name of a public copy of that original."""
    return f"copies/{RECIPE}/{size.value}/{_checked(sha256)[:2]}/{sha256}.jpg"


def voice_name(sha256: str) -> str:
    """The name of a recording."""
    return f"{VOICES}/{_checked(sha256)[:2]}/{sha256}"


def ledger_uid(sha256: str) -> UUID:
    """The object the ledger chains a picture's or recording's lines to: the first 128 bits of its address."""
    return UUID(hex=_checked(sha256)[:32])


def _checked(sha256: str) -> str:
    if not is_address(sha256):
        raise ValueError("not a SHA-256")
    return sha256
