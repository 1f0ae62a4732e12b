"""Phone and identity numbers, mail addresses and chat names that people typed into texts are made unreadable before a text travels.

Numbers are found however they are written: with blanks, hyphens or dots between, in full width, with +86 or an area code in
brackets, an identity number with its X. What looks alike and names nobody stays: case numbers, days, places in degrees, lengths.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from civicloop.kernel.text import mask_id_number, mask_phone

# What people put between the digits of one number: at most a sign with a blank before and behind it.
_GAP = r"[ \u00a0\u3000]?[-·‐‑‒–—]?[ \u00a0\u3000]?"
_BORN = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_WHOLE = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
# With gaps it is an identity number only where a day of birth stands in it: two days in a row are none.
_ID_SPACED = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?!\d)")
_ID_SHAPE = re.compile(rf"[1-9]\d{{5}}{_BORN}\d{{3}}[\dXx]")
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
# Dots only in the usual three groups: otherwise degrees would look like a telephone.
_DOTTED = re.compile(r"(?<![\d.])1[3-9]\d\.\d{4}\.\d{4}(?![\d.])")
# In those groups it is a telephone whatever stands between them, twice the same: 138/0013/8000, 138_0013_8000, 138--0013--8000.
_GROUPED = re.compile(
    r"(?<![\d.])1[3-9]\d(?P<between>(?:[^\w\s.、；;]|[_ー]){1,3}|[^\S\n]{1,3})\d{4}(?P=between)\d{4}(?!\d)"
    rf"|[（(]1[3-9]\d[)）] ?\d{{4}}{_GAP}\d{{4}}(?!\d)"
)
_FIXED = re.compile(
    rf"(?<!\d)(?:[（(]0\d{{2,3}}[)）] ?|0\d{{2,3}}{_GAP}|(?:\+|00)86{_GAP}[（(]?0?[1-9]\d{{1,2}}[)）]?{_GAP})"
    rf"(?:\d{{7,8}}|\d{{3,4}}{_GAP}\d{{4}})(?!\d)"
)
_FOREIGN = re.compile(rf"(?<![\d.])\+(?!86)[1-9](?:{_GAP}\d){{8,13}}(?!\d)")
_LONG = re.compile(r"(?<!\d)\d{7,}(?!\d)")
# What stays: a day with signs between, the number of a case, a decimal number such as a degree. A telephone behind the number of a
# list ("1.138…") is no decimal.
_DAY = r"(?<!\d)(?:19|20)\d{2}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)"
_DECIMAL = r"(?<!\d)(?<!\d\.)\d{1,3}\.(?!1[3-9]\d{9}(?!\d))\d{2,15}(?!\d|\.\d)"
_STAYS = re.compile(rf"{_DAY}|(?<![0-9A-Za-z])A\d{{6,9}}(?!\d)|{_DECIMAL}")
_SHORT_DAY = re.compile(r"(?:19[5-9]\d|20[0-4]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_CHAT = re.compile(r"((?:微信|QQ|qq|[Ww][Xx]|[Vv][Xx])号?码?[：:\s]*)([A-Za-z0-9][\w-]{4,19})", re.ASCII)
# A mobile number in characters: 一三八零零…, 幺三八…, 壹叁捌…, with gaps as digits have them.
_SPOKEN_DIGIT = "〇零洞一壹幺二贰两三叁四肆五伍六陆七柒拐八捌九玖勾"
_SPOKEN = re.compile(
    rf"(?<![{_SPOKEN_DIGIT}])[一壹幺]{_GAP}[三叁四肆五伍六陆七柒拐八捌九玖勾](?:{_GAP}[{_SPOKEN_DIGIT}]){{9}}(?![{_SPOKEN_DIGIT}])"
)
_PARTS = re.compile(r"\d+")
_DIGIT = re.compile(r"[\dXx]")
MOST_GROUPS = 5
"""Groups in which people write a mobile number; else every digit stands by itself."""

Spans = list[tuple[int, int]]


def masked(text: str) -> str:
    """The text with mobile, landline, foreign and identity numbers masked, also a mobile one in characters; other numbers stay.
    Twice is once.
    """
    return _replaced(_SPOKEN.sub(_unspoken, text), _numbers)


def without_numbers(text: str) -> str:
    """The text for the public: every number of seven digits or more is masked, whatever it is, but for days, cases and degrees."""
    return _replaced(masked(text), _long_numbers)


def without_contacts(text: str) -> str:
    """The text without what one could be reached by: numbers as `masked`, mail addresses and chat names taken out."""
    if "@" in text or "＠" in text:
        text = _MAIL.sub("…@…", text.replace("＠", "@"))
    return masked(_CHAT.sub(lambda found: f"{found[1]}***", text))


def _unspoken(found: re.Match[str]) -> str:
    said = [char for char in found[0] if char in _SPOKEN_DIGIT]
    return "".join([*said[:3], "****", *said[-4:]])


def _replaced(text: str, find: Callable[[str], Iterator[tuple[int, int, str]]]) -> str:
    """The text with what was found put in its place. Of two that overlap the first found holds."""
    if sum(map(str.isdigit, text)) < 7:
        return text
    plain = text if text.isascii() else "".join(map(_plain, text))
    taken: list[tuple[int, int, str]] = []
    for start, end, said in find(plain):
        if all(end <= other[0] or start >= other[1] for other in taken):
            taken.append((start, end, said))
    out, last = [], 0
    for start, end, said in sorted(taken):
        out += [text[last:start], said]
        last = end
    return "".join([*out, text[last:]])


def _numbers(plain: str) -> Iterator[tuple[int, int, str]]:
    """Numbers of people: where each begins and ends, and what stands there instead."""
    stays = [found.span() for found in _STAYS.finditer(plain)]
    for found in _ID_WHOLE.finditer(plain):
        yield *found.span(), mask_id_number(found[0])
    for found in _ID_SPACED.finditer(plain):
        digits = _digits(found[0])
        if _ID_SHAPE.fullmatch(digits):
            yield *found.span(), mask_id_number(digits)
    for pattern in (_DOTTED, _MOBILE, _FIXED, _FOREIGN, _GROUPED):
        for found in pattern.finditer(plain):
            if pattern is _DOTTED or _is_number(found, stays):
                yield *found.span(), mask_phone(_digits(found[0]))


def _long_numbers(plain: str) -> Iterator[tuple[int, int, str]]:
    stays = [found.span() for found in _STAYS.finditer(plain)]
    for found in _LONG.finditer(plain):
        if not _SHORT_DAY.fullmatch(found[0]) and not _touches(found.span(), stays):
            yield *found.span(), mask_phone(found[0])


def _is_number(found: re.Match[str], stays: Spans) -> bool:
    """Whether digits with gaps are one number: not a row of small ones, and no day among them."""
    groups = _PARTS.findall(found[0])
    # The first may have the country before it: +861 3 8 …
    written = len(groups) <= MOST_GROUPS + 1 or all(len(one) == 1 for one in groups[1:])
    return written and not _touches(found.span(), stays)


def _touches(span: tuple[int, int], others: Spans) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _digits(text: str) -> str:
    return "".join(_DIGIT.findall(text))


def _plain(char: str) -> str:
    """One character for one: digits of every script as 0 to 9, signs in full width as usual ones."""
    if char < "\u0080":
        return char
    if char.isdigit():
        value = unicodedata.digit(char, -1)
        return str(value) if value >= 0 and unicodedata.category(char) == "Nd" else char
    return _WIDE.get(char, char)


# Joiners and marks that one does not see part digits as a blank does.
_WIDE = dict.fromkeys("\u034f\u200c\u200d\u20e3\ufe0e\ufe0f", " ") | {
    "＋": "+", "－": "-", "Ｘ": "X", "ｘ": "x", "．": ".", "／": "/", "Ａ": "A", "（": "(", "）": ")",
}  # fmt: skip
