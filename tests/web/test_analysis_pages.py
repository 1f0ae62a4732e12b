"""Joint analysis: rates with their changes, the five questions, causes, what came back, heat, and where to look next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.web.ui.heatmap import ends_of, heatmap, step_of
from tests.web.scored import scored

Visit = Callable[..., Any]


@pytest.fixture
def month(city: Any) -> Any:
    scored(city)
    for days in (8, 6, 4):
        city.walk("closed", at=timezone.now() - timedelta(days=days))
    city.walk("dispatched", at=timezone.now() - timedelta(days=5))
    return city


def test_rates_are_told_with_counts_and_against_both_earlier_periods(month: Any, visitor: Visit) -> None:
    status, text = visitor("supervisor").get("/analysis")

    assert status == 200
    for said in (
        "Held against the period from",
        "on-time closing rate",
        "Root causes",
        "km²",
        'class="heat"',
        "met by weight",
    ):
        assert said.lower() in text.lower(), said
    assert "style=" not in text


@pytest.mark.parametrize("by", ["unit", "town", "category", "all", "nonsense"])
def test_every_grouping_is_a_page(month: Any, visitor: Visit, by: str) -> None:
    assert visitor("supervisor").get(f"/analysis?by={by}")[0] == 200


def test_a_period_without_anything_claims_nothing(month: Any, visitor: Visit) -> None:
    status, text = visitor("supervisor").get("/analysis?from=2020-01-01&to=2020-01-31")

    assert status == 200
    assert "0 cases reported" in text
    assert "Nothing came back" in text
    assert visitor("supervisor").get("/analysis?from=2020-02-01&to=2020-01-31")[0] == 422


def test_suggestions_are_a_part_and_a_page_of_their_own(month: Any, visitor: Visit) -> None:
    person = visitor("supervisor")
    part = person.get("/analysis/suggestions", **{"HX-Request": "true"})[1]

    assert "<main" not in part
    assert "Likely to fail" in part
    assert "<main" in person.get("/analysis/suggestions")[1]


def test_those_who_do_not_see_the_city_get_no_analysis(month: Any, visitor: Visit) -> None:
    for name in ("leader", "inspector", "system_admin"):
        assert visitor(name).get("/analysis")[0] == 403
        assert visitor(name).get("/analysis/suggestions")[0] == 403


def test_pages_keep_to_their_statements(month: Any, visitor: Visit) -> None:
    assert visitor("supervisor").statements("/analysis?by=unit") <= 15
    assert visitor("supervisor").statements("/analysis/suggestions") <= 15


def test_shades_have_as_many_grids_each_and_nothing_is_pale() -> None:
    ends = ends_of([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])

    assert [step_of(one, ends) for one in (None, 0.0, 1.0, 10.0, 99.0)] == [0, 0, 1, 5, 5]
    assert len(ends) == 5
    assert ends_of([2.0, 2.0]) == [2.0]


def test_outlines_are_drawn_with_north_above() -> None:
    def square(south: float) -> dict[str, Any]:
        ring = [[118.0, south], [118.1, south], [118.1, south + 0.1], [118.0, south + 0.1], [118.0, south]]
        return {"type": "Polygon", "coordinates": [ring]}

    drawn = heatmap([("south", square(24.0), 1.0), ("north", square(24.1), None)])

    assert drawn is not None
    south, north = drawn.shapes
    assert (south.step, north.step) == (1, 0)
    heights = [int(one.path[1:].split("l")[0].split(" ")[1]) for one in (south, north)]
    assert heights[0] > heights[1], "what lies south is drawn lower"
    assert heatmap([]) is None
