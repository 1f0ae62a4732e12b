"""Splitting, merging and fitting grids: what is always true, whatever is drawn."""

from __future__ import annotations

import math
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from civicloop.kernel.refusal import Invalid
from civicloop.organisation.rules import gridding

WEST, SOUTH = 118.10, 24.70
M = 1 / 111_195


def grid(points: list[tuple[float, float]]) -> dict[str, Any]:
    ring = [*points, points[0]]
    return {"type": "Polygon", "coordinates": [[[WEST + x * M, SOUTH + y * M] for x, y in ring]]}


def square(x: float, y: float, side: float = 100) -> dict[str, Any]:
    return grid([(x, y), (x + side, y), (x + side, y + side), (x, y + side)])


def line(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [[WEST + x * M, SOUTH + y * M] for x, y in points]}


@st.composite
def stars(draw: st.DrawFn) -> dict[str, Any]:
    """A grid of any shape that one can walk around: corners at growing angles, near and far."""
    many = draw(st.integers(3, 14))
    radii = draw(st.lists(st.floats(30, 200), min_size=many, max_size=many))
    angles = [2 * math.pi * at / many for at in range(many)]
    return grid(
        [(radius * math.cos(turn), radius * math.sin(turn)) for radius, turn in zip(radii, angles, strict=True)]
    )


@given(stars(), st.floats(0, math.pi), st.floats(-20, 20))
def test_the_parts_of_a_split_sum_to_the_whole_and_share_no_ground(outline: Any, turn: float, aside: float) -> None:
    far = (300 * math.cos(turn), 300 * math.sin(turn))
    across = (-aside * math.sin(turn), aside * math.cos(turn))
    blade = line((across[0] - far[0], across[1] - far[1]), (across[0] + far[0], across[1] + far[1]))
    whole = shape(outline)

    try:
        parts = [shape(one) for one in gridding.split(outline, blade)]
    except Invalid as refused:
        if refused.code == "line_makes_slivers":  # through the middle it always cuts, only perhaps too finely
            return
        raise

    assert len(parts) >= 2
    assert math.isclose(sum(one.area for one in parts), whole.area, rel_tol=1e-9)
    assert shapely.union_all(parts).symmetric_difference(whole).area < whole.area * 1e-9
    for at, one in enumerate(parts):
        assert all(one.intersection(other).area < whole.area * 1e-9 for other in parts[at + 1 :])


@given(stars(), st.floats(0, math.pi))
def test_merging_the_parts_of_a_split_gives_the_grid_back(outline: Any, turn: float) -> None:
    far = (300 * math.cos(turn), 300 * math.sin(turn))
    try:
        parts = gridding.split(outline, line((-far[0], -far[1]), far))
        again = shape(gridding.merge(parts))
    except Invalid as refused:
        if refused.code not in (
            "line_makes_slivers",
            "not_neighbours",
        ):  # parts of one side may touch none of the others
            raise
        return

    assert again.symmetric_difference(shape(outline)).area < shape(outline).area * 1e-6


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=8, unique=True))
def test_a_merge_is_the_union_or_is_refused_where_grids_do_not_hang_together(cells: list[tuple[int, int]]) -> None:
    outlines = [square(100 * x, 100 * y) for x, y in cells]
    whole = shapely.union_all([shape(one).buffer(1e-9, join_style="mitre") for one in outlines])
    hangs_together = _connected(cells)

    if not hangs_together:
        with pytest.raises(Invalid, match="not_neighbours"):
            gridding.merge(outlines)
        return
    made = shape(gridding.merge(outlines))
    assert math.isclose(made.area, sum(shape(one).area for one in outlines), rel_tol=1e-6)
    assert made.symmetric_difference(whole).area < made.area * 1e-3


def _connected(cells: list[tuple[int, int]]) -> bool:
    reached, todo = {cells[0]}, [cells[0]]
    while todo:
        x, y = todo.pop()
        beside = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & set(cells) - reached
        reached |= beside
        todo += beside
    return len(reached) == len(cells)


@given(st.floats(2, 90), st.floats(2, 90))
def test_ground_held_twice_is_found_with_its_size(over: float, height: float) -> None:
    grids = [("A", square(0, 0)), ("B", grid([(100 - over, 0), (200, 0), (200, height), (100 - over, height)]))]

    found = gridding.faults(grids)

    assert [(one.kind, one.codes) for one in found] == [("overlap", ("A", "B"))]
    # The grid of the test is drawn with degrees of one length; on the ground they are narrower by the latitude.
    assert math.isclose(found[0].area_m2, over * height * math.cos(math.radians(SOUTH)), rel_tol=1e-3)


