"""Putting orders into other grids after grids were redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from civicloop.loops.locating import in_boxes, locate_anew
from civicloop.volunteers.models import Order


def orders_located_anew(boxes: Sequence[Sequence[float]], *, at: datetime) -> int:
    """Find the grid of every order in these boxes (west, south, east, north) again. Returns how many moved."""
    return locate_anew("order", Order.objects.filter(in_boxes(boxes)), at=at)
