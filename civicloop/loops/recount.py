"""Counting the clocks of open loops again after a calendar has changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.ledger.actions import Entry, record_many
from civicloop.loops import timing
from civicloop.loops.kinds import Kind
from civicloop.standards import reference

BATCH = 500
FIELDS = ["clock", "stage_clock", "due_at", "due_provisional", "act_by", "alarm_at", "alarm_rung", "version"]


def recount(kind: Kind, *, at: datetime) -> int:
    """Count the clocks of all open loops of a kind again; each that moved is a ledger line. Returns how many moved.

    Works in batches by number, so it may be killed and run again: a clock counted twice gives the same time.
    """
    moved, last = 0, 0
    while True:
        done = _batch(kind, last, at)
        if done is None:
            return moved
        last, changed = done
        moved += changed


@transaction.atomic
def _batch(kind: Kind, after: int, at: datetime) -> tuple[int, int] | None:
    # Any: each kind declares by itself when a loop has ended, for its own constraint.
    rows: Any = kind.loops._default_manager.select_for_update(of=("self",))
    rows = rows.filter(ended_at=None, pk__gt=after).order_by("pk")
    loops = list((rows.select_related(*kind.timed_with) if kind.timed_with else rows)[:BATCH])
    if not loops:
        return None
    ref, changed, entries = reference.now(), [], []
    for loop in loops:
        before = (loop.due_at, loop.act_by, loop.due_provisional)
        timing.recount(loop, unit_id=kind.timed_unit(loop), ref=ref)
        if before != (loop.due_at, loop.act_by, loop.due_provisional):
            loop.version += 1
            changed.append(loop)
            entries.append(Entry(kind.name, loop.uid, f"{kind.name}.recount", None, at, _told(loop, *before[:2])))
    kind.loops._default_manager.bulk_update(changed, FIELDS, batch_size=100)
    record_many(entries)
    return loops[-1].pk, len(changed)


def _told(loop: Any, due_at: datetime | None, act_by: datetime | None) -> dict[str, str | None]:
    """The promise before and after; where only a desk's time moved, that."""
    pair = (due_at, loop.due_at) if due_at != loop.due_at or act_by == loop.act_by else (act_by, loop.act_by)
    return {name: moment and moment.isoformat() for name, moment in zip(("before", "after"), pair, strict=True)}
