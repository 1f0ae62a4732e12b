"""Rates against rates: periods before, differences, and when two cannot be told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.insight.rules.comparing import change, moment_before, period_before, wilson, year_before
from civicloop.insight.rules.rates import Period, Rate

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def share(hits: int, many: int) -> Rate:
    return Rate("on_time_rate", hits, many, NOW)


def days(*parts: tuple[int, int, int]) -> Period:
    first, last = (datetime(*part, tzinfo=UTC) for part in parts)
    return Period(first, last)


counts = st.integers(0, 400).flatmap(lambda many: st.tuples(st.integers(0, many), st.just(many)))


@given(counts, counts)
def test_the_difference_lies_in_its_interval_and_turning_it_round_changes_the_sign(
    one: tuple[int, int], two: tuple[int, int]
) -> None:
    there, back = change(share(*one), share(*two)), change(share(*two), share(*one))

    if not one[1] or not two[1]:
        assert (there.points, there.apart) == (None, False)
        return
    assert there.low - 1e-9 <= there.points <= there.high + 1e-9
    assert there.points == pytest.approx(-back.points)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.apart == back.apart


def test_the_interval_is_newcombes_of_his_own_example() -> None:
    """Newcombe 1998, table II (a): 56/70 against 48/80 is 0.2000 with 0.0524 to 0.3339."""
    told = change(share(56, 70), share(48, 80))

    assert (told.points, told.low, told.high) == pytest.approx((20.0, 5.24, 33.39), abs=0.01)
    assert told.apart


def test_few_cases_cannot_be_told_apart_and_many_can() -> None:
    assert not change(share(9, 10), share(8, 10)).apart
    assert change(share(900, 1000), share(800, 1000)).apart


def test_where_there_was_nothing_there_is_no_difference() -> None:
    assert change(share(1, 1), share(0, 0)).points is None


@given(counts)
def test_wilson_holds_the_share(one: tuple[int, int]) -> None:
    low, high = wilson(*one)

    assert 0 <= low <= high <= 1
    if one[1]:
        assert low - 1e-9 <= one[0] / one[1] <= high + 1e-9


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (days((2026, 11, 1), (2026, 12, 1)), days((2026, 10, 1), (2026, 11, 1))),
        (days((2026, 3, 1), (2026, 4, 1)), days((2026, 2, 1), (2026, 3, 1))),
        (days((2026, 1, 1), (2026, 4, 1)), days((2025, 10, 1), (2026, 1, 1))),
        (days((2026, 11, 9), (2026, 11, 16)), days((2026, 11, 2), (2026, 11, 9))),
    ],
)
def test_whole_months_are_held_against_whole_months_and_other_periods_against_equal_ones(
    period: Period, before: Period
) -> None:
    assert period_before(period) == before


def test_the_same_days_a_year_earlier_and_the_leap_day() -> None:
    assert year_before(days((2026, 11, 1), (2026, 12, 1))) == days((2025, 11, 1), (2025, 12, 1))
    assert year_before(days((2024, 2, 29), (2024, 3, 1))) == days((2023, 2, 28), (2023, 3, 1))


@given(st.integers(-20, 400))
def test_the_earlier_period_is_judged_as_long_after_its_end(late: int) -> None:
    period = days((2026, 11, 1), (2026, 12, 1))
    as_of = period.end + timedelta(days=late)

    assert moment_before(as_of, period, period_before(period)) - period_before(period).end == timedelta(days=late)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (((2028, 2, 28), (2028, 2, 29)), ((2027, 2, 28), (2027, 3, 1))),
        (((2028, 2, 29), (2028, 3, 1)), ((2027, 2, 28), (2027, 3, 1))),
        (((2028, 2, 1), (2028, 2, 29)), ((2027, 2, 1), (2027, 3, 1))),
        (((2028, 2, 1), (2028, 3, 1)), ((2027, 2, 1), (2027, 3, 1))),
        (((2029, 2, 1), (2029, 3, 1)), ((2028, 2, 1), (2028, 3, 1))),
        (((2026, 3, 5), (2026, 3, 31)), ((2025, 3, 5), (2025, 3, 31))),
        (((2026, 3, 5), (2026, 3, 5)), ((2025, 3, 5), (2025, 3, 5))),
    ],
)  # fmt: skip
def test_no_day_is_lost_a_year_earlier_around_the_29th_of_february(
    now: tuple[tuple[int, int, int], ...], then: tuple[tuple[int, int, int], ...]
) -> None:
    assert year_before(days(*now)) == days(*then)
