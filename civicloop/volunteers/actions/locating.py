"""Putting orders into other grids after grids were redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from civicloop.loops.locating import locate_anew
from civicloop.volunteers.models import Order


def orders_located_anew(boxes: Sequence[Sequence[float]], *, at: datetime) -> int:
    """Find the grid of every order in these boxes (west, south, east, north) again. Returns how many moved."""
    there = Q(pk__in=())
    for west, south, east, north in boxes:
        there |= Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    return locate_anew("order", Order.objects.filter(there), at=at)
