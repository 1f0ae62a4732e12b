"""What is counted and how rates are made of it: pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.insight.rules.rates import (
    COUNTS,
    RATES,
    BadPeriod,
    Facts,
    Period,
    Tally,
    all_rates,
    rate,
    tally_of,
)
from tests.insight.made_up import cases_of_any_kind

MONDAY = datetime(2026, 11, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = Period(MONDAY, MONDAY + 7 * DAY)
LATER = MONDAY + 30 * DAY

closed_in_time = Facts(
    "closed", MONDAY, filed_at=MONDAY, dispatched_at=MONDAY, due_at=MONDAY + 2 * DAY, rectified_at=MONDAY + DAY,
    closed_at=MONDAY + 3 * DAY, ended_at=MONDAY + 3 * DAY, rectified=(MONDAY + DAY,),
)  # fmt: skip
closed_late = replace(closed_in_time, rectified_at=MONDAY + 2 * DAY + timedelta(seconds=1))
still_open = replace(
    closed_in_time,
    state="accepted",
    rectified_at=None,
    closed_at=None,
    ended_at=None,
    rectified=(),
    act_by=MONDAY + 2 * DAY,
)


def counted(*cases: Facts, period: Period = WEEK, as_of: datetime = LATER) -> Tally:
    return sum((tally_of(case, period, as_of) for case in cases), Tally())


def test_on_time_is_closed_on_time_over_closed_and_open_overdue() -> None:
    told = rate("on_time_rate", counted(closed_in_time, closed_in_time, closed_late, still_open), LATER)

    assert (told.numerator, told.denominator, told.value) == (2, 4, 0.5)


def test_time_runs_till_rectification_so_a_slow_desk_costs_the_unit_nothing() -> None:
    slow_desk = replace(closed_in_time, closed_at=MONDAY + 20 * DAY, ended_at=MONDAY + 20 * DAY)

    assert counted(slow_desk).due_closed_on_time == 1


def test_put_right_exactly_at_the_due_time_is_on_time() -> None:
    assert counted(replace(closed_in_time, rectified_at=closed_in_time.due_at)).due_closed_on_time == 1
    assert counted(closed_late).due_closed_on_time == 0


def test_a_case_belongs_to_the_period_in_which_it_is_due_not_in_which_it_was_reported() -> None:
    due_next_week = replace(closed_in_time, due_at=WEEK.end)

    assert counted(due_next_week).due == 0
    assert counted(due_next_week, period=Period(WEEK.end, WEEK.end + 7 * DAY)).due == 1


def test_what_is_not_due_yet_is_not_owed() -> None:
    before_due = MONDAY + DAY

    assert counted(still_open, as_of=before_due).due == 0
    assert counted(still_open, as_of=before_due).due_open_overdue == 0


def test_an_open_case_past_its_due_time_lowers_the_rate() -> None:
    assert counted(still_open).due_open_overdue == 1
    assert rate("on_time_rate", counted(still_open), LATER).value == 0


def test_put_right_in_time_and_waiting_for_the_verifier_is_neither_closed_nor_overdue() -> None:
    waiting = replace(closed_in_time, state="rectified", closed_at=None, ended_at=None)

    assert rate("on_time_rate", counted(waiting), LATER).denominator == 0
    assert rate("rectified_on_time_rate", counted(waiting), LATER).value == 1


def test_a_granted_appeal_makes_lateness_count_no_more() -> None:
    excused = replace(closed_late, excused=True)

    assert rate("on_time_rate", counted(excused), LATER).value == 1


def test_a_case_sent_back_is_not_rectified_whatever_time_it_carries() -> None:
    sent_back = replace(closed_in_time, state="accepted", closed_at=None, ended_at=None, sent_back=1)

    assert counted(sent_back).due_rectified == 0
    assert counted(sent_back).due_open_overdue == 1
    assert rate("sent_back_rate", counted(sent_back, closed_in_time), LATER).value == 0.5


def test_while_the_clock_stands_still_nothing_is_owed() -> None:
    suspended = counted(replace(still_open, state="suspended"))

    assert (suspended.due, suspended.due_open_overdue, suspended.open_overdue, suspended.open_suspended) == (0, 0, 0, 1)


@pytest.mark.parametrize("state", ["voided", "merged"])
def test_what_was_dropped_is_owed_by_nobody(state: str) -> None:
    dropped = replace(still_open, state=state, ended_at=MONDAY + DAY)

    assert counted(dropped).due == 0
    assert getattr(counted(dropped), state) == 1
    assert getattr(counted(dropped), f"reported_{state}") == 1


def test_a_case_that_came_back_counts_against_who_closed_it() -> None:
    assert rate("recurrence_rate", counted(replace(closed_in_time, came_back=True), closed_in_time), LATER).value == 0.5


def test_without_anything_to_judge_a_rate_is_none_not_zero() -> None:
    assert {one.value for one in all_rates(Tally(), LATER).values()} == {None}


def test_a_rate_carries_its_rule_and_its_moment() -> None:
    told = rate("closing_rate", counted(closed_in_time), LATER)

    assert (told.rule, told.as_of) == ("closing_rate", LATER)


def test_a_period_is_whole() -> None:
    with pytest.raises(BadPeriod):
        Period(MONDAY, MONDAY - DAY)
    with pytest.raises(BadPeriod):
        Period(MONDAY.replace(tzinfo=None), MONDAY)
    assert WEEK.holds(WEEK.start)
    assert not WEEK.holds(WEEK.end)
    assert not WEEK.holds(None)


@given(st.lists(cases_of_any_kind(), max_size=30))
def test_every_rate_lies_between_nothing_and_all(cases: list[Facts]) -> None:
    for told in all_rates(counted(*cases), LATER).values():
        assert 0 <= told.numerator <= told.denominator


@given(st.lists(cases_of_any_kind(), max_size=20), st.integers(0, 20))
def test_counts_of_the_parts_add_up_to_the_whole(cases: list[Facts], cut: int) -> None:
    assert counted(*cases[:cut]) + counted(*cases[cut:]) == counted(*cases)


@given(st.lists(cases_of_any_kind(), min_size=1, max_size=10))
def test_neighbouring_periods_share_no_case_and_lose_none(cases: list[Facts]) -> None:
    middle = MONDAY + 3 * DAY
    whole = counted(*cases)
    halves = counted(*cases, period=Period(MONDAY, middle)) + counted(*cases, period=Period(middle, WEEK.end))

    for name in ("reported", "filed", "dispatched", "closed", "due", "due_closed", "due_open_overdue"):
        assert getattr(whole, name) == getattr(halves, name)


@given(cases_of_any_kind())
def test_a_granted_appeal_never_lowers_the_on_time_rate(case: Facts) -> None:
    before, after = counted(replace(case, excused=False)), counted(replace(case, excused=True))

    assert after.due_closed_on_time >= before.due_closed_on_time
    assert after.due_open_overdue <= before.due_open_overdue


def test_every_rate_is_made_of_counts() -> None:
    parts = {name for row in RATES.values() for name in (*row.numerator, *row.denominator)}

    assert parts <= set(COUNTS)
