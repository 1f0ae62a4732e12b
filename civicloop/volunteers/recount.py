"""Counting the clocks of open orders again after a calendar has changed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from civicloop.ledger.actions import Entry, record_many
from civicloop.loops import timing
from civicloop.standards import reference
from civicloop.volunteers.models import Order

BATCH = 500
FIELDS = ["clock", "stage_clock", "due_at", "due_provisional", "act_by", "alarm_at", "alarm_rung", "version"]


def recount_clocks(*, at: datetime) -> int:
    """Count the clocks of all open orders again; each that moved is a ledger line. Returns how many moved.

    Works in batches by number, so it may be killed and run again: a clock counted twice gives the same time.
    """
    moved, last = 0, 0
    while True:
        done = _batch(last, at)
        if done is None:
            return moved
        last, changed = done
        moved += changed


@transaction.atomic
def _batch(after: int, at: datetime) -> tuple[int, int] | None:
    rows = Order.objects.select_for_update(of=("self",)).filter(ended_at=None, pk__gt=after).order_by("pk")
    orders = list(rows.select_related("team")[:BATCH])
    if not orders:
        return None
    ref, changed, entries = reference.now(), [], []
    for order in orders:
        before = (order.act_by, order.due_at, order.due_provisional)
        timing.recount(order, unit_id=order.team.unit_id if order.team else None, ref=ref)
        if before != (order.act_by, order.due_at, order.due_provisional):
            order.version += 1
            changed.append(order)
            data = {"before": before[0] and before[0].isoformat(), "after": order.act_by and order.act_by.isoformat()}
            entries.append(Entry("order", order.uid, "order.recount", None, at, data))
    Order.objects.bulk_update(changed, FIELDS, batch_size=100)
    record_many(entries)
    return orders[-1].pk, len(changed)
