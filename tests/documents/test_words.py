"""Numbers, dates, levels and title lines as official papers write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.documents.rules.body import Attachment, Heading, Paragraph
from civicloop.documents.rules.gongwen.page import (
    AREA_MM,
    CHARACTERS,
    LINES,
    char_points,
    head_size,
    line_points,
    points,
    text_width,
)
from civicloop.documents.rules.gongwen.titles import WIDEST, title_lines
from civicloop.documents.rules.gongwen.words import (
    attachment_lines,
    chinese,
    copies_line,
    day,
    level_number,
    number,
    numbered,
)
from civicloop.documents.rules.periods import default_period


def test_number_has_six_corner_brackets_and_no_leading_zero() -> None:
    assert number("朝创城办", 2026, 5) == "朝创城办〔2026〕5号"
    with pytest.raises(ValueError, match="counts from one"):
        number("朝创城办", 2026, 0)


def test_date_has_no_leading_zeros() -> None:
    assert day(date(2026, 1, 5)) == "2026年1月5日"


def test_chinese_numerals() -> None:
    assert [chinese(one) for one in (1, 9, 10, 11, 20, 21, 99)] == [
        "一",
        "九",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]


def test_levels_begin_anew_under_a_higher_one() -> None:
    blocks = [
        Heading(1, "a"),
        Heading(2, "b"),
        Heading(3, "c"),
        Heading(4, "d"),
        Heading(2, "e"),
        Heading(3, "f"),
        Heading(1, "g"),
    ]

    assert [told for told, _ in numbered([*blocks, Paragraph("x")])] == [
        "一、", "（一）", "1.", "（1）", "（二）", "1.", "二、", "",
    ]  # fmt: skip
    assert level_number(2, 12) == "（十二）"


def test_one_attachment_has_no_number_and_names_end_without_a_mark() -> None:
    assert attachment_lines((Attachment("名单。"),)) == [("", "名单")]
    assert attachment_lines((Attachment("甲；"), Attachment("乙"))) == [("1.", "甲"), ("2.", "乙")]


def test_copies_end_with_a_full_stop() -> None:
    assert copies_line(("市委办", "市府办")) == "抄送：市委办，市府办。"
    assert copies_line(()) == ""


def test_type_area_takes_22_lines_of_28_characters() -> None:
    assert LINES * line_points() <= points(AREA_MM[1]) < (LINES + 0.1) * line_points()
    assert CHARACTERS * char_points() == pytest.approx(points(AREA_MM[0]), abs=0.1)


@given(st.integers(1, 60))
def test_red_head_always_fits_the_line(characters: int) -> None:
    size, scale = head_size(characters)

    assert characters * size * scale <= points(AREA_MM[0]) + 1
    assert 0.66 - 1e-9 <= scale <= 1


def test_title_keeps_words_and_figures_whole() -> None:
    lines = title_lines("关于2026年10月份全国文明城市创建工作情况的通报")

    assert lines == ("关于2026年10月份全国", "文明城市创建工作情况的通报")
    assert title_lines("第一行\n第二行") == ("第一行", "第二行")


@given(st.text(alphabet="关于全国文明城市创建工作情况的通报2026年（）", min_size=1, max_size=70))
def test_title_lines_fit_and_lose_nothing(title: str) -> None:
    lines = title_lines(title)

    assert "".join(lines) == title
    assert all(text_width(line) <= WIDEST for line in lines)


def test_default_periods_are_whole_and_over() -> None:
    wednesday = date(2026, 11, 25)

    assert default_period("week", wednesday) == (date(2026, 11, 16), date(2026, 11, 22))
    assert default_period("month", wednesday) == (date(2026, 10, 1), date(2026, 10, 31))
    assert default_period("year", wednesday) == (date(2026, 1, 1), wednesday)
    assert default_period("day", wednesday) == (wednesday, wednesday)
