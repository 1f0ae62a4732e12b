"""Putting cases into other grids after grids were redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from civicloop.cases.models import Case
from civicloop.kernel.tilekey import ranges_for_bbox
from civicloop.loops.locating import locate_anew


def relocate(boxes: Sequence[Sequence[float]], *, at: datetime) -> int:
    """Find the grid of every case in these boxes (west, south, east, north) again. Returns how many moved."""
    ranges = sorted({one for west, south, east, north in boxes for one in ranges_for_bbox(west, south, east, north)})
    # Without a range `at_place` narrows nothing.
    return locate_anew("case", Case.objects.at_place(ranges), at=at) if ranges else 0
