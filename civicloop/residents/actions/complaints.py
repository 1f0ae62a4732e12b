"""Complaints and suggestions about the platform: submitted without an account, taken up, answered, closed."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from civicloop.kernel.codes import digest
from civicloop.kernel.masking import without_contacts
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.loops import timing
from civicloop.loops.engine import begin, taking
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import CITYWIDE_KINDS, Role
from civicloop.residents import policy
from civicloop.residents.actions.contacts import Contact, check_contact, keep_contact
from civicloop.residents.keys import code_for, kept_key, key_of
from civicloop.residents.kinds import COMPLAINTS
from civicloop.residents.models import Complaint
from civicloop.residents.models.complaints import COMPLAINT_KINDS
from civicloop.standards import reference
from civicloop.standards.reference import Reference

LIMIT = 4000
MOST_A_DAY, MOST_UNPROVED = 20, 3


@transaction.atomic
def submit(
    *, kind: str, text: str, sent_key: str, about_unit: int | None = None, contact: Contact | None = None, sender: str = "",
    proved: bool = True, at: datetime, ref: Reference | None = None,
) -> tuple[Complaint, str]:  # fmt: skip
    """Take a complaint in; returns it and the code that follows it. Sent twice, it is one. A complaint waits for nobody's leave, so
    one sender brings few in a day, and fewer yet where his device has not done its work (`proved`). `about_unit`, where he names
    one, never has it. Raises Invalid (which field), NotFound for a unit that is none.
    """
    if not 16 <= len(sent_key) <= 100:
        raise Invalid("key", "key_unusable")
    code, key = code_for(f"complaint:{sent_key}"), kept_key(sent_key)
    known = Complaint.objects.filter(key=key).first()
    if known is not None:
        return known, code
    if kind not in COMPLAINT_KINDS:
        raise Invalid("kind", "unknown_choice", value=kind[:20])
    told = without_contacts(clean_text(text, limit=LIMIT, multiline=True, field="text"))
    if not told:
        raise Invalid("text", "required", field="text")
    ref, whom = ref or reference.now(), check_contact(contact or Contact())
    sender_key = key_of("address", sender) if sender else ""
    same = Q(sender_key=sender_key, submitted_at__gt=at - timedelta(days=1))
    most = MOST_A_DAY if proved else MOST_UNPROVED
    if sender_key and Complaint.objects.filter(same).count() >= most:
        raise Invalid("key", "too_many_today", limit=most)
    complaint = Complaint(
        kind=kind, text=told, key=key, code_digest=digest(code), reporter=keep_contact(whom, at=at), sender_key=sender_key,
        owner_id=owner_unit(ref, day_of(at), _named(about_unit, ref)), about_unit_id=about_unit, submitted_at=at,
    )  # fmt: skip
    timing.start_stage(complaint, ref.parameters.limit("residents.complaint_accept"), since=at, ref=ref)
    try:
        with transaction.atomic():
            begin(COMPLAINTS, complaint, by=None, at=at, name="submit", ref=ref, data={"kind": kind})
    except IntegrityError:
        return Complaint.objects.get(key=key), code
    return complaint, code


def owner_unit(ref: Reference, on: date, about: int | None = None) -> int:
    """Who takes complaints: the city-wide unit where somebody supervises, lowest code first; else the root. Never the unit it is
    `about` as long as there is another one where somebody could answer. Raises Invalid.
    """
    barred = policy.units_barred(ref.org, about)
    there = [unit for unit in ref.org.units.values() if unit.active and unit.id not in barred]
    supervised, led = ref.org.staffed(Role.SUPERVISOR, on), ref.org.staffed(Role.UNIT_LEADER, on)
    citywide = [unit for unit in there if unit.kind in CITYWIDE_KINDS or unit.parent_id is None]
    root = [unit for unit in ref.org.units.values() if unit.parent_id is None]
    found = (
        [unit for unit in citywide if unit.id in supervised]
        or [unit for unit in root if unit.id not in barred]
        or [unit for unit in citywide if unit.id in led]
        or [unit for unit in there if unit.id in supervised | led]
        or root
    )
    if not found:
        raise Invalid("unit", "no_units")
    return min(found, key=lambda unit: unit.code).id


def _named(unit_id: int | None, ref: Reference) -> int | None:
    unit = ref.org.units.get(unit_id) if unit_id is not None else None
    if unit_id is not None and (unit is None or not unit.active):
        raise NotFound("unit", unit_id)
    return unit_id


def accept(
    uid: UUID,
    *,
    about: Person | None = None,
    nobody: bool = False,
    note: str = "",
    by: Person,
    at: datetime,
    **how: object,
) -> Complaint:
    """Take it up, and write down whom it is about, or that it is about `nobody` in particular. Who takes it up may not be the one:
    then it is handed over. An answer that the one had given before he was named is taken back.

    Raises Invalid `about`.
    """
    if nobody is (about is not None):
        raise Invalid("about", "about_or_nobody")
    given = {"person"} if about else set()
    with taking(COMPLAINTS, uid, "accept", by=by, at=at, given=given, note=note, **how) as step:  # type: ignore[arg-type]
        if about is not None and about.pk == by.pk:
            raise Invalid("about", "about_yourself")
        complaint: Complaint = step.loop
        complaint.about = about
        step.data["about_somebody"] = about is not None
        if about is not None and complaint.steps.filter(name="answer", by=about).exists():
            complaint.answer, step.data["answer_taken_back"] = "", True
        timing.start_stage(
            complaint,
            step.ref.parameters.limit("residents.complaint_answer"),
            since=complaint.submitted_at,
            ref=step.ref,
        )
    return complaint


def hand_over(uid: UUID, *, unit_id: int, reason: str, by: Person, at: datetime, **how: object) -> Complaint:
    """Another unit has it from now on, with the time of a new complaint.

    Raises NotFound for a unit that is none or out of use, Invalid for the one it is about.
    """
    with taking(COMPLAINTS, uid, "hand_over", by=by, at=at, given={"unit"}, note=reason, **how) as step:  # type: ignore[arg-type]
        unit = step.ref.org.units.get(unit_id)
        if unit is None or not unit.active:
            raise NotFound("unit", unit_id)
        complaint: Complaint = step.loop
        if unit_id in policy.units_barred(step.ref.org, complaint.about_unit_id):
            raise Invalid("unit", "about_that_unit")
        step.data |= {"unit_before": step.ref.org.units[complaint.owner_id].code, "unit": unit.code}
        complaint.owner_id = unit_id
        timing.start_stage(complaint, step.ref.parameters.limit("residents.complaint_accept"), since=at, ref=step.ref)
    return complaint


def answer(uid: UUID, *, note: str, by: Person, at: datetime, **how: object) -> Complaint:
    """Answer it; who complained reads this, and may ask again."""
    with taking(COMPLAINTS, uid, "answer", by=by, at=at, note=note, **how) as step:  # type: ignore[arg-type]
        complaint: Complaint = step.loop
        complaint.answer, complaint.answered_at = step.note, at
    return complaint


def ask_again(uid: UUID, *, reason: str, by: Person | None = None, at: datetime, **how: object) -> Complaint:
    """Who complained is not content: it is to be answered once more. `by=None` is the resident, whose code the door has checked."""
    with taking(COMPLAINTS, uid, "ask_again", by=by, at=at, note=without_contacts(reason), **how) as step:  # type: ignore[arg-type]
        complaint: Complaint = step.loop
        complaint.answered_at = None
        timing.start_stage(complaint, step.ref.parameters.limit("residents.complaint_answer"), since=at, ref=step.ref)
    return complaint


def close_answered(*, at: datetime, ref: Reference | None = None, most: int = 1000) -> int:
    """Finish what was answered and not asked again in `residents.reopen_days`, so that its contact is not kept for ever.

    Returns how many. Safe to run together.
    """
    ref, done = ref or reference.now(), 0
    before = at - timedelta(days=int(ref.parameters["residents.reopen_days"]))
    rows = Complaint.objects.filter(state="answered", answered_at__lt=before).order_by("pk")
    for uid in rows.values_list("uid", flat=True)[:most]:
        with contextlib.suppress(StepRefused):  # asked again, or finished, meanwhile
            close(uid, at=at, ref=ref)
            done += 1
    return done


def asked_again_until(complaint: Complaint, ref: Reference) -> datetime | None:
    """Until when who complained is waited for; None while it is not answered."""
    answered = complaint.answered_at
    return answered + timedelta(days=int(ref.parameters["residents.reopen_days"])) if answered is not None else None


def close(uid: UUID, *, note: str = "", by: Person | None = None, at: datetime, **how: object) -> Complaint:
    """Finish it: by the resident who is content; by who has it only when the time to ask again is over.

    Raises Conflict `may_still_ask_again`.
    """
    with taking(COMPLAINTS, uid, "close", by=by, at=at, note=note, **how) as step:  # type: ignore[arg-type]
        complaint: Complaint = step.loop
        until = asked_again_until(complaint, step.ref)
        if by is not None and until is not None and at <= until:
            raise Conflict("may_still_ask_again", until=until.isoformat())
    return complaint
