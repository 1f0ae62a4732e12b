"""The office calendar: which seconds are working seconds."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from civicloop.kernel.refusal import Refused

Window = tuple[time, time]
Span = tuple[int, int]

MONDAY_TO_FRIDAY = frozenset(range(5))
OFFICE_HOURS: tuple[Window, ...] = ((time(8, 30), time(12)), (time(14, 30), time(18)))
MOST_IDLE_DAYS = 3 * 366
MOST_SPAN_DAYS = 200 * 366
MOST_KEPT_DAYS = 20_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class ClockError(Refused, ValueError):
    """A clock was asked for something that cannot be counted."""

    status = 422


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment; a naive one raises ClockError."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ClockError("naive_moment", moment=moment.isoformat())
    return (moment - _EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    """The UTC moment of so many microseconds since 1970."""
    try:
        return _EPOCH + timedelta(microseconds=us)
    except OverflowError:
        raise ClockError("beyond_calendar") from None


@dataclass(frozen=True)
class WorkCalendar:
    """When an office works. A value: equal calendars count equally.

    ``weekdays`` are Python weekdays (Monday is 0). ``hours`` are the windows of every working day, in order and without
    overlap; an end of 00:00 means 24:00. ``days`` holds the exceptions the State Council and the city announce: True
    for a make-up working day (调休), False for a holiday. A year not in ``announced_years`` is provisional: its
    holidays are not known yet and whatever was counted in it must be counted again.
    """

    tz: str = "Asia/Shanghai"
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    hours: tuple[Window, ...] = OFFICE_HOURS
    days: Mapping[date, bool] = field(default_factory=dict)
    announced_years: frozenset[int] = frozenset()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _spans: dict[int, tuple[Span, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _months: dict[tuple[int, int], int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        put = object.__setattr__
        try:
            put(self, "_zone", ZoneInfo(self.tz))
        except (KeyError, ValueError, OSError):
            raise ClockError("unknown_zone", tz=self.tz) from None
        put(self, "weekdays", frozenset(self.weekdays))
        put(self, "hours", tuple((start, end) for start, end in self.hours))
        put(self, "days", MappingProxyType(dict(self.days)))
        put(self, "announced_years", frozenset(self.announced_years))
        if not self.weekdays <= frozenset(range(7)):
            raise ClockError("bad_weekday", weekdays=sorted(self.weekdays))
        _check_hours(self.hours)

    def __hash__(self) -> int:
        return hash((self.tz, self.weekdays, self.hours, frozenset(self.days.items()), self.announced_years))

    def __reduce__(self) -> tuple[Any, ...]:
        return WorkCalendar, (self.tz, self.weekdays, self.hours, dict(self.days), self.announced_years)

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on ``day``; an announced exception wins over the weekday."""
        known = self.days.get(day)
        return day.weekday() in self.weekdays if known is None else known

    def windows(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The opening and closing moments of ``day`` in UTC; empty on a day off."""
        return tuple((from_us(start), from_us(end)) for start, end in self.spans(day.toordinal()))

    def is_open(self, moment: datetime) -> bool:
        """Whether the office works at ``moment``; open at the opening, shut at the closing."""
        us = to_us(moment)
        return any(start <= us < end for start, end in self.spans(self.local_day(moment).toordinal()))

    def next_open(self, moment: datetime) -> datetime:
        """``moment`` itself when the office is open then, else the next opening (UTC)."""
        us = to_us(moment)
        for start, end in self.spans_from(moment):
            if us < end:
                return from_us(max(us, start))
        raise ClockError("no_working_time", after=moment.isoformat())

    def work_seconds(self, start: datetime, end: datetime) -> float:
        """Working seconds between two moments; negative when ``end`` comes first."""
        return self.work_us(start, end) / 1_000_000

    def add_work(self, moment: datetime, seconds: float) -> datetime:
        """The first moment by which ``seconds`` of working time have passed since ``moment`` (UTC).

        Exactly the closing time, never the next opening. Zero seconds give ``moment`` back.
        """
        return self.add_work_us(moment, round(seconds * 1_000_000))

    def is_provisional(self, start: datetime, end: datetime) -> bool:
        """Whether the time between two moments touches a year whose holidays are not announced."""
        first, last = self.local_day(start).year, self.local_day(end).year
        return any(year not in self.announced_years for year in range(first, last + 1))

    # Below: what the other modules of this folder count with (whole microseconds and day numbers).

    def local_day(self, moment: datetime) -> date:
        """The date on the office's wall at an aware moment."""
        if moment.tzinfo is None:
            raise ClockError("naive_moment", moment=moment.isoformat())
        try:
            return moment.astimezone(self._zone).date()
        except OverflowError:
            raise ClockError("beyond_calendar") from None

    def at_wall(self, day: date, wall: time) -> datetime:
        """The UTC moment at which the office's wall clock shows ``wall`` on ``day``."""
        return datetime.combine(day, wall, self._zone).astimezone(UTC)

    def wall(self, moment: datetime) -> datetime:
        """``moment`` as the office's wall shows it."""
        return moment.astimezone(self._zone)

    def spans(self, ordinal: int) -> tuple[Span, ...]:
        """The windows of a day number as microseconds since 1970, kept once computed."""
        known = self._spans.get(ordinal)
        if known is None:
            if len(self._spans) >= MOST_KEPT_DAYS:
                self._spans.clear()
            known = self._spans[ordinal] = self._compute_spans(ordinal)
        return known

    def spans_from(self, moment: datetime) -> Iterator[Span]:
        """All windows from the day of ``moment`` on; ClockError after three years without any."""
        ordinal, idle = self.local_day(moment).toordinal(), 0
        while idle <= MOST_IDLE_DAYS:
            spans = self.spans(ordinal)
            idle = 0 if spans else idle + 1
            yield from spans
            ordinal += 1
        raise ClockError("no_working_time", after=moment.isoformat())

    def work_us(self, start: datetime, end: datetime) -> int:
        """Working microseconds between two moments, negative when ``end`` comes first."""
        lo, hi = to_us(start), to_us(end)
        if lo > hi:
            return -self.work_us(end, start)
        first, last = self.local_day(start), self.local_day(end)
        if (last - first).days > MOST_SPAN_DAYS:
            raise ClockError("span_too_long", start=start.isoformat(), end=end.isoformat())
        total, day, stop = 0, first.toordinal(), last.toordinal()
        while day <= stop:
            month_end = self._month_end_inside(day, first.toordinal(), stop)
            if month_end:
                total += self._month_us(day, month_end)
                day = month_end
            else:
                total += sum(max(0, min(e, hi) - max(s, lo)) for s, e in self.spans(day))
                day += 1
        return total

    def add_work_us(self, moment: datetime, need: int) -> datetime:
        """As ``add_work``, in microseconds."""
        us = to_us(moment)
        if need < 0:
            raise ClockError("negative_amount", seconds=need / 1_000_000)
        if need == 0:
            return from_us(us)
        for start, end in self.spans_from(moment):
            begin = max(start, us)
            if begin >= end:
                continue
            if need <= end - begin:
                return from_us(begin + need)
            need -= end - begin
        raise ClockError("no_working_time", after=moment.isoformat())

    def working_day_after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (0 gives ``day`` itself)."""
        ordinal, idle = day.toordinal(), 0
        while count > 0:
            ordinal += 1
            worked = bool(self.spans(ordinal))
            count -= worked
            idle = 0 if worked else idle + 1
            if idle > MOST_IDLE_DAYS:
                raise ClockError("no_working_time", after=day.isoformat())
        return date.fromordinal(ordinal)

    def working_days_between(self, day: date, until: date) -> int:
        """Working days after ``day`` up to and including ``until``; negative when ``until`` comes first."""
        if until < day:
            return -self.working_days_between(until, day)
        if (until - day).days > MOST_SPAN_DAYS:
            raise ClockError("span_too_long", start=day.isoformat(), end=until.isoformat())
        return sum(1 for ordinal in range(day.toordinal() + 1, until.toordinal() + 1) if self.spans(ordinal))

    def _compute_spans(self, ordinal: int) -> tuple[Span, ...]:
        try:
            day = date.fromordinal(ordinal)
            if not self.is_working_day(day):
                return ()
            next_day = day + timedelta(days=1)
            return tuple(
                (to_us(self.at_wall(day, start)), to_us(self.at_wall(day if end != time.min else next_day, end)))
                for start, end in self.hours
            )
        except (ValueError, OverflowError):
            raise ClockError("beyond_calendar") from None

    def _month_end_inside(self, day: int, first: int, stop: int) -> int:
        """The day number after the month that begins on ``day`` if that month lies wholly inside, else 0."""
        if stop - day < 28 or day == first:
            return 0
        begins = date.fromordinal(day)
        after = day + monthrange(begins.year, begins.month)[1]
        return after if begins.day == 1 and after <= stop else 0

    def _month_us(self, day: int, after: int) -> int:
        begins = date.fromordinal(day)
        key = (begins.year, begins.month)
        if key not in self._months:
            self._months[key] = sum(e - s for ordinal in range(day, after) for s, e in self.spans(ordinal))
        return self._months[key]


def _check_hours(hours: tuple[Window, ...]) -> None:
    before = 0.0
    for start, end in hours:
        begins, ends = _seconds(start), _seconds(end) or 86_400.0
        if not before <= begins < ends:
            raise ClockError("bad_hours", start=start.isoformat(), end=end.isoformat())
        before = ends
    if not hours:
        raise ClockError("no_hours")


def _seconds(wall: time) -> float:
    return wall.hour * 3600 + wall.minute * 60 + wall.second + wall.microsecond / 1_000_000
