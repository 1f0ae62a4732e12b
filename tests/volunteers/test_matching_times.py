"""Weekly times become days and hours; what waits grows heavier; what is wanted too late cannot be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from civicloop.volunteers.rules.matching import NOBODY, Why
from civicloop.volunteers.rules.matching_flow import solve
from civicloop.volunteers.rules.matching_reasons import reasons
from civicloop.volunteers.rules.matching_times import Wanted, counts_as, spans, still_possible, suits, take_first
from tests.volunteers.pools import O, T, pool

CITY = ZoneInfo("Asia/Shanghai")
# A Monday.
NINE = datetime(2026, 11, 23, 9, tzinfo=CITY)
TUESDAY = {"weekday": 2, "from": "09:00", "to": "12:00", "orders": 2}


def hours(many: float) -> timedelta:
    return timedelta(hours=many)


def test_weekly_times_are_days_of_the_city_in_order_and_each_once() -> None:
    monday = {"weekday": 1, "from": "08:00", "to": "10:00", "orders": 1}

    found = spans([TUESDAY, monday, dict(TUESDAY)], at=NINE, days=9, zone=CITY)

    assert [f"{one.begins:%m-%d %H:%M}" for one in found] == [
        "11-23 08:00",
        "11-24 09:00",
        "11-30 08:00",
        "12-01 09:00",
    ]
    assert spans([monday], at=NINE + hours(1), days=7, zone=CITY) == [], "what has ended is no time any more"


def test_a_time_suits_when_enough_of_it_lies_within_what_is_wanted_and_ahead() -> None:
    tuesday = spans([TUESDAY], at=NINE, days=7, zone=CITY)
    begins = tuesday[0].begins
    wanted = [
        Wanted(None, None, 60), Wanted(begins + hours(2), None, 60), Wanted(begins + hours(2.5), None, 60),
        Wanted(None, begins + hours(1), 60), Wanted(None, begins + hours(0.5), 60), Wanted(None, None, 600),
    ]  # fmt: skip

    assert suits(wanted, tuesday, at=NINE)[:, 0].tolist() == [True, True, False, True, False, True]
    assert suits(wanted[:1], tuesday, at=begins + hours(2.5))[:, 0].tolist() == [False]


def test_a_short_time_wanted_asks_for_no_more_than_itself() -> None:
    half = Wanted(NINE + hours(1), NINE + hours(1.5), 60)

    assert still_possible([half], at=NINE).tolist() == [True]
    assert still_possible([half], at=NINE + hours(1.25)).tolist() == [False], "half of it is over"
    assert still_possible([half], at=NINE + hours(2)).tolist() == [False]


def test_waiting_doubles_the_weight_up_to_eight_and_urgent_is_heavier_than_any() -> None:
    weights = [counts_as(1, urgent=False, waited_days=days, doubles_after=3) for days in (0, 2, 3, 6, 9, 300)]

    assert weights == [1, 1, 2, 4, 8, 8]
    assert counts_as(4, urgent=False, waited_days=0, doubles_after=3) == 4
    assert counts_as(1, urgent=True, waited_days=0, doubles_after=3) == 16


def test_fixed_orders_take_the_first_time_with_room() -> None:
    room = np.array([0, 1, 1])
    suiting = np.array([True, True, True])

    assert [take_first(room, suiting) for _ in range(3)] == [1, 2, NOBODY]


def test_a_later_time_costs_by_the_days_ahead_and_not_by_other_teams_calendars() -> None:
    """Twelve teams keep times on Monday, the near one on Tuesday: it is one day later, not twelve times."""
    far = [T(x=2000, room=tuple(int(slot == own) for slot in range(13))) for own in range(12)]
    near = T(x=1800, room=(*[0] * 12, 1))
    made = pool([O(x=0, times=tuple(range(13)))], [*far, near], times=13)
    plan = solve(replace(made, ahead=np.array([0] * 12 + [1])))

    assert (plan.team.tolist(), plan.slot.tolist()) == ([12], [12])


def test_a_nearer_team_that_would_come_later_is_said_to_be_later() -> None:
    made = pool([O(x=0, times=(0, 1))], [T(x=100, room=(0, 1)), T(x=300, room=(1, 0))], times=2)
    plan = solve(replace(made, ahead=np.array([0, 6])))

    assert plan.team.tolist() == [1]
    assert reasons(plan).whys(0) == [(0, 100, Why.LATER), (1, 300, Why.CHOSEN)]