@given(st.floats(2, 40))
def test_ground_that_grids_enclose_and_nobody_holds_is_found(wide: float) -> None:
    ring = [square(x * 100, y * 100) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    filler = grid([(100 + wide, 100), (200, 100), (200, 200), (100 + wide, 200)])

    found = gridding.faults((str(at), one) for at, one in enumerate([*ring, filler]))

    assert [one.kind for one in found] == ["gap"]
    assert math.isclose(found[0].area_m2, wide * 100 * math.cos(math.radians(SOUTH)), rel_tol=1e-3)


def test_sound_grids_have_no_fault() -> None:
    assert gridding.faults((str(at), square(100 * at, 0)) for at in range(5)) == []
    assert gridding.faults([]) == []


@given(st.floats(-1.5, 1.5), st.floats(0, 60))
def test_a_fitted_outline_takes_no_ground_and_leaves_no_sliver(off: float, into: float) -> None:
    """Drawn by hand a little beside the edge, or over it, it ends at the neighbour's edge."""
    neighbour = square(0, 0)
    drawn = grid([(100 - into, 0), (200, off), (200, 100), (100 + off, 100)])

    made = shape(gridding.fitted(drawn, [neighbour]))

    assert made.intersection(shape(neighbour)).area < 1e-15
    assert gridding.neighbours(gridding.plain(made), [("A", neighbour)]) == ("A",)


def test_nothing_is_left_of_a_grid_drawn_over_its_neighbours() -> None:
    with pytest.raises(Invalid, match="nothing_left"):
        gridding.fitted(square(10, 10, 20), [square(0, 0)])


def test_neighbours_share_an_edge_and_not_a_corner_alone() -> None:
    others = [("east", square(100, 0)), ("corner", square(100, 100)), ("far", square(300, 0))]
    assert gridding.neighbours(square(0, 0), others) == ("east",)


@pytest.mark.parametrize(
    ("blade", "code"),
    [
        (line((20, 50), (80, 50)), "line_does_not_split"),
        (line((200, 200), (300, 300)), "line_does_not_split"),
        ({"type": "Point", "coordinates": [118, 24]}, "not_a_line"),
        ({"type": "LineString", "coordinates": [[118, float("nan")], [118, 24]]}, "not_a_line"),
        ("what", "not_a_line"),
        (line((-10, 0.001), (110, 0.001)), "line_makes_slivers"),
    ],
)
def test_a_line_that_cannot_split_is_refused(blade: Any, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        gridding.split(square(0, 0), blade)


@pytest.mark.parametrize(
    ("outline", "code"),
    [
        (grid([(0, 0), (100, 100), (100, 0), (0, 100)]), "outline_crosses_itself"),
        (square(0, 0, 0.5), "outline_too_small"),
        ({"type": "Polygon", "coordinates": [[[200, 10], [201, 10], [201, 11], [200, 10]]]}, "out_of_range"),
        ({"type": "Polygon", "coordinates": []}, "outline_no_polygon"),
        (line((0, 0), (1, 1)), "outline_no_polygon"),
        (None, "outline_no_polygon"),
    ],
)
def test_what_is_no_outline_is_refused(outline: Any, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        gridding.polygon(outline)


def test_a_hole_stays_a_hole_when_a_grid_is_split() -> None:
    outline = square(0, 0)
    outline["coordinates"].append(square(40, 40, 20)["coordinates"][0])

    parts = [shape(one) for one in gridding.split(outline, line((50, -10), (50, 110)))]

    assert len(parts) == 2
    assert math.isclose(sum(one.area for one in parts), shape(outline).area, rel_tol=1e-9)


def test_a_piece_the_line_does_not_touch_goes_with_the_nearest_part() -> None:
    pieces = [square(0, 0)["coordinates"], square(300, 0)["coordinates"]]
    outline = {"type": "MultiPolygon", "coordinates": pieces}

    west, east = (shape(one) for one in gridding.split(outline, line((50, -10), (50, 110))))

    assert west.geom_type == "Polygon"
    assert east.geom_type == "MultiPolygon"


def test_codes_go_on_after_the_highest_of_the_community() -> None:
    taken = ["350212001001007", "350212001001002", "350212001002050"]
    assert gridding.free_codes("350212001001", taken, 2) == ("350212001001008", "350212001001009")
    with pytest.raises(Invalid, match="no_free_code"):
        gridding.free_codes("350212001001", ["350212001001999"], 1)
    with pytest.raises(Invalid, match="no_free_code"):
        gridding.free_codes("3502", [], 1)
