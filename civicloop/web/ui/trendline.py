"""A short line of days as a drawing: the value, its interval, the target. Places are worked out here, nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, EDGE, TOP, FOOT = 320.0, 96.0, 6.0, 12.0, 22.0
LEAST_SPAN = 10.0
"""The axis shows at least so many points: a tenth of a point must not look like a mountain."""


@dataclass(frozen=True)
class Dot:
    """One day."""

    x: float
    y: float
    day: date
    value: float


@dataclass(frozen=True)
class Trend:
    """Everything a template draws. `line` and `band` are points of SVG shapes."""

    dots: Sequence[Dot]
    line: str
    band: str
    target: float | None
    low: float
    high: float
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def first(self) -> Dot:
        """The oldest day."""
        return self.dots[0]

    @property
    def last(self) -> Dot:
        """The latest day."""
        return self.dots[-1]


def trend_of(rows: Sequence[tuple[date, float, float | None, float | None]], target: float | None) -> Trend | None:
    """The drawing of rows (day, value, lower bound, upper bound); None when fewer than two days are known."""
    if len(rows) < 2:
        return None
    values = [value for _, value, _, _ in rows] + ([target] if target is not None else [])
    low, high = min(values), max(values)
    spare = max(LEAST_SPAN - (high - low), 0.0) / 2 + 1.0
    low, high = max(0.0, low - spare), min(100.0, high + spare)
    first, days = rows[0][0], max((rows[-1][0] - rows[0][0]).days, 1)

    def x(day: date) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (day - first).days / days, 1)

    def y(value: float) -> float:
        inside = min(max(value, low), high)
        return round(TOP + (HEIGHT - TOP - FOOT) * (high - inside) / (high - low), 1)

    dots = [Dot(x(day), y(value), day, value) for day, value, _, _ in rows]
    bounds = [(x(day), y(down), y(up)) for day, _, down, up in rows if down is not None and up is not None]
    band = [f"{at},{up}" for at, _, up in bounds] + [f"{at},{down}" for at, down, _ in reversed(bounds)]
    line = " ".join(f"{one.x},{one.y}" for one in dots)
    return Trend(dots, line, " ".join(band), None if target is None else y(target), low, high)
