"""When a limit ends: each unit, holidays, make-up days, and what cannot be counted."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from civicloop.kernel.worktime import ClockError, Limit, LimitUnit, Reason, WorkCalendar, due, explain

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = 3600

# National Day 2026: seven days off, two Saturdays/Sundays worked for it.
NATIONAL_DAY = {date(2026, 10, day): False for day in range(1, 8)} | {
    date(2026, 9, 20): True,
    date(2026, 10, 10): True,
}
CITY = WorkCalendar(days=NATIONAL_DAY, announced_years=frozenset({2026}))


def at(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def test_clock_stops_overnight_and_at_the_weekend():
    assert CITY.add_work(at(11, 20, 16), 2.5 * HOUR) == at(11, 23, 9)


def test_an_office_is_open_from_its_opening_and_shut_from_its_closing():
    assert CITY.is_open(at(11, 20, 8, 30))
    assert not CITY.is_open(at(11, 20, 12))
    assert not CITY.is_open(at(10, 1, 9))
    assert CITY.is_open(at(10, 10, 9))


def test_the_windows_of_a_day_are_its_openings_and_closings():
    assert CITY.windows(date(2026, 11, 20)) == (
        (at(11, 20, 8, 30), at(11, 20, 12)),
        (at(11, 20, 14, 30), at(11, 20, 18)),
    )
    assert CITY.windows(date(2026, 10, 1)) == ()


def test_due_moments_come_back_in_utc():
    assert due(Limit(1, LimitUnit.WORK_HOUR), at(11, 20, 9), CITY).at.tzinfo is UTC


def test_urgent_hours_run_through_the_night():
    assert due(Limit(4, LimitUnit.URGENT_HOUR), at(11, 20, 22), CITY).at == at(11, 21, 2)


def test_working_hours_may_end_exactly_at_closing():
    assert due(Limit(2, LimitUnit.WORK_HOUR), at(11, 20, 16), CITY).at == at(11, 20, 18)


def test_a_report_in_the_night_counts_from_the_next_opening():
    assert due(Limit(1, LimitUnit.WORK_HOUR), at(11, 20, 23), CITY).at == at(11, 23, 9, 30)


def test_the_lunch_break_is_not_counted():
    assert due(Limit(1, LimitUnit.WORK_HOUR), at(11, 20, 11, 30), CITY).at == at(11, 20, 15)


def test_half_a_working_hour_can_be_given():
    assert due(Limit(Decimal("0.5"), LimitUnit.WORK_HOUR), at(11, 20, 9), CITY).at == at(11, 20, 9, 30)


def test_working_days_leave_out_the_day_of_the_start_and_end_at_closing():
    assert due(Limit(2, LimitUnit.WORK_DAY), at(11, 20, 9), CITY).at == at(11, 24, 18)


def test_working_days_jump_over_a_holiday_and_count_a_make_up_saturday():
    assert due(Limit(3, LimitUnit.WORK_DAY), at(9, 30, 10), CITY).at == at(10, 10, 18)


def test_natural_days_end_at_the_last_second_of_the_day():
    assert due(Limit(2, LimitUnit.NATURAL_DAY), at(9, 30, 10), CITY).at == at(10, 2, 23, 59, 59)


def test_the_day_of_the_start_is_the_office_s_day_whatever_zone_the_moment_came_in():
    late_evening_in_utc = datetime(2026, 11, 19, 17, tzinfo=UTC)  # 01:00 on the 20th in the office

    assert due(Limit(1, LimitUnit.NATURAL_DAY), late_evening_in_utc, CITY).at == at(11, 21, 23, 59, 59)


def test_an_office_open_until_midnight_closes_at_midnight():
    night_shift = WorkCalendar(hours=((time(20), time(0)),))

    assert due(Limit(1, LimitUnit.WORK_DAY), at(11, 23, 9), night_shift).at == at(11, 25, 0)
    assert due(Limit(5, LimitUnit.WORK_HOUR), at(11, 23, 21), night_shift).at == at(11, 24, 22)


def test_a_limit_reaching_into_an_unannounced_year_is_provisional():
    assert due(Limit(5, LimitUnit.WORK_DAY), at(12, 28, 9), CITY).provisional
    assert not due(Limit(3, LimitUnit.WORK_DAY), at(12, 28, 9), CITY).provisional


def test_holidays_never_make_an_urgent_or_natural_limit_provisional():
    assert not due(Limit(900, LimitUnit.URGENT_HOUR), at(12, 28, 9), CITY).provisional
    assert not due(Limit(30, LimitUnit.NATURAL_DAY), at(12, 28, 9), CITY).provisional


def test_summer_time_is_counted_by_the_hands_of_the_wall_clock_and_the_seconds_that_passed():
    los_angeles = WorkCalendar(tz="America/Los_Angeles", weekdays=frozenset(range(7)), hours=((time(0), time(0)),))
    before = datetime(2026, 3, 7, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    after = datetime(2026, 3, 8, 12, tzinfo=ZoneInfo("America/Los_Angeles"))

    assert los_angeles.work_seconds(before, after) == 23 * HOUR


def test_an_explanation_names_each_day_and_why_it_counted():
    told = [
        (piece.day.day, piece.counted, piece.reason)
        for piece in explain(Limit(1, LimitUnit.WORK_DAY), at(10, 9, 9), CITY)
    ]

    assert told == [(9, 0, Reason.START_DAY), (10, 1, Reason.MAKE_UP)]


def test_an_explanation_of_hours_tells_evening_weekend_and_holiday_apart():
    told = {piece.day: piece.reason for piece in explain(Limit(8, LimitUnit.WORK_HOUR), at(9, 30, 19), CITY)}

    assert told[date(2026, 9, 30)] is Reason.OUTSIDE_HOURS
    assert told[date(2026, 10, 1)] is Reason.HOLIDAY
    assert told[date(2026, 10, 8)] is Reason.WORKED
    assert told[date(2026, 10, 9)] is Reason.WORKED


def test_an_ordinary_weekend_is_called_a_weekend():
    told = {piece.day: piece.reason for piece in due(Limit(8, LimitUnit.WORK_HOUR), at(11, 20, 15), CITY).why}

    assert told[date(2026, 11, 21)] is Reason.WEEKEND


def test_a_calendar_without_any_working_day_is_refused_instead_of_searched_for_ever():
    never = WorkCalendar(weekdays=frozenset())

    for unit in (LimitUnit.WORK_HOUR, LimitUnit.WORK_DAY):
        with pytest.raises(ClockError, match="no_working_time"):
            due(Limit(1, unit), at(11, 20), never)
    with pytest.raises(ClockError, match="no_working_time"):
        never.next_open(at(11, 20))


@pytest.mark.parametrize("amount", [0, -1, Decimal("NaN"), Decimal("Infinity"), True, 1.5, "4", Decimal("1e-12")])
def test_a_limit_must_be_a_positive_number(amount):
    with pytest.raises(ClockError, match="bad_amount"):
        Limit(amount, LimitUnit.WORK_HOUR)


@pytest.mark.parametrize("unit", [LimitUnit.WORK_DAY, LimitUnit.NATURAL_DAY])
def test_days_are_whole(unit):
    with pytest.raises(ClockError, match="part_of_day"):
        Limit(Decimal("1.5"), unit)


def test_a_limit_of_centuries_is_a_slip_of_the_pen():
    with pytest.raises(ClockError, match="amount_too_large"):
        Limit(40_000, LimitUnit.WORK_DAY)


def test_a_limit_survives_json():
    limit = Limit(Decimal("2.5"), LimitUnit.WORK_HOUR)

    assert Limit.from_json(limit.to_json()) == limit


@pytest.mark.parametrize("data", [{}, {"amount": "x", "unit": "work_hour"}, {"amount": "1", "unit": "fortnight"}, None])
def test_broken_json_is_no_limit(data):
    with pytest.raises(ClockError):
        Limit.from_json(data)


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((time(12), time(9)),),
        ((time(9), time(9)),),
        ((time(14), time(18)), (time(8), time(12))),
        ((time(8), time(15)), (time(14), time(18))),
        ((time(8), time(0)), (time(9), time(10))),
    ],
)
def test_office_hours_must_be_in_order_and_apart(hours):
    with pytest.raises(ClockError, match="hours"):
        WorkCalendar(hours=hours)


def test_a_zone_nobody_knows_is_refused():
    with pytest.raises(ClockError, match="unknown_zone"):
        WorkCalendar(tz="Mars/Olympus")


def test_a_moment_without_a_zone_is_refused():
    naive = datetime(2026, 11, 20, 9)  # noqa: DTZ001

    for unit in LimitUnit:
        with pytest.raises(ClockError, match="naive_moment"):
            due(Limit(1, unit), naive, CITY)


def test_a_moment_at_the_end_of_all_calendars_is_refused_plainly():
    last = datetime(9999, 12, 31, 1, tzinfo=UTC)

    for unit in LimitUnit:
        with pytest.raises(ClockError, match=r"beyond_calendar|no_working_time"):
            due(Limit(100, unit), last, WorkCalendar())


def test_equal_calendars_are_interchangeable():
    twin = WorkCalendar(days=dict(NATIONAL_DAY), announced_years=frozenset({2026}))

    assert twin == CITY
    assert hash(twin) == hash(CITY)
    assert twin != WorkCalendar()


def test_a_calendar_can_be_kept_in_a_cache():
    import pickle

    assert pickle.loads(pickle.dumps(CITY)) == CITY
