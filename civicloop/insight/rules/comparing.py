"""Two shares against each other: how far apart, and whether they can be told apart at all.

The interval of the difference is Newcombe's (1998, method 10): Wilson's intervals of both shares, combined. It holds for small
counts too, where the usual one does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from civicloop.insight.rules.rates import Period, Rate

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Change:
    """A rate now against a rate before. `points` is the difference in percentage points, `low` to `high` its 95 % interval.

    All None where one of the two had nothing to judge. `apart`: the interval does not hold 0.
    """

    before: Rate
    points: float | None
    low: float | None
    high: float | None

    @property
    def apart(self) -> bool:
        """Whether the two can be told apart."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Compared:
    """A rate of a period, against the period just before (环比) and the same period a year earlier (同比)."""

    rate: Rate
    month: Change
    year: Change


def wilson(hits: int, many: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval of a share; 0 to 1 where nothing was judged."""
    if not many:
        return 0.0, 1.0
    share, square = hits / many, z * z / many
    centre = (share + square / 2) / (1 + square)
    half = z * sqrt(share * (1 - share) / many + square / (4 * many)) / (1 + square)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def change(now: Rate, before: Rate) -> Change:
    """How far apart two rates are, in percentage points."""
    if now.value is None or before.value is None:
        return Change(before, None, None, None)
    low_now, high_now = wilson(now.numerator, now.denominator)
    low_before, high_before = wilson(before.numerator, before.denominator)
    apart = now.value - before.value
    down = sqrt((now.value - low_now) ** 2 + (high_before - before.value) ** 2)
    up = sqrt((high_now - now.value) ** 2 + (before.value - low_before) ** 2)
    return Change(before, 100 * apart, 100 * max(apart - down, -1.0), 100 * min(apart + up, 1.0))


def period_before(period: Period) -> Period:
    """The period of equal length that ends where this one begins; for whole calendar months the months before (环比)."""
    months = _whole_months(period)
    if months:
        return Period(_months_back(period.start, months), period.start)
    return Period(period.start - (period.end - period.start), period.start)


def year_before(period: Period) -> Period:
    """The same days a year earlier (同比): whole calendar months as such; of other periods the first and the last day, where
    29 February becomes the 28th.
    """
    if _whole_months(period) or period.end.time() != period.start.time():
        return Period(_months_back(period.start, 12), _months_back(period.end, 12))
    # By the last day, not by the one after it: else 28 February before a 29th would have no day left a year earlier.
    last = max(period.end - timedelta(days=1), period.start)
    start = _months_back(period.start, 12)
    return Period(start, start if period.end == period.start else _months_back(last, 12) + timedelta(days=1))


def moment_before(as_of: datetime, period: Period, before: Period) -> datetime:
    """The moment at which the earlier period stood as this one stands at `as_of`: so long after its end, or before it.

    Otherwise a month that ended yesterday would be held against one that had a month more to close its cases.
    """
    return before.end + (as_of - period.end)


def _whole_months(period: Period) -> int:
    """How many whole calendar months a period is; 0 for any other."""
    start, end = period.start, period.end
    if start.day != 1 or end.day != 1 or start.time() != end.time() or start.hour or start.minute:
        return 0
    return (end.year - start.year) * 12 + end.month - start.month


def _months_back(moment: datetime, months: int) -> datetime:
    number = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(number, 12)
    for day in range(moment.day, moment.day - 4, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment - timedelta(days=30 * months)
