"""Putting cases into other grids after grids were redrawn."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.kernel.tilekey import ranges_for_bbox
from civicloop.ledger.actions import Entry, record_many
from civicloop.organisation.models import Grid
from civicloop.standards import reference

BATCH = 500


def relocate(boxes: Sequence[Sequence[float]]) -> int:
    """Find the grid of every case in these boxes again, ended ones too; each that moved is a ledger line. Returns how many did.

    Unit, deadline and class stay: they were right when the case was dispatched. A case whose place no grid holds any more keeps
    the grid it had, and so does one that has no place. Works in batches by number, so it may be killed and run again.
    """
    ranges = sorted({one for box in boxes for one in ranges_for_bbox(box[0], box[1], box[2], box[3])})
    moved, last = 0, 0
    while True:
        done = _batch(ranges, last)
        if done is None:
            return moved
        last, changed = done
        moved += changed


@transaction.atomic
def _batch(ranges: list[tuple[int, int]], after: int) -> tuple[int, int] | None:
    rows = list(
        Case.objects.select_for_update(no_key=True, of=("self",)).at_place(ranges).filter(pk__gt=after)
        .only("pk", "uid", "lon", "lat", "grid").order_by("pk")[:BATCH]
    )  # fmt: skip
    if not rows:
        return None
    ref, now = reference.now(), timezone.now()
    found = ref.grids.index.locate_many([row.lon or 0.0 for row in rows], [row.lat or 0.0 for row in rows])
    moved = [(row, new) for row, new in zip(rows, found, strict=True) if new is not None and new != row.grid_id]
    # Grids that are not in use any more stand in no book.
    codes = dict(Grid.objects.filter(pk__in={row.grid_id for row, _ in moved}).values_list("pk", "code"))
    entries = []
    for row, new in moved:
        data = {"before": codes.get(row.grid_id or 0), "after": ref.grids.grids[new].code}
        row.grid_id = new
        entries.append(Entry("case", row.uid, "case.locate", None, now, data))
    Case.objects.bulk_update([row for row, _ in moved], ["grid"], batch_size=100)
    record_many(entries)
    return rows[-1].pk, len(moved)
