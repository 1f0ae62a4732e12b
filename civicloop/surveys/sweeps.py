"""What the clock does: tell of opinions heard at a door that nobody dealt with in time, each once for the unit that has it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from civicloop.ledger.actions import Entry, record_many
from civicloop.standards import reference
from civicloop.surveys.matters import tell_late
from civicloop.surveys.models import DoorOpinion
from civicloop.surveys.models.opinions import OPEN

BATCH = 200


def tell_of_late_opinions(*, at: datetime) -> int:
    """Tell of every opinion whose time ended before `at`; returns how many. Safe at any time, by any number of workers."""
    told = 0
    while found := _pass(at):
        told += found
    return told


@transaction.atomic
def _pass(at: datetime) -> int:
    rows = DoorOpinion.objects.filter(state__in=OPEN, act_by__lt=at, late_told_at=None)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    late = list(rows.order_by("act_by")[:BATCH])
    if not late:
        return 0
    ref = reference.now()
    for row in late:
        row.late_told_at = at
        tell_late(row, at=at, ref=ref)
    DoorOpinion.objects.bulk_update(late, ["late_told_at"])
    record_many([Entry("door_opinion", row.uid, "opinion.late", None, at, {"unit": row.owner_id}) for row in late])
    return len(late)
