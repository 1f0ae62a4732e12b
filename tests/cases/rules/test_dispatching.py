"""Which unit should have a case: the rules alone, without any city."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.cases.rules.dispatching import DispatchQuestion, Proposal, RuleInfo, propose

# 1 command · 10 town, 11 community below it · 20 town · 30, 31 departments · 32 station of department 31 in town 10
ABOVE = {1: (), 10: (1,), 11: (10, 1), 20: (1,), 30: (1,), 31: (1,), 32: (10, 1)}
ASKED = DispatchQuestion(
    category_id=5, line="cleaning", blocks=(11, 10, 1), area_class="A", at=time(10), is_working_time=True
)


def asked(rules: list[RuleInfo] = [], candidates: list[int] = [], **change: object) -> Proposal:  # noqa: B006
    return propose(replace(ASKED, **change), rules, candidates, ABOVE.__getitem__)


def codes(proposal: Proposal) -> list[str]:
    return [reason.code for reason in proposal.reasons]


def test_the_only_unit_of_the_line_gets_it() -> None:
    found = asked(candidates=[30])
    assert (found.unit_id, codes(found), found.others) == (30, ["line_only"], ())


def test_of_several_the_nearest_to_the_block_gets_it() -> None:
    found = asked(candidates=[30, 31, 32])
    assert (found.unit_id, codes(found), found.others) == (32, ["line_nearest"], (30, 31))


def test_of_equally_near_ones_the_first_gets_it() -> None:
    assert asked(candidates=[31, 30]).unit_id == 31


def test_what_no_line_covers_belongs_to_its_block() -> None:
    found = asked()
    assert (found.unit_id, codes(found)) == (11, ["no_line", "block_first"])


def test_without_line_and_block_nobody_is_proposed_and_the_reason_says_so() -> None:
    found = asked(blocks=())
    assert (found.unit_id, codes(found)) == (None, ["no_line", "no_block"])


def test_a_rule_of_the_city_goes_before_line_and_block() -> None:
    found = asked([RuleInfo(1, 20, 100, category_id=5)], [30])
    assert (found.unit_id, codes(found)) == (20, ["rule"])
    assert found.reasons[0].data == {"rule": 1, "says": ["category"]}


@pytest.mark.parametrize(
    "rule",
    [
        RuleInfo(1, 20, 1, category_id=6), RuleInfo(1, 20, 1, line="police"), RuleInfo(1, 20, 1, block_id=20),
        RuleInfo(1, 20, 1, area_class="B"), RuleInfo(1, 20, 1, from_time=time(18), to_time=time(8)),
        RuleInfo(1, 20, 1, from_time=time(8), to_time=time(10)),
    ],
    ids=str,
)  # fmt: skip
def test_a_rule_that_does_not_fit_is_passed_over(rule: RuleInfo) -> None:
    assert asked([rule], [30]).unit_id == 30


@pytest.mark.parametrize(
    ("at", "unit"),
    [(time(17, 59), 30), (time(18), 20), (time(23, 59), 20), (time(0), 20), (time(7, 59), 20), (time(8), 30)],
)
def test_a_window_may_run_over_midnight(at: time, unit: int) -> None:
    night = RuleInfo(1, 20, 1, from_time=time(18), to_time=time(8))
    assert asked([night], [30], at=at).unit_id == unit


def test_a_rule_for_the_town_holds_in_its_communities() -> None:
    assert asked([RuleInfo(1, 20, 1, block_id=10)]).unit_id == 20


def test_the_rule_that_says_most_wins_and_ties_go_by_priority() -> None:
    by_category = RuleInfo(1, 10, 900, category_id=5)
    by_rest = RuleInfo(2, 20, 1, line="cleaning", block_id=11, area_class="A")
    assert asked([by_rest, by_category]).unit_id == 10
    closer = RuleInfo(3, 20, 5, category_id=5)
    assert asked([by_category, closer]).unit_id == 20
    assert asked([replace(closer, priority=900), by_category]).unit_id == 10


@given(
    rules=st.lists(
        st.builds(
            RuleInfo, st.integers(1, 99), st.sampled_from([10, 20, 30]), st.integers(0, 9),
            st.sampled_from([None, 5, 6]), st.sampled_from(["", "cleaning", "police"]), st.sampled_from([None, 10, 20]),
            st.sampled_from(["", "A", "B"]),
        ),
        max_size=6, unique_by=lambda rule: rule.id,
    ),
    candidates=st.lists(st.sampled_from([30, 31, 32]), unique=True),
)  # fmt: skip
def test_the_order_in_which_rules_are_kept_never_matters(rules: list[RuleInfo], candidates: list[int]) -> None:
    found = asked(rules, candidates)
    assert found == asked(rules[::-1], candidates)
    assert found.unit_id is not None
    assert found.reasons
