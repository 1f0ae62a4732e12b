"""Numbers, dates and levels as official papers write them, GB/T 9704-2012, 7.2.5 (number), 7.3.3 (levels), 7.3.5 (date)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from civicloop.documents.rules.body import Attachment, Block, Document, Heading

_DIGITS = "零一二三四五六七八九"


def number(sign: str, year: int, serial: int) -> str:
    """朝创城办〔2026〕5号: six-corner brackets, no 第, no leading zero."""
    if year < 1949 or serial < 1:
        raise ValueError("a number has a year and counts from one")
    return f"{sign}〔{year}〕{serial}号"


def blank_number(sign: str) -> str:
    """The number of a draft, with room to write in."""
    return f"{sign}〔　　〕　号"


def number_of(document: Document) -> str:
    """What stands where the number stands: the number, or the blank of a draft on paper with a head that has numbers."""
    if document.number or document.head.style == "plain" or not document.head.sign:
        return document.number
    return blank_number(document.head.sign)


def day(when: date) -> str:
    """2026年11月5日: Arabic figures, no leading zeros."""
    return f"{when.year}年{when.month}月{when.day}日"


def chinese(value: int) -> str:
    """一, 十, 二十一, … up to 99: the numerals of levels."""
    if not 0 < value < 100:
        raise ValueError("levels are counted from 1 to 99")
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


def level_number(level: int, value: int) -> str:
    """一、 （一） 1. （1）"""
    return (f"{chinese(value)}、", f"（{chinese(value)}）", f"{value}.", f"（{value}）")[level - 1]


def numbered(blocks: Iterable[Block]) -> Iterator[tuple[str, Block]]:
    """Every block with the number before it, which is empty for all but headings. A level begins anew under a higher one."""
    counts = [0, 0, 0, 0]
    for block in blocks:
        if not isinstance(block, Heading):
            yield "", block
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (4 - block.level)
        yield level_number(block.level, counts[block.level - 1]), block


def attachment_lines(attachments: tuple[Attachment, ...]) -> list[tuple[str, str]]:
    """Number and name of each attachment under the body; one alone has no number. No mark stands after a name."""
    names = [one.title.rstrip("。；，、") for one in attachments]
    return [("", names[0])] if len(names) == 1 else [(f"{place}.", name) for place, name in enumerate(names, 1)]


def copies_line(copies: Iterable[str]) -> str:
    """抄送：甲，乙，丙。"""
    names = "，".join(copies)
    return f"抄送：{names}。" if names else ""
