"""Names are known by what stands beside them: a title, a telephone, an identity card, a word of introduction; places stay."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.kernel.masking import without_contacts
from civicloop.textintake.rules.masking import masked, without_names


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        # Beside a telephone, whole or masked already, in either order.
        ("王小明13800000000，路灯不亮", "王*明138****0000，路灯不亮"),
        ("路灯不亮，王小明 138 0000 0000", "路灯不亮，王*明 138****0000"),
        ("路灯不亮（王小明，138****0000）", "路灯不亮（王*明，138****0000）"),
        ("李四电话：0592-7012345", "李*电话：059****2345"),
        ("李四的手机号码是13800000000", "李*的手机号码是138****0000"),
        ("请回13800000000（李小四）", "请回138****0000（李*四）"),
        ("13800000000 欧阳小明", "138****0000 欧**明"),
        # Beside an identity card.
        ("王小明身份证350212199001011234", "王*明身份证3502**********1234"),
        ("王小明，身份证号350212199001011234", "王*明，身份证号3502**********1234"),
        # Behind a word of introduction.
        ("我是王小明，住在附近", "我是王*明，住在附近"),
        ("他名叫李四。", "他名叫李*。"),
        ("楼上邻居张大山。", "楼上邻居张*山。"),
        ("申请人：林小雨", "申请人：林*雨"),
        ("署名：陈一二", "署名：陈*二"),
        ("请尽快处理\n——王小明", "请尽快处理\n——王*明"),
        ("业主王小明的车挡路", "业主王*明的车挡路"),
        ("业主张小明家里漏水", "业主张*明家里漏水"),
        ("我叫王小明今年三十", "我叫王*明今年三十"),
        ("来电人白云飞反映路灯不亮", "来电人白*飞反映路灯不亮"),
        # Before a title.
        ("张小明先生反映路灯不亮", "张*明先生反映路灯不亮"),
        ("请联系业主李小红女士", "请联系业主李*红女士"),
        ("店主欧阳小明老板", "店主欧**明老板"),
    ],
)  # fmt: skip
def test_a_name_beside_what_tells_it_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept
    assert without_contacts(without_names(text)) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("张先生反映路灯不亮", "*先生反映路灯不亮"),
        ("找物业王经理没有用", "找物业*经理没有用"),
        ("业主李某某占道", "业主*某某占道"),
        ("邻居陈某反映", "邻居*某反映"),
        ("市民王先生来电", "市民*先生来电"),
        ("欧阳女士说", "**女士说"),
        ("对张先生不满，对方先生也在", "对*先生不满，对方先生也在"),
    ],
)
def test_for_everybody_a_surname_goes_as_well(text: str, kept: str) -> None:
    assert without_names(text) == kept
    assert masked(text) == text  # who works on it may read whom to ask for


@pytest.mark.parametrize(
    "text",
    ["石井路口积水", "江头镇后滨社区", "莲花路12号，江边路138号", "江边路138****0000", "位于某小区门口",
     "在某某路口", "于某处", "司机白天都停在路边，", "我是江头镇的居民", "我是高新区人", "我是石井社区，请来看",
     "保安马上就走", "田头13号楼", "汤坑路，方便的话打12345", "方便时打13****", "黄金工业园", "白云先锋小区",
     "孙女上学", "向老师傅问路", "洪塘头路灯坏了", "邻居家漏水", "住户向物业反映", "高空抛物", "龙山街道办主任不在",
     "罗湖区", "金山花园，请处理", "司机高速行驶", "于是我去看，", "于先锋路口", "江头小学老师说",
     "业主向物业反映无果", "本人向社区反映多次", "市民向社区反映", "来电人向街道投诉", "本人于昨天，发现", "市民于近日反映",
     "来电人曾多次反映", "投诉人高度不满", "市民方便反映", "市民白天反映", "老板石头，搬走", "业主黄色的车", "业主江头的房子"],
)  # fmt: skip
def test_places_and_words_that_begin_like_a_name_stay(text: str) -> None:
    assert masked(text) == text
    assert without_names(text) == text


PARTS = [
    "王", "张", "石井", "小明", "四", "先生", "女士", "经理", "某", "某某", "我是", "邻居", "，", "。",
    "13800000000", "138****0000", "电话", "身份证", "的", "路", "号", "江头", "业主", "——", "（", "）",
    "来电人", "反映", "于", "曾", "向",
]  # fmt: skip
WORDS = st.lists(st.sampled_from(PARTS), max_size=9).map("".join)


@settings(max_examples=500, deadline=None)
@given(WORDS)
def test_twice_is_once(text: str) -> None:
    for mask in (masked, without_names):
        once = mask(text)
        assert mask(once) == once
