"""Estimates, smoothing, ranks and deductions at their edges, with figures reckoned by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from civicloop.scoring.rules.deducting import add_months, ladder_points
from civicloop.scoring.rules.events import CaseLife, Deed, events_of
from civicloop.scoring.rules.ranking import Contender, rank
from civicloop.scoring.rules.shapes import Estimate
from civicloop.scoring.rules.smoothing import smooth
from civicloop.scoring.rules.strata import Bounds, Cell, estimate, pools_of
from civicloop.scoring.rules.student import quantile, table_row, unseen_share
from civicloop.standards.rules.assessment import LadderStep

FREE = Bounds()
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def of(*cells: Cell) -> Estimate:
    scores = [(cell.key, value) for cell in cells for value in cell.values]
    return estimate(cells, pools_of(scores), FREE)


def test_a_stratified_estimate_is_the_one_of_the_textbook() -> None:
    found = of(
        Cell(("A", "1"), 40, (80.0, 90.0, 100.0), 40.0), Cell(("A", "2"), 10, (50.0, 60.0), 10.0),
    )  # fmt: skip
    parts = (0.8**2 * (1 - 3 / 40) * 100 / 3, 0.2**2 * (1 - 2 / 10) * 50 / 2)
    df = sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 1)

    assert found.value == pytest.approx(0.8 * 90 + 0.2 * 55)
    assert found.se == pytest.approx(sum(parts) ** 0.5)
    assert found.df == pytest.approx(df)
    assert found.high == pytest.approx(min(100, 83 + quantile(table_row(df)) * sum(parts) ** 0.5))
    assert found.how == "direct"


def test_many_visits_in_one_small_town_do_not_outweigh_a_large_one() -> None:
    found = of(Cell(("A", "small"), 10, (0.0,) * 10, 10.0), Cell(("A", "large"), 990, (100.0, 100.0), 990.0))

    assert found.value == pytest.approx(99)


def test_a_single_place_takes_the_spread_of_its_type_then_of_the_city() -> None:
    by_type = of(Cell(("A", "1"), 5, (80.0,), 5.0), Cell(("A", "2"), 5, (90.0,), 5.0))
    by_city = of(Cell(("A", "1"), 5, (80.0,), 5.0), Cell(("B", "1"), 5, (90.0,), 5.0))

    assert (by_type.how, by_city.how) == ("collapsed", "collapsed")
    assert by_type.se == pytest.approx((2 * 0.25 * 0.8 * 50) ** 0.5)
    assert (by_type.df, by_city.df) == (1, 1)


def test_one_place_in_all_tells_nothing_of_the_others() -> None:
    found = of(Cell(("A", "1"), 5, (80.0,), 5.0))

    assert (found.value, found.low, found.high, found.se) == (80, 0, 100, None)


@pytest.mark.parametrize("value", [0.0, 100.0])
def test_all_alike_is_not_certain_unless_all_were_seen(value: float) -> None:
    some, whole = of(Cell(("A", "1"), 50, (value,) * 10, 50.0)), of(Cell(("A", "1"), 10, (value,) * 10, 10.0))

    assert some.low != some.high
    assert abs((some.high or 0.0) - (some.low or 0.0)) == pytest.approx(100 * unseen_share(10))
    assert (whole.low, whole.high, whole.how) == (value, value, "census")


def test_an_empty_stratum_leaves_its_weight_to_its_type() -> None:
    found = of(
        Cell(("A", "1"), 50, (60.0, 60.0), 0.5), Cell(("A", "2"), 50, (), 0.1), Cell(("B", "1"), 10, (90.0, 90.0), 0.4)
    )

    assert found.value == pytest.approx(0.6 * 60 + 0.4 * 90)
    assert of(Cell(("A", "1"), 50, (), 1.0)).how == "none"


def test_degrees_of_freedom_are_read_downwards() -> None:
    assert [table_row(df) for df in (0.3, 1, 7.9, 100, 119, 4999)] == [1, 1, 7, 100, 100, 1000]
    assert quantile(7) == pytest.approx(2.364624, abs=1e-6)


def test_smoothing_leans_more_where_less_is_known() -> None:
    found = smooth([60.0, 80.0, 95.0, 90.0], [400.0, 1.0, 25.0, 0.0])

    assert found[0].shrinkage > found[2].shrinkage > found[1].shrinkage > found[3].shrinkage == 0
    assert 60 < found[0].value < 95
    assert found[3].value == 90
    assert all(one.shrinkage == 1 for one in smooth([80.0, 80.0, 80.0], [10.0, 10.0, 10.0]))


def contender(number: int, low: float, high: float) -> Contender:
    return Contender(number, f"u{number}", f"单位{number}", Estimate((low + high) / 2, low, high), low, high)


def test_ranks_are_as_wide_as_the_overlaps() -> None:
    rows = rank([contender(1, 90, 95), contender(2, 85, 92), contender(3, 70, 80), contender(4, 60, 65)])

    assert [(row.unit_id, row.rank_low, row.rank_high, row.tied_with) for row in rows] == [
        (1, 1, 2, (2,)), (2, 1, 2, (1,)), (3, 3, 3, ()), (4, 4, 4, ()),
    ]  # fmt: skip


def test_a_hair_between_equal_ends_ranks_nobody() -> None:
    rows = rank(
        [contender(1, 100.0, 100.0), contender(2, 60.0, 99.99999999999999), contender(3, 99.99999999999997, 100.0)]
    )

    assert [(row.rank_low, row.rank_high, len(row.tied_with)) for row in rows] == [(1, 3, 2)] * 3


def test_the_ladder_takes_more_from_step_to_step_and_no_more_than_its_cap() -> None:
    ladder = (LadderStep(2, 1.0), LadderStep(4, 3.0))

    assert [ladder_points(ladder, count) for count in range(7)] == [0, 0, 1, 2, 5, 8, 11]
    assert ladder_points(ladder, 6, at_most=4.5) == 4.5
    assert ladder_points((), 5) == 0


def test_months_end_where_the_month_does() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 5), 1) == date(2027, 1, 5)


def life(*deeds: Deed, source: str = "inspection", recurrence: bool = False) -> CaseLife:
    return CaseLife("c", source, NOON, recurrence, None, deeds)


def told(case: CaseLife, days: float = 5) -> list[str]:
    as_of = NOON + timedelta(days=days)
    return [one.event for one in events_of(case, NOON, NOON + timedelta(days=30), as_of, {"u": 7})]


def dispatch(hours: float = 1, due: float = 24) -> Deed:
    when = NOON + timedelta(hours=hours)
    return Deed("dispatch", when, "dispatched", {"unit": "u", "due_at": (NOON + timedelta(hours=due)).isoformat()})


def after(hours: float, name: str, state: str = "accepted", **data: object) -> Deed:
    return Deed(name, NOON + timedelta(hours=hours), state, data)


def test_events_are_read_from_steps_as_they_stood() -> None:
    late = life(
        dispatch(), after(30, "rectify", "rectified", on_time=False), after(31, "send_back"), after(32, "supervise")
    )

    assert told(life()) == []
    assert told(life(dispatch()), days=0.5) == ["found"]
    assert told(life(dispatch(), recurrence=True), days=2) == ["found", "repeated", "overdue"]
    assert told(late) == ["found", "overdue", "sent_back", "supervised"]
    assert told(life(dispatch(), after(3, "rectify", "rectified", on_time=True))) == ["found"]
    assert told(life(dispatch(), after(40, "decide_appeal", verdict="granted"))) == ["found"]
    assert told(life(dispatch(), after(2, "suspend", "suspended"))) == ["found"]
    assert told(life(dispatch(), after(2, "void", "voided"))) == []
