"""How every step of a case is taken: lock, ask policy and lifecycle, let the caller change it, store, record, announce."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.bus import Fact, announce
from civicloop.cases import policy
from civicloop.cases.actions.evidence import Given, attach, check_photos
from civicloop.cases.facts import CaseEnded, CaseStepped
from civicloop.cases.models import Case, CaseReach, CaseStep, Extension
from civicloop.cases.rules.lifecycle import ENDED, LIFECYCLE, WITH_UNIT
from civicloop.cases.sides import forget_sides
from civicloop.kernel.refusal import NotFound, Stale, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.loops import timing
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Actor, Reference

KIND = "case"
NOTE_LIMIT = 4000


@dataclass
class Taking:
    """A step being taken. The caller changes `case` and adds to `data`; everything else is done around it."""

    case: Case
    name: str
    by: Person
    actor: Actor
    at: datetime
    ref: Reference
    note: str = ""
    noted_at: datetime | None = None
    photos: Sequence[Given] = ()
    data: dict[str, Any] = field(default_factory=dict)
    reach: set[int] = field(default_factory=set)
    # What to tell instead of "a step was taken", once everything is written.
    facts: list[Fact] = field(default_factory=list)
    quiet: bool = False


@contextmanager
def taking(
    case_uid: UUID, name: str, *, by: Person, at: datetime, given: Iterable[str] = (), note: str = "",
    photos: Sequence[Mapping[str, Any]] = (), noted_at: datetime | None = None, expected_version: int | None = None,
    ref: Reference | None = None,
) -> Iterator[Taking]:  # fmt: skip
    """Take step `name`. Whatever is raised inside undoes all of it.

    Raises NotFound, Stale (the asker looked at another version), NotAllowed, StepRefused.
    """
    told = clean_text(note, limit=NOTE_LIMIT, multiline=True, field="note")
    with transaction.atomic():
        case = lock(case_uid)
        ref = ref or reference.now()
        actor = ref.actor(by, day_of(at))
        if name not in LIFECYCLE:
            raise StepRefused(name, case.state, code="step_unknown")
        policy.require(actor, name, case, by=by)
        if expected_version is not None and expected_version != case.version:
            raise Stale(expected=str(expected_version), present=str(case.version))
        before = case.state
        after = LIFECYCLE.take(name, state=before, given=_given(given, told, photos))
        step = Taking(case, name, by, actor, at, ref, told, noted_at, check_photos(photos, step=name))
        step.reach |= {case.owner_id} | ({case.unit_id} if case.unit_id else set())
        reached = set(step.reach)
        yield step
        case.state = after
        _finish(step, before, reached)


def lock(case_uid: UUID) -> Case:
    """The case, locked until the transaction ends: of two people one waits for the other."""
    case = Case.objects.select_for_update(of=("self",)).filter(uid=case_uid).first()
    if case is None:
        raise NotFound("case", case_uid)
    return case


def _given(given: Iterable[str], note: str, photos: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    names = set(given)
    if note:
        names |= {"note", "reason"}
    if photos:
        names.add("photos")
    return frozenset(names)


def _finish(step: Taking, before: str, reached: set[int]) -> None:
    case = step.case
    if case.state in ENDED and before not in ENDED:
        case.ended_at = step.at
        timing.stop(case)
    if before in WITH_UNIT and case.state not in WITH_UNIT:
        _let_requests_lapse(step)
    case.version += 1
    case.save()
    row = write_step(step, before)
    attach(case, row, step.photos)
    step.reach |= {case.owner_id} | ({case.unit_id} if case.unit_id else set())
    extend_reach(case, step.reach - reached, step.ref)
    data = {"seq": row.seq, "from": before, "to": case.state, **step.data}
    if step.photos:
        data["photos"] = sorted(photo.sha256 for photo in step.photos)
    record(KIND, case.uid, f"case.{step.name}", by=step.by.uid, at=step.at, data=data)
    _tell(step, before, row.seq)
    forget_sides(case)


def _let_requests_lapse(step: Taking) -> None:
    """More time asked for and not granted while the unit had the case is not granted later, least of all to another unit."""
    pending = Extension.objects.filter(case=step.case, verdict="")
    if pending.update(verdict="refused", decided_at=step.at):
        step.data["extension_lapsed"] = True


def _tell(step: Taking, before: str, seq: int) -> None:
    case = step.case
    for fact in step.facts:
        announce(fact)
    if case.state in ENDED and before not in ENDED:
        announce(CaseEnded(case.uid, case.state, step.at))
    elif not step.quiet and not step.facts:
        announce(CaseStepped(case.uid, step.name, seq, step.at))


def write_step(step: Taking, before: str) -> CaseStep:
    """The row of the step; its number is the case's version."""
    case = step.case
    return CaseStep.objects.create(
        case=case, seq=case.version, name=step.name, by=step.by,
        unit_id=step.actor.unit_acted_for(case.unit_id or case.owner_id), at=step.at, noted_at=step.noted_at,
        state_before=before, state_after=case.state, note=step.note, data=step.data,
    )  # fmt: skip


def extend_reach(case: Case, units: Iterable[int], ref: Reference) -> None:
    """Let units, and all above them, see the case from now on."""
    wanted = {over for unit in units for over in (unit, *ref.org.above(unit))}
    if wanted:
        rows = [CaseReach(case=case, unit_id=unit, reported_at=case.reported_at) for unit in sorted(wanted)]
        CaseReach.objects.bulk_create(rows, ignore_conflicts=True)
