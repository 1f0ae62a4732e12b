"""Noisy text becomes plain text, and plain text stays what it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.textintake.rules.cleaning import MOST_ROUNDS, _round, clean

PLAIN = "莲花镇主街中段垃圾桶满溢，请处理。"


@pytest.mark.parametrize(
    ("noisy", "plain"),
    [
        (PLAIN, PLAIN),
        ("蓮花鎮主街中段垃圾桶滿溢，請處理。", PLAIN),
        (PLAIN.encode().decode("latin-1"), PLAIN),
        ("垃(lā)圾(jī)桶（tǒng）满了", "垃圾桶满了"),
        ("学（xué xí）强国路", "学强国路"),
        ("<p>路灯<b>不亮</b></p><script>alert('x')</script><div>三天了&nbsp;急</div>", "路灯不亮\n三天了急"),
        ("电话１３８００００００００", "电话13800000000"),
        ("转发自：业主群\n路灯不亮\n[图片]\n2026-11-20 09:30\nhttps://example.org/x", "路灯不亮"),
        ("路​灯﻿不亮", "路灯不亮"),
        ("垃圾太多了！！！！！", "垃圾太多了！"),
        ("路 灯 不 亮", "路灯不亮"),
        ("第一行\r\n\r\n第二行", "第一行\n第二行"),
    ],
)  # fmt: skip
def test_noise_is_taken_away(noisy: str, plain: str) -> None:
    assert clean(noisy) == plain


def test_markup_that_is_none_breaks_nothing() -> None:
    assert clean("路灯<![坏了 <p>三天</p>").startswith("路灯")


def test_an_english_word_in_brackets_is_no_pinyin() -> None:
    assert clean("充电桩（charging）坏了") == "充电桩（charging）坏了"


def test_chinese_read_as_gbk_is_put_right() -> None:
    for plain in ("路灯不亮", "垃圾满溢", "请尽快处理一下"):
        try:
            torn = plain.encode().decode("gbk")
        except UnicodeDecodeError:
            continue  # an odd number of bytes: such a text arrives with a sign for what is missing, and is lost
        assert clean(torn) == plain
        return
    raise AssertionError("none of the texts can be torn")


def test_half_a_character_and_zeros_go() -> None:
    assert clean("路灯\ud83d不亮\x00") == "路灯不亮"


NOISE = st.sampled_from(["<p>", "</div>", "&nbsp;", "&lt;", "<![", "<!--", "(lā)", "\n", " ", "　", "！",
                         "！", "。", "\u200b", "\x85", "Ã¥",
                         "é\x81",
                         "轉發", "[图片]", "转发", "１", "1", "來電", "https://a.b", "锟", "垃圾", "a", "(", "）"])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(NOISE, max_size=25).map("".join)))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert _round(once) == once, f"not settled after {MOST_ROUNDS} rounds"
