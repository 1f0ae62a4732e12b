"""One text with several problems cut into its parts: numbered lists, 一是…二是…, 另外, and lines of their own.

The pieces put together again are the text: nothing is lost and nothing doubled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

MOST_PARTS = 40
_HAN_NUMBERS = {char: number for number, char in enumerate("一二三四五六七八九", 1)}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STARTS = r"(?:(?<=[\n。；;：:，,！!？?）)])|^)[ \t]*"
# Kinds of enumeration; each finds the number it says.
_LISTS = (
    re.compile(_STARTS + r"[(（]?(?P<n>\d{1,2})(?:[、)）．]|\.(?!\d)|[：:](?!\d))[ \t]*"),
    re.compile(_STARTS + rf"(?P<c>[{_CIRCLED}])[、.]?[ \t]*"),
    re.compile(_STARTS + r"[(（]?(?P<h>[一二三四五六七八九十]{1,3})(?:[、)）．.]|[：:])[ \t]*"),
    re.compile(r"(?P<h>[一二三四五六七八九十])是(?!般|直|个|样|旦|定|些)[，,]?"),
    re.compile(_STARTS + r"第(?P<h>[一二三四五六七八九十])(?:个问题|点)?(?:[，,、：:]|是)[ \t]*"),
    re.compile(_STARTS + r"其(?P<h>[一二三四五六七八九])[，,、：:]?"),
    re.compile(_STARTS + r"问题(?P<h>[一二三四五六七八九十])[：:、，,]?[ \t]*"),
)
# What numbers the points of a report that have lists of their own.
_OUTER = (_LISTS[2],)
DEEPEST = 1
_ALSO = r"[ \t]*(?:另外|此外|再者|还有(?!人)|同时|再就是|除此之外|顺便(?:反映|说一下)?|并且|另(?=[，,]|有|附近))[，,：:]?[ \t]*"
_THEN = re.compile(
    rf"(?<=[。；;，,！!？?\n])(?P<also>{_ALSO})"
    r"|(?<=\n)(?P<bullet>[ \t]*[-–—•·●▪◆*][ \t]*)(?=\S)"
    r"|(?<=[。；;！!？?\n])(?=\S)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text. `lead` is what stands before a list and holds for all its parts; `text` begins with the mark."""

    text: str
    body: str
    lead: bool = False


def split(text: str, told: Callable[[str], frozenset[str]] = lambda part: frozenset()) -> list[Piece]:
    """The pieces of a text in order; put together they are the text. At most 40 parts: what follows stays with the last.

    A list is cut where its numbers run from one upwards. Elsewhere a text is cut only where both sides tell of a problem,
    which `told` says by naming kinds: behind 另外 and the like of any kind, between plain sentences of another kind.
    "同时希望尽快处理" tells of none and stays.
    """
    return _at_most(_split(text, told, 0))


def _split(text: str, told: Callable[[str], frozenset[str]], depth: int) -> list[Piece]:
    """A list may stand in a point of another, such as 1. 2. under 一、: the point's own words are a heading then."""
    marks = _listed(text, _OUTER if depth == 0 else _LISTS) or (_listed(text, _LISTS) if depth == 0 else [])
    if not marks:
        return _by_problem(text, told)
    pieces = [Piece(text[: marks[0][0]], text[: marks[0][0]], lead=True)] if marks[0][0] else []
    for (begin, after), end in zip(marks, _ends(marks, text), strict=True):
        inside = _split(text[after:end], told, depth + 1) if depth < DEEPEST else _by_problem(text[after:end], told)
        first, *rest = inside
        pieces += [replace(first, text=text[begin:after] + first.text), *rest]
    return pieces


def _listed(text: str, kinds: Sequence[re.Pattern[str]]) -> list[tuple[int, int]]:
    """Begin and end of the marks of the first kind of list that runs 1, 2, … at least to two; none when there is no list."""
    for kind in kinds:
        found: list[tuple[int, int]] = []
        for mark in kind.finditer(text):
            if _number(mark) == len(found) + 1:
                found.append(mark.span())
        if len(found) >= 2 and all(
            text[a:b].strip("，,。；; \n") for (_, a), b in zip(found, _ends(found, text), strict=True)
        ):
            return found
    return []


def _ends(marks: list[tuple[int, int]], text: str) -> list[int]:
    return [begin for begin, _ in marks[1:]] + [len(text)]


def _number(mark: re.Match[str]) -> int:
    told = mark.groupdict()
    if told.get("n"):
        return int(told["n"])
    if told.get("c"):
        return _CIRCLED.index(told["c"]) + 1
    return _han_number(told["h"])


def _han_number(word: str) -> int:
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _HAN_NUMBERS.get(word, 0) if len(word) == 1 else 0
    return (_HAN_NUMBERS.get(tens, 0) if tens else 1) * 10 + _HAN_NUMBERS.get(ones, 0)


def _by_problem(text: str, told: Callable[[str], frozenset[str]]) -> list[Piece]:
    cuts = [(found.start(), found.end(), bool(found["also"] or found["bullet"])) for found in _THEN.finditer(text)]
    pieces: list[Piece] = []
    begun, body, before = 0, 0, frozenset[str]()
    seen = 0
    ends = [*(begin for begin, _, _ in cuts), len(text)][1:]
    for (begin, after, said), end in zip(cuts, ends, strict=True):
        before |= told(text[max(body, seen) : begin])
        seen = after
        ahead = told(text[after:end])
        if begin > begun and before and ahead and (said or before.isdisjoint(ahead)):
            pieces.append(Piece(text[begun:begin], text[body:begin]))
            begun, body, before = begin, after, frozenset()
    return _at_most([*pieces, Piece(text[begun:], text[body:])])


def _at_most(pieces: list[Piece]) -> list[Piece]:
    if len(pieces) <= MOST_PARTS:
        return pieces
    kept, rest = pieces[: MOST_PARTS - 1], pieces[MOST_PARTS - 1 :]
    text = "".join(one.text for one in rest)
    return [*kept, Piece(text, rest[0].body + "".join(one.text for one in rest[1:]))]
