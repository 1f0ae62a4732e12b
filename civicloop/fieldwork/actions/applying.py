"""Applying stored entries: one person's after the other, each in a transaction of its own with its new state.

A server that is killed between storing and applying leaves entries that are held; whoever comes next applies them: the phone
that asks again, the worker that is told of a photo, or the sweep. Nothing is applied twice, because the state of the entry and
what it does stand in one transaction under the lock of its row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import Error, InterfaceError, OperationalError, transaction

from civicloop.cases.models import Case
from civicloop.fieldwork.actions.doing import Outcome, do, moved_by_others, seen_version
from civicloop.fieldwork.actions.lane import Lane
from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.refusing import AWAITED, BEHIND, FAILED, NEVER_CAME, NO_CASE, NO_PHOTOS, record_of
from civicloop.fieldwork.rules.ordering import OF_CASES, OPEN
from civicloop.kernel.refusal import NotAllowed, Refused, StepRefused
from civicloop.ledger.actions import record_refusal
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference

log = logging.getLogger(__name__)
# What a database says of itself, as against of a record it cannot take.
AWAY = (OperationalError, InterfaceError)
# What it has said of the same record for so long, it says of the record.
STUCK = timedelta(days=1)


def apply_entries(
    *, by: Person, at: datetime, ref: Reference | None = None, enough: Callable[[], bool] = lambda: False
) -> list[UUID]:
    """Apply whatever of one person's entries can be applied now, in order per loop. Returns those whose state has changed.

    `enough` is asked before each; what is left then stays held for the sweep. Safe to call twice, and together. One record on which
    the database fails is passed over, so that the others are applied; when it fails on a second one it is away, and that is raised.
    """
    lane = Lane.of(by, at=at)
    if not lane.rows:
        return []
    ref = ref or reference.now()
    going, failed = True, False
    while going:
        going = False
        for uid in lane.ready():
            if enough():
                return [*lane.changed, *_write_down(lane, at=at)]
            going = True
            try:
                lane.note(uid, _attempt(uid, at=at, ref=ref))
            except AWAY:
                if failed:
                    raise
                failed = True
                lane.pass_over(uid)
    return [*lane.changed, *_write_down(lane, at=at)]


def _attempt(uid: UUID, *, at: datetime, ref: Reference) -> str:
    """Apply one entry, and say how it stands afterwards. A fault in a record sets the record aside, not the day."""
    try:
        with transaction.atomic():
            return _apply_locked(uid, at=at, ref=ref)
    except Exception as fault:
        if isinstance(fault, AWAY) and not Entry.objects.filter(pk=uid, received_at__lt=at - STUCK).exists():
            raise  # the database is away or busy: the entry stays held and is tried again
        log.exception("an entry could not be applied: %s", uid)
    failed = {"code": FAILED, "status": 500, "params": {}}
    still = Entry.objects.filter(pk=uid, state__in=sorted(OPEN | {"needs_you"}))
    still.update(state="refused", refusal=failed, changed_at=at)
    return str(Entry.objects.values_list("state", flat=True).get(pk=uid))


def _apply_locked(uid: UUID, *, at: datetime, ref: Reference) -> str:
    row = Entry.objects.select_for_update(of=("self",)).select_related("by").get(pk=uid)
    if row.state not in OPEN and not (row.state == "needs_you" and _awaited(row)):
        return row.state
    moment = max(at, row.received_at)
    try:
        with transaction.atomic():
            outcome = do(row, at=moment, ref=ref)
    except Refused as reason:
        _refuse(row, reason, at=moment)
    else:
        _settle(row, outcome, at=moment)
    row.changed_at = moment
    row.save(update_fields=["state", "refusal", "result", "applied_at", "changed_at"])
    return row.state


def _awaited(row: Entry) -> bool:
    return (row.refusal or {}).get("code") in AWAITED


def _settle(row: Entry, outcome: Outcome, *, at: datetime) -> None:
    row.refusal = None
    if outcome.refusal is not None:
        told = dict(outcome.refusal)
        row.state, row.refusal = "refused", {"code": told.pop("code"), "status": 409, "params": told}
    elif outcome.missing:
        row.state = "waiting"
    else:
        row.state, row.applied_at, row.result = "applied", at, outcome.result


def _refuse(row: Entry, reason: Refused, *, at: datetime) -> None:
    """Keep the reason. Where the case has moved on since it was seen, the person decides; otherwise a rule has said no."""
    if isinstance(reason, NotAllowed):
        reason.by = reason.by or row.by
        record_refusal(reason, at=at)
    seen = seen_version(row)
    moved = isinstance(reason, StepRefused) or (seen is not None and moved_by_others(row, seen))
    row.state = "needs_you" if moved and row.kind in ("step", "comment") else "refused"
    row.refusal = record_of(reason)


def _write_down(lane: Lane, *, at: datetime) -> list[UUID]:
    """How those stand that were not tried: waiting for photos, held, or behind one that was refused."""
    changed: list[UUID] = []
    for (state, _key), (uids, refusal) in lane.left(_why).items():
        rows = Entry.objects.filter(pk__in=uids, state__in=["waiting", "held", "needs_you"])
        rows.update(state=state, refusal=refusal, changed_at=at)
        changed += uids
    return changed


def _why(code: str, uid: UUID) -> dict[str, Any]:
    """Why an entry stands still: because of one before it, whose own reason is told with it."""
    told: dict[str, Any] = {"code": code, "status": 409, "params": {}, "of": str(uid)}
    if code == BEHIND:
        refusal = Entry.objects.filter(pk=uid).values_list("refusal", flat=True).first()
        reason = refusal or {"code": "entry_withdrawn", "status": 409, "params": {}}
        told["why"] = reason.get("why") or reason
    return told


def photo_here(*, sha256: str, at: datetime, ref: Reference | None = None) -> list[UUID]:
    """A photo is stored: apply what waited for it. Returns the entries that name it and have changed. Safe to call twice."""
    named = EntryPhoto.objects.filter(sha256=sha256, arrived_at=None).values("entry__by")
    changed: list[UUID] = []
    for person in Person.objects.filter(pk__in=named):
        changed += apply_entries(by=person, at=at, ref=ref)
    return changed


def apply_waiting(*, at: datetime, hold_hours: int | None = None) -> int:
    """The sweep: try again whatever is held or waits, person by person, and tell those whose predecessor or photos never came.

    Returns how many entries have changed. `hold_hours` None: as the city has set it (`field.hold_hours`); photos are waited for
    `field.photo_days`.
    """
    people = Person.objects.filter(pk__in=Entry.objects.filter(state__in=sorted(OPEN)).values("by")).order_by("pk")
    ref = reference.now()
    changed = 0
    for person in people:
        try:
            changed += len(apply_entries(by=person, at=at, ref=ref))
        except Error:
            log.exception("entries of %s are tried again by the next sweep", person.pk)
    hours = int(ref.parameters["field.hold_hours"]) if hold_hours is None else hold_hours
    changed += len(_give_up_waiting(at - timedelta(hours=hours), at=at))
    return changed + _give_up_photos(int(ref.parameters["field.photo_days"]), at=at)


def _give_up_waiting(since: datetime, *, at: datetime) -> list[UUID]:
    """Those held for too long by an entry that has never come, or by a case that is not there, are shown to their person."""
    rows = list(Entry.objects.filter(state="held", received_at__lt=since))
    here = set(Case.objects.filter(uid__in={row.loop_uid for row in rows}).values_list("uid", flat=True))
    found: dict[str, list[UUID]] = {NEVER_CAME: [], NO_CASE: []}
    for row in rows:
        if row.after and _lacks(row.after):
            found[NEVER_CAME].append(row.pk)
        elif row.kind in OF_CASES and row.loop_uid not in here and not _announced(row):
            found[NO_CASE].append(row.pk)
    for code, uids in found.items():
        told = {"code": code, "status": 409, "params": {}}
        Entry.objects.filter(pk__in=uids, state="held").update(state="needs_you", refusal=told, changed_at=at)
    return [uid for uids in found.values() for uid in uids]


def _give_up_photos(days: int, *, at: datetime) -> int:
    """Those that wait so long for photos or voice notes are shown to their person; they are applied all the same if these come."""
    since = at - timedelta(days=days)
    told = {"code": NO_PHOTOS, "status": 409, "params": {"days": days}}
    rows = Entry.objects.filter(state="waiting", received_at__lt=since, changed_at__lt=since)
    return rows.update(state="needs_you", refusal=told, changed_at=at)


def _announced(row: Entry) -> bool:
    """Whether the entry that opens the case is here: it has a state of its own, which is told instead."""
    return Entry.objects.filter(loop_uid=row.loop_uid, kind="case", by=row.by_id).exists()


def _lacks(after: Iterable[str]) -> bool:
    uids = {UUID(one) for one in after}
    return Entry.objects.filter(pk__in=uids).count() < len(uids)
