"""How far two inspectors agree, and counts against what has to be reached."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.inspection import queries
from civicloop.inspection.rules.judging import kappa, reached, threshold
from civicloop.standards.rules.shapes import Count, Text
from tests.cast import City
from tests.inspection.made_up import Scene, answer, make_scene, sheet

pytestmark = pytest.mark.django_db

PARKING = answer("STREET-03", "not_met", note="占道三辆")


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city)


# Agreement


def test_two_inspectors_are_compared_item_by_item(scene: Scene) -> None:
    second = scene.add(by="other_inspector", twin=scene.visit)
    scene.send(sheet(PARKING, answer("STREET-05", "cannot_tell")))
    scene.send(sheet(answer("STREET-04", "not_applicable")), visit=second, by=scene.city.other_inspector)
    told = queries.agreement(scene.round)

    assert (told.visits, told.items, told.agree, told.undecided) == (1, 5, 3, 1)
    assert {row.item: row.agreed for row in told.by_item} == {
        "STREET-01": 1, "STREET-02": 1, "STREET-03": 0, "STREET-04": 0, "STREET-06": 1,
    }  # fmt: skip


def test_a_round_without_double_visits_has_no_kappa(scene: Scene) -> None:
    scene.send()

    assert queries.agreement(scene.round).kappa is None


def test_kappa_of_the_textbook() -> None:
    """Two readers of 50 grant proposals: 20 yes-yes, 15 no-no, 5 yes-no, 10 no-yes give 0.4."""
    pairs = [("y", "y")] * 20 + [("n", "n")] * 15 + [("y", "n")] * 5 + [("n", "y")] * 10

    assert kappa(pairs) == pytest.approx(0.4)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_lies_between_its_ends_and_does_not_care_who_was_first(pairs: list[tuple[str, str]]) -> None:
    value, turned = kappa(pairs), kappa([(other, one) for one, other in pairs])
    if value is None:
        assert turned is None
    else:
        assert turned == pytest.approx(value)
        assert -1 <= value <= 1
        assert (value == 1) == all(one == other for one, other in pairs)


# Counts


@pytest.mark.parametrize(
    ("compare", "value", "per_m", "length", "needed"),
    [
        ("at_least", 3, None, None, 3), ("at_least", 1, 200, 500, 2.5), ("at_least", 3, 500, 700, 4.2),
        ("at_least", 0.5, 100, 100, 0.5), ("at_most", 2, 100, 250, 5), ("at_most", 0, 100, 900, 0),
    ],
)  # fmt: skip
def test_what_has_to_be_reached(compare: str, value: float, per_m: int | None, length: Any, needed: float) -> None:
    assert float(threshold(Count(Text("件"), compare, value, "piece", per_m), length)) == needed


@given(
    st.sampled_from(["at_least", "at_most"]), st.decimals(0, 50, places=1), st.one_of(st.none(), st.integers(1, 1000)),
    st.decimals(1, 5000, places=1), st.decimals(0, 500, places=1), st.decimals(0, 500, places=1),
)  # fmt: skip
def test_more_of_what_must_be_there_never_fails_what_less_has_reached(
    compare: str, value: Any, per_m: int | None, length: Any, one: Any, other: Any
) -> None:
    count = Count(Text("件"), compare, float(value), "piece", per_m)
    less, more = sorted((one, other))
    if compare == "at_least":
        assert reached(count, more, length) or not reached(count, less, length)
    else:
        assert reached(count, less, length) or not reached(count, more, length)
