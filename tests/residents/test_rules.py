"""Codes, proof of work, contacts, reasons to wait, and kinds guessed from words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.codes import ALPHABET, LENGTH, code_of, digest, new_code, read_code, shown
from civicloop.kernel.masking import without_contacts
from civicloop.residents.rules.contacts import read_mail, read_phone
from civicloop.residents.rules.guessing import ranked
from civicloop.residents.rules.holding import held_for
from civicloop.residents.rules.lifecycle import LIFECYCLE, ComplaintState
from civicloop.residents.rules.proof import find, leading_zeros, proves


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
