"""No telephone and no identity number is left in a text, however it is written; case numbers, days and places stay."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.masking import masked, without_contacts, without_numbers


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("电话13800138000。", "电话138****8000。"),
        ("电话138 0013 8000。", "电话138****8000。"),
        ("电话138-0013-8000。", "电话138****8000。"),
        ("电话138.0013.8000。", "电话138****8000。"),
        ("电话138—0013—8000。", "电话138****8000。"),
        ("电话1 3 8 0 0 1 3 8 0 0 0。", "电话138****8000。"),
        ("电话１３８００１３８０００。", "电话138****8000。"),
        ("电话+86 138 0013 8000。", "电话138****8000。"),
        ("电话+8613800138000。", "电话138****8000。"),
        ("电话008613800138000。", "电话138****8000。"),
        ("电话138/0013/8000。", "电话138****8000。"),
        ("电话138_0013_8000。", "电话138****8000。"),
        ("电话138--0013--8000。", "电话138****8000。"),
        ("电话138：0013：8000。", "电话138****8000。"),
        ("电话138，0013，8000。", "电话138****8000。"),
        ("电话138   0013   8000。", "电话138****8000。"),
        ("电话（138）0013-8000。", "电话138****8000。"),
        ("电话一三八零零一三八零零零。", "电话一三八****八零零零。"),
        ("电话幺三八 洞洞幺三 八洞洞洞。", "电话幺三八****八洞洞洞。"),
        ("1.13800138000 2.13900139000", "1.138****8000 2.139****9000"),
        ("0592-7012345", "059****2345"),
        ("0592 701 2345", "059****2345"),
        ("(0592)7012345", "059****2345"),
        ("（010）6552 9988", "010****9988"),
        ("+86 10 6552 9988", "861*****9988"),
        ("+44 20 7946 0000", "442*****0000"),
        ("身份证350212199001011234，", "身份证3502**********1234，"),
        ("身份证35021219900101123X", "身份证3502**********123X"),
        ("身份证35021219900101123x", "身份证3502**********123x"),
        ("身份证350212 19900101 123X", "身份证3502**********123X"),
        ("身份证３５０２１２１９９００１０１１２３Ｘ", "身份证3502**********123X"),
        ("ID350212199001011234", "ID3502**********1234"),
    ],
)
def test_numbers_of_people_are_masked_however_they_are_written(text: str, kept: str) -> None:
    assert masked(text) == kept
    assert without_contacts(text) == kept
    assert without_numbers(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "见A000123与A1234567", "2026-11-23 10:30", "2026年11月23日", "2026/11/23至2026/11/30", "2026.11.23", "20261123发现",
        "2026-11-23T10:30:00+08:00", "网格13 2026-11-23 9:30 巡查", "24.705123,118.105123", "118.1051234567", "-33.8688197",
        "离路口300米",
        "12345热线", "95598", "莲北路128号3栋501室", "1 5 12 30 45 60 12", "2000-3000元", "第06010类", "诉12",
        "一二三四五六七八九十", "共138处、1234户、5678人", "138、1234、5678", "138，2025—2026年", "138\n1234\n5678",
    ],
)  # fmt: skip
def test_case_numbers_days_places_and_lengths_stay(text: str) -> None:
    assert masked(text) == text
    assert without_contacts(text) == text
    assert without_numbers(text) == text


def test_for_the_public_every_long_number_goes() -> None:
    assert without_numbers("编号3502120010，单7012345") == "编号********10，单*****45"
    assert masked("编号3502120010") == "编号3502120010"


def test_mail_addresses_and_chat_names_are_contacts() -> None:
    assert (
        without_contacts("请回复lin.a@example.org或微信号：lotus_2026，QQ 12345678") == "请回复…@…或微信号：***，QQ ***"
    )
    assert without_contacts("微信群里有人说") == "微信群里有人说"


WORDS = st.text(alphabet="莲花路口，。：: \n号楼请联系abX", max_size=8)
# How people write the digits of one number: in groups with one sign, or each by itself.
SIGNS = st.sampled_from(["", " ", "-", "—", " - ", "\u3000"])
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True).filter(str.isascii)
BIRTHS = st.dates(date(1900, 1, 1), date(2025, 12, 31)).map(lambda day: f"{day:%Y%m%d}")


@st.composite
def identities(draw: st.DrawFn) -> str:
    area, last = draw(st.integers(110000, 659000)), draw(st.integers(0, 999))
    return f"{area}{draw(BIRTHS)}{last:03d}{draw(st.sampled_from('0123456789Xx'))}"


@st.composite
def grouped(draw: st.DrawFn, digits: str, groups: tuple[int, ...]) -> str:
    """The digits in groups with one sign between, in half or full width, perhaps with the country before."""
    sign, parts, at = draw(SIGNS), [], 0
    for many in groups:
        parts.append(digits[at : at + many])
        at += many
    text = sign.join(parts)
    if draw(st.booleans()):
        text = "".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in text)
    return text


@given(data=st.data(), number=MOBILES, before=WORDS, after=WORDS,
       groups=st.sampled_from([(11,), (3, 4, 4), (3, 8), (4, 4, 3), (3, 3, 5), (7, 4), (1,) * 11]),
       country=st.sampled_from(["", "+86", "+86 ", "86-", "0086"]))  # fmt: skip
def test_no_mobile_number_is_left(
    data: st.DataObject, number: str, before: str, after: str, groups: tuple[int, ...], country: str
) -> None:
    text = f"{before}{country}{data.draw(grouped(number, groups))}{after}"
    for mask in (masked, without_numbers, without_contacts):
        told = mask(text)
        assert not re.search(r"1[3-9]\d{9}", re.sub(r"[ \-—\u3000]", "", told))
        assert mask(told) == told


@given(data=st.data(), number=identities(), before=WORDS, after=WORDS,
       groups=st.sampled_from([(18,), (6, 8, 4), (6, 4, 4, 4), (6, 12), (4, 4, 4, 4, 2)]))  # fmt: skip
def test_no_identity_number_is_left(
    data: st.DataObject, number: str, before: str, after: str, groups: tuple[int, ...]
) -> None:
    told = masked(f"{before}，{data.draw(grouped(number, groups))}，{after}")

    assert number[4:14] not in re.sub(r"[ \-—\u3000]", "", told)
    assert masked(told) == told


@given(area=st.sampled_from(["010", "020", "0592", "0755"]), number=st.from_regex(r"[2-8][0-9]{6,7}", fullmatch=True),
       sign=st.sampled_from(["", "-", " ", "—", ")"]))  # fmt: skip
def test_no_landline_is_left(area: str, number: str, sign: str) -> None:
    text = f"回电{'(' if sign == ')' else ''}{area}{sign}{number}。"

    assert number not in masked(text)
    assert masked(text).startswith("回电")


@given(case=st.integers(1, 99_999_999), day=st.dates(date(2000, 1, 1), date(2049, 12, 31)), lon=st.floats(73, 135),
       lat=st.floats(18, 54), sign=st.sampled_from("-/."))  # fmt: skip
def test_cases_days_and_places_always_stay(case: int, day: date, lon: float, lat: float, sign: str) -> None:
    text = f"A{case:06d}于{day:%Y}{sign}{day:%m}{sign}{day:%d}在{lat:.6f}，{lon:.6f}（{day:%Y%m%d}）"

    assert masked(text) == without_numbers(text) == without_contacts(text) == text


@given(st.text(max_size=200))
def test_any_text_is_masked_once_and_for_all(text: str) -> None:
    for mask in (masked, without_numbers, without_contacts):
        assert mask(mask(text)) == mask(text)
