"""If assessors came tomorrow: the sentence first, the spread, what to repair, and what must be known beside the number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scoring.town import Town
from tests.web.scored import scored

Visit = Callable[..., Any]


@pytest.fixture
def town(city: Any) -> Town:
    return scored(city)


def test_the_chance_stands_first_with_spread_counts_and_sample(town: Town, visitor: Visit) -> None:
    status, text = visitor("supervisor").get("/forecast")

    assert status == 200
    assert text.index("the chance to reach 90 would be") < text.index("How the simulated scores spread")
    for said in ("With 90% certainty", "samples of", "Sample:", "rule", "judgements in 5 visits", 'class="histogram"'):
        assert said in text
    assert "style=" not in text


def test_repairs_are_ordered_by_effort_or_by_gain(town: Town, visitor: Visit) -> None:
    assert "most points for the effort first" in visitor("supervisor").get("/forecast")[1]
    assert "The largest gain first" in visitor("supervisor").get("/forecast?order=gain")[1]


def test_another_target_changes_the_chance_and_nonsense_is_refused(town: Town, visitor: Visit) -> None:
    person = visitor("supervisor")

    assert "chance to reach 1 would be above 99%" in person.get("/forecast?target=1")[1]
    assert person.get("/forecast?target=200")[0] == 422
    assert person.get("/forecast?target=many")[0] == 422
    assert person.get("/forecast?from=soon")[0] == 422


def test_without_visits_nothing_is_claimed(town: Town, visitor: Visit) -> None:
    text = visitor("supervisor").get("/forecast?from=2020-01-01&to=2020-01-31")[1]

    assert "nothing can be said" in text
    assert 'class="histogram"' not in text


def test_those_who_do_not_see_the_city_get_no_forecast(town: Town, visitor: Visit) -> None:
    for name in ("leader", "handler", "inspector", "system_admin"):
        assert visitor(name).get("/forecast")[0] == 403


def test_the_page_keeps_to_its_statements(town: Town, visitor: Visit) -> None:
    assert visitor("supervisor").statements("/forecast") <= 15
