"""Titles are cut at sensible places: never inside a date, a figure with its unit, or a word that is to stay whole."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.documents.rules.gongwen.page import text_width
from civicloop.documents.rules.gongwen.titles import WIDEST, title_lines
from civicloop.documents.rules.sentences.numerals import span

DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
FORMS = (
    "关于{}创建工作情况的通报", "{}暗访情况简报", "问题曝光（{}）", "市城市管理局{}创建工作总结",
    "关于{}全国文明城市创建实地测评情况的通报",
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于2026年10月1日至11月21日创建工作情况的通报", ("关于2026年10月1日至11月21日", "创建工作情况的通报")),
        ("关于2026年10月创建工作情况的通报", ("关于2026年10月创建工作情况的通报",)),
        ("关于2025年12月28日至2026年1月27日创建工作情况的通报", ("关于2025年12月28日至2026年1月27日", "创建工作情况的通报")),
    ],
)  # fmt: skip
def test_titles_of_periods(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title) == lines


def test_a_word_that_is_to_stay_whole_stays_whole() -> None:
    title = "关于督促整改施工工地车轮夹带等15个问题的督办函"

    assert title_lines(title, ["施工工地车轮夹带"]) == ("关于督促整改施工工地车轮夹带", "等15个问题的督办函")


@given(DAYS, DAYS, st.sampled_from(FORMS))
def test_no_title_is_cut_inside_a_date(one: date, other: date, form: str) -> None:
    title = form.format(span(min(one, other), max(one, other)))
    lines = title_lines(title)

    assert "".join(lines) == title
    assert all(text_width(line) <= WIDEST for line in lines)
    for line, following in pairwise(lines):
        assert not (re.search(r"\d$", line) and re.match(r"[\d年月日]", following)), lines
        assert not (re.search(r"[年月]$", line) and re.match(r"\d", following)), lines
        assert not following.startswith(("年", "月", "日")), lines
