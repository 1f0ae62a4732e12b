"""Which reports wait for a moderator before they become cases."""

from __future__ import annotations

import re
from collections.abc import Iterable

from civicloop.kernel.text import fold

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
MOST_LINKS = 1


def held_for(
    text: str, *, proved: bool, today: int, most_a_day: int, blocked: bool, words: Iterable[str]
) -> list[str]:  # fmt: skip
    """The reasons why a report waits; empty when it may enter at once.

    `proved` says whether the sender's device did its work, `today` how many reports of the sender came in the last day before
    this one, `words` are the block list's, compared folded.
    """
    folded = fold(text)
    reasons = {
        "no_proof": not proved,
        "flood": today >= most_a_day,
        "blocked": blocked,
        "words": any(fold(word) in folded for word in words if word.strip()),
        "links": len(_LINK.findall(text)) > MOST_LINKS,
    }
    return [reason for reason, holds in reasons.items() if holds]
