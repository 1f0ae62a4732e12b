"""Dots with intervals in the cells of a table: one axis for the whole column, cut to where the values lie, its ends written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH, EDGE = 200.0, 6.0


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`; places are units of a drawing 200 wide. `target` is marked where it lies on the axis."""

    low: float
    high: float
    target: float | None = None

    def place(self, value: float) -> float:
        """Where a value lies."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(EDGE + (WIDTH - 2 * EDGE) * share, 1)

    @property
    def mark(self) -> float | None:
        """Where the target lies; None where the axis does not reach it."""
        return None if self.target is None or not self.low <= self.target <= self.high else self.place(self.target)

    @property
    def has_room(self) -> bool:
        """Whether the target's figure can stand between those of the ends."""
        return self.mark is not None and 32 <= self.mark <= WIDTH - 32


def axis_of(values: Iterable[float | None], target: float | None = None) -> Axis:
    """The axis that holds all values, in round steps; never wider than 0 to 100 asks for."""
    known = [one for one in values if one is not None]
    if target is not None:
        known.append(target)
    low, high = min(known, default=0.0), max(known, default=100.0)
    step = 10.0 if high - low > 15 else 5.0
    first, last = math.floor(low / step) * step, math.ceil(high / step) * step
    return Axis(first, last if last > first else first + step, target)
