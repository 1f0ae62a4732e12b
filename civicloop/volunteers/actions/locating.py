"""Putting orders into other grids after grids were redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from civicloop.ledger.actions import Entry, record_many
from civicloop.organisation.models import Grid
from civicloop.standards import reference
from civicloop.volunteers.models import Order

BATCH = 500


def orders_located_anew(boxes: Sequence[Sequence[float]], *, at: datetime) -> int:
    """Find the grid of every order in these boxes (west, south, east, north) again, ended ones too; each that moved is a ledger
    line. Returns how many did.

    Team, owner and clock stay: they were right when the order was given. An order whose place no grid holds any more keeps the grid
    it had. Works in batches by number, so it may be killed and run again.
    """
    there = Q(pk__in=())
    for west, south, east, north in boxes:
        there |= Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    moved, last = 0, 0
    while done := _batch(there, last, at):
        last, changed = done
        moved += changed
    return moved


@transaction.atomic
def _batch(there: Q, after: int, at: datetime) -> tuple[int, int] | None:
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).filter(there, pk__gt=after)
    orders = list(rows.only("pk", "uid", "lon", "lat", "grid").order_by("pk")[:BATCH])
    if not orders:
        return None
    ref = reference.now()
    found = ref.grids.index.locate_many([row.lon or 0.0 for row in orders], [row.lat or 0.0 for row in orders])
    moved = [(row, new) for row, new in zip(orders, found, strict=True) if new is not None and new != row.grid_id]
    # Grids that are not in use any more stand in no book.
    codes = dict(Grid.objects.filter(pk__in={row.grid_id for row, _ in moved}).values_list("pk", "code"))
    entries = []
    for row, new in moved:
        data = {"before": codes.get(row.grid_id or 0), "after": ref.grids.grids[new].code}
        row.grid_id = new
        entries.append(Entry("order", row.uid, "order.locate", None, at, data))
    Order.objects.bulk_update([row for row, _ in moved], ["grid"], batch_size=100)
    record_many(entries)
    return orders[-1].pk, len(moved)
