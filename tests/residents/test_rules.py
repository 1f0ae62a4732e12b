"""Codes, proof of work, contacts, reasons to wait, and kinds guessed from words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.kernel.codes import ALPHABET, LENGTH, code_of, digest, new_code, read_code, shown
from civicloop.kernel.masking import without_contacts, without_numbers
from civicloop.residents.rules.contacts import read_mail, read_phone
from civicloop.residents.rules.guessing import merged, ranked, usual
from civicloop.residents.rules.holding import held_for
from civicloop.residents.rules.lifecycle import LIFECYCLE, ComplaintState
from civicloop.residents.rules.proof import find, leading_zeros, proves
from civicloop.residents.rules.telling import for_everybody
from civicloop.textintake.rules.masking import is_harmless, masked
from civicloop.textintake.rules.names import without_full_names, without_surnames


def test_a_code_has_letters_only_that_nobody_mistakes() -> None:
    assert not set("ILO01") & set(ALPHABET)
    assert read_code(new_code()) is not None


@given(st.binary(min_size=1, max_size=64))
def test_a_code_is_read_however_it_was_copied(secret: bytes) -> None:
    code = code_of(secret)

    assert len(code) == LENGTH
    assert code_of(secret) == code
    assert read_code(shown(code)) == read_code(f" {code[:3].lower()} {code[3:]}。".rstrip("。")) == code


@pytest.mark.parametrize(
    "text", ["", "ABCDE", "ABCDE-FGHJ1", "ABCDE-FGHIJ", "ＡＢＣＤＥＦＧＨＪＫＭ", "<script>", "A" * 5000]
)
def test_what_is_no_code_is_not_read_as_one(text: str) -> None:
    assert read_code(text) is None


def test_full_width_letters_and_long_dashes_are_read() -> None:
    assert read_code("ＡＢＣＤＥ－ＦＧＨＪＫ") == "ABCDEFGHJK"


def test_of_a_code_its_digest_is_kept() -> None:
    assert len(digest("ABCDEFGHJK")) == 64
    assert digest("ABCDEFGHJK") != digest("ABCDEFGHJM")


def test_work_is_found_by_trying_and_checked_at_once() -> None:
    answer = find("a task", 10)

    assert proves("a task", answer, 10)
    assert not proves("another task", answer, 24)
    assert leading_zeros(bytes(2)) == 16
    assert leading_zeros(b"\x01\xff") == 7


@pytest.mark.parametrize("answer", ["", "-1", "1e9", "９", "1" * 21, "x"])
def test_an_answer_that_is_no_number_proves_nothing(answer: str) -> None:
    assert not proves("a task", answer, 0)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("138 0013 8000", "13800138000"), ("+86 13800138000", "13800138000"), ("１３８００１３８０００", "13800138000"),
        ("0592-7012345", "05927012345"), ("12345", None), ("1380013800", None), ("phone", None),
    ],
)  # fmt: skip
def test_telephone_numbers_are_read_into_digits(typed: str, read: str | None) -> None:
    assert read_phone(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" Lin@Example.ORG ", "lin@example.org"),
        ("lin@example", None),
        ("a b@example.org", None),
        ("a@b.c\nBcc: x@y.z", None),
    ],
)
def test_mail_addresses_are_read_and_nothing_else(typed: str, read: str | None) -> None:
    assert read_mail(typed) == read


def test_a_report_waits_for_every_reason_there_is() -> None:
    usual = {"proved": True, "today": 0, "most_a_day": 3, "blocked": False, "words": ["赌场"]}

    assert held_for("路灯不亮", **usual) == []  # type: ignore[arg-type]
    assert held_for("路灯不亮", **{**usual, "proved": False}) == ["no_proof"]  # type: ignore[arg-type]
    assert held_for("路灯不亮", **{**usual, "today": 3}) == ["flood"]  # type: ignore[arg-type]
    assert held_for("线上賭場 http://a http://b 线上赌场", **usual) == ["words", "links"]  # type: ignore[arg-type]


def test_numbers_and_mail_addresses_leave_a_text() -> None:
    told = without_contacts("找我13812345678或 lin@example.org，身份证350212199001011234，离路口300米")

    assert "13812345678" not in told
    assert "lin@example.org" not in told
    assert "350212199001011234" not in told
    assert "300米" in told


def test_kinds_are_guessed_from_the_words_of_their_names() -> None:
    known = [(1, "暴露垃圾", "道路 垃圾"), (2, "机动车乱停放", "人行道 停车"), (3, "路灯", "不亮")]

    assert ranked("门口有一堆垃圾没人管", known)[0] == 1
    assert ranked("人行道上乱停放机动车", known)[0] == 2
    assert ranked("你好", known) == []


def test_every_state_of_a_complaint_is_reached_and_left_or_ends() -> None:
    reached = {step.to for step in LIFECYCLE if step.to} | {LIFECYCLE.start}

    assert reached == set(ComplaintState)


@pytest.mark.parametrize(
    ("typed", "gone"),
    [
        ("我叫张建国，楼下堆满垃圾", "建国"), ("联系人：王小明 138 0013 8000", "0013"), ("打 0592-7012345 找我", "7012345"),
        ("身份证350212199001011234", "199001011234"), ("闽D12345一直停在消防通道", "12345"), ("闽D·A1234Z 新能源", "A1234Z"),
        ("微信号 lotus_2026", "lotus_2026"), ("家庭住址：凤祥一里3号楼501", "501"), ("lin@example.org", "lin@"),
        ("市民李国强反映，路灯不亮", "国强"), ("打幺三八 零零幺三 八零零零", "零零幺三"), ("打138/0013/8000", "0013"),
        ("手机１３８００１３８０００", "８００１"), ("来电人陈秀英，电话13912345678", "秀英"),
    ],
)  # fmt: skip
def test_what_everybody_reads_holds_nobody(typed: str, gone: str) -> None:
    assert gone not in for_everybody(typed)


@pytest.mark.parametrize(
    "typed",
    ["", "银湖中路12号旁，2026-11-22 起有一堆垃圾", "公交站旁 3 个井盖缺失", "<b>垃圾</b>", "路灯不亮，楼梯5-501"],
)
def test_what_names_nobody_stays_as_it_is(typed: str) -> None:
    assert for_everybody(typed) == typed


WORDS = [
    "人", "主", "路灯", "王小明", "先生", "某", "张", "我是", "邻居", "电话", "闽D12345", "一三八零零一三八零零零", "幺三八",
    "1380013", "8000", "１３８", "江头镇", "A000012", "@", "a.b@c.de", "QQ", "微信", "住址", "——", "3", "号", "，",
]  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.characters()), max_size=8).map("".join))
def test_the_quick_look_overlooks_nothing(text: str) -> None:
    if is_harmless(text):
        assert without_numbers(without_contacts(without_surnames(without_full_names(text)))) == text
        assert masked(text) == "".join(map(_digit, text))


def _digit(char: str) -> str:
    """Digits of every script are written as 0 to 9 by what takes texts in."""
    return str(unicodedata.digit(char)) if unicodedata.category(char) == "Nd" else char


@given(st.text(max_size=200))
def test_masked_once_is_masked_for_good(text: str) -> None:
    once = for_everybody(text)

    assert for_everybody(once) == once


def test_a_kind_is_usual_where_it_was_often_at_this_hour() -> None:
    morning, night = [(1, 8)] * 4, [(2, 23)] * 4

    assert usual([*morning, *night], 7)[1] > usual([*morning, *night], 7)[2]
    assert usual([*morning, *night], 1)[2] > usual([*morning, *night], 1)[1]  # an hour past midnight is near eleven
    assert usual([(3, 8), (3, 8)], 8) == {}
    assert usual([], 8) == {}


@given(
    st.lists(st.integers(1, 9), max_size=5),
    st.dictionaries(st.integers(1, 9), st.floats(0, 1), max_size=9),
)
def test_what_the_words_say_first_stays_first(said: list[int], here: dict[int, float]) -> None:
    found = merged(said, here, most=20)

    assert found[:1] == said[:1] or not said
    assert set(found) == {*said, *here}
    assert len(merged(said, here, most=3)) <= 3
