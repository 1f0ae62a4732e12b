"""The steps of an honour: applied for by a unit, recommended above it, looked at by the city, shown to the public, awarded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from civicloop.kernel import worktime
from civicloop.kernel.refusal import Conflict, Invalid, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.loops import engine, timing
from civicloop.loops.desks import unit_of_desk
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.publicity import policy
from civicloop.publicity.kinds import HONOURS
from civicloop.publicity.models import Honour, HonourStep
from civicloop.publicity.models.honours import KIND_LABELS
from civicloop.standards import reference
from civicloop.standards.reference import Reference

YEARS = 3


@transaction.atomic
def apply_for(
    *,
    kind: str,
    holder: str,
    unit_id: int,
    year: int,
    grounds: str,
    by: Person,
    at: datetime,
    ref: Reference | None = None,
) -> Honour:
    """Apply for an honour: for the unit itself, or for a family of its ground. Raises Invalid, NotAllowed, NotFound, Conflict."""
    ref = ref or reference.now()
    ref.org.unit(unit_id)
    policy.require(ref.actor(by, day_of(at)), "honour.apply_for", by=by, unit_id=unit_id)
    if kind not in KIND_LABELS:
        raise Invalid("kind", "unknown_choice", value=kind[:40])
    this_year = day_of(at).year
    if not this_year - YEARS <= year <= this_year:
        raise Invalid("year", "number_out_of_range", least=this_year - YEARS, most=this_year)
    honour = Honour(
        kind=kind, holder=_needed(holder, "holder", 60), unit_id=unit_id, year=year, grounds=_needed(grounds, "grounds", 4000),
        owner_id=_above(unit_id, ref, at), created_at=at,
    )  # fmt: skip
    timing.start_stage(honour, ref.parameters.limit("publicity.recommend_within"), since=at, ref=ref)
    try:
        with transaction.atomic():
            told = {"kind": kind, "unit": unit_id, "year": year}
            engine.begin(HONOURS, honour, by=by, at=at, name="apply_for", ref=ref, data=told)
    except IntegrityError as fault:
        raise Conflict("honour_known", year=year) from fault
    return honour


def recommend(*, uid: UUID, note: str, by: Person, at: datetime, version: int | None = None) -> Honour:
    """The level above speaks for it."""
    with engine.taking(HONOURS, uid, "recommend", by=by, at=at, note=note, expected_version=version) as step:
        honour: Honour = step.loop
        honour.owner_id = unit_of_desk(step.ref, Role.SUPERVISOR, day_of(at))
        timing.start_stage(honour, step.ref.parameters.limit("publicity.examine_within"), since=at, ref=step.ref)
    return honour


def examine(*, uid: UUID, note: str, by: Person, at: datetime, version: int | None = None) -> Honour:
    """The city has looked and finds it deserved: it is shown to the public for some days, who may object."""
    with engine.taking(HONOURS, uid, "examine", by=by, at=at, note=note, expected_version=version) as step:
        honour: Honour = step.loop
        limit = step.ref.parameters.limit("publicity.notice_for")
        ends = worktime.start(limit, at, step.ref.calendar_for(honour.owner_id)).due_at
        honour.notice_until = day_of(ends)
        # Nobody is timed meanwhile: whoever awards looks again when the notice is over.
        timing.wait_until(honour, ends, ref=step.ref)
        step.data["notice_until"] = honour.notice_until.isoformat()
    return honour


def object_to(*, uid: UUID, note: str, by: Person, at: datetime, version: int | None = None) -> Honour:
    """Write down what somebody says against it while it is on notice; who said it is not kept."""
    with engine.taking(HONOURS, uid, "object", by=by, at=at, note=note, expected_version=version) as step:
        honour: Honour = step.loop
    return honour


def award(*, uid: UUID, by: Person, at: datetime, note: str = "", version: int | None = None) -> Honour:
    """Award it and give the certificate its number, after the notice is over; objections are answered in the note.

    Raises StepRefused `notice_not_over`, or that a note is missing.
    """
    with engine.taking(HONOURS, uid, "award", by=by, at=at, note=note, expected_version=version) as step:
        honour: Honour = step.loop
        if honour.notice_until is None or day_of(at) <= honour.notice_until:
            raise StepRefused("award", honour.state, code="notice_not_over", day=str(honour.notice_until))
        if not step.note and HonourStep.objects.filter(honour=honour, name="object").exists():
            raise StepRefused("award", honour.state, missing={"note"})
        honour.certificate, honour.awarded_at = f"荣证{honour.year}{honour.pk:06d}", at
        step.data["certificate"] = honour.certificate
    return honour


def turn_down(*, uid: UUID, reason: str, by: Person, at: datetime, version: int | None = None) -> Honour:
    """It is not deserved, and why."""
    return _end("turn_down", uid, reason, by, at, version)


def withdraw_honour(*, uid: UUID, reason: str, by: Person, at: datetime, version: int | None = None) -> Honour:
    """The unit takes its application back."""
    return _end("withdraw_honour", uid, reason, by, at, version)


def revoke(*, uid: UUID, reason: str, by: Person, at: datetime, version: int | None = None) -> Honour:
    """It is deserved no longer: the certificate keeps its number and is shown as revoked."""
    return _end("revoke", uid, reason, by, at, version)


def _end(name: str, uid: UUID, reason: str, by: Person, at: datetime, version: int | None) -> Honour:
    with engine.taking(HONOURS, uid, name, by=by, at=at, note=reason, expected_version=version) as step:
        honour: Honour = step.loop
    return honour


def _above(unit_id: int, ref: Reference, at: datetime) -> int:
    """The nearest unit above that has a leader, else the city's desk: who recommends."""
    staffed = ref.org.staffed(Role.UNIT_LEADER, day_of(at))
    found = next((one for one in ref.org.above(unit_id) if one in staffed), None)
    return found if found is not None else unit_of_desk(ref, Role.SUPERVISOR, day_of(at))


def _needed(text: str, field: str, limit: int) -> str:
    told = clean_text(text, limit=limit, multiline=limit > 1000, field=field)
    if not told:
        raise Invalid(field, "required", field=field)
    return told
