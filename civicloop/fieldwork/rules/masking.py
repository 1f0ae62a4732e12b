"""Numbers of persons in free text: made unreadable before the text goes onto a phone, which may be lost."""

from __future__ import annotations

import re

from civicloop.kernel.text import mask_id_number, mask_phone

_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")


def masked(text: str) -> str:
    """The text with mobile numbers as 138****1234 and identity numbers as 1101**********1234."""
    return _MOBILE.sub(lambda found: mask_phone(found[0]), _ID.sub(lambda found: mask_id_number(found[0]), text))
