"""The reminder and escalation sweep: an idempotent pass over rows that several workers may run at once.

A loop carries the next moment at which the ladder looks at it (`alarm_at`). A pass takes the rows whose moment has come, locks
them while skipping those another worker holds, writes each rung taken once per deadline, and sets the next moment. Whoever is
killed in between loses nothing: his transaction is undone and the rows are still due.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from civicloop.ledger.actions import Entry, record_many
from civicloop.loops import timing
from civicloop.loops.kinds import Kind
from civicloop.loops.matters import known
from civicloop.loops.models import LoopAlarm, Notice
from civicloop.standards import reference
from civicloop.standards.parameters import Rung
from civicloop.standards.reference import Reference

log = logging.getLogger(__name__)

BATCH = 500


@dataclass
class Swept:
    """What one sweep did."""

    looked_at: int = 0
    taken: int = 0
    notices: int = 0
    # Steps the system took before, because a time had run out.
    ran_out: int = 0


def sweep(kind: Kind, *, at: datetime, most: int = 100_000, batch: int = BATCH) -> Swept:
    """Take every rung of this kind that is due at `at`. Safe to run at any time, by any number of workers."""
    sums = Swept()
    while sums.looked_at < most:
        found = _pass(kind, at, min(batch, most - sums.looked_at), sums)
        if not found:
            break
    return sums


def sweep_all(*, at: datetime) -> dict[str, Swept]:
    """Sweep every kind the house knows; what has run out runs out before the ladder looks. Returns the sums by kind.

    The fault of one kind keeps no other from being swept; the first one is raised at the end.
    """
    done: dict[str, Swept] = {}
    faults: list[Exception] = []
    for name, entry in known().items():
        kind = entry.matter
        if not isinstance(kind, Kind) or kind.alarms is None:
            continue
        try:
            ran_out = entry.first(at=at) if entry.first else 0
            done[name] = sweep(kind, at=at)
            done[name].ran_out = ran_out
        except Exception as fault:
            log.exception("sweep of %s", name)
            faults.append(fault)
    if faults:
        raise faults[0]
    return done


@transaction.atomic
def _pass(kind: Kind, at: datetime, size: int, sums: Swept) -> int:
    rows = kind.loops._default_manager.filter(alarm_at__lte=at).order_by("alarm_at")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    loops = list(rows[:size])
    if not loops:
        return 0
    ref = reference.now()
    taken = [(loop, rung) for loop in loops for rung in _due_rungs(loop, at, ref)]
    _write(kind, taken, loops, at, ref, sums)
    sums.looked_at += len(loops)
    return len(loops)


def _due_rungs(loop: Any, at: datetime, ref: Reference) -> list[Rung]:
    """The rungs whose moment has come; sets the next one. After a standstill several may be due: all are taken, in order."""
    ladder, found = ref.parameters.ladder, []
    while loop.alarm_at is not None and loop.alarm_at <= at:
        if loop.alarm_rung < len(ladder):
            found.append(ladder[loop.alarm_rung])
        timing.plan_alarm(loop, ref, first=loop.alarm_rung + 1)
    return found


def _write(
    kind: Kind, taken: Sequence[tuple[Any, Rung]], loops: list[Any], at: datetime, ref: Reference, sums: Swept
) -> None:  # fmt: skip
    fresh = _fresh(kind, taken, loops)
    alarms = _table(kind)
    alarms._default_manager.bulk_create(
        [
            alarms(**{kind.parent: loop}, rung=rung.key, deadline=loop.act_by, at=at, unit_id=loop.owner_id)
            for loop, rung in fresh
            if loop.act_by is not None
        ],
        ignore_conflicts=True,
    )
    notices = [notice for loop, rung in fresh for notice in _notices(kind, loop, rung, at, ref)]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=1000)
    for tell in dict.fromkeys(rung.tell for _, rung in fresh):
        kind.rung_taken([loop for loop, rung in fresh if rung.tell == tell], tell, at=at)
    record_many(
        [Entry(kind.name, loop.uid, f"alarm.{rung.key}", None, at, kind.said(loop, rung)) for loop, rung in fresh]
    )
    kind.loops._default_manager.bulk_update(loops, list(kind.swept_fields), batch_size=250)
    sums.taken += len(fresh)
    sums.notices += len(notices)


def _fresh(kind: Kind, taken: Sequence[tuple[Any, Rung]], loops: list[Any]) -> list[tuple[Any, Rung]]:
    """Rungs not taken before for the same deadline."""
    rows = _table(kind)._default_manager.filter(**{f"{kind.parent}__in": [loop.pk for loop in loops]})
    known = set(rows.values_list(f"{kind.parent}_id", "rung", "deadline"))
    return [(loop, rung) for loop, rung in taken if (loop.pk, rung.key, loop.act_by) not in known]


def _table(kind: Kind) -> type[LoopAlarm]:
    if kind.alarms is None:
        raise ValueError(f"{kind.name} has no alarms")
    return kind.alarms


def _notices(kind: Kind, loop: Any, rung: Rung, at: datetime, ref: Reference) -> list[Notice]:
    deadline = loop.act_by.isoformat() if loop.act_by else ""
    return [
        Notice(
            person_id=person, kind=f"alarm.{rung.key}", loop_kind=kind.name, loop_uid=loop.uid, data=kind.said(loop, rung),
            created_at=at, key=f"alarm:{loop.uid}:{rung.key}:{deadline}",
        )
        for person in sorted(kind.tells(loop, rung, ref, at=at))
    ]  # fmt: skip
