"""Which reports wait for a moderator before they become cases."""

from __future__ import annotations

import re
from collections.abc import Iterable

from civicloop.kernel.text import fold

_LINK = re.compile(r"(?:https?://|www\.)\S*", re.IGNORECASE)
MOST_LINKS = 1
# What stands between the letters of a word that wants to get past: blanks, signs, joiners and other things one does not see.
_BETWEEN = re.compile(r"[\W_]+")


def held_for(
    text: str, *, proved: bool, today: int, most_a_day: int, blocked: bool, words: Iterable[str]
) -> list[str]:  # fmt: skip
    """The reasons why a report waits; empty when it may enter at once.

    `proved` says whether the sender's device did its work, `today` how many reports of the sender came in the last day before
    this one, `words` are the block list's, compared folded and without what
    is no letter or digit.
    """
    bare = _bare(text)
    reasons = {
        "no_proof": not proved,
        "flood": today >= most_a_day,
        "blocked": blocked,
        "words": any(_bare(word) in bare for word in words if _bare(word)),
        "links": len(_LINK.findall(text)) > MOST_LINKS,
    }
    return [reason for reason, holds in reasons.items() if holds]


def _bare(text: str) -> str:
    return _BETWEEN.sub("", fold(text))
