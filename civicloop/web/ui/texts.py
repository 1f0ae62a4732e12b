"""Standard texts: offices write them with gaps, pages fill the gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import get_language

GAP = re.compile(r"\{([a-z_]+)\}")


def text_in(chinese: str, english: str) -> str:
    """The text in the reader's language; Chinese where there is no other."""
    return english if english and (get_language() or "").startswith("en") else chinese


def fill(text: str, told: Mapping[str, str]) -> str:
    """`{number}` and the like replaced; a gap nobody knows stays as it is. Nothing of the text is ever run as code."""
    return GAP.sub(lambda gap: told.get(gap[1], gap[0]), text)
