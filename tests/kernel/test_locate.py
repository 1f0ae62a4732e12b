"""Which grid holds a place, and what is wrong with a set of grids."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.locate import GridIndex, RingFault, check_rings
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.rings import area_m2


def box(w, s, e, n):
    return {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]}


def chessboard(side=4):
    return [(f"g{x}{y}", box(118 + x, 24 + y, 119 + x, 25 + y)) for x in range(side) for y in range(side)]


BOARD = GridIndex(chessboard())


def test_a_place_lies_in_its_grid():
    assert BOARD.locate(118.5, 24.5) == "g00"
    assert BOARD.locate(120.5, 26.5) == "g22"


def test_a_place_outside_all_grids_lies_in_none():
    assert BOARD.locate(10, 10) is None


def test_a_place_on_a_border_belongs_to_the_grid_with_the_lowest_id():
    assert BOARD.locate(119, 24.5) == "g00"
    assert BOARD.locate(119, 25) == "g00"


def test_the_order_in_which_grids_come_does_not_matter():
    turned = GridIndex(reversed(chessboard()))

    assert turned.locate(119, 25) == BOARD.locate(119, 25)


steps = st.integers(-2, 10).map(lambda n: n / 2)


@given(st.lists(st.tuples(steps, steps), max_size=40))
def test_many_places_at_once_get_the_same_answers(offsets):
    places = [(118 + dx, 24 + dy) for dx, dy in offsets]

    assert BOARD.locate_many([x for x, _ in places], [y for _, y in places]) == [BOARD.locate(*p) for p in places]


def test_positions_can_be_had_instead_of_ids():
    rows = BOARD.locate_rows(np.array([118.5, 0.0]), np.array([24.5, 0.0]))

    assert rows.tolist() == [BOARD.ids.index("g00"), -1]


def test_a_city_without_grids_locates_nothing():
    empty = GridIndex([])

    assert empty.locate(118, 24) is None
    assert empty.locate_many([118.0], [24.0]) == [None]
    assert empty.nearest(118, 24, 100) is None


def test_a_grid_in_two_parts_holds_both():
    coordinates = [box(118, 24, 119, 25)["coordinates"], box(121, 24, 122, 25)["coordinates"]]
    islands = GridIndex([(7, {"type": "MultiPolygon", "coordinates": coordinates})])

    assert islands.locate(121.5, 24.5) == 7
    assert islands.locate(120, 24.5) is None


def test_the_nearest_grid_is_found_with_its_distance():
    near = BOARD.nearest(118.5, 23.999, 200)

    assert near is not None
    assert near.id == "g00"
    assert near.metres == pytest.approx(111.2, abs=0.5)


def test_distance_east_and_west_is_shorter_away_from_the_equator():
    near = BOARD.nearest(117.999, 24.5, 200)

    assert near is not None
    assert near.metres == pytest.approx(111.2 * math.cos(math.radians(24.5)), abs=0.5)


def test_a_grid_too_far_off_is_not_near():
    assert BOARD.nearest(118.5, 23.9, 200) is None


def test_a_place_in_a_grid_is_no_metres_from_it():
    assert BOARD.nearest(118.5, 24.5, 10) == ("g00", 0)


@pytest.mark.parametrize(
    "geometry", [{"type": "Point", "coordinates": [1, 2]}, {}, {"type": "Polygon", "coordinates": []}]
)
def test_only_polygons_make_grids(geometry):
    with pytest.raises(Invalid, match="not_a_polygon"):
        GridIndex([("bad", geometry)])


def test_one_self_crossing_grid_does_not_blind_the_city():
    bow_tie = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    index = GridIndex([*chessboard(), ("tie", bow_tie)])

    assert index.locate(118.5, 24.5) == "g00"
    assert index.locate(1.9, 1) == "tie"


def faults(features, **options):
    return [problem.fault for problem in check_rings(features, **options)]


def test_sound_grids_have_no_problem():
    assert check_rings(chessboard()) == []


def ring(*points):
    return {"type": "Polygon", "coordinates": [list(points)]}


@pytest.mark.parametrize(
    ("geometry", "fault"),
    [
        ({"type": "LineString", "coordinates": [[1, 1], [2, 2]]}, RingFault.NOT_A_POLYGON),
        ({"type": "Polygon"}, RingFault.NOT_A_POLYGON),
        ({"type": "Polygon", "coordinates": []}, RingFault.NOT_A_POLYGON),
        (None, RingFault.NOT_A_POLYGON),
        (ring([1, 1], [2, 1], [2, 200], [1, 1]), RingFault.BAD_COORDINATE),
        (ring([1, 1], ["a", 1], [2, 2], [1, 1]), RingFault.BAD_COORDINATE),
        (ring([1, 1], [2, 1], [1, 1]), RingFault.TOO_FEW_POINTS),
        (ring([1, 1], [2, 1], [2, 2], [1, 2]), RingFault.UNCLOSED),
        (ring([0, 0], [2, 2], [2, 0], [0, 2], [0, 0]), RingFault.INVALID),
    ],
)
def test_each_broken_ring_is_named(geometry, fault):
    problems = check_rings([("bad", geometry)])

    assert [(problem.fault, problem.id) for problem in problems] == [(fault, "bad")]


def test_a_self_crossing_is_told_with_its_place():
    (problem,) = check_rings([("bad", ring([0, 0], [2, 2], [2, 0], [0, 2], [0, 0]))])

    assert "Self-intersection" in problem.detail
    assert problem.at == (1, 1)


def test_an_overlap_is_told_with_both_grids_and_its_ground():
    (problem,) = check_rings([("a", box(118, 24, 118.02, 24.01)), ("b", box(118.01, 24, 118.03, 24.01))])

    assert (problem.fault, problem.id, problem.other) == (RingFault.OVERLAP, "a", "b")
    assert problem.area_m2 == pytest.approx(area_m2(box(118.01, 24, 118.02, 24.01)), rel=1e-4)
    assert problem.at is not None
    assert 118.01 < problem.at.lon < 118.02


def test_an_overlap_within_the_tolerance_is_rounding():
    grids = [("a", box(118, 24, 118.01, 24.01)), ("b", box(118.00999, 24, 118.02, 24.01))]

    assert faults(grids, tolerance_m2=10_000) == []
    assert faults(grids) == [RingFault.OVERLAP]


def test_the_same_id_and_the_same_shape_twice_are_told_apart():
    square = box(118, 24, 118.01, 24.01)

    assert faults([("a", square), ("a", box(119, 24, 119.01, 24.01))]) == [RingFault.DUPLICATE_ID]
    assert faults([("a", square), ("b", square)]) == [RingFault.DUPLICATE_SHAPE]


def test_a_hole_between_grids_is_a_gap():
    ring_of_grids = [grid for grid in chessboard(3) if grid[0] != "g11"]
    (problem,) = check_rings(ring_of_grids)

    assert problem.fault is RingFault.GAP
    assert problem.at is not None
    assert 119 < problem.at.lon < 120
    assert 25 < problem.at.lat < 26


def test_ground_of_the_outline_that_no_grid_holds_is_a_gap():
    (problem,) = check_rings([("a", box(118, 24, 118.01, 24.01))], outline=box(118, 24, 118.02, 24.01))

    assert problem.fault is RingFault.GAP
    assert problem.area_m2 == pytest.approx(area_m2(box(118.01, 24, 118.02, 24.01)), rel=1e-4)


def test_areas_are_square_metres_at_every_latitude():
    for lat in (0.0, 24.5, 53.0):
        sphere = 6_371_008.8**2 * math.radians(1) * (math.sin(math.radians(lat + 1)) - math.sin(math.radians(lat)))
        assert area_m2(box(118, lat, 119, lat + 1)) == pytest.approx(sphere, rel=1e-9)
