"""One problem, many places (举一反三): after a fault, which other points of the kind should be looked at for the same thing first.

The probability that a point fails an item leans, level by level, on what is known: the item in the type, in the type and area,
in the type and responsible unit, at the point itself. Each level counts as so many judgements of the one above (Beta-binomial).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

LEAN = 4.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that may have the fault too."""

    id: int
    point_type: str
    area: str
    unit: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """An item looked at in a point: failed or not. Not `judged`: it did not apply there, which says nothing of other points."""

    point: int
    item: str
    failed: bool
    at: datetime
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Occasion:
    """A fault that was found: item, where, when, and the case it became ("" for none)."""

    item: str
    point: int
    at: datetime
    case: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Look at `point` for `item`. `chance` is the estimated probability that it fails there.

    `failed` of `judged`: what is known of the item in points of the type. `reasons`: same_unit, same_area, failed_before,
    never_checked, open_elsewhere_at_point; `checked_at` is the last check there. `occasions` are the faults that led here.
    """

    point: int
    item: str
    chance: float
    failed: int
    judged: int
    reasons: tuple[str, ...]
    checked_at: datetime | None
    occasions: tuple[Occasion, ...]


@dataclass(slots=True)
class _Counts:
    """Failed and judged, by item and a level of places."""

    rows: dict[tuple[object, ...], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, key: tuple[object, ...], failed: bool) -> None:
        row = self.rows[key]
        row[0] += failed
        row[1] += 1

    def of(self, key: tuple[object, ...]) -> tuple[int, int]:
        failed, judged = self.rows.get(key, (0, 0))
        return failed, judged


def suggest(
    occasions: Iterable[Occasion],
    spots: Iterable[Spot],
    checks: Sequence[Check],
    open_faults: Mapping[int, Iterable[str]],
    most: int = 200,
) -> tuple[Suggestion, ...]:
    """Points of the type of each fault where the item was not checked since, the likeliest first.

    Points at which the item has an open fault already are left out (`open_faults`: items by point): there is nothing to find.
    """
    places = {spot.id: spot for spot in spots}
    by_type: dict[str, list[Spot]] = defaultdict(list)
    for spot in places.values():
        by_type[spot.point_type].append(spot)
    counts, last = _count(checks, places)
    found: dict[tuple[str, str], list[Occasion]] = defaultdict(list)
    for one in occasions:
        if one.point in places:
            found[places[one.point].point_type, one.item].append(one)
    known_open = {point: frozenset(items) for point, items in open_faults.items()}
    rows = [
        _suggestion(spot, item, led, places, counts, last, known_open)
        for (kind, item), led in found.items()
        for spot in by_type[kind]
        if item not in known_open.get(spot.id, ()) and _unchecked(spot, item, led, last)
    ]
    rows.sort(key=lambda row: (-row.chance, row.item, row.point))
    return tuple(rows[:most])


def _count(checks: Iterable[Check], places: Mapping[int, Spot]) -> tuple[_Counts, dict[tuple[int, str], Check]]:
    counts, last = _Counts(), {}
    for check in sorted(checks, key=lambda one: one.at):
        spot = places.get(check.point)
        if spot is None:
            continue
        last[check.point, check.item] = check
        for key in _levels(spot, check.item) if check.judged else ():
            counts.add(key, check.failed)
    return counts, last


def _levels(spot: Spot, item: str) -> tuple[tuple[object, ...], ...]:
    """From the type down to the point."""
    kind = (item, spot.point_type)
    return (kind, (*kind, "area", spot.area), (*kind, "unit", spot.unit), (*kind, "point", spot.id))


def _unchecked(spot: Spot, item: str, led: Sequence[Occasion], last: Mapping[tuple[int, str], Check]) -> bool:
    """Whether nobody looked since the latest of these faults; the points of the faults themselves are known."""
    if any(one.point == spot.id for one in led):
        return False
    check = last.get((spot.id, item))
    return check is None or check.at < max(one.at for one in led)


def _suggestion(
    spot: Spot, item: str, led: Sequence[Occasion], places: Mapping[int, Spot], counts: _Counts,
    last: Mapping[tuple[int, str], Check], known_open: Mapping[int, frozenset[str]],
) -> Suggestion:  # fmt: skip
    levels = _levels(spot, item)
    failed, judged = counts.of(levels[0])
    chance = (failed + 0.5) / (judged + 1)
    for level in levels[1:]:
        hits, many = counts.of(level)
        chance = (hits + LEAN * chance) / (many + LEAN)
    check = last.get((spot.id, item))
    told = {
        "same_unit": spot.unit is not None and any(places[one.point].unit == spot.unit for one in led),
        "same_area": bool(spot.area) and any(places[one.point].area == spot.area for one in led),
        "failed_before": check is not None and counts.of(levels[-1])[0] > 0,
        "never_checked": check is None,
        "open_elsewhere_at_point": bool(known_open.get(spot.id)),
    }
    reasons = tuple(name for name, holds in told.items() if holds)
    newest = tuple(sorted(led, key=lambda one: one.at, reverse=True)[:3])
    return Suggestion(spot.id, item, chance, failed, judged, reasons, check.at if check else None, newest)
