"""Texts: cleaned, cut into search words, masked, made safe for spreadsheets."""

import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import (
    bigrams,
    clean_text,
    mask_id_number,
    mask_name,
    mask_phone,
    query_tokens,
    safe_cell,
    search_tokens,
)

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
han = st.text(st.sampled_from("莲花镇暴露垃圾占道经营𠮷々〇"), min_size=1, max_size=12)


def test_control_and_hiding_characters_go():
    assert clean_text("莲\x00花\u202e镇\ufeff\x1b", limit=10) == "莲花镇"


def test_line_ends_become_one_kind_or_a_blank():
    assert clean_text("一\r\n二\r三\u2028四", limit=20, multiline=True) == "一\n二\n三\n四"
    assert clean_text("一\r\n二", limit=20) == "一 二"


def test_blanks_at_the_ends_and_in_rows_are_tidied():
    assert clean_text("  莲花镇 \t\u3000 路口  \n", limit=20) == "莲花镇 路口"


def test_letters_are_composed():
    assert clean_text("e\u0301", limit=1) == "é"


def test_emoji_made_of_several_signs_stay_whole():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

    assert clean_text(family, limit=5) == family


def test_a_text_too_long_is_refused_and_not_cut():
    with pytest.raises(Invalid) as refused:
        clean_text("垃" * 11, limit=10, field="title")

    assert refused.value.field == "title"
    assert refused.value.params == {"limit": 10, "length": 11}


def test_what_is_no_text_is_refused():
    with pytest.raises(Invalid, match="not_text"):
        clean_text(5, limit=10)  # type: ignore[arg-type]


@given(st.text(max_size=60), st.booleans())
def test_a_cleaned_text_is_clean(text, multiline):
    cleaned = clean_text(text, limit=500, multiline=multiline)

    assert clean_text(cleaned, limit=500, multiline=multiline) == cleaned
    assert all(unicodedata.category(c) not in ("Cc", "Cs") or (c == "\n" and multiline) for c in cleaned)
    cleaned.encode()


def test_a_run_of_han_gives_characters_and_pairs():
    assert bigrams("暴露垃圾") == ["暴", "露", "垃", "圾", "暴露", "露垃", "垃圾"]


def test_mixed_text_is_cut_where_the_script_changes():
    assert bigrams("同安区A12栋，Bin-7") == ["同", "安", "区", "同安", "安区", "a12", "栋", "bin", "7"]


def test_korean_and_japanese_letters_are_whole_words():
    assert bigrams("서울 ひらがな") == ["서울", "ひらがな"]


def test_full_width_and_half_width_are_the_same():
    assert bigrams("ＡＢＣ１２３") == bigrams("abc123")


def test_a_phrase_is_asked_for_by_its_pairs_and_a_character_by_itself():
    assert query_tokens("暴露垃圾") == ["暴露", "露垃", "垃圾"]
    assert query_tokens("垃") == ["垃"]
    assert query_tokens("莲花 A12") == ["莲花", "a12"]


@pytest.mark.parametrize("query", ["", "  ", "!?*\"'", "()&|"])
def test_a_query_without_words_asks_for_nothing(query):
    assert query_tokens(query) == []


@given(any_text, any_text)
def test_what_is_asked_in_the_words_of_a_text_is_found_in_it(before, after):
    text = before + "莲花镇" + after

    assert set(query_tokens("花镇")) <= set(bigrams(text))
    assert set(query_tokens(text)) <= set(bigrams(text))


@given(any_text)
def test_search_words_hold_nothing_a_search_engine_could_misread(text):
    assert all(word.isalnum() for word in bigrams(text))


@given(han, st.data())
def test_sqlite_finds_every_piece_of_a_chinese_text(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : data.draw(st.integers(start + 1, len(text)))]
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize='unicode61')")
    db.execute("INSERT INTO t VALUES (?)", [search_tokens(text)])

    asked = " ".join(f'"{word}"' for word in query_tokens(piece))
    assert db.execute("SELECT count(*) FROM t WHERE t MATCH ?", [asked]).fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM t WHERE t MATCH ?", [asked + ' "龘龘"']).fetchone() == (0,)
    db.close()


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "  =1", "-", "+86 13800000000"],
)
def test_a_formula_becomes_a_text(formula):
    assert safe_cell(formula) == "'" + formula


@pytest.mark.parametrize("plain", ["-3.5", "+7", "-1e5", "-12%", "莲花镇", "", "a=b", "3-4", 7, -3.5, None, "-.5"])
def test_numbers_and_ordinary_texts_stay_as_they_are(plain):
    assert safe_cell(plain) == plain


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800001234", "138****1234"),
        ("+86 138-0000-1234", "138****1234"),
        ("１３８００００１２３４", "138****1234"),
        ("0592-7022222", "059****2222"),
        ("7022222", "*****22"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_a_phone_number_keeps_little(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("张小三", "张*三"), ("欧阳小三", "欧**三"), ("张", "*"), ("", "")]
)
def test_a_name_keeps_its_first_character_and_the_last_of_three(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("110101199001011234", "1101**********1234"),
        ("11010119900101123X", "1101**********123X"),
        ("12345678", "********"),
    ],
)
def test_an_identity_number_keeps_four_and_four(number, masked):
    assert mask_id_number(number) == masked


@given(st.text(min_size=1, max_size=30))
def test_a_mask_never_gives_back_the_whole(text):
    for mask in (mask_phone, mask_name, mask_id_number):
        assert mask(text) == "" or "*" in mask(text)
