"""Laws of scoring, on made-up cities of every shape."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from civicloop.scoring.rules.engine import reckon
from civicloop.scoring.rules.judged import CITY, Judged, Part
from civicloop.scoring.rules.material import Material
from civicloop.scoring.rules.plain import book_data, canonical
from civicloop.scoring.rules.shapes import Estimate, Node, Scope, ScoreBook
from tests.scoring.made_up import AREAS, AS_OF, RULES, SAMPLE, TYPES, answered, made_up, score, standard

STANDARDS = {"plain": standard(), "full": standard(RULES, SAMPLE)}
cities = st.builds(
    lambda seed, kind, biggest, share, rounds: made_up(
        seed, STANDARDS[kind], biggest=biggest, share=share, rounds=rounds
    ),
    st.integers(0, 10**6), st.sampled_from(sorted(STANDARDS)), st.integers(1, 7), st.floats(0.2, 1.0), st.integers(1, 2),
)  # fmt: skip
few = settings(max_examples=60, deadline=None)


def nodes(book: ScoreBook) -> list[Node]:
    """Every node of a book."""
    todo, found = [book.city, *book.units, *book.questions], []
    while todo:
        node = todo.pop()
        found.append(node)
        todo += node.children
    return found


def parts() -> list[Part]:
    """The parts of a city whose values are weighted means of points."""
    types = [Part(point_type=kind) for kind in TYPES]
    areas = [Part(point_type=kind, area=area) for kind in TYPES for area in AREAS]
    units = [Part(unit=unit) for unit in (2, 3, 10, 11, 12, 13, 20, 21, 22, 23)]
    return [CITY, *types, *areas, *units, Part(question="public_order"), Part(question="public_environment")]


@few
@given(cities, st.data())
def test_a_met_item_never_lowers_a_score(city: Material, data: st.DataObject) -> None:
    assume(city.judgements)
    index = data.draw(st.integers(0, len(city.judgements) - 1))
    before, after = Judged(city), Judged(answered(city, index, "met"))

    for part in parts():
        was, now = before.estimate(part).value, after.estimate(part).value
        assert was is None or (now is not None and now >= was - 1e-9), part
    for code, mark in before.marks.items():
        assert mark.value is None or after.marks[code].value >= mark.value - 1e-9


@few
@given(cities, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(city: Material, chance: random.Random) -> None:
    rows, frame = list(city.judgements), list(city.places.items())
    chance.shuffle(rows)
    chance.shuffle(frame)
    mixed = replace(city, judgements=tuple(rows), places=dict(frame))

    assert canonical(book_data(score(mixed))) == canonical(book_data(score(city)))


@few
@given(cities)
def test_reckoned_again_it_is_the_same(city: Material) -> None:
    first, second = (reckon(city, Scope(), AS_OF) for _ in range(2))

    assert canonical(book_data(first)) == canonical(book_data(second))


@few
@given(st.integers(0, 10**6), st.sampled_from([0.001, 0.5, 3.0, 1000.0]))
def test_the_unit_of_weights_does_not_matter(seed: int, scale: float) -> None:
    one, other = score(made_up(seed)), score(made_up(seed, standard(scale=scale)))

    assert one.city.value == pytest.approx(other.city.value, rel=1e-9)
    assert [row.code for group in one.groups for row in group.rows] == [
        row.code for group in other.groups for row in group.rows
    ]


@few
@given(cities)
def test_every_score_lies_within_floor_cap_and_its_own_interval(city: Material) -> None:
    rules = city.ruling.scoring
    book = score(city)
    estimates: list[Estimate] = [node.estimate for node in nodes(book) if node.value is not None]
    for one in estimates:
        assert one.low is not None
        assert one.high is not None
        assert one.value is not None
        assert rules.floor - 1e-9 <= one.low <= one.value + 1e-9
        assert one.value - 1e-9 <= one.high <= rules.cap + 1e-9
    for group in book.groups:
        for row in group.rows:
            assert row.joint_low - 1e-9 <= (row.estimate.low or 0.0)
            assert row.joint_high + 1e-9 >= (row.estimate.high or 0.0)


@few
@given(cities)
def test_ranks_are_intervals_that_hold_the_place_in_the_list(city: Material) -> None:
    for group in score(city).groups:
        for place, row in enumerate(group.rows, 1):
            equal = sum(one.estimate.value == row.estimate.value for one in group.rows)
            assert row.rank_low <= place + equal
            assert 1 <= row.rank_low <= row.rank_high <= len(group.rows)
            assert row.rank_high - row.rank_low == len(row.tied_with)


@few
@given(cities)
def test_types_and_their_weights_make_the_city(city: Material) -> None:
    book = score(city)
    known = [node for node in book.types if node.value is not None]
    if not known:
        assert book.city.value is None
        return
    total = sum(node.weight * (node.value or 0.0) for node in known)

    assert sum(node.weight for node in known) == pytest.approx(1)
    assert book.city.value == pytest.approx(total)
