"""The clock of a loop: pause, resume, extend, what is left, and counting again when the calendar changes."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.worktime import (
    Clock,
    ClockError,
    Limit,
    LimitUnit,
    WorkCalendar,
    extend,
    fraction_used,
    moment_at,
    pause,
    recompute,
    remaining,
    resume,
    start,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CITY = WorkCalendar(announced_years=frozenset({2026}))
FOUR_HOURS = Limit(4, LimitUnit.WORK_HOUR)
THREE_DAYS = Limit(3, LimitUnit.WORK_DAY)
HOUR = 3600


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 in the office; 23 November is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def test_a_pause_over_working_time_puts_the_due_moment_off_by_that_working_time():
    clock = pause(start(FOUR_HOURS, at(23, 9), CITY), at(23, 10), CITY)

    assert resume(clock, at(24, 9), CITY).due_at == at(24, 12)


def test_a_pause_over_the_night_costs_nobody_anything():
    clock = start(FOUR_HOURS, at(23, 16), CITY)

    assert resume(pause(clock, at(23, 18), CITY), at(24, 8, 30), CITY).due_at == clock.due_at


def test_an_urgent_clock_that_slept_six_hours_is_due_six_hours_later():
    clock = start(Limit(2, LimitUnit.URGENT_HOUR), at(23, 23), CITY)

    assert resume(pause(clock, at(24, 0), CITY), at(24, 6), CITY).due_at == at(24, 7)


def test_days_left_at_the_pause_are_days_left_after_it():
    clock = pause(start(THREE_DAYS, at(23, 9), CITY), at(24, 10), CITY)
    again = resume(clock, at(30, 16), CITY)

    assert clock.remaining == 2
    assert remaining(again, at(30, 16), CITY) == 2
    assert again.due_at == at(2, 18, month=12)


def test_natural_days_are_put_off_by_natural_days():
    clock = pause(start(Limit(3, LimitUnit.NATURAL_DAY), at(23, 9), CITY), at(24, 9), CITY)

    assert resume(clock, at(28, 9), CITY).due_at == at(30, 23, 59) + timedelta(seconds=59)


def test_a_paused_clock_shows_what_was_left_when_it_was_paused():
    clock = pause(start(FOUR_HOURS, at(23, 9), CITY), at(23, 10), CITY)

    assert clock.remaining == 3 * HOUR
    assert remaining(clock, at(27, 17), CITY) == 3 * HOUR
    assert not clock.is_late(at(27, 17))


def test_a_limit_missed_before_the_pause_stays_missed_and_grows_no_later():
    late = pause(start(FOUR_HOURS, at(23, 9), CITY), at(23, 17), CITY)
    again = resume(late, at(30, 9), CITY)

    assert again.due_at == at(23, 15, 30)
    assert late.remaining == -1.5 * HOUR
    assert remaining(again, at(30, 10), CITY) == -2.5 * HOUR


def test_a_clock_paused_on_its_last_second_is_not_late_the_moment_it_resumes():
    clock = pause(start(Limit(2, LimitUnit.WORK_HOUR), at(23, 16), CITY), at(23, 18), CITY)
    again = resume(clock, at(24, 22), CITY)

    assert clock.remaining == 0
    assert not again.is_late(at(24, 22))


def test_late_by_one_evening_is_late_by_something():
    clock = start(Limit(2, LimitUnit.WORK_HOUR), at(23, 16), CITY)

    assert remaining(clock, at(23, 20), CITY) == -1


def test_a_day_limit_is_one_day_late_from_the_closing_of_its_last_day():
    clock = start(THREE_DAYS, at(23, 9), CITY)

    assert remaining(clock, at(26, 17), CITY) == 0
    assert remaining(clock, at(26, 19), CITY) == -1
    assert remaining(clock, at(30, 9), CITY) == -2


def test_more_hours_run_on_from_the_due_moment():
    assert extend(start(FOUR_HOURS, at(23, 9), CITY), Limit(3, LimitUnit.WORK_HOUR), CITY).due_at == at(24, 9)


def test_more_working_days_follow_the_due_day():
    assert extend(start(THREE_DAYS, at(23, 9), CITY), Limit(2, LimitUnit.WORK_DAY), CITY).due_at == at(30, 18)


def test_hours_may_be_extended_by_days():
    assert extend(start(FOUR_HOURS, at(23, 9), CITY), Limit(1, LimitUnit.WORK_DAY), CITY).due_at == at(24, 18)


def test_a_paused_clock_can_be_extended_and_shows_it():
    clock = extend(pause(start(FOUR_HOURS, at(23, 9), CITY), at(23, 10), CITY), FOUR_HOURS, CITY)

    assert clock.remaining == 7 * HOUR


def test_a_newly_announced_holiday_moves_the_due_moment_through_pauses_and_extensions():
    clock = start(FOUR_HOURS, at(23, 9), CITY)
    clock = extend(resume(pause(clock, at(23, 10), CITY), at(23, 11), CITY), Limit(1, LimitUnit.WORK_DAY), CITY)
    holiday = WorkCalendar(days={at(24).date(): False}, announced_years=frozenset({2026}))

    assert clock.due_at == at(24, 18)
    assert recompute(clock, holiday).due_at == at(25, 18)


def test_a_clock_stops_being_provisional_when_the_year_is_announced():
    clock = start(Limit(40, LimitUnit.WORK_DAY), at(23, 9), CITY)

    assert clock.provisional
    assert not recompute(clock, WorkCalendar(announced_years=frozenset({2026, 2027}))).provisional


def test_three_quarters_of_four_hours_are_three_hours():
    assert moment_at(start(FOUR_HOURS, at(23, 9), CITY), 0.75, CITY) == at(23, 12)


def test_half_the_time_is_counted_without_the_pause():
    clock = resume(pause(start(FOUR_HOURS, at(23, 9), CITY), at(23, 10), CITY), at(25, 9), CITY)

    assert moment_at(clock, 0.5, CITY) == at(25, 10)
    assert fraction_used(clock, at(25, 10), CITY) == 0.5
    assert fraction_used(clock, at(24, 10), CITY) == 0.25


def test_nothing_is_used_before_the_start_and_more_than_all_when_late():
    clock = start(FOUR_HOURS, at(23, 9), CITY)

    assert fraction_used(clock, at(22, 9), CITY) == 0
    assert fraction_used(clock, at(24, 9), CITY) == 7 / 4


def test_a_clock_cannot_be_paused_twice_or_resumed_twice():
    running = start(FOUR_HOURS, at(23, 9), CITY)
    paused = pause(running, at(23, 10), CITY)

    with pytest.raises(ClockError, match="already_paused"):
        pause(paused, at(23, 11), CITY)
    with pytest.raises(ClockError, match="not_paused"):
        resume(running, at(23, 11), CITY)


def test_time_does_not_run_backwards():
    running = start(FOUR_HOURS, at(23, 9), CITY)
    paused = pause(running, at(23, 10), CITY)

    with pytest.raises(ClockError, match="pause_too_early"):
        pause(running, at(23, 8), CITY)
    with pytest.raises(ClockError, match="resume_too_early"):
        resume(paused, at(23, 9, 30), CITY)
    with pytest.raises(ClockError, match="pause_too_early"):
        pause(resume(paused, at(23, 11), CITY), at(23, 10, 30), CITY)


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan")])
def test_a_share_lies_between_nothing_and_all(fraction):
    with pytest.raises(ClockError, match="bad_fraction"):
        moment_at(start(FOUR_HOURS, at(23, 9), CITY), fraction, CITY)


@pytest.mark.parametrize(
    "data", [{}, {"limit": None}, {"limit": {"amount": "4", "unit": "work_hour"}, "since": "soon"}]
)
def test_broken_json_is_no_clock(data):
    with pytest.raises(ClockError):
        Clock.from_json(data)


limits = st.builds(Limit, st.integers(1, 30), st.sampled_from(LimitUnit))
moments = st.datetimes(*(datetime(2026, month, 1) for month in (3, 4)), timezones=st.just(SHANGHAI))  # noqa: DTZ001
gaps = st.integers(0, 40 * 24 * 60)
holidays = st.dictionaries(st.dates(date(2026, 3, 1), date(2026, 6, 30)), st.booleans(), max_size=10)


@st.composite
def clocks(draw):
    calendar = WorkCalendar(days=draw(holidays), announced_years=frozenset({2026}))
    since = draw(moments)
    clock, now = start(draw(limits), since, calendar), since
    for act in draw(st.lists(st.sampled_from(["pause", "extend"]), max_size=4)):
        if act == "extend":
            clock = extend(clock, draw(limits), calendar)
            continue
        now += timedelta(minutes=draw(gaps))
        clock = pause(clock, now, calendar)
        now += timedelta(minutes=draw(gaps))
        clock = resume(clock, now, calendar)
    return clock, now, calendar


@given(clocks(), gaps)
def test_pause_and_resume_at_the_same_moment_change_nothing(made, minutes):
    clock, now, calendar = made
    moment = now + timedelta(minutes=minutes)
    again = resume(pause(clock, moment, calendar), moment, calendar)

    assert (again.due_at, again.provisional) == (clock.due_at, clock.provisional)
    assert remaining(again, moment, calendar) == remaining(clock, moment, calendar)


@given(clocks(), gaps, gaps, gaps)
def test_a_longer_pause_never_brings_the_due_moment_forward(made, minutes, one, other):
    clock, now, calendar = made
    moment = now + timedelta(minutes=minutes)
    short, long = sorted([one, other])
    paused = pause(clock, moment, calendar)

    brief = resume(paused, moment + timedelta(minutes=short), calendar)
    lengthy = resume(paused, moment + timedelta(minutes=long), calendar)
    assert clock.due_at <= brief.due_at <= lengthy.due_at


@given(clocks(), gaps, gaps)
def test_what_was_left_at_the_pause_is_left_after_it(made, minutes, length):
    clock, now, calendar = made
    paused = pause(clock, now + timedelta(minutes=minutes), calendar)
    end = now + timedelta(minutes=minutes + length)

    assert round(remaining(resume(paused, end, calendar), end, calendar) - (paused.remaining or 0), 5) == 0


@given(clocks(), gaps)
def test_what_is_left_is_negative_exactly_when_late(made, minutes):
    clock, now, calendar = made
    moment = now + timedelta(minutes=minutes)

    assert (remaining(clock, moment, calendar) < 0) == clock.is_late(moment)


@given(clocks())
def test_counting_again_by_the_same_calendar_changes_nothing(made):
    clock, now, calendar = made

    assert recompute(clock, calendar) == clock
    assert recompute(pause(clock, now, calendar), calendar) == pause(clock, now, calendar)


@given(clocks())
def test_a_clock_survives_json(made):
    clock, now, calendar = made

    for kept in (clock, pause(clock, now, calendar)):
        assert Clock.from_json(json.loads(json.dumps(kept.to_json()))) == kept


@given(clocks(), st.floats(0, 1))
def test_the_moment_a_share_is_used_has_that_share_used(made, fraction):
    clock, _, calendar = made
    moment = moment_at(clock, fraction, calendar)

    assert clock.since <= moment <= clock.due_at
    assert moment.tzinfo is UTC
    assert abs(fraction_used(clock, moment, calendar) - fraction) < 1e-6 or fraction == 1


@given(clocks(), st.floats(0, 1), st.floats(0, 1))
def test_a_greater_share_is_never_used_earlier(made, one, other):
    clock, _, calendar = made
    less, more = sorted([one, other])

    assert moment_at(clock, less, calendar) <= moment_at(clock, more, calendar)
