"""The distribution of a forecast as a drawing: bars from zero, the target, the middle 90 percent; places are worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, TOP, FOOT, EDGE = 640.0, 220.0, 28.0, 34.0, 12.0


@dataclass(frozen=True)
class Bar:
    """One bar; `above` when it lies at or over the target."""

    x: float
    y: float
    width: float
    height: float
    above: bool
    low: float
    high: float
    many: int


@dataclass(frozen=True)
class Histogram:
    """Everything a template draws; moments of the axis as (place, value)."""

    bars: Sequence[Bar]
    target: float | None
    inner: tuple[float, float]
    middle: float
    ticks: Sequence[tuple[float, float]]
    foot: float = HEIGHT - FOOT
    width: float = WIDTH
    height: float = HEIGHT


def histogram_of(
    rows: Sequence[tuple[float, float, int]], target: float, inner: tuple[float, float], middle: float
) -> Histogram | None:
    """The drawing of `rows` (from, to, how many); None where there are none. A target outside the bars is not drawn."""
    if not rows:
        return None
    low, high, most = rows[0][0], rows[-1][1], max(many for _, _, many in rows)

    def x(value: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (value - low) / (high - low), 1)

    bars = []
    for start, end, many in rows:
        tall = round((HEIGHT - FOOT - TOP) * many / most, 1)
        bars.append(
            Bar(x(start) + 1, HEIGHT - FOOT - tall, x(end) - x(start) - 2, tall, start >= target, start, end, many)
        )
    often = max(1, len(rows) // 8)
    ticks = [(x(start), start) for start, _, _ in rows[::often]]
    aim = x(target) if low <= target <= high else None
    return Histogram(bars, aim, (x(max(inner[0], low)), x(min(inner[1], high))), x(middle), ticks)
