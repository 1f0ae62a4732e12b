"""What a forecast says, as frozen values. Scores are points of 100."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from civicloop.scoring.rules.forecast.known import Floats

LEVELS = (0.5, 0.8, 0.9, 0.95)
BARS = 20


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader must know beside the number.

    Codes: nothing_known, type_without_points, type_never_visited, fewer_points_than_sampled, type_not_sampled.
    """

    code: str
    point_type: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class TypePart:
    """One type of the sample. `contribution` is what it adds to the score, `loss` what it costs; both of 100.

    `how` says where the value comes from: visits (of this type) or other_types.
    """

    point_type: str
    weight: float
    points: int
    population: int
    visited: int
    value: float
    low: float
    high: float
    contribution: float
    loss: float
    how: str


@dataclass(frozen=True, slots=True)
class ItemGain:
    """What it would bring if nobody found a fault of this item any more: points of 100, with the 90 % interval.

    `faults` is how many points are thought to have one. `effort` is hours of handling for all of them, `per_effort` points of
    100 for every 100 hours; both None where nothing of the kind was ever handled.
    """

    item: str
    gain: float
    low: float
    high: float
    faults: float
    effort: float | None
    per_effort: float | None


@dataclass(frozen=True, eq=False)
class Forecast:
    """The score the assessors would give, as a distribution. All numbers are None or empty when nothing is known."""

    value: float | None
    median: float | None
    intervals: Mapping[float, tuple[float, float]]
    histogram: tuple[tuple[float, float, int], ...]
    types: tuple[TypePart, ...]
    items: tuple[ItemGain, ...]
    notes: tuple[Note, ...]
    draws: int
    seed: int
    sampled: int
    population: int
    visited: int
    scores: Floats = field(repr=False)

    def chance(self, target: float) -> float | None:
        """The chance to reach `target`; None when nothing is known."""
        return float((self.scores >= target).mean()) if len(self.scores) else None

    def quantile(self, share: float) -> float | None:
        """The score below which a share of the simulated samples lies."""
        return float(np.quantile(self.scores, share)) if len(self.scores) else None


def nothing(seed: int, draws: int, population: int, notes: tuple[Note, ...]) -> Forecast:
    """No number at all, and why."""
    return Forecast(None, None, {}, (), (), (), notes, draws, seed, 0, population, 0, np.zeros(0))


def intervals_of(scores: Floats) -> dict[float, tuple[float, float]]:
    """The middle 50, 80, 90 and 95 %."""
    tails = np.quantile(scores, [tail for level in LEVELS for tail in ((1 - level) / 2, (1 + level) / 2)])
    return {level: (float(tails[2 * at]), float(tails[2 * at + 1])) for at, level in enumerate(LEVELS)}


def histogram_of(scores: Floats) -> tuple[tuple[float, float, int], ...]:
    """Bars from, to and how many; whole, half or tenth points wide, whichever gives at most twenty bars."""
    least, most = float(scores.min()), float(scores.max())
    steps = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
    step = next((one for one in steps if (most - least) / one < BARS - 1), steps[-1])
    first, last = np.floor(least / step), np.floor(most / step) + 1
    edges = np.arange(first, last + 1) * step
    counts, _ = np.histogram(scores, edges)
    pairs = zip(edges[:-1], edges[1:], counts, strict=True)
    return tuple((round(float(low), 4), round(float(high), 4), int(many)) for low, high, many in pairs)
