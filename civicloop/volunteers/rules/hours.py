"""What counts as hours of service, and what may be recorded.

Order 67 of the Ministry of Civil Affairs asks that records be true, accurate and whole. MZ/T 061-2015 counts the time actually
served, in hours, without the way there and back. Steps of half an hour and a cap for each day are what cities commonly set; the
cap is the parameter `volunteers.daily_cap_hours`. Nobody serves at two places at once, so times of one person never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from civicloop.kernel.refusal import Conflict, Invalid

STEP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Service:
    """A time somebody served: two aware moments, and the half hours served between them."""

    starts_at: datetime
    ends_at: datetime
    halves: int

    def overlaps(self, other: Service) -> bool:
        """Whether the two times have a moment in common; one may begin when the other ends."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def whole_halves(starts_at: datetime, ends_at: datetime) -> int:
    """Half hours that are full between two moments; what is begun and not finished does not count."""
    return max(0, (ends_at.astimezone(UTC) - starts_at.astimezone(UTC)) // STEP)


def half_hour(moment: datetime, *, zone: tzinfo) -> datetime:
    """The last full or half hour of the city's clock up to a moment."""
    local = moment.astimezone(zone)
    return local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)


def earliest(made_at: datetime, accepted_at: datetime, *, zone: tzinfo) -> datetime:
    """From when on somebody may have served in an order: from the half hour in which the team accepted it, as times are said by
    half hours, and never before the minute in which the order was made.
    """
    return max(half_hour(accepted_at, zone=zone), made_at.replace(second=0, microsecond=0))


def service(starts_at: datetime, ends_at: datetime, hours: Decimal | None, *, zone: tzinfo) -> Service:
    """The service somebody wants to record. `hours` is what was served between the moments; None counts all of it.

    Raises Invalid: ends_before_it_begins, hours_cross_midnight, hours_not_in_steps, hours_too_few, hours_more_than_time.
    """
    if ends_at <= starts_at:
        raise Invalid("ends_at", "ends_before_it_begins")
    if len(by_days(starts_at, ends_at, zone=zone)) > 1:
        raise Invalid("ends_at", "hours_cross_midnight")
    room = whole_halves(starts_at, ends_at)
    halves = room if hours is None else _halves(hours)
    if halves < 1:
        raise Invalid("hours", "hours_too_few")
    if halves > room:
        raise Invalid("hours", "hours_more_than_time", hours=str(Decimal(room) / 2))
    return Service(starts_at, ends_at, halves)


def _halves(hours: Decimal) -> int:
    doubled = hours * 2
    if not doubled.is_finite() or doubled != doubled.to_integral_value():
        raise Invalid("hours", "hours_not_in_steps", hours=str(hours))
    return int(doubled)


def check(new: Service, others: Iterable[Service], *, cap_hours: float, zone: tzinfo) -> None:
    """Whether a service may stand beside the valid ones of the same person.

    Raises Conflict: hours_overlap (with the time it overlaps), hours_over_daily_cap (what is left on that day).
    """
    beside = list(others)
    for one in beside:
        if new.overlaps(one):
            raise Conflict(
                "hours_overlap", start=_wall(one.starts_at, zone), end=_wall(one.ends_at, zone)[-5:]
            )  # fmt: skip
    day, cap = day_in(new.starts_at, zone), int(cap_hours * 2)
    served = sum(one.halves for one in beside if day_in(one.starts_at, zone) == day)
    if served + new.halves > cap:
        left = Decimal(max(0, cap - served)) / 2
        raise Conflict("hours_over_daily_cap", day=day.isoformat(), cap=f"{cap_hours:g}", left=f"{left:g}")


def by_days(starts_at: datetime, ends_at: datetime, *, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """A time cut at every midnight of the city: the parts of one day each."""
    parts: list[tuple[datetime, datetime]] = []
    start = starts_at.astimezone(zone)
    while start < ends_at:
        midnight = datetime.combine(start.date() + timedelta(days=1), time(), zone)
        end = min(ends_at.astimezone(zone), midnight)
        parts.append((start, end))
        start = end
    return parts


def day_span(moment: datetime, *, zone: tzinfo) -> tuple[datetime, datetime]:
    """The day of the city in which a moment lies: its midnight, and the next."""
    first = datetime.combine(day_in(moment, zone), time(), zone)
    return first, datetime.combine(first.date() + timedelta(days=1), time(), zone)


def within(
    starts_at: datetime, ends_at: datetime, *, first: datetime, last: datetime
) -> tuple[datetime, datetime] | None:
    """The part of a time that lies between two moments; None when there is none. Waiting before a shift is no service."""
    start, end = max(starts_at, first), min(ends_at, last)
    return (start, end) if start < end else None


def day_in(moment: datetime, zone: tzinfo) -> date:
    """The day of the city on which a moment falls."""
    return moment.astimezone(zone).date()


def _wall(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
