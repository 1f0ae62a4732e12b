"""Putting loops into other grids after grids were redrawn: one pass for every kind that keeps its place as `lon`, `lat`, `grid`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from civicloop.ledger.actions import Entry, record_many
from civicloop.organisation.models import Grid
from civicloop.standards import reference

BATCH = 500


def in_boxes(boxes: Sequence[Sequence[float]]) -> Q:
    """The condition that a place lies in one of these boxes: west, south, east, north in degrees WGS-84. Without one, none does."""
    there = Q(pk__in=())
    for west, south, east, north in boxes:
        there |= Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    return there


def locate_anew(name: str, rows: QuerySet[Any], *, at: datetime) -> int:
    """Find the grid of every one of these loops again, ended ones too; each that moved is a line `<name>.locate` of the ledger.
    Returns how many did.

    Owner, clock and class stay: they were right when the loop was given out. One whose place no grid holds any more keeps the grid
    it had, and so does one that has no place. Works in batches by number, so it may be killed and run again.
    """
    moved, last = 0, 0
    while done := _batch(name, rows.filter(pk__gt=last), at):
        last, changed = done
        moved += changed
    return moved


@transaction.atomic
def _batch(name: str, rows: QuerySet[Any], at: datetime) -> tuple[int, int] | None:
    locked = rows.select_for_update(no_key=True, of=("self",)).only("pk", "uid", "lon", "lat", "grid")
    loops = list(locked.order_by("pk")[:BATCH])
    if not loops:
        return None
    ref = reference.now()
    placed = [row for row in loops if row.lon is not None and row.lat is not None]
    found = ref.grids.index.locate_many([row.lon for row in placed], [row.lat for row in placed])
    moved = [(row, new) for row, new in zip(placed, found, strict=True) if new is not None and new != row.grid_id]
    # Grids that are not in use any more stand in no book.
    codes = dict(Grid.objects.filter(pk__in={row.grid_id for row, _ in moved}).values_list("pk", "code"))
    entries = []
    for row, new in moved:
        data = {"before": codes.get(row.grid_id or 0), "after": ref.grids.grids[new].code}
        row.grid_id = new
        entries.append(Entry(name, row.uid, f"{name}.locate", None, at, data))
    rows.model._default_manager.bulk_update([row for row, _ in moved], ["grid"], batch_size=100)
    record_many(entries)
    return loops[-1].pk, len(moved)
