"""Is it the same problem? Rules for duplicates (the other is still open) and recurrence 回潮 (the other was closed)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from civicloop.kernel.geo import distance_m


@dataclass(frozen=True)
class Sighting:
    """What the rules need to know of a case. Moments are aware; a case without a place matches nothing."""

    id: Hashable
    category: Hashable
    lon: float | None
    lat: float | None
    reported_at: datetime
    closed_at: datetime | None = None
    is_open: bool = True


class Match(NamedTuple):
    """A case that matches, and how far off it lies."""

    sighting: Sighting
    metres: float


def metres_apart(a: Sighting, b: Sighting) -> float | None:
    """The distance of two cases, None when either has no place."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    return distance_m(a.lon, a.lat, b.lon, b.lat)


def same_place(a: Sighting, b: Sighting, radius_m: float) -> bool:
    """Whether two cases lie within ``radius_m`` metres of each other, the radius included."""
    metres = metres_apart(a, b)
    return metres is not None and metres <= radius_m


def is_duplicate(candidate: Sighting, new: Sighting, radius_m: float, days: float) -> bool:
    """Whether ``candidate``, still open, tells of the same problem: same category, near, reported within ``days``.

    Either may have been reported first: reports kept on a phone without network arrive late.
    """
    return (
        candidate.is_open
        and candidate.id != new.id
        and candidate.category == new.category
        and abs(new.reported_at - candidate.reported_at) <= timedelta(days=days)
        and same_place(candidate, new, radius_m)
    )


def is_recurrence(closed: Sighting, new: Sighting, radius_m: float, window_days: float) -> bool:
    """Whether ``new`` is ``closed`` come back: same category, near, reported within the window after closing."""
    if closed.is_open or closed.closed_at is None or closed.id == new.id or closed.category != new.category:
        return False
    since_closing = new.reported_at - closed.closed_at
    return timedelta(0) <= since_closing <= timedelta(days=window_days) and same_place(closed, new, radius_m)


def duplicates(candidates: Iterable[Sighting], new: Sighting, radius_m: float, days: float) -> list[Match]:
    """The duplicates of ``new`` among the candidates: nearest first, then latest reported."""
    found = [other for other in candidates if is_duplicate(other, new, radius_m, days)]
    return _ranked(found, new, lambda other: other.reported_at)


def recurrences(candidates: Iterable[Sighting], new: Sighting, radius_m: float, window_days: float) -> list[Match]:
    """The closed cases of which ``new`` is a recurrence: nearest first, then latest closed."""
    found = [other for other in candidates if is_recurrence(other, new, radius_m, window_days)]
    return _ranked(found, new, lambda other: other.closed_at or other.reported_at)


def _ranked(found: list[Sighting], new: Sighting, when: Callable[[Sighting], datetime]) -> list[Match]:
    matches = [Match(other, metres_apart(other, new) or 0.0) for other in found]
    return sorted(matches, key=lambda match: (match.metres, -when(match.sighting).timestamp(), str(match.sighting.id)))
