"""The deductions of the pack that comes with the house: how many cases a unit has must not outweigh what its places look like."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from civicloop.scoring.rules.deducting import deduct
from civicloop.scoring.rules.material import CaseEvent
from civicloop.standards.rules.assessment import ScoringRules
from civicloop.standards.rules.pack import load_pack, shipped_packs

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
# A year of a large unit with clean places, and of one a quarter its size with bad ones.
LARGE = {
    ("found", "inspection"): 179,
    ("found", "patrol"): 574,
    ("repeated", "patrol"): 19,
    ("overdue", "inspection"): 4,
}
SMALL = {("found", "inspection"): 41, ("found", "patrol"): 95, ("repeated", "patrol"): 5, ("overdue", "inspection"): 1}


@pytest.fixture(scope="module")
def rules() -> ScoringRules:
    return load_pack(shipped_packs() / "wenming").scoring


def taken(rules: ScoringRules, counts: dict[tuple[str, str], int]) -> float:
    events = [
        CaseEvent(1, event, source, NOON, f"{event}{source}{number}")
        for (event, source), many in counts.items()
        for number in range(many)
    ]
    return sum(one.points for one in deduct(events, rules.deductions, {}))


def test_a_unit_with_four_times_the_cases_is_not_put_out_of_sight(rules: ScoringRules) -> None:
    assert 0 < taken(rules, SMALL) <= taken(rules, LARGE) <= taken(rules, SMALL) + 10


def test_every_rule_that_counts_cases_has_a_most_of_its_own(rules: ScoringRules) -> None:
    counted = [one for one in rules.deductions if one.source]

    assert counted
    assert all(one.at_most is not None and one.at_most <= 6 for one in counted)
