"""No number, plate or name of a caller is left in what is kept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.textintake.rules.masking import masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("电话13800000000。", "电话138****0000。"),
        ("电话138 0000 0000。", "电话138****0000。"),
        ("电话138-0000-0000。", "电话138****0000。"),
        ("电话１３８０００００００0", "电话138****0000"),
        ("请回0592-7012345", "请回059****2345"),
        ("身份证350212199001011234", "身份证3502**********1234"),
        ("身份证35021219900101123X，", "身份证3502**********123X，"),
        ("车牌闽D12345停在路口", "车牌闽D·*****停在路口"),
        ("车牌闽D·12345停在路口", "车牌闽D·*****停在路口"),
        ("新能源闽DD12345占道", "新能源闽D·*****占道"),
        ("来电人：王小明 反映路灯不亮", "来电人：王*明 反映路灯不亮"),
        ("来电人王小明反映路灯不亮", "来电人王*明反映路灯不亮"),
        ("联系人：欧阳小明，电话", "联系人：欧**明，电话"),
        ("姓名：张三\n", "姓名：张*\n"),
        ("市民李四反映", "市民李*反映"),
        ("饭店老板王大山，电话", "饭店老板王*山，电话"),
        ("住址：莲花镇莲北路9号3栋501室，反映", "住址：***，反映"),
        ("微信号：lotus_2026", "微信号：***"),
        ("邮箱a.b@example.org", "邮箱***@***"),
        ("1000001900-1-01 00000", "1000**********0000"),
        ("2026-11-20 13800000000", "2026-11-20 138****0000"),
    ],
)  # fmt: skip
def test_personal_data_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    ["来电人反映路灯不亮", "市民多次反映", "市民王先生反映", "来电人：王先生", "莲北路128号门口", "约3.5米", "2026-11-20发现",
     "2026年11月20日10:30",     "当事人已离开", "第12网格"],
)  # fmt: skip
def test_what_is_nobody_s_stays(text: str) -> None:
    assert masked(text) == text


GAPS = st.sampled_from(["", "", "", " ", "-", "—", ".", "·"])
WORDS = st.text(alphabet="来电人王小明电话，。:： \n门口号路abcX", max_size=8)


@st.composite
def spelled(draw: st.DrawFn, digits: str) -> str:
    """The digits of a number, written with or without gaps, in half or full width."""
    wide = draw(st.booleans())
    shown = [chr(ord(one) + 0xFEE0) if wide else one for one in digits]
    return "".join(f"{draw(GAPS)}{one}" for one in shown)


PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True).filter(str.isascii)
IDS = st.from_regex(r"[1-6][0-9]{16}[0-9X]", fullmatch=True).filter(str.isascii)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(st.tuples(WORDS, st.one_of(PHONES, IDS)), min_size=1, max_size=3), WORDS)
def test_no_phone_and_no_identity_number_is_left(data: st.DataObject, parts: list[tuple[str, str]], end: str) -> None:
    text = "".join(word + data.draw(spelled(number)) for word, number in parts) + end
    kept = masked(text)
    bare = re.sub(r"[ \-—.·]", "", kept)

    assert [number for _, number in parts if number in bare] == []
    assert re.search(r"1[3-9]\d{9}|\d{15}", bare) is None
    assert masked(kept) == kept
