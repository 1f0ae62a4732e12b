"""The ground of the demo city."""

from __future__ import annotations

from collections import Counter

import pytest
import shapely
from shapely.geometry import mapping

from civicloop.demo.land import land
from civicloop.kernel.locate import GridIndex, check_rings


def test_grids_have_neither_gaps_nor_overlaps_nor_broken_rings() -> None:
    ground = land()

    assert check_rings([(plot.code, plot.outline) for plot in ground.plots], outline=mapping(ground.outline)) == []


def test_grids_cover_the_real_outline() -> None:
    from civicloop.demo.land import _outline

    off = land().outline.symmetric_difference(_outline()).area

    assert off < 1e-9  # square degrees: some ten square metres of a whole district


def test_every_village_has_grids_numbered_from_one() -> None:
    ground = land()
    many = Counter(plot.village.code for plot in ground.plots)

    assert len(ground.villages) == 144
    assert len(ground.towns) == 11
    assert set(many) == {village.code for village in ground.villages}
    assert {plot.code for plot in ground.plots} == {
        f"{code}{n:03d}" for code, k in many.items() for n in range(1, k + 1)
    }
    assert 600 <= len(ground.plots) <= 800


def test_codes_have_fifteen_digits_that_begin_with_division_and_street() -> None:
    for plot in land().plots:
        assert len(plot.code) == 15
        assert plot.code.isdigit()
        assert plot.code.startswith(plot.village.town)
        assert plot.code.startswith("350212")


@pytest.mark.parametrize("town", sorted(land().towns))
def test_a_town_is_one_piece_of_ground(town: str) -> None:
    ground = shapely.unary_union([plot.ground for plot in land().plots if plot.village.town == town])

    assert ground.geom_type == "Polygon"


def test_class_a_lies_in_the_middle() -> None:
    classes = [plot.area_class for plot in land().plots]
    centre = shapely.Point(118.152041, 24.723234)
    far = {
        k: max(plot.ground.centroid.distance(centre) for plot in land().plots if plot.area_class == k) for k in "ABC"
    }

    assert set(classes) == {"A", "B", "C"}
    assert far["A"] < far["B"] < far["C"]


def test_a_place_inside_is_found_in_its_grid() -> None:
    index = GridIndex((plot.code, plot.outline) for plot in land().plots)

    for plot in land().plots[::37]:
        inside = plot.ground.representative_point()
        assert index.locate(inside.x, inside.y) == plot.code
