"""Datums, distances, and guesses at what is wrong with a place."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.geo import (
    Datum,
    Problem,
    box_around,
    distance_m,
    from_wgs84,
    guess_problem,
    looks_swapped,
    to_wgs84,
    validate,
)
from civicloop.kernel.refusal import Invalid

TONGAN = (117.9, 24.5, 118.4, 24.9)
CENTRE = (118.15, 24.73)
ONE_CENTIMETRE = 1e-7

mainland = st.tuples(st.floats(73.5, 135), st.floats(18, 53.5))
world = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


@pytest.mark.parametrize("datum", Datum)
@given(place=mainland)
def test_there_and_back_lands_within_a_centimetre(datum, place):
    back = to_wgs84(*from_wgs84(*place, datum), datum)

    assert back == pytest.approx(place, abs=ONE_CENTIMETRE)


@pytest.mark.parametrize(
    ("wgs84", "gcj02", "bd09"),
    [
        ((121.474056, 31.195403), (121.478574893, 31.193443055), (121.485108991, 31.199283198)),
        ((113.945056, 22.533153), (113.949934295, 22.530140411), (113.956473326, 22.535839895)),
        ((116.392375, 39.915085), (116.398617681, 39.916487093), (116.404983867, 39.922830444)),
    ],
)
def test_places_in_three_cities_agree_with_another_library(wgs84, gcj02, bd09):
    # What geocoordinates-rs 0.14.2 says, rounded to a tenth of a millimetre.
    assert from_wgs84(*wgs84, Datum.GCJ02) == pytest.approx(gcj02, abs=2e-9)
    assert from_wgs84(*wgs84, Datum.BD09) == pytest.approx(bd09, abs=2e-9)


def test_phones_and_satellites_disagree_by_a_few_hundred_metres_near_xiamen():
    assert 100 < distance_m(*CENTRE, *from_wgs84(*CENTRE, Datum.GCJ02)) < 700
    assert 500 < distance_m(*CENTRE, *from_wgs84(*CENTRE, Datum.BD09)) < 1_800


def test_the_national_datum_is_taken_as_equal_to_the_satellites():
    assert to_wgs84(*CENTRE, Datum.CGCS2000) == CENTRE


def test_places_abroad_are_not_shifted_by_gcj02():
    assert to_wgs84(-118.24, 34.05, Datum.GCJ02) == (-118.24, 34.05)
    assert from_wgs84(2.35, 48.85, Datum.GCJ02) == (2.35, 48.85)


def test_a_place_on_the_rim_of_the_rectangle_is_still_right_to_two_kilometres():
    rim = (72.004, 30.0)

    assert distance_m(*to_wgs84(*rim, Datum.BD09), *rim) < 2_500


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (math.nan, 24, "not_a_number"),
        (118, math.inf, "not_a_number"),
        ("east", 24, "not_a_number"),
        (None, None, "not_a_number"),
        (181, 24, "out_of_range"),
        (24.7, 118.1, "out_of_range"),
        (0, 0, "null_island"),
    ],
)
def test_what_is_no_place_is_refused_with_its_reason(lon, lat, code):
    with pytest.raises(Invalid) as refused:
        validate(lon, lat)

    assert (refused.value.field, refused.value.code) == ("place", code)


def test_a_place_in_text_is_read():
    assert validate("118.15", "24.73") == CENTRE


def test_latitude_before_longitude_is_noticed():
    assert looks_swapped(24.73, 118.15, TONGAN)
    assert not looks_swapped(118.15, 24.73, TONGAN)
    assert not looks_swapped(24.73, 60.0, TONGAN)


def test_a_place_in_the_city_has_no_problem():
    assert guess_problem(*CENTRE, TONGAN) is None


@pytest.mark.parametrize(
    ("lon", "lat", "problem"),
    [
        (24.73, 118.15, Problem.SWAPPED),
        (118.15, 99.0, Problem.OUT_OF_RANGE),
        (math.nan, 24.7, Problem.OUT_OF_RANGE),
        (0.0, 0.0, Problem.OUT_OF_RANGE),
        (116.4, 39.9, Problem.OUTSIDE),
        (*from_wgs84(118.3999, 24.7, Datum.GCJ02), Problem.WRONG_DATUM),
        (*from_wgs84(118.3999, 24.7, Datum.BD09), Problem.WRONG_DATUM),
    ],
)
def test_each_mistake_is_told_from_the_others(lon, lat, problem):
    assert guess_problem(lon, lat, TONGAN) is problem


def test_the_grids_may_say_more_exactly_what_lies_inside():
    def only_the_east(lon: float, _lat: float) -> bool:
        return lon < 118.2

    just_over = from_wgs84(118.1999, 24.7, Datum.GCJ02)

    assert guess_problem(*just_over, TONGAN) is None
    assert guess_problem(*just_over, TONGAN, inside=only_the_east) is Problem.WRONG_DATUM
    assert guess_problem(118.3, 24.7, TONGAN, inside=only_the_east) is Problem.OUTSIDE


def test_a_degree_of_latitude_is_111_kilometres():
    assert distance_m(118, 24, 118, 25) == pytest.approx(111_195, abs=1)


@given(world, world)
def test_distance_is_the_same_both_ways_and_at_most_half_the_globe(a, b):
    there = distance_m(*a, *b)

    assert there == pytest.approx(distance_m(*b, *a))
    assert 0 <= there <= 20_015_200


@given(world, st.floats(1, 50_000), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_what_is_near_lies_in_the_box_around(place, metres, bearing, share):
    lon, lat = place
    angle = metres * share / 6_371_008.8
    phi = math.radians(lat)
    phi2 = math.asin(math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing))
    turn = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(phi2)
    )
    there = ((lon + math.degrees(turn) + 180) % 360 - 180, math.degrees(phi2))
    box = box_around(lon, lat, metres)

    slack = 1e-9
    assert box.south - slack <= there[1] <= box.north + slack
    if box.west <= box.east:
        assert box.west - slack <= there[0] <= box.east + slack
    else:
        assert there[0] >= box.west - slack or there[0] <= box.east + slack
