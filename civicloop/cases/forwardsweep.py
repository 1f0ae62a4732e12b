"""Reminders of forwards, by the clock: each unit is told once that an answer is due soon, and once that it has not come.

An idempotent pass over rows, as the ladder's own sweep: rows another worker holds are skipped, and whoever is killed loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from civicloop.cases.models import Forward
from civicloop.cases.rules.forwarding import REMIND_BEFORE, remind_at
from civicloop.ledger.actions import Entry, record_many
from civicloop.loops.models import Notice
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.standards import reference
from civicloop.standards.reference import Reference

BATCH = 200
SOON, LATE = "forward.soon", "forward.late"
TELLS = {SOON: (Role.UNIT_HANDLER,), LATE: (Role.UNIT_HANDLER, Role.UNIT_LEADER)}


@dataclass
class SweptForwards:
    """What one pass did."""

    reminded: int = 0
    late: int = 0
    notices: int = 0


def sweep_forwards(*, at: datetime) -> SweptForwards:
    """Tell of every forward whose answer is due soon or did not come by `at`. Safe to run at any time, by any number of workers."""
    sums = SweptForwards()
    while _pass(at, sums):
        pass
    return sums


@transaction.atomic
def _pass(at: datetime, sums: SweptForwards) -> bool:
    """One batch; whether there may be more. Those not yet to be told of are left out by the moment in the query."""
    rows = Forward.objects.filter(
        answered_at=None,
        taken_back_at=None,
        overdue_told_at=None,
        case__ended_at=None,
        answer_by__lte=at + REMIND_BEFORE,
    ).select_related("case")
    # The case's row is held as by every step: its chain in the ledger grows at one end only.
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self", "case"))
    due = [(row, kind) for row in rows.order_by("answer_by") if (kind := _due(row, at))][:BATCH]
    if not due:
        return False
    _write(due, at, reference.now(), sums)
    return len(due) == BATCH


def _due(row: Forward, at: datetime) -> str:
    """What is to be told of a forward now, if anything; of one found late the reminder is not told afterwards."""
    if at >= row.answer_by:
        return LATE
    return SOON if row.reminded_at is None and at >= remind_at(row.sent_at, row.answer_by) else ""


def _write(due: Sequence[tuple[Forward, str]], at: datetime, ref: Reference, sums: SweptForwards) -> None:
    for row, kind in due:
        if kind == LATE:
            row.overdue_told_at = at
        row.reminded_at = row.reminded_at or at
    Forward.objects.bulk_update([row for row, _ in due], ["reminded_at", "overdue_told_at"])
    notices = [notice for row, kind in due for notice in _notices(row, kind, at, ref)]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=1000)
    record_many(
        [Entry("case", row.case.uid, f"case.{kind.replace('.', '_')}", None, at, _ledger(row)) for row, kind in due]
    )
    sums.reminded += sum(kind == SOON for _, kind in due)
    sums.late += sum(kind == LATE for _, kind in due)
    sums.notices += len(notices)


def _notices(row: Forward, kind: str, at: datetime, ref: Reference) -> list[Notice]:
    """To who sent it, and to the unit it was sent for."""
    held = {one for role in TELLS[kind] for one in ref.org.holders(role, {row.unit_id}, day_of(at))}
    data = {"number": row.case.number, "party": row.party, "deadline": row.answer_by.isoformat()}
    return [
        Notice(
            person_id=person, kind=kind, loop_kind="case", loop_uid=row.case.uid, data=data, created_at=at,
            key=f"{kind}:{row.uid}",
        )
        for person in sorted(held | {row.sent_by_id})
    ]  # fmt: skip


def _ledger(row: Forward) -> dict[str, object]:
    return {"forward": str(row.uid), "party": row.party, "answer_by": row.answer_by.isoformat()}
