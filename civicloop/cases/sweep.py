"""The reminder and escalation sweep: an idempotent pass over rows that several workers may run at once.

A case carries the next moment at which the ladder looks at it (`alarm_at`). A pass takes the rows whose moment has come, locks
them while skipping those another worker holds, writes each rung taken once per deadline, and sets the next moment. Whoever is
killed in between loses nothing: his transaction is undone and the rows are still due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from civicloop.cases.models import Case, CaseAlarm, Supervision
from civicloop.cases.queries import holders_of
from civicloop.ledger.actions import Entry, record_many
from civicloop.loops import timing
from civicloop.loops.models import Notice
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.standards import reference
from civicloop.standards.parameters import Rung
from civicloop.standards.reference import Reference

BATCH = 500
TELLS = {
    "handler": (Role.UNIT_HANDLER, Role.FILER, Role.DISPATCHER, Role.VERIFIER, Role.UNIT_LEADER),
    "unit_leader": (Role.UNIT_LEADER,),
    "supervisor": (Role.SUPERVISOR,),
    "bulletin": (Role.SUPERVISOR,),
}
DEMAND = gettext_noop("overdue: taken up by the ladder")


@dataclass
class Swept:
    """What one sweep did."""

    looked_at: int = 0
    taken: int = 0
    notices: int = 0


def sweep(*, at: datetime, most: int = 100_000, batch: int = BATCH) -> Swept:
    """Take every rung that is due at `at`. Safe to run at any time, by any number of workers."""
    sums = Swept()
    while sums.looked_at < most:
        found = _pass(at, min(batch, most - sums.looked_at), sums)
        if not found:
            break
    return sums


@transaction.atomic
def _pass(at: datetime, size: int, sums: Swept) -> int:
    rows = Case.objects.filter(alarm_at__lte=at).order_by("alarm_at")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    cases = list(rows[:size])
    if not cases:
        return 0
    ref = reference.now()
    taken = [(case, rung) for case in cases for rung in _due_rungs(case, at, ref)]
    _write(taken, cases, at, ref, sums)
    sums.looked_at += len(cases)
    return len(cases)


def _due_rungs(case: Case, at: datetime, ref: Reference) -> list[Rung]:
    """The rungs whose moment has come; sets the next one. After a standstill several may be due: all are taken, in order."""
    ladder, found = ref.parameters.ladder, []
    while case.alarm_at is not None and case.alarm_at <= at:
        if case.alarm_rung < len(ladder):
            found.append(ladder[case.alarm_rung])
        timing.plan_alarm(case, ref, first=case.alarm_rung + 1)
    return found


def _write(taken: Sequence[tuple[Case, Rung]], cases: list[Case], at: datetime, ref: Reference, sums: Swept) -> None:
    known = set(
        CaseAlarm.objects.filter(case__in=[case.pk for case in cases]).values_list("case_id", "rung", "deadline")
    )
    fresh = [(case, rung) for case, rung in taken if (case.pk, rung.key, case.act_by) not in known]
    CaseAlarm.objects.bulk_create(
        [
            CaseAlarm(case=case, rung=rung.key, deadline=case.act_by, at=at, unit_id=case.owner_id)
            for case, rung in fresh
            if case.act_by is not None
        ],
        ignore_conflicts=True,
    )
    notices = [notice for case, rung in fresh for notice in _notices(case, rung, at, ref)]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=1000)
    _supervise([case for case, rung in fresh if rung.tell == "supervisor"], at)
    record_many([Entry("case", case.uid, f"alarm.{rung.key}", None, at, _said(case, rung)) for case, rung in fresh])
    Case.objects.bulk_update(cases, ["alarm_at", "alarm_rung", "supervised"], batch_size=250)
    sums.taken += len(fresh)
    sums.notices += len(notices)


def _supervise(cases: Sequence[Case], at: datetime) -> None:
    for case in cases:
        case.supervised = True
    Supervision.objects.bulk_create(
        [Supervision(case=case, level="ladder", demand=DEMAND, by=None, at=at) for case in cases]
    )


def _notices(case: Case, rung: Rung, at: datetime, ref: Reference) -> list[Notice]:
    roles = TELLS.get(rung.tell, ())
    # Where nobody holds the role (a desk has no leader), the alarm goes one step up: silence is not an answer.
    people = holders_of(case, roles, ref, day_of(at)) or holders_of(case, (Role.SUPERVISOR,), ref, day_of(at))
    deadline = case.act_by.isoformat() if case.act_by else ""
    return [
        Notice(
            person_id=person, kind=f"alarm.{rung.key}", loop_kind="case", loop_uid=case.uid, data=_said(case, rung),
            created_at=at, key=f"alarm:{case.uid}:{rung.key}:{deadline}",
        )
        for person in people
    ]  # fmt: skip


def _said(case: Case, rung: Rung) -> dict[str, object]:
    return {"number": case.number, "deadline": case.act_by.isoformat() if case.act_by else None, "tell": rung.tell}
