"""Texts that people type: cleaned when they come in, cut into search words, masked, and made safe for spreadsheets."""

from __future__ import annotations

import re
import unicodedata

from civicloop.kernel.refusal import Invalid

MOST_TOKEN = 64
"""Longer words are cut; PostgreSQL leaves words over 2 kB out altogether."""

_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_RUN = re.compile(r"[^\S\n]+")
_LINE_END = re.compile(r" *\n *")
# Invisible characters that reorder or hide text. Joiners (U+200C, U+200D) stay: scripts and emoji need them.
_HIDDEN = {*"\u00ad\u200b\u200e\u200f\u2060\ufeff", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}

# Written as numbers: an editor that composes characters would turn the first of the third block into another one.
_HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_WORDS = re.compile(rf"(?P<han>(?:(?![\W_])[{_HAN}])+)|(?P<word>(?:(?![{_HAN}])[^\W_])+)")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?", re.ASCII)


def clean_text(text: str, *, limit: int, multiline: bool = False, field: str = "text") -> str:
    """The text as it is kept: NFC, without control and hiding characters, blanks and line ends tidied.

    On one line, line ends become blanks. ``limit`` is in characters, counted after cleaning; a longer text is refused
    with Invalid (``too_long``) and never cut.
    """
    if not isinstance(text, str):
        raise Invalid(field, "not_text", kind=type(text).__name__)
    text = _NEWLINES.sub("\n", text).replace("\t", " ")
    if not multiline:
        text = text.replace("\n", " ")
    text = "".join(char for char in text if char == "\n" or not _is_unwanted(char))
    text = _LINE_END.sub("\n", _BLANK_RUN.sub(" ", unicodedata.normalize("NFC", text))).strip()
    if len(text) > limit:
        raise Invalid(field, "too_long", limit=limit, length=len(text))
    return text


def fold(text: str) -> str:
    """The text for comparing: full width to half width, compatibility forms (NFKC), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def bigrams(text: str) -> list[str]:
    """All search words of a text, in order, each once.

    A run of Han characters gives every character and every pair of neighbours; anything else gives whole words. The
    words hold letters and digits only, so SQLite's ``unicode61`` and PostgreSQL's ``simple`` keep them as they are.
    """
    return list(dict.fromkeys(word for run, is_han in _runs(text) for word in _indexed(run, is_han)))


def search_tokens(text: str) -> str:
    """The search words of a text with blanks between, for a full-text column."""
    return " ".join(bigrams(text))


def query_tokens(query: str) -> list[str]:
    """The words that must all be found for a query: pairs of a Han run, a lone character as itself, words whole.

    Empty when the query holds no letter or digit. The words are safe to put between quotes in an FTS5 or tsquery text.
    """
    return list(dict.fromkeys(word for run, is_han in _runs(query) for word in _asked(run, is_han)))


def safe_cell(value: object) -> object:
    """A value for a CSV or XLSX cell: a text a spreadsheet would take for a formula gets an apostrophe in front.

    Plain numbers such as ``-3.5`` and everything that is not a text stay as they are.
    """
    if not isinstance(value, str) or not value.lstrip(" ").startswith(_FORMULA_STARTS):
        return value
    return value if _PLAIN_NUMBER.fullmatch(value.strip(" ")) else "'" + value


def mask_phone(phone: str) -> str:
    """138****1234: a mobile keeps its first three and last four digits, a shorter number its last two at most."""
    digits = re.sub(r"[\s()（）-]", "", unicodedata.normalize("NFKC", phone))
    digits = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", digits)
    if len(digits) >= 11:
        return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]
    return _masked(digits, 0, 2 if len(digits) >= 7 else 0)


def mask_name(name: str) -> str:
    """张*, 张*三, 欧**修: the first character, and the last of three or more."""
    name = name.strip()
    return _masked(name, 1 if len(name) > 1 else 0, 1 if len(name) > 2 else 0)


def mask_id_number(number: str) -> str:
    """1101**********1234: the first and last four of an identity number, nothing of a text too short to be one."""
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", number))
    return _masked(number, 4, 4) if len(number) >= 15 else _masked(number, 0, 0)


def _masked(text: str, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")


def _is_unwanted(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in _HIDDEN or ord(char) & 0xFFFE == 0xFFFE


def _runs(text: str) -> list[tuple[str, bool]]:
    return [(match.group(), match.lastgroup == "han") for match in _WORDS.finditer(fold(text))]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _indexed(run: str, is_han: bool) -> list[str]:
    return [*run, *_pairs(run)] if is_han else [run[:MOST_TOKEN]]


def _asked(run: str, is_han: bool) -> list[str]:
    if not is_han:
        return [run[:MOST_TOKEN]]
    return _pairs(run) or [run]
