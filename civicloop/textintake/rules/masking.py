"""Personal data in a text made unreadable before the text is kept: phones, identity numbers, plates, names of callers, addresses.

Masked: mobile and fixed lines, identity numbers (18 and 15 digits), every other run of seven digits or more, plates, e-mail and
chat names, names known by what stands beside them (`names`), and the home address behind 住址. What stays is the place of the
problem.
"""

from __future__ import annotations

import re
import unicodedata

from civicloop.kernel.text import mask_id_number, mask_phone
from civicloop.textintake.rules.names import MARKS, without_full_names, without_surnames

_GAP = r"[ \u00a0\-‐‑–—.·•_]?"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_HOME = re.compile(r"((?:家庭住址|家庭地址|居住地址|现住址|住址|户籍地址)[：:\s]*)([^\s，,。；;]{2,60})")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63})+")
_CHAT = re.compile(r"((?:微信号?|QQ|qq|wx)(?:号码?)?[：:\s]*)([A-Za-z0-9][\w-]{4,19})")
_ID = re.compile(rf"(?<!\d)(?:\d{_GAP}){{17}}[\dXx](?!\d)|(?<!\d)(?:\d{_GAP}){{14}}\d(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
_FIXED = re.compile(rf"(?<!\d)[(（]?0\d{{2,3}}[)）]?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)")
_LONG = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{6,}}(?!\d)|\d{{7,}}")
# A mobile or an identity number, once nothing stands between its digits.
_TORN, _GAPS = re.compile(r"1[3-9]\d{9}|\d{15}"), re.compile(_GAP.rstrip("?"))
_PLATE = re.compile(rf"([{_PROVINCES}]\s?[A-Za-z])[\s·•.\-]?[A-Za-z0-9]{{4,5}}[A-Za-z0-9挂学警港澳]?(?![A-Za-z0-9])")
# Characters of which every word by which a name, a home, a plate or a chat name is known holds one; a plate and a mail address hold
# a letter. Most texts hold none of them and few digits: they are handed back after one look.
_TELLTALE = frozenset(
    "人主户名叫板东者民众友是款邻机驶保先女姐太师医志经书长警姨爷妈某证话址微—-@＠"
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
_TELLING_DIGITS = 7
# The words themselves, of which those characters are part, and what a telephone may stand in.
_MARKED = re.compile(rf"{MARKS}|住址|地址|[{_PROVINCES}]\s?[A-Za-z]|\d[\d* -]{{6,}}")
# Eleven numerals in a row, as somebody spells a telephone, with gaps as digits have them.
_NUMERAL = "[〇零洞一壹幺二贰两三叁四肆五伍六陆七柒拐八捌九玖勾]"
_SPELLED = re.compile(rf"{_NUMERAL}(?:[ \u00a0\u3000]?[-·‐‑‒–—]?[ \u00a0\u3000]?{_NUMERAL}){{10}}")
# A moment or a day written with marks between is no number of a person; right behind a digit it is no day.
_MOMENT = re.compile(r"(?<!\d)(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:3[01]|[12]\d|0?[1-9])(?!\d)")
_DIGITS = re.compile(r"\d")


def masked(text: str) -> str:
    """The text with personal data masked; masking twice is masking once."""
    text = "".join(_plain_digit(char) for char in text)
    text = _HOME.sub(lambda found: found[1] + "***", text)
    text = _MAIL.sub("***@***", text)
    text = _CHAT.sub(lambda found: found[1] + "***", text)
    text = _PLATE.sub(lambda found: found[1].replace(" ", "") + "·*****", text)
    text = _numbers(text)
    return without_full_names(text)


def is_harmless(text: str) -> bool:
    """Whether nothing in the text can be personal data that this house masks: a quick look that errs on the safe side."""
    return _TELLTALE.isdisjoint(text) and len(_DIGITS.findall(text)) < _TELLING_DIGITS and not _SPELLED.search(text)


def without_names(text: str) -> str:
    """The text for everybody without names, surnames, homes and number plates; numbers, mail and chat names are left to
    `kernel.masking`. Twice is once.
    """
    if is_harmless(text) or not _MARKED.search(text):
        return text
    text = _HOME.sub(lambda found: found[1] + "***", text)
    text = _PLATE.sub(lambda found: found[1].replace(" ", "") + "·*****", text)
    return without_surnames(without_full_names(text))


def _numbers(text: str) -> str:
    """Numbers of persons, between the moments that stand in the text."""
    parts, begun = [], 0
    for moment in _MOMENT.finditer(text):
        parts += [_without_numbers(text[begun : moment.start()]), moment[0]]
        begun = moment.end()
    joined = "".join([*parts, _without_numbers(text[begun:])])
    # A number torn apart by what looked like a day is still a number.
    return _without_numbers(text) if parts and _TORN.search(_GAPS.sub("", joined)) else joined


def _without_numbers(text: str) -> str:
    text = _ID.sub(lambda found: mask_id_number("".join(_kept(found[0]))), text)
    text = _MOBILE.sub(lambda found: mask_phone("".join(_kept(found[0]))), text)
    text = _FIXED.sub(lambda found: mask_phone("".join(_kept(found[0]))), text)
    return _LONG.sub(lambda found: mask_phone("".join(_kept(found[0]))), text)


def _kept(text: str) -> list[str]:
    return [char for char in text if char.isdigit() or char in "Xx"]


def _plain_digit(char: str) -> str:
    """Digits of every script as 0 to 9: a number in full-width or Arabic digits is a number."""
    if char < "\u0080" or not char.isdigit():
        return char
    value = unicodedata.digit(char, -1)
    return str(value) if value >= 0 and unicodedata.category(char) == "Nd" else char
