"""Tile keys: one number a place, a few ranges a box."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.geo import distance_m
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.tilekey import (
    KEY_ZOOM,
    ranges_around,
    ranges_for_bbox,
    tile_bounds,
    tile_key,
    tile_keys,
    tile_of,
    tile_range,
)

lons, lats = (st.floats(-most, most).map(lambda degrees: degrees + 0.0) for most in (180, 90))  # no minus zero
places = st.tuples(lons, lats)
zooms = st.integers(0, KEY_ZOOM)


def quadkey(z: int, x: int, y: int) -> str:
    """The published way: one digit a zoom, from the top."""
    return "".join(str((x >> i & 1) + 2 * (y >> i & 1)) for i in range(z - 1, -1, -1))


@given(places)
def test_a_key_is_the_quadkey_read_as_a_number(place):
    assert tile_key(*place) == int(quadkey(KEY_ZOOM, *tile_of(*place, KEY_ZOOM)), 4)


def test_the_example_of_the_quadkey_specification():
    assert quadkey(3, 3, 5) == "213"
    assert tile_range(3, 3, 5)[0] >> 2 * (KEY_ZOOM - 3) == int("213", 4)


@given(places)
def test_a_key_fits_a_signed_64_bit_column(place):
    assert 0 <= tile_key(*place) < 2**63


def test_a_known_place_lies_in_its_known_map_tile():
    assert tile_of(118.15, 24.73, 10) == (848, 439)
    assert tile_of(-180, 85.06, 0) == (0, 0)


@given(places, zooms)
def test_a_place_lies_in_the_range_of_its_tile_and_in_no_neighbour_s(place, z):
    x, y = tile_of(*place, z)
    lo, hi = tile_range(z, x, y)

    assert lo <= tile_key(*place) < hi
    if x + 1 < 1 << z:
        next_lo, next_hi = tile_range(z, x + 1, y)
        assert not next_lo <= tile_key(*place) < next_hi


@given(zooms, st.data())
def test_four_children_fill_their_parent(z, data):
    if z == KEY_ZOOM:
        z -= 1
    x, y = (data.draw(st.integers(0, (1 << z) - 1)) for _ in range(2))
    children = sorted(tile_range(z + 1, 2 * x + dx, 2 * y + dy) for dx in (0, 1) for dy in (0, 1))
    lo, hi = tile_range(z, x, y)

    assert [lo, *(end for _, end in children)] == [*(begin for begin, _ in children), hi]


@given(places, st.integers(0, 22))
def test_the_bounds_of_a_tile_hold_its_places(place, z):
    lon, lat = place[0], max(-85, min(85, place[1]))
    west, south, east, north = tile_bounds(z, *tile_of(lon, lat, z))

    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@given(st.lists(places, min_size=1, max_size=20))
def test_many_keys_at_once_are_the_same_keys(some):
    keys = tile_keys(*np.array(some).T)

    assert keys.dtype == np.int64
    # numpy's logarithm may differ from Python's in the last digit: by one row of 0.6 m at most.
    for place, key in zip(some, keys.tolist(), strict=True):
        x, y = tile_of(*place, KEY_ZOOM)
        rows = {min(max(y + step, 0), (1 << KEY_ZOOM) - 1) for step in (-1, 0, 1)}
        assert key in {tile_range(KEY_ZOOM, x, row)[0] for row in rows}


@st.composite
def boxes_with_a_place(draw):
    w, e = sorted([draw(lons), draw(lons)])
    s, n = sorted([draw(lats), draw(lats)])
    return (w, s, e, n), (draw(st.floats(w, e)), draw(st.floats(s, n)))


@given(boxes_with_a_place(), st.integers(1, 40))
def test_every_place_of_a_box_lies_in_exactly_one_of_its_ranges(made, most):
    box, place = made
    ranges = ranges_for_bbox(*box, max_ranges=most)

    assert len(ranges) <= most
    assert sum(lo <= tile_key(*place) < hi for lo, hi in ranges) == 1


@given(boxes_with_a_place())
def test_ranges_are_in_order_and_do_not_touch(made):
    ranges = ranges_for_bbox(*made[0])

    assert all(lo < hi for lo, hi in ranges)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


def test_ranges_of_a_city_box_hold_little_else():
    box = (118.0, 24.6, 118.3, 24.9)
    exact = sum(hi - lo for lo, hi in ranges_for_bbox(*box, max_ranges=4_000))
    rough = sum(hi - lo for lo, hi in ranges_for_bbox(*box))

    assert exact <= rough < 1.5 * exact


def test_the_whole_world_is_one_range():
    assert ranges_for_bbox(-180, -90, 180, 90) == [(0, 1 << 2 * KEY_ZOOM)]


def test_a_box_over_the_date_line_holds_both_sides():
    ranges = ranges_for_bbox(179, -1, -179, 1)

    for lon, expected in [(179.5, True), (-179.5, True), (0.0, False)]:
        assert any(lo <= tile_key(lon, 0.5) < hi for lo, hi in ranges) is expected


@given(st.floats(-179, 179), st.floats(-80, 80), st.floats(1, 5_000), st.floats(-1, 1), st.floats(-1, 1))
def test_what_is_within_the_radius_lies_in_the_ranges_around(lon, lat, metres, dx, dy):
    there = (lon + dx * 0.05, lat + dy * 0.05)
    ranges = ranges_around(lon, lat, metres)

    assert len(ranges) <= 9
    if distance_m(lon, lat, *there) <= metres:
        assert any(lo <= tile_key(*there) < hi for lo, hi in ranges)


@pytest.mark.parametrize("tile", [(27, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_a_tile_that_is_not_there_is_refused(tile):
    with pytest.raises(Invalid, match="no_such_tile"):
        tile_range(*tile)


@pytest.mark.parametrize("box", [(0, 1, 1, 0), (float("nan"), 0, 1, 1)])
def test_a_box_upside_down_is_refused(box):
    with pytest.raises(Invalid, match="bad_box"):
        ranges_for_bbox(*box)
