"""What is heard at the door: noted, then a case, a suggestion that a unit answers, or set aside with a reason; each in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from civicloop.cases import actions as cases
from civicloop.cases.place import locate
from civicloop.kernel import worktime
from civicloop.kernel.masking import without_contacts
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.surveys import policy
from civicloop.surveys.matters import tell_decided, tell_passed_on
from civicloop.surveys.models import DoorOpinion
from civicloop.surveys.models.opinions import KIND_LABELS, OPEN
from civicloop.textintake.rules.masking import masked

KIND = "door_opinion"
# Not `resident`: those cases are public by Open311, and nobody at a door was asked for that.
SOURCE = "other"


@transaction.atomic
def note_opinion(
    *, unit_id: int, kind: str, words: str, heard_on: date, by: Person, at: datetime, address: str = "",
    lon: float | None = None, lat: float | None = None, datum: str = "wgs84", sent: UUID | None = None,
    ref: Reference | None = None,
) -> DoorOpinion:  # fmt: skip
    """Note what was said. `address` is where it is about, not whose door it was.

    `sent` is what the form made up: the same told twice by it is one opinion. Raises Invalid, NotAllowed, NotFound.
    """
    ref = ref or reference.now()
    ref.org.unit(unit_id)
    policy.require(ref.actor(by, day_of(at)), "opinion.note", by=by, unit_id=unit_id)
    if kind not in KIND_LABELS:
        raise Invalid("kind", "unknown_choice", value=kind[:40])
    if heard_on > day_of(at):
        raise Invalid("heard_on", "in_the_future", at=heard_on.isoformat())
    place = locate(lon, lat, datum, ref)
    told = {
        "kind": kind, "unit_id": unit_id, "words": _masked(_needed(words, "words")), "heard_on": heard_on,
        "address": _masked(clean_text(address, limit=200, field="address"))[:200], "lon": place.lon, "lat": place.lat,
    }  # fmt: skip
    # Praise promises nothing.
    act_by = None if kind == "praise" else _act_by("surveys.opinion_decide", unit_id, at, ref)
    row, new = _once(told, sent, by, at, act_by)
    if not new:
        return row
    record("door_opinion", row.uid, "opinion.note", by=by.uid, at=at, data={"kind": kind, "unit": unit_id}, new=True)
    return row


@transaction.atomic
def open_case(
    *, opinion_uid: UUID, category_id: int, by: Person, at: datetime, ref: Reference | None = None
) -> DoorOpinion:
    """Open a case of it, reported by whoever decides so. Raises NotFound, NotAllowed, Conflict, Invalid."""
    ref = ref or reference.now()
    row = _taken(opinion_uid, "opinion.open_case", by, at, ref)
    address = row.address or ref.org.unit(row.unit_id).name
    done = cases.report(
        category_id=category_id, by=by, at=at, description=row.words, lon=row.lon, lat=row.lat, address=address, source=SOURCE,
        external_key=f"opinion:{row.uid}", questions_asked=False, ref=ref,
    )  # fmt: skip
    row.case, row.state, row.decided_at = done.case, "case_opened", at
    tell_decided(row, by=by, at=at, ref=ref)
    return _kept(row, "opinion.open_case", by, at, {"case": str(done.case.uid)})


@transaction.atomic
def pass_on(*, opinion_uid: UUID, unit_id: int, by: Person, at: datetime, ref: Reference | None = None) -> DoorOpinion:
    """Give it to a unit as a suggestion, with a time to answer; whoever acts for it is told. Passed on to the unit that has it
    already, its time runs on. Raises NotFound, NotAllowed, Conflict.
    """
    ref = ref or reference.now()
    row = _taken(opinion_uid, "opinion.pass_on", by, at, ref)
    if row.passed_to_id != ref.org.unit(unit_id).id:
        row.act_by, row.late_told_at = _act_by("surveys.opinion_answer", unit_id, at, ref), None
    row.passed_to_id, row.state = unit_id, "passed_on"
    tell_passed_on(row, at=at, ref=ref)
    return _kept(row, "opinion.pass_on", by, at, {"unit": unit_id})


@transaction.atomic
def answer_opinion(*, opinion_uid: UUID, answer: str, by: Person, at: datetime) -> DoorOpinion:
    """Say what came of it. Raises NotFound, NotAllowed, Conflict, Invalid."""
    ref = reference.now()
    row = _taken(opinion_uid, "opinion.answer", by, at, ref)
    row.answer, row.state, row.decided_at = _needed(answer, "answer"), "answered", at
    tell_decided(row, by=by, at=at, ref=ref)
    return _kept(row, "opinion.answer", by, at, {})


@transaction.atomic
def set_aside(*, opinion_uid: UUID, reason: str, by: Person, at: datetime) -> DoorOpinion:
    """Do nothing about it, and say why. Raises NotFound, NotAllowed, Conflict, Invalid."""
    ref = reference.now()
    row = _taken(opinion_uid, "opinion.set_aside", by, at, ref)
    row.answer, row.state, row.decided_at = _needed(reason, "reason"), "set_aside", at
    tell_decided(row, by=by, at=at, ref=ref)
    return _kept(row, "opinion.set_aside", by, at, {})


def _act_by(name: str, unit_id: int, at: datetime, ref: Reference) -> datetime:
    """When a unit's time ends, by its own calendar."""
    return worktime.start(ref.parameters.limit(name), at, ref.calendar_for(unit_id)).due_at


def _once(
    told: dict[str, Any], sent: UUID | None, by: Person, at: datetime, act_by: datetime | None
) -> tuple[DoorOpinion, bool]:
    """The row, and whether it is new. Other words by a form that was sent already (gone back to and changed) are another."""
    if sent is not None:
        try:
            with transaction.atomic():
                return DoorOpinion.objects.create(**told, uid=sent, noted_by=by, noted_at=at, act_by=act_by), True
        except IntegrityError:
            known = DoorOpinion.objects.filter(uid=sent, noted_by=by, **told).first()
            if known is not None:
                return known, False
    return DoorOpinion.objects.create(**told, noted_by=by, noted_at=at, act_by=act_by), True


def _taken(uid: UUID, verb: str, by: Person, at: datetime, ref: Reference) -> DoorOpinion:
    row = DoorOpinion.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if row is None:
        raise NotFound(KIND, uid)
    actor, about = ref.actor(by, day_of(at)), (KIND, str(row.uid))
    # Whom it was passed on to answers for it too.
    if row.passed_to_id is None or not policy.may(actor, verb, row.passed_to_id):
        policy.require(actor, verb, by=by, unit_id=row.unit_id, about=about)
    if row.state not in OPEN:
        raise Conflict("opinion_decided", state=row.state)
    return row


def _kept(row: DoorOpinion, verb: str, by: Person, at: datetime, data: dict[str, object]) -> DoorOpinion:
    row.save()
    record("door_opinion", row.uid, verb, by=by.uid, at=at, data=data)
    return row


def _masked(text: str) -> str:
    """Without telephone and identity numbers, names of callers and homes: whose door it was is not kept."""
    return without_contacts(masked(text))


def _needed(text: str, field: str) -> str:
    told = clean_text(text, limit=4000, multiline=True, field=field)
    if not told:
        raise Invalid(field, "required", field=field)
    return told
