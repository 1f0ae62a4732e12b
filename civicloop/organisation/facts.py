"""What the organisation tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from civicloop.bus import Fact


@dataclass(frozen=True, slots=True)
class CalendarChanged(Fact):
    """Working days or hours have changed: running clocks must be counted again."""

    calendar_id: int


@dataclass(frozen=True, slots=True)
class GridsChanged(Fact):
    """Grids were added or redrawn. `boxes` (west, south, east, north) hold the ground that another grid may have now."""

    added: int
    changed: int
    boxes: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class UnitMoved(Fact):
    """A unit stands below another unit now: whoever is above it there answers for what it has done so far."""

    unit_id: int
    at: datetime
