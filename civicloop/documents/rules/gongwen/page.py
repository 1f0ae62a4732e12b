"""Measures of the page, GB/T 9704-2012 chapters 5 to 7 and 10. Millimetres, points (1/72 inch) and twips (1/20 point)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from civicloop.documents.rules.body import Face

MM_PER_INCH, POINTS_PER_INCH, TWIPS_PER_POINT = 25.4, 72, 20
PAPER_MM = (210.0, 297.0)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37.0, 35.0, 28.0, 26.0
AREA_MM = (156.0, 225.0)  # 版心
LINES, CHARACTERS = 22, 28

SIZE_3, SIZE_2, SIZE_4, SIZE_5 = 16.0, 22.0, 14.0, 10.5
"""3号 body, 2号 title, 4号 page number and 版记, 五号 tables and captions; in points."""

LINE_PITCH_TWIPS = 579
"""225 mm / 22 = 579.8 twips, rounded down so that 22 lines fit."""
CHAR_SPACE = -847
"""In 1/4096 point: 156 mm / 28 = 15.793 pt, less the 16 pt of the body."""

HEAD_TOP_MM = 35.0
"""Upper edge of the type area to the upper edge of the red head."""
RED_LINE_GAP_MM = 4.0
PAGE_NUMBER_GAP_MM = 7.0
LETTER_HEAD_TOP_MM = 30.0  # from the edge of the paper
LETTER_FOOT_MM = 20.0
LETTER_LINE_MM = 170.0
RED = "FF0000"
THICK_LINE_MM, THIN_LINE_MM = 0.35, 0.25  # 版记

FONTS: Mapping[Face, str] = {"title": "方正小标宋简体", "body": "仿宋_GB2312", "kai": "楷体_GB2312", "hei": "黑体"}
PAGE_NUMBER_FONT = "宋体"

# A name longer than the line at this size is squeezed, as printers do, but not below two thirds.
LARGEST_HEAD, NARROWEST = 44.0, 0.66


def twips(mm: float) -> int:
    """Millimetres in twips, to the nearest."""
    return round(mm / MM_PER_INCH * POINTS_PER_INCH * TWIPS_PER_POINT)


def points(mm: float) -> float:
    """Millimetres in points."""
    return mm / MM_PER_INCH * POINTS_PER_INCH


def line_points() -> float:
    """Distance from line to line in points: 28.95."""
    return LINE_PITCH_TWIPS / TWIPS_PER_POINT


def char_points() -> float:
    """Distance from character to character in points: 15.79."""
    return SIZE_3 + CHAR_SPACE / 4096


def head_size(characters: int, width_mm: float = AREA_MM[0]) -> tuple[float, float]:
    """Size of the red head in points and its horizontal scale (0.66 to 1), so that the name fits on one line.

    A very long name gets smaller letters at the narrowest scale.
    """
    room = points(width_mm) / max(characters, 1)
    size = math.floor(min(LARGEST_HEAD, room / NARROWEST) * 2) / 2
    return size, min(1.0, room / size)


def text_width(text: str) -> float:
    """Width in characters: digits, Latin letters and half-width signs count half."""
    return sum(0.5 if ord(char) < 0x2000 and char != "·" else 1.0 for char in text)
