"""How every step of every loop is taken: lock, ask policy and lifecycle, let the caller change it, store, record, announce.

An app takes a step with `with taking(KIND, uid, "accept", by=person, at=moment) as step:` and changes `step.loop` inside. Whatever
is raised there undoes all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.bus import Fact, announce
from civicloop.kernel.refusal import NotFound, Stale, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.loops import timing
from civicloop.loops.evidence import Given, attach, check_photos
from civicloop.loops.kinds import Kind
from civicloop.loops.models import LoopStep
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference

NOTE_LIMIT = 4000


@dataclass
class Taking:
    """A step being taken. The caller changes `loop` and adds to `data`; everything else is done around it.

    `by` and `actor` are None for a step the system takes by itself, such as a time that has run out.
    """

    kind: Kind
    loop: Any
    name: str
    by: Any  # Person or None: who asks for it has asked policy, and knows
    actor: Any  # Actor or None
    at: datetime
    ref: Reference
    note: str = ""
    noted_at: datetime | None = None
    photos: Sequence[Given] = ()
    data: dict[str, Any] = field(default_factory=dict)
    # What to tell besides what the kind tells of every step, once everything is written.
    told: list[Fact] = field(default_factory=list)
    quiet: bool = False


@contextmanager
def taking(
    kind: Kind, uid: UUID, name: str, *, by: Person | None, at: datetime, given: Iterable[str] = (), note: str = "",
    photos: Sequence[Mapping[str, Any]] = (), noted_at: datetime | None = None, expected_version: int | None = None,
    ref: Reference | None = None, taking_class: type[Taking] = Taking,
) -> Iterator[Any]:  # fmt: skip
    """Take step `name` of a loop. `by=None` is the system itself: nobody is asked whether it may.

    Raises NotFound, Stale (the asker looked at another version), NotAllowed, StepRefused, Invalid.
    """
    told = clean_text(note, limit=NOTE_LIMIT, multiline=True, field="note")
    with _of_kind(kind), transaction.atomic():
        loop = lock(kind, uid)
        ref = ref or reference.now()
        actor = ref.actor(by, day_of(at)) if by is not None else None
        if name not in kind.lifecycle:
            raise StepRefused(name, loop.state, code="step_unknown")
        if actor is not None:
            kind.require(actor, name, loop, by=by)
        if expected_version is not None and expected_version != loop.version:
            raise Stale(expected=str(expected_version), present=str(loop.version))
        before = loop.state
        after = kind.lifecycle.take(name, state=before, given=_given(given, told, photos))
        shown = check_photos(photos, usual=kind.usual_photo.get(name, "near"), by=by, of=(kind, loop))
        step = taking_class(kind, loop, name, by, actor, at, ref, told, noted_at, shown)
        yield step
        loop.state = after
        finish(step, before)


@contextmanager
def _of_kind(kind: Kind) -> Iterator[None]:
    """A refused step says which kind of loop it was: doors speak of it in the kind's own words."""
    try:
        yield
    except StepRefused as refused:
        refused.kind = refused.kind or kind.name
        raise


def lock(kind: Kind, uid: UUID) -> Any:
    """The loop, locked until the transaction ends: of two people one waits for the other."""
    loop = kind.loops._default_manager.select_for_update(of=("self",)).filter(uid=uid).first()
    if loop is None:
        raise NotFound(kind.name, uid)
    return loop


def _given(given: Iterable[str], note: str, photos: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    names = set(given)
    if note:
        names |= {"note", "reason"}
    if photos:
        names.add("photos")
    return frozenset(names)


def finish(step: Taking, before: str) -> LoopStep:
    """Store the loop and its step, write the ledger's line, and tell who listens."""
    kind, loop = step.kind, step.loop
    if loop.state in kind.ended and before not in kind.ended:
        loop.ended_at = step.at
        timing.stop(loop)
    kind.before_saving(step, before)
    loop.version += 1
    loop.save()
    row = write_step(step, before)
    attach(kind, loop, row, step.photos)
    kind.after_saving(step, before)
    data = {"seq": row.seq, "from": before, "to": loop.state, **step.data}
    if step.photos:
        data["photos"] = sorted(photo.sha256 for photo in step.photos)
    by = step.by.uid if step.by else None
    record(kind.name, loop.uid, f"{kind.name}.{step.name}", by=by, at=step.at, data=data, new=not before)
    for fact in (*step.told, *kind.facts(step, before, row.seq)):
        announce(fact)
    return row


def write_step(step: Taking, before: str) -> LoopStep:
    """The row of the step; its number is the loop's version."""
    kind, loop = step.kind, step.loop
    return kind.steps._default_manager.create(
        **{kind.parent: loop}, seq=loop.version, name=step.name, by=step.by,
        unit_id=kind.acted_for(step.actor, loop) if step.actor else None, at=step.at, noted_at=step.noted_at,
        state_before=before, state_after=loop.state, note=step.note, data=step.data,
    )  # fmt: skip


def begin(
    kind: Kind, loop: Any, *, by: Person | None, at: datetime, name: str, ref: Reference, note: str = "",
    photos: Sequence[Given] = (), data: Mapping[str, Any] | None = None,
) -> Taking:  # fmt: skip
    """Store a new loop, complete but not stored yet, with its first step, before which it had no state. Inside a transaction."""
    actor = ref.actor(by, day_of(at)) if by is not None else None
    step = Taking(kind, loop, name, by, actor, at, ref, note, None, photos, dict(data or {}))
    loop.version = 0
    finish(step, "")
    return step
