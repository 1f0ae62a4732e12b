"""Days on which a team serves nobody: the time that is left between them, and what can still be done in it. Days of the city."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

import numpy as np

from civicloop.kernel.worktime import WorkCalendar
from civicloop.volunteers.rules.matching import Flags
from civicloop.volunteers.rules.matching_times import FAR, Span, Wanted, columns

# So many days ahead an order that is wanted at no particular time is looked at: for a plan, and at most, where a person decides.
PLANNED, AT_MOST = timedelta(days=14), timedelta(days=60)
A_DAY = timedelta(days=1)
# No holiday with the weekends beside it is longer.
LONGEST_HOLIDAY = timedelta(days=16)


class Period(NamedTuple):
    """Days away, both ends among them."""

    first: date
    last: date

    def meets(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return self.first <= other.last and other.first <= self.last


def joined(periods: Iterable[Period]) -> list[Period]:
    """In order of time, those that follow one another without a day between them as one."""
    found: list[Period] = []
    for one in sorted(periods):
        if found and one.first <= found[-1].last + A_DAY:
            found[-1] = Period(found[-1].first, max(found[-1].last, one.last))
        else:
            found.append(one)
    return found


def public_holidays(calendar: WorkCalendar, within: Period) -> list[Period]:
    """The public holidays that have a day in common with these days, each whole: unbroken days off of which the calendar names one
    as a holiday. As the State Council announces them, the weekend beside or amid the days named is among them.
    """
    found: list[Period] = []
    begun, named = None, False
    for ahead in range(((within.last - within.first) + 2 * LONGEST_HOLIDAY).days + 1):
        day = within.first - LONGEST_HOLIDAY + ahead * A_DAY
        if not calendar.is_working_day(day):
            begun, named = begun or day, named or calendar.days.get(day) is False
            continue
        if begun is not None and named:
            found.append(Period(begun, day - A_DAY))
        begun, named = None, False
    return [one for one in found if one.meets(within)]


def is_away(periods: Iterable[Period], day: date) -> bool:
    """Whether the team is away on a day."""
    return any(one.first <= day <= one.last for one in periods)


def away_until(periods: Iterable[Period], within: Period) -> date | None:
    """The last day of the first absence that meets these days; None where none does."""
    return next((one.last for one in joined(periods) if one.meets(within)), None)


def left_over(periods: Iterable[Period], *, at: datetime, zone: tzinfo) -> list[Span]:
    """The stretches of time from `at` on that lie between days away, in order; the last has no end (that is, one far ahead)."""
    begins, found = at, []
    for one in joined(periods):
        goes, back = (datetime.combine(day, time.min, zone) for day in (one.first, one.last + A_DAY))
        if goes > begins:
            found.append(Span(begins, goes))
        begins = max(begins, back)
    return [*found, Span(begins, at + FAR)]


def fits(wanted: Sequence[Wanted], stretches: Sequence[Span], *, at: datetime, within: timedelta) -> Flags:
    """Orders × stretches: whether the whole of what is wanted can be done in one of them, begun within so long if it has no end."""
    ended = [one if one.ends else one._replace(ends=max(one.begins or at, at) + within) for one in wanted]
    first, last, needed = columns(ended, at)
    begins = np.array([int(one.begins.timestamp()) for one in stretches], dtype=np.int64)
    ends = np.array([int(one.ends.timestamp()) for one in stretches], dtype=np.int64)
    length = np.minimum(last[:, None], ends) - np.maximum(first[:, None], begins)
    return np.asarray(length >= needed[:, None])


def days_of(wanted: Wanted, *, at: datetime, zone: tzinfo, within: timedelta) -> Period:
    """The days on which an order may be done; without an end, those of so long."""
    begins = max(wanted.begins or at, at)
    ends = max(wanted.ends or begins + within, begins + timedelta(microseconds=1))
    return Period(begins.astimezone(zone).date(), (ends - timedelta(microseconds=1)).astimezone(zone).date())
