"""The problem is told out of what stands around it: orders, mails, chats, briefings with lists in lists."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.standards import reference
from civicloop.textintake import queries
from civicloop.textintake.rules.cleaning import clean
from civicloop.textintake.rules.forms import MOST_ROUNDS, content_of, source_of
from civicloop.textintake.rules.gazetteer import Gazetteer, Spot
from civicloop.textintake.rules.splitting import split
from civicloop.textintake.rules.words import Lexicon, Named, clues_of
from tests.cast import MONDAY_NINE

ORDER = """【12345热线工单】工单编号：RX202611230457  来电人：陈小芳 联系电话：13800000000 受理时间：2026-11-23 08:42:10
诉求内容：市民来电反映，莲花镇莲北社区门口垃圾成堆，回访号码：13800000000，味道很臭。事发地址：莲北社区9号
诉求目的：要求尽快清理。（请承办单位于3个工作日内回复）"""
CHAT = """[2026/11/22 21:35] 阿英🌸: 門口的電動車亂停亂放😡 [图片]
[2026/11/22 21:36] 物业小王: @阿英🌸 哪里？
[2026/11/22 21:36] 阿英🌸: 莲北社区北门"""
MAIL = """发件人: notice@example.org
收件人: 12345
主题: 【转发】Fwd: 投诉
-----原始邮件-----
莲北社区路灯不亮，点击查看更多https://example.org/x 退订回复TD
【发自我的手机】"""
BRIEF = """督查简报第17期，发现以下问题：
一、莲花镇
1.莲北社区门口垃圾成堆；
2.南门小车违停堵住路口；
二、柳塘街道
1.绿化带内有烟头；
2.公厕无人保洁，异味重。
请各责任单位于11月25日前完成整改，并将整改情况报区创建办。"""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (ORDER, "市民来电反映，莲花镇莲北社区门口垃圾成堆\n味道很臭。\n莲北社区9号"),
        (CHAT, "门口的电动车乱停乱放\n哪里？\n莲北社区北门"),
        (MAIL, "莲北社区路灯不亮"),
        ("主题：莲北社区路灯不亮三天\n请看附件", "莲北社区路灯不亮三天\n请看附件"),
        ("联系电话：13800000000\n路灯不亮", "路灯不亮"),
        ("来电人：王小明，反映路灯不亮", "来电人：王小明，反映路灯不亮"),
        (
            "受理编号：2026112300891 訴求人：陳女士 訴求內容：楼道堆满杂物 訴求地址：莲北一里5号 是否回訪：是",
            "楼道堆满杂物\n莲北一里5号",
        ),
        ("地址：莲北路9号", "地址：莲北路9号"),
        ("联系电话：13800000000", "联系电话：13800000000"),
    ],
)
def test_what_stands_around_goes_and_what_is_told_stays(text: str, kept: str) -> None:
    assert content_of(clean(text)) == kept


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (ORDER, "hotline"),
        (CHAT, "resident"),
        (BRIEF, "meeting"),
        ("领导好，路灯不亮", "resident"),
        ("路灯不亮", "other"),
    ],
)
def test_a_text_says_where_it_comes_from(text: str, source: str) -> None:
    assert source_of(clean(text)) == source


MARKS = st.sampled_from(
    ["诉求内容：", "电话：", "来电人：", "\n", "，", "。", "发件人: a", "主题：", "2026-11-20 09:30 阿英：", "@阿英",
     "请有关部门处理",
     "垃圾", "地址：", "备注：",
     "13800000000"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(MARKS, max_size=14).map("".join))
def test_doing_it_twice_is_doing_it_once_and_something_always_stays(text: str) -> None:
    plain = clean(text)
    once = content_of(plain)

    assert content_of(once) == once
    assert bool(once) is bool(plain)


def test_a_text_that_could_be_taken_apart_for_ever_is_left_after_some_rounds() -> None:
    text = "主题：" * 1000 + "莲北社区路灯不亮"

    assert content_of(text).count("主题：") == 1000 - MOST_ROUNDS - 1
    assert content_of("主题：" * MOST_ROUNDS + "莲北社区路灯不亮") == "莲北社区路灯不亮"


def test_a_list_under_the_points_of_a_report_is_cut_there() -> None:
    pieces = split(content_of(clean(BRIEF)))

    assert [one.body.strip("；。\n") for one in pieces if not one.lead] == [
        "莲北社区门口垃圾成堆", "南门小车违停堵住路口", "绿化带内有烟头", "公厕无人保洁，异味重",
    ]  # fmt: skip
    assert [one.body.strip() for one in pieces if one.lead][1:] == ["莲花镇", "柳塘街道"]
    assert "".join(one.text for one in pieces) == content_of(clean(BRIEF))


def test_what_only_speaks_of_the_parts_before_is_no_part(city: Any) -> None:
    found = queries.suggest(
        "1）门口垃圾成堆；2）小车违停；3）以上问题已拍照，请相关部门处理。", at=MONDAY_NINE, ref=reference.now()
    )

    assert [one.text for one in found] == ["门口垃圾成堆", "小车违停"]


def test_a_name_inside_a_longer_name_is_not_meant() -> None:
    named = [Named(1, "机动车乱停放"), Named(2, "非机动车乱停放")]
    lexicon = Lexicon(clues_of(named, {}, (), {}))

    assert [one.category for one in lexicon.hits("门口非机动车乱停放")] == [2]
    assert [one.category for one in lexicon.hits("门口机动车乱停放")] == [1]


def test_two_roads_joined_in_speech_meet_at_a_corner() -> None:
    place = Gazetteer.of([Spot("road", "银湖路", 1)], {}).find("井盖坏了，在银湖路跟环城南路交叉口")

    assert place is not None
    assert (place.kind, place.words) == ("crossing", ("银湖路", "环城南路"))


def test_a_heading_says_where_its_points_are(city: Any) -> None:
    found = queries.suggest(BRIEF, at=MONDAY_NINE, ref=reference.now())
    units = [one.place.unit if one.place else None for one in found]

    assert units == [city.lotus_north.pk, city.lotus.pk, city.willow.pk, city.willow.pk]


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("莲花镇莲北中路有垃圾", "road", "莲花镇莲北中路"),
        ("莲北社区莲北一里12号楼下有垃圾", "community", "莲北社区莲北一里12号楼下"),
        ("莲花镇莲北垃圾成堆", "community", "莲花镇莲北"),
        ("莲花镇莲北路沿街店铺占道", "road", "莲花镇莲北路"),
    ],
)
def test_a_short_name_in_the_name_of_a_road_is_the_road(text: str, kind: str, address: str) -> None:
    book = Gazetteer.of(
        [Spot("town", "莲花镇", 1), Spot("community", "莲北社区", 2), Spot("community", "莲北", 2, weak=True)],
        {2: (1,)},
    )
    place = book.find(text)

    assert place is not None
    assert (place.kind, place.address) == (kind, address)
    assert book.roads_of("莲花镇莲北中路9号") == ["莲北中路"]
