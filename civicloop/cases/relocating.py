"""Putting cases into other grids after grids were redrawn."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.kernel.tilekey import ranges_for_bbox
from civicloop.ledger.actions import Entry, record_many
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
    ref, now, entries = reference.now(), timezone.now(), []
    found = ref.grids.index.locate_many([row.lon for row in rows], [row.lat for row in rows])
    for row, grid_id in zip(rows, found, strict=True):
        if grid_id is None or grid_id == row.grid_id:
            continue
        before = ref.grids.info(row.grid_id) if row.grid_id else None
        row.grid_id = grid_id
        after_code = ref.grids.grids[grid_id].code
        data = {"before": before.code if before else None, "after": after_code}
        entries.append((row, Entry("case", row.uid, "case.locate", None, now, data)))
    Case.objects.bulk_update([row for row, _ in entries], ["grid"], batch_size=100)
    record_many([entry for _, entry in entries])
    return rows[-1].pk, len(entries)
