"""Duplicates and recurrence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.geo import METRES_PER_DEGREE
from civicloop.kernel.matching import Sighting, duplicates, is_duplicate, is_recurrence, recurrences, same_place

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LITTER = Sighting("old", "litter", 118.15, 24.73, NOON)
NEW = replace(LITTER, id="new", reported_at=NOON + timedelta(days=1))
CLOSED = replace(LITTER, is_open=False, closed_at=NOON + timedelta(hours=6))


def north(sighting: Sighting, metres: float) -> Sighting:
    return replace(sighting, lat=(sighting.lat or 0) + metres / METRES_PER_DEGREE)


def test_places_within_the_radius_are_the_same_place():
    assert same_place(LITTER, north(LITTER, 49.9), 50)
    assert not same_place(LITTER, north(LITTER, 50.1), 50)


def test_a_case_without_a_place_is_nowhere_near_anything():
    assert not same_place(LITTER, replace(NEW, lon=None, lat=None), 50)


def test_an_open_case_of_the_same_kind_nearby_is_a_duplicate():
    assert is_duplicate(LITTER, north(NEW, 20), 50, 7)


@pytest.mark.parametrize(
    "other",
    [
        replace(LITTER, category="graffiti"),
        CLOSED,
        north(LITTER, 60),
        replace(LITTER, reported_at=NOON - timedelta(days=7)),
        replace(LITTER, id="new"),
    ],
)
def test_another_kind_closed_far_old_or_the_case_itself_is_no_duplicate(other):
    assert not is_duplicate(other, NEW, 50, 7)


def test_a_report_that_arrives_late_still_finds_its_double():
    assert is_duplicate(NEW, LITTER, 50, 7)


def test_what_comes_back_within_the_window_is_a_recurrence():
    assert is_recurrence(CLOSED, north(NEW, 20), 50, 30)


def test_the_window_starts_at_closing_and_its_last_moment_counts():
    assert is_recurrence(CLOSED, replace(NEW, reported_at=NOON + timedelta(days=30, hours=6)), 50, 30)
    assert not is_recurrence(CLOSED, replace(NEW, reported_at=NOON + timedelta(days=30, hours=6, seconds=1)), 50, 30)


def test_a_report_before_the_closing_is_no_recurrence():
    assert not is_recurrence(CLOSED, replace(NEW, reported_at=NOON + timedelta(hours=5)), 50, 30)


def test_an_open_case_cannot_come_back():
    assert not is_recurrence(LITTER, NEW, 50, 30)


def test_the_nearest_comes_first_and_of_equals_the_latest():
    far = replace(north(LITTER, 30), id="far")
    early, late = (
        replace(LITTER, id=name, reported_at=NOON + timedelta(hours=n)) for n, name in enumerate(["early", "late"])
    )

    assert [match.sighting.id for match in duplicates([far, early, late], NEW, 50, 7)] == ["late", "early", "far"]


def test_of_recurrences_in_one_place_the_latest_closed_comes_first():
    early = replace(CLOSED, id="early")
    late = replace(CLOSED, id="late", closed_at=NOON + timedelta(hours=8))

    assert [match.sighting.id for match in recurrences([early, late], NEW, 50, 30)] == ["late", "early"]


@given(st.floats(0, 200), st.floats(0, 200), st.floats(0, 20))
def test_no_case_is_both_a_duplicate_and_a_recurrence(metres, radius, days):
    for other in (LITTER, CLOSED):
        new = north(NEW, metres)
        assert not (is_duplicate(other, new, radius, days) and is_recurrence(other, new, radius, days))
