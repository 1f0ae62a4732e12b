"""Which reports wait for a moderator before they become cases."""

from __future__ import annotations

import re
from collections.abc import Iterable

from civicloop.kernel.text import fold
from civicloop.textintake.rules.cleaning import simplified

# With its beginning or without: a name and one of the endings that advertise. `hxxp` is how one writes what filters look for.
_LINK = re.compile(
    r"(?:h(?:tt|xx)ps?://|www\.)\S*"
    r"|(?<![\w@.-])[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,3}"
    r"\.(?:com|net|org|cn|cc|me|io|top|xyz|vip|club|shop|site|info|biz|app|link|live|online|wang|ltd|tv)(?![\w-])(?:/\S*)?",
    re.IGNORECASE,
)
# A telephone number in characters (一三八零…): no place and no amount is written so.
_HAN_NUMBER = re.compile(r"[〇零一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}")
MOST_LINKS = 1
# What stands between the letters of a word that wants to get past: blanks, signs, joiners and other things one does not see.
_BETWEEN = re.compile(r"[\W_]+")


def held_for(
    text: str, *, proved: bool, today: int, most_a_day: int, blocked: bool, words: Iterable[str]
) -> list[str]:  # fmt: skip
    """The reasons why a report waits; empty when it may enter at once.

    `proved` says whether the sender's device did its work, `today` how many reports of the sender came in the last day before
    this one, `words` are the block list's, compared folded, in simplified characters and
    without what is no letter or digit.
    """
    bare = _bare(text)
    reasons = {
        "no_proof": not proved,
        "flood": today >= most_a_day,
        "blocked": blocked,
        "words": any(_bare(word) in bare for word in words if _bare(word)),
        "links": len(_LINK.findall(fold(text))) > MOST_LINKS,
        "han_number": bool(_HAN_NUMBER.search(bare)),
    }
    return [reason for reason, holds in reasons.items() if holds]


def _bare(text: str) -> str:
    return _BETWEEN.sub("", simplified(fold(text)))
