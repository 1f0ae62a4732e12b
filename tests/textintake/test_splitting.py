"""A text is cut into its problems, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.textintake.rules.splitting import MOST_PARTS, split

KINDS = {"垃圾": "litter", "路灯": "light", "车": "cars"}


def told(text: str) -> frozenset[str]:
    return frozenset(kind for word, kind in KINDS.items() if word in text)


def bodies(text: str) -> list[str]:
    return [piece.body.strip("，。；\n ") for piece in split(text, told) if not piece.lead]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1、垃圾没人扫；2、路灯不亮；3、车乱停", ["垃圾没人扫", "路灯不亮", "车乱停"]),
        ("反映以下问题：\n1. 垃圾\n2. 路灯", ["垃圾", "路灯"]),
        ("（一）垃圾；（二）路灯", ["垃圾", "路灯"]),
        ("①垃圾；②路灯", ["垃圾", "路灯"]),
        ("一是垃圾没人扫，二是路灯不亮。三是车乱停。", ["垃圾没人扫", "路灯不亮", "车乱停"]),
        ("第一，垃圾；第二，路灯", ["垃圾", "路灯"]),
        ("垃圾没人扫。另外，路灯不亮", ["垃圾没人扫", "路灯不亮"]),
        ("门口垃圾没人扫，另外后门也有垃圾", ["门口垃圾没人扫", "后门也有垃圾"]),
        ("垃圾没人扫，同时希望尽快处理。", ["垃圾没人扫，同时希望尽快处理"]),
        ("垃圾没人扫。已经三天了。请处理。", ["垃圾没人扫。已经三天了。请处理"]),
        ("垃圾没人扫。垃圾很臭。", ["垃圾没人扫。垃圾很臭"]),
        ("垃圾没人扫。晚上路灯也不亮。", ["垃圾没人扫", "晚上路灯也不亮"]),
        ("垃圾没人扫\n路灯不亮\n谢谢", ["垃圾没人扫", "路灯不亮\n谢谢"]),
        ("1、垃圾；2、路灯；另外车乱停", ["垃圾", "路灯", "车乱停"]),
        ("路宽约1.5米，坑深2.5厘米", ["路宽约1.5米，坑深2.5厘米"]),
        ("下午3点车乱停，一直是这样", ["下午3点车乱停，一直是这样"]),
    ],
)  # fmt: skip
def test_problems_are_told_apart(text: str, parts: list[str]) -> None:
    assert bodies(text) == parts


def test_what_stands_before_a_list_holds_for_all_parts() -> None:
    pieces = split("莲花镇主街：1、垃圾；2、路灯", told)

    assert (pieces[0].text, pieces[0].lead) == ("莲花镇主街：", True)


def test_there_are_never_more_parts_than_a_page_can_show() -> None:
    text = "".join(f"{n}、垃圾；" for n in range(1, 90))
    pieces = split(text, told)

    assert len(pieces) == MOST_PARTS
    assert "".join(piece.text for piece in pieces) == text


MARKS = "1、 2、 3. （一） 二、 ① ② 一是 二是 三是 第一， 第二， 另外 同时 ， 。 ； - 其一 其二"
SAID = "垃圾 路灯 车 路 10"
WORDS = st.sampled_from((*MARKS.split(), *SAID.split(), "\n", " "))


@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=30).map("".join)))
def test_the_pieces_are_the_text(text: str) -> None:
    pieces = split(text, told)

    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text.endswith(piece.body) for piece in pieces)
