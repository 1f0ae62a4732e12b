"""Counting clocks again after a calendar has changed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.ledger.actions import Entry, record_many
from civicloop.loops import timing
from civicloop.standards import reference

BATCH = 500
FIELDS = ["clock", "stage_clock", "due_at", "due_provisional", "act_by", "alarm_at", "alarm_rung", "version"]


def recount_clocks() -> int:
    """Count the clocks of all open cases again; each moved deadline is a ledger line. Returns how many moved.

    Works in batches by number, so it may be killed and run again: a clock counted twice gives the same time.
    """
    moved, last = 0, 0
    while True:
        done = _batch(last)
        if done is None:
            return moved
        last, changed = done
        moved += changed


@transaction.atomic
def _batch(after: int) -> tuple[int, int] | None:
    rows = list(Case.objects.select_for_update().filter(ended_at=None, pk__gt=after).order_by("pk")[:BATCH])
    if not rows:
        return None
    ref, now, changed, entries = reference.now(), timezone.now(), [], []
    for case in rows:
        before = case.due_at
        provisional = case.due_provisional
        if timing.recount(case, unit_id=case.unit_id, ref=ref) or case.due_provisional != provisional:
            case.version += 1
            changed.append(case)
            data = {"before": before and before.isoformat(), "after": case.due_at and case.due_at.isoformat()}
            entries.append(Entry("case", case.uid, "case.recount", None, now, data))
    Case.objects.bulk_update(changed, FIELDS, batch_size=100)
    record_many(entries)
    return rows[-1].pk, len(changed)
