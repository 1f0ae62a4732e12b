"""The code shown on site: six digits that change every few minutes, so that who enters them has seen them there, now.

It is an HMAC over the number of the time window (as in RFC 6238), with a secret of the shift. No place, no face, no track.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import datetime, timedelta

DIGITS = 6


def code_at(secret: str, at: datetime, *, minutes: int) -> str:
    """The code of the window in which a moment lies."""
    return _code(secret, _window(at, minutes))


def valid_until(at: datetime, *, minutes: int) -> datetime:
    """When the code shown at a moment gives way to the next."""
    length = minutes * 60
    return at + timedelta(seconds=length - at.timestamp() % length)


def matches(secret: str, said: str, at: datetime, *, minutes: int) -> bool:
    """Whether somebody said the code of this window or of the one before: typing takes a moment."""
    typed = "".join(unicodedata.normalize("NFKC", said[:40]).split())
    window = _window(at, minutes)
    right = [hmac.compare_digest(typed.encode(), _code(secret, one).encode()) for one in (window, window - 1)]
    return any(right)


def _window(at: datetime, minutes: int) -> int:
    return int(at.timestamp() // (minutes * 60))


def _code(secret: str, window: int) -> str:
    made = hmac.new(secret.encode(), window.to_bytes(8, "big"), hashlib.sha256).digest()
    return str(int.from_bytes(made[:8], "big") % 10**DIGITS).zfill(DIGITS)
