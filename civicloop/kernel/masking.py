"""Phone and identity numbers that people typed into texts are made unreadable before the text travels further."""

from __future__ import annotations

import re

from civicloop.kernel.text import mask_id_number, mask_phone

_ID = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[-—]?\d{7,8})(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LONG = re.compile(r"(?<!\d)\d{7,}(?!\d)")


def masked(text: str) -> str:
    """The text with mobile, landline and identity numbers masked; other numbers stay."""
    text = _ID.sub(lambda found: mask_id_number(found[0]), text)
    return _PHONE.sub(lambda found: mask_phone(found[0]), text)


def without_numbers(text: str) -> str:
    """The text for the public: every number of seven digits or more is masked, whatever it is."""
    return _LONG.sub(lambda found: mask_phone(found[0]), masked(text))


def without_contacts(text: str) -> str:
    """The text without what one could be reached by: numbers as `masked`, and mail addresses taken out."""
    return masked(_MAIL.sub("…@…", text))
