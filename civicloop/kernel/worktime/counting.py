"""From a limit and a start to the due moment, and how it was counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from civicloop.kernel.worktime.calendar import ClockError, WorkCalendar, from_us, to_us
from civicloop.kernel.worktime.limits import Limit, LimitUnit

LAST_SECOND = time(23, 59, 59)
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class Reason(StrEnum):
    """Why a day counted, or why it did not."""

    WORKED = "worked"
    MAKE_UP = "make_up"
    ROUND_THE_CLOCK = "round_the_clock"
    START_DAY = "start_day"
    OUTSIDE_HOURS = "outside_hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class Piece:
    """One day of the count: the local date, how much of the limit it used (seconds, or 1 or 0 days), and why."""

    day: date
    counted: float
    reason: Reason


@dataclass(frozen=True)
class Due:
    """The due moment in UTC, and whether a year not yet announced may still move it."""

    at: datetime
    provisional: bool
    _asked: tuple[Limit, datetime, WorkCalendar] = field(repr=False, compare=False)

    @property
    def why(self) -> tuple[Piece, ...]:
        """Day by day how the limit was used up; counted only when asked for."""
        return tuple(explain(*self._asked))


def due(limit: Limit, since: datetime, calendar: WorkCalendar) -> Due:
    """When ``limit``, running from ``since``, ends.

    Urgent hours run round the clock. Working hours run in the office's hours only and may end exactly at closing. Of
    days, the day of ``since`` is not counted: working days end at the closing of the last one, natural days at its
    23:59:59. Raises ClockError for a naive ``since`` and for a calendar without working days.
    """
    at = after(limit, since, calendar)
    return Due(at, limit.unit.needs_calendar and calendar.is_provisional(since, at), (limit, since, calendar))


def after(limit: Limit, since: datetime, calendar: WorkCalendar) -> datetime:
    """The bare due moment of ``due`` (UTC)."""
    if limit.unit is LimitUnit.URGENT_HOUR:
        return from_us(to_us(since) + limit.us)
    if limit.unit is LimitUnit.WORK_HOUR:
        return calendar.add_work_us(since, limit.us)
    start = calendar.local_day(since)
    if limit.unit is LimitUnit.WORK_DAY:
        last = calendar.working_day_after(start, limit.days)
        return from_us(calendar.spans(last.toordinal())[-1][1])
    return calendar.at_wall(_plus_days(start, limit.days), LAST_SECOND)


def later(limit: Limit, due_at: datetime, calendar: WorkCalendar) -> datetime:
    """``due_at`` put off by ``limit``: hours run on from it, days are further days after the due day."""
    if limit.unit.is_days:
        return after(limit, calendar.at_wall(due_day(due_at, calendar), time.min), calendar)
    return after(limit, due_at, calendar)


def due_day(due_at: datetime, calendar: WorkCalendar) -> date:
    """The local day a due moment belongs to; a closing at 24:00 belongs to the day it closes."""
    return calendar.local_day(due_at - _INSTANT)


def explain(limit: Limit, since: datetime, calendar: WorkCalendar) -> list[Piece]:
    """Day by day how ``limit`` is used up from ``since`` on.

    What the pieces counted adds up to the limit: seconds for hours, days for days.
    """
    end = after(limit, since, calendar)
    if limit.unit.is_days:
        return list(_explain_days(limit, calendar.local_day(since), due_day(end, calendar), calendar))
    return list(_explain_hours(limit, since, end, calendar))


def _explain_days(limit: Limit, start: date, end: date, calendar: WorkCalendar) -> Iterator[Piece]:
    yield Piece(start, 0, Reason.START_DAY)
    for day in _days(start + _DAY, end):
        if limit.unit is LimitUnit.NATURAL_DAY:
            yield Piece(day, 1, Reason.ROUND_THE_CLOCK)
        else:
            yield Piece(day, int(calendar.is_working_day(day)), _reason(day, calendar))


def _explain_hours(limit: Limit, since: datetime, end: datetime, calendar: WorkCalendar) -> Iterator[Piece]:
    urgent = limit.unit is LimitUnit.URGENT_HOUR
    lo, hi = to_us(since), to_us(end)
    for day in _days(calendar.local_day(since), due_day(end, calendar)):
        spans = (_whole_day(day, calendar),) if urgent else calendar.spans(day.toordinal())
        counted = sum(max(0, min(stop, hi) - max(start, lo)) for start, stop in spans) / 1_000_000
        reason = Reason.ROUND_THE_CLOCK if urgent else _reason(day, calendar)
        if not counted and calendar.is_working_day(day):
            reason = Reason.OUTSIDE_HOURS
        yield Piece(day, counted, reason)


def _whole_day(day: date, calendar: WorkCalendar) -> tuple[int, int]:
    return to_us(calendar.at_wall(day, time.min)), to_us(calendar.at_wall(_plus_days(day, 1), time.min))


def _reason(day: date, calendar: WorkCalendar) -> Reason:
    ordinary = day.weekday() in calendar.weekdays
    if calendar.is_working_day(day):
        return Reason.WORKED if ordinary else Reason.MAKE_UP
    return Reason.HOLIDAY if ordinary or calendar.days.get(day) is False else Reason.WEEKEND


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))


def _plus_days(day: date, count: int) -> date:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        raise ClockError("beyond_calendar") from None
