"""Laws of the working-time clock, tried on many calendars and moments."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from civicloop.kernel.worktime import Limit, LimitUnit, WorkCalendar, due, explain

ZONES = ["Asia/Shanghai", "UTC", "Asia/Kathmandu", "America/Los_Angeles"]


@st.composite
def calendars(draw):
    marks = sorted(draw(st.sets(st.integers(0, 48), min_size=2, max_size=6)))
    marks = marks[: len(marks) // 2 * 2]
    hours = tuple((_wall(a), _wall(b)) for a, b in zip(marks[::2], marks[1::2], strict=True))
    days = draw(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.booleans(), max_size=12))
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return WorkCalendar(draw(st.sampled_from(ZONES[:3])), weekdays, hours, days, frozenset({2026}))


def _wall(half_hours: int) -> time:
    return time(half_hours // 2 % 24, half_hours % 2 * 30)


moments = st.datetimes(
    datetime(2026, 1, 5),  # noqa: DTZ001
    datetime(2026, 12, 1),  # noqa: DTZ001
    timezones=st.sampled_from([ZoneInfo(z) for z in ZONES]),
)
whole_minutes = st.builds(
    lambda day, minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute),
    st.integers(0, 300),
    st.integers(0, 1439),
)
work_limits = st.builds(Limit, st.integers(1, 30), st.sampled_from([LimitUnit.WORK_HOUR, LimitUnit.WORK_DAY]))
limits = st.builds(Limit, st.integers(1, 30), st.sampled_from(LimitUnit))


@given(calendars(), work_limits, moments)
def test_a_due_moment_lies_at_the_end_of_some_working_time(calendar, limit, since):
    assert calendar.is_open(due(limit, since, calendar).at - timedelta(microseconds=1))


@given(calendars(), limits, moments, moments)
def test_who_starts_later_is_due_no_earlier(calendar, limit, one, other):
    first, second = sorted([one, other])

    assert due(limit, first, calendar).at <= due(limit, second, calendar).at


@given(calendars(), limits, moments)
def test_the_due_moment_does_not_depend_on_the_zone_the_start_was_written_in(calendar, limit, since):
    assert due(limit, since, calendar) == due(limit, since.astimezone(UTC), calendar)


@given(calendars(), moments, moments, moments)
def test_working_seconds_add_up(calendar, one, two, three):
    a, b, c = sorted([one, two, three])

    assert abs(calendar.work_seconds(a, b) + calendar.work_seconds(b, c) - calendar.work_seconds(a, c)) < 1e-6


@given(calendars(), moments, moments)
def test_working_seconds_backwards_are_the_same_with_a_minus(calendar, one, two):
    assert calendar.work_seconds(one, two) == -calendar.work_seconds(two, one)


@given(calendars(), moments, st.integers(0, 400 * 3600))
def test_adding_work_and_measuring_it_are_inverse(calendar, moment, seconds):
    assert calendar.work_seconds(moment, calendar.add_work(moment, seconds)) == seconds


@given(calendars(), moments, st.integers(1, 400 * 3600))
def test_added_work_ends_at_the_first_possible_moment(calendar, moment, seconds):
    end = calendar.add_work(moment, seconds)

    assert calendar.work_seconds(moment, end - timedelta(seconds=1)) < seconds


@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_was_worked_before_it(calendar, moment):
    opening = calendar.next_open(moment)

    assert calendar.is_open(opening)
    assert calendar.work_seconds(moment, opening) == 0


@given(calendars(), limits, moments)
def test_the_pieces_of_an_explanation_add_up_to_the_limit(calendar, limit, since):
    counted = sum(piece.counted for piece in explain(limit, since, calendar))
    whole = limit.days if limit.unit.is_days else int(limit.amount) * 3600

    assert round(counted, 5) == whole


@given(calendars(), whole_minutes, st.integers(1, 600))
def test_working_hours_agree_with_somebody_who_watches_the_clock_minute_by_minute(calendar, since, minutes):
    end = calendar.add_work(since, minutes * 60)
    assume(end - since < timedelta(days=8))

    assert _watched(calendar, since, end) == minutes
    assert _watched(calendar, since, end - timedelta(minutes=1)) == minutes - 1


def _watched(calendar: WorkCalendar, since: datetime, until: datetime) -> int:
    """Working minutes by looking at the wall every minute; written apart from the code it checks."""
    zone, seen, now = ZoneInfo(calendar.tz), 0, since
    while now < until:
        wall = now.astimezone(zone)
        usual = wall.weekday() in calendar.weekdays
        if calendar.days.get(wall.date(), usual):
            minute = wall.hour * 60 + wall.minute
            seen += any(_minute(start) <= minute < (_minute(end) or 1440) for start, end in calendar.hours)
        now += timedelta(minutes=1)
    return seen


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


@given(calendars(), moments, st.integers(1, 40))
def test_working_days_agree_with_somebody_who_tears_off_a_calendar(calendar, since, count):
    day, torn = since.astimezone(ZoneInfo(calendar.tz)).date(), 0
    while torn < count:
        day += timedelta(days=1)
        torn += calendar.days.get(day, day.weekday() in calendar.weekdays)

    assert due(Limit(count, LimitUnit.WORK_DAY), since, calendar).at == calendar.windows(day)[-1][1]


@given(calendars(), moments, st.integers(35, 500))
def test_whole_months_count_as_the_sum_of_their_days(calendar, moment, days):
    end = moment + timedelta(days=days)
    day_by_day = sum(
        calendar.work_seconds(moment + timedelta(days=n), moment + timedelta(days=n + 1)) for n in range(days)
    )

    assert abs(calendar.work_seconds(moment.astimezone(UTC), end.astimezone(UTC)) - day_by_day) < 3601
