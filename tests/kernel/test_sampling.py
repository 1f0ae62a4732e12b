"""The drawing machinery: whole numbers, exact chances, shares that add up."""

from __future__ import annotations

import hashlib
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel import sampling

SIZES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 40), max_size=12)


def test_a_number_is_the_first_eight_bytes_of_a_hash() -> None:
    seed = bytes(32)

    assert sampling.number(seed, "start|A|一") == int(hashlib.sha256(seed + "start|A|一".encode()).hexdigest()[:16], 16)


def test_the_seed_binds_secret_public_value_and_frame() -> None:
    secret, digest = "ab" * 32, "cd" * 32

    seed = sampling.seed_of(secret, "彩票 123", digest)

    assert seed == hashlib.sha256(b"\xab" * 32 + "彩票 123".encode() + b"\xcd" * 32).digest()
    assert seed != sampling.seed_of(secret, "彩票 124", digest)


@given(st.integers(1, 60), st.integers(0, 70))
def test_systematic_gives_every_place_exactly_its_chance(size: int, wanted: int) -> None:
    taken = Counter(place for start in range(size) for place in sampling.systematic(size, wanted, start))

    assert all(taken[place] == min(wanted, size) for place in range(size))


@given(st.integers(1, 200), st.integers(1, 50), st.integers(0, 2**64 - 1))
def test_systematic_is_what_the_formula_of_the_document_says(size: int, wanted: int, start: int) -> None:
    wanted = min(size, wanted)
    rest = start % size

    said = [i for i in range(size) if ((i + 1) * wanted + rest) // size > (i * wanted + rest) // size]

    assert sampling.systematic(size, wanted, start) == said


@given(st.integers(5, 200), st.integers(2, 40), st.integers(0, 2**64 - 1))
def test_systematic_is_spread_evenly(size: int, wanted: int, start: int) -> None:
    places = sampling.systematic(size, min(wanted, size), start)

    gaps = [other - one for one, other in pairwise(places)]
    assert not gaps or max(gaps) - min(gaps) <= 1


def test_nothing_comes_from_nothing() -> None:
    assert sampling.systematic(0, 5, 3) == []
    assert sampling.systematic(5, 0, 3) == []
    assert sampling.proportional_to_size([], 3, 1) == ([], [])
    assert sampling.apportion(5, {}) == {}


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 14))
def test_weighted_places_come_as_often_as_their_chance_says(weights: list[int], wanted: int) -> None:
    _, chances = sampling.proportional_to_size(weights, wanted, 0)
    cycle = sum(weight for weight, chance in zip(weights, chances, strict=True) if chance < 1) or 1

    taken = Counter(
        place for start in range(cycle) for place in sampling.proportional_to_size(weights, wanted, start)[0]
    )

    assert [Fraction(taken[place], cycle) for place in range(len(weights))] == chances
    assert sum(chances) == min(wanted, len(weights))


def test_a_heavy_place_is_taken_for_certain_and_the_rest_by_weight() -> None:
    _, chances = sampling.proportional_to_size([1, 1, 2, 40], 2, 0)

    assert chances == [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2), Fraction(1)]


@given(st.integers(0, 300), SIZES, st.integers(0, 3), st.booleans())
def test_shares_add_up_and_never_exceed_what_is_there(
    total: int, sizes: dict[str, int], minimum: int, equal: bool
) -> None:
    shares = sampling.apportion(total, sizes, minimum=minimum, equal=equal)

    assert sum(shares.values()) == min(total, sum(sizes.values()))
    assert all(0 <= share <= sizes[key] for key, share in shares.items())
    if total >= minimum * len(sizes):
        assert all(share >= min(minimum, sizes[key]) for key, share in shares.items())


@given(st.integers(1, 60), st.dictionaries(st.text("abc", min_size=1), st.integers(60, 500), min_size=1, max_size=9))
def test_without_minimum_shares_are_those_of_largest_remainders(total: int, sizes: dict[str, int]) -> None:
    whole = sum(sizes.values())
    exact = {key: Fraction(total * size, whole) for key, size in sizes.items()}
    expected = {key: int(share) for key, share in exact.items()}
    by_remainder = sorted(sizes, key=lambda key: (expected[key] - exact[key], key))
    for key in by_remainder[: total - sum(expected.values())]:
        expected[key] += 1

    assert sampling.apportion(total, sizes, minimum=0) == expected


def test_an_equal_share_that_a_small_group_cannot_use_goes_to_the_others() -> None:
    assert sampling.apportion(12, {"a": 2, "b": 30, "c": 30}, equal=True) == {"a": 2, "b": 5, "c": 5}


def test_a_minimum_that_is_too_much_is_lowered_for_all() -> None:
    assert sampling.apportion(4, {"a": 9, "b": 9, "c": 90}, minimum=2) == {"a": 1, "b": 1, "c": 2}


@pytest.mark.parametrize(("count", "share", "part"), [(10, "0.25", 3), (10, "0.24", 2), (7, "0", 0), (3, "1", 3)])
def test_a_part_is_rounded_with_halves_upwards(count: int, share: str, part: int) -> None:
    assert sampling.part_of(count, Fraction(share)) == part


@pytest.mark.parametrize(
    ("chance", "text"),
    [(Fraction(1, 3), "0.333333333333"), (Fraction(2, 3), "0.666666666667"), (Fraction(1), "1.000000000000")],
)
def test_chances_are_written_with_twelve_digits(chance: Fraction, text: str) -> None:
    assert sampling.decimal(chance) == text


def test_shuffling_depends_on_seed_and_label_and_loses_nothing() -> None:
    keys = [str(number) for number in range(50)]

    one = sampling.shuffled(keys, b"1" * 32, "reserve")

    assert sorted(one) == sorted(keys)
    assert one == sampling.shuffled(keys[::-1], b"1" * 32, "reserve")
    assert one != sampling.shuffled(keys, b"2" * 32, "reserve")
    assert one != sampling.shuffled(keys, b"1" * 32, "double")
