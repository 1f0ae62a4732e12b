"""A telephone number or a mail address as somebody typed it, read into one form."""

from __future__ import annotations

import re
import unicodedata

_BETWEEN = re.compile(r"[\s()（）\-—.]+")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}")
_MAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")


def read_phone(text: str) -> str | None:
    """A Chinese mobile or landline number in digits alone; None for what is none."""
    digits = _COUNTRY.sub("", _BETWEEN.sub("", unicodedata.normalize("NFKC", text[:40])))
    return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else None


def read_mail(text: str) -> str | None:
    """A mail address in lower case; None for what is none."""
    folded = unicodedata.normalize("NFKC", text[:300]).strip().lower()
    return folded if len(folded) <= 254 and _MAIL.fullmatch(folded) else None
