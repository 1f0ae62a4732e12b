"""The classifier as arrays: nothing but arrays comes back, and what it says can be led back to the text."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.refusal import Invalid
from civicloop.textintake.rules.dictionary import Dictionary
from civicloop.textintake.rules.features import BUCKETS, grams_of
from civicloop.textintake.rules.gazetteer import Gazetteer, Spot
from civicloop.textintake.rules.linear import Linear, from_bytes
from civicloop.textintake.rules.training import Sample, gathered, is_held_back, train
from civicloop.textintake.rules.urgency import urgency

LITTER = [f"{a}垃圾{b}" for a in ("门口", "楼下", "墙角", "巷口", "路边") for b in ("成堆", "没人收", "发臭", "一地")]
PARKING = [f"{a}小车{b}" for a in ("门口", "楼下", "路口", "巷口", "路边") for b in ("乱停", "堵路", "占道", "违停")]
SAMPLES = [Sample(text, 1) for text in LITTER] + [Sample(text, 2) for text in PARKING]


@pytest.fixture(scope="module")
def model() -> Linear:
    done = train(SAMPLES)
    assert done is not None
    return done.model


def test_it_tells_two_things_apart_it_has_not_read(model: Linear) -> None:
    assert model.top("后门垃圾很多")[0][0] == 1
    assert model.top("后门小车很多")[0][0] == 2


def test_it_says_which_words_it_heard(model: Linear) -> None:
    assert any("小车" in piece for piece in model.top("后门小车很多")[0][2])


def test_it_is_the_same_after_being_kept(model: Linear) -> None:
    again = from_bytes(model.to_bytes())

    assert [row[0] for row in again.top("后门小车很多")] == [row[0] for row in model.top("后门小车很多")]
    assert np.allclose(again.weights, model.weights, atol=0.02)


def test_what_was_held_back_was_not_learned_from() -> None:
    done = train(SAMPLES)

    assert done is not None
    assert done.held == sum(is_held_back(one.text) for one in SAMPLES) > 0
    assert {category: held for category, (_, held, _) in done.per_category.items()} == {
        1: sum(map(is_held_back, LITTER)), 2: sum(map(is_held_back, PARKING))
    }  # fmt: skip


def test_a_wording_of_two_categories_is_learned_or_measured_and_never_both() -> None:
    """All wordings of the third category would be held back, so that it keeps them; the first says the same of them."""
    held = [text for text in LITTER if is_held_back(text)]
    done = train([*SAMPLES, *(Sample(text, 3) for text in held)])

    assert held
    assert done is not None
    assert {category: one[1] for category, one in done.per_category.items()} == {
        1: 0, 2: sum(map(is_held_back, PARKING)), 3: 0
    }  # fmt: skip


def test_one_wording_is_one_sample_however_often_it_came() -> None:
    found = gathered([("垃圾成堆", 1)] * 9 + [("小车乱停", 2)] * 2)

    assert found == [Sample("垃圾成堆", 1, 9)]


def evil() -> bytes:
    held = io.BytesIO()
    np.savez(held, classes=np.array([print], dtype=object))
    return held.getvalue()


def short() -> bytes:
    held = io.BytesIO()
    np.savez(held, classes=np.arange(2), buckets=np.arange(3, dtype=np.int32), idf=np.ones(3, np.float32),
             weights=np.ones((2, 2), np.float16), bias=np.ones(2, np.float32), heat=np.ones(1, np.float32))  # fmt: skip
    return held.getvalue()


@pytest.mark.parametrize("data", [b"", b"x" * 100, pickle.dumps({"classes": 1}), evil(), short()])
def test_whatever_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        from_bytes(data)
    assert refused.value.code == "model_damaged"


@given(st.text(max_size=50))
def test_any_text_has_grams_within_the_buckets(text: str) -> None:
    found = grams_of(text).distinct()

    assert len(found) == 0 or (found.min() >= 0 and found.max() < BUCKETS)


@given(st.lists(st.text(alphabet="路灯垃圾桶", min_size=1, max_size=3)), st.text(alphabet="路灯垃圾桶。", max_size=20))
def test_the_dictionary_finds_what_looking_one_by_one_finds(words: list[str], text: str) -> None:
    found = {(begin, end) for begin, end, _ in Dictionary(words).all(text)}

    assert found == {(i, i + len(w)) for w in words for i in range(len(text)) if text.startswith(w, i)}


@pytest.mark.parametrize(
    ("text", "urgent"),
    [("电线漏电", True), ("井盖不见，有人掉进去", True), ("没有危险", False),
     ("请紧急处理垃圾", False), ("目前未造成人员受伤", False),
     ("树要倒了", True)],
)  # fmt: skip
def test_danger_to_people_is_urgent_and_haste_alone_is_not(text: str, urgent: bool) -> None:
    assert urgency(text)[0] is urgent


SPOTS = [
    Spot("town", "莲花镇", 1), Spot("community", "莲北社区", 2), Spot("community", "莲北", 2, weak=True),
    Spot("community", "柳东社区", 3), Spot("road", "建设路", 2, 10, lon=118.1, lat=24.7),
    Spot("road", "建设路", 3, 11, lon=118.2, lat=24.8), Spot("road", "银湖路", 2, 10, lon=118.101, lat=24.7),
]  # fmt: skip
BOOK = Gazetteer.of(SPOTS, {2: (1,), 3: (4,)})


@pytest.mark.parametrize(
    ("text", "kind", "unit", "grid", "address"),
    [
        ("莲花镇莲北社区垃圾", "community", 2, None, "莲花镇莲北社区"),
        ("莲花镇莲北垃圾", "community", 2, None, "莲花镇莲北"),
        ("莲花镇建设路18号门口垃圾", "road", 2, 10, "莲花镇建设路18号门口"),
        ("柳东社区建设路有垃圾", "road", 3, 11, "柳东社区建设路"),
        ("建设路与银湖路路口有垃圾", "crossing", 2, 10, "建设路与银湖路路口"),
        ("建设路和银湖路交叉口", "crossing", 2, 10, "建设路和银湖路交叉口"),
        ("莲北社区新生路5号垃圾", "road", 2, None, "莲北社区新生路5号"),
    ],
)
def test_places_are_found_by_their_names(text: str, kind: str, unit: int, grid: int | None, address: str) -> None:
    place = BOOK.find(text)

    assert place is not None
    assert (place.kind, place.unit, place.grid, place.address) == (kind, unit, grid, address)


def test_a_road_in_two_places_is_less_sure_and_names_no_block() -> None:
    place = BOOK.find("建设路有垃圾")

    assert place is not None
    assert (place.unit, place.grid, place.lon) == (None, None, None)
    assert place.sure < 0.6


@pytest.mark.parametrize("text", ["路面有垃圾", "马路上有垃圾", "半路抛锚", "摊贩堵着路口", "没有地点", "莲北风景好"])
def test_what_names_no_place_has_none(text: str) -> None:
    assert BOOK.find(text) is None
