"""Asking a party outside the system by a link that expires: send, remind, note an answer, take back, answer by the link.

None of it moves the case: the unit stays the owner and its clock runs. A forward ends once; who comes second is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.bus import announce
from civicloop.cases import links
from civicloop.cases.actions.engine import CASES, KIND, NOTE_LIMIT, Taking, lock, taking
from civicloop.cases.facts import CaseStepped
from civicloop.cases.models import Case, CaseStep, Forward
from civicloop.cases.rules.forwarding import LONGEST, RUNNING, SHORTEST, expiry, standing
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.cases.sides import forget_sides
from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.loops.evidence import Given, attach, check_photos
from civicloop.organisation.models import Person

Photos = Sequence[Mapping[str, Any]]
MOST_PHOTOS = 5


def forward_out(
    case_uid: UUID, *, party: str, note: str, answer_by: datetime, contact: str = "", by: Person, at: datetime, **how: Any
) -> Case:  # fmt: skip
    """Ask a party outside (征询外单位): whom, what (`note`), and until when. The link is `links.shown_secret` of the new row.

    Raises Invalid `answer_by` outside an hour and 60 days from now, `party` and `note` when empty or too long.
    """
    whom = clean_text(party, limit=100, field="party")
    reach = clean_text(contact, limit=100, field="contact")
    with taking(
        case_uid, "forward_out", by=by, at=at, given=_given(party=whom, answer_by=answer_by), note=note, **how
    ) as step:
        if not at + SHORTEST <= answer_by <= at + LONGEST:
            raise Invalid("answer_by", "answer_by_out_of_range", first=_day(at + SHORTEST), last=_day(at + LONGEST))
        uid = new_uid()
        forward = Forward.objects.create(
            uid=uid, case=step.case, party=whom, contact=reach, ask=step.note, digest=links.digest_of(links.secret_of(uid)),
            sent_by=by, unit_id=step.actor.unit_acted_for(step.case.unit_id or step.case.owner_id) or step.case.owner_id,
            sent_at=at, answer_by=answer_by, expires_at=expiry(answer_by),
        )  # fmt: skip
        step.data |= {"forward": str(forward.uid), "party": whom, "answer_by": answer_by.isoformat()}
        step.quiet = True
    return step.case


def remind_forward(case_uid: UUID, *, forward: UUID, note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """Write down that the party was asked again (催复)."""
    with taking(case_uid, "remind_forward", by=by, at=at, given={"forward"}, note=note, **how) as step:
        row = _running(step, forward)
        row.reminded_at = at
        row.save(update_fields=["reminded_at"])
        step.quiet = True
    return step.case


def take_back_forward(case_uid: UUID, *, forward: UUID, reason: str, by: Person, at: datetime, **how: Any) -> Case:
    """Take the question back (撤回征询): the link says so from now on, and answers nobody."""
    with taking(case_uid, "take_back_forward", by=by, at=at, given={"forward"}, note=reason, **how) as step:
        row = _running(step, forward)
        row.taken_back_at, row.taken_back_because = at, step.note
        row.save(update_fields=["taken_back_at", "taken_back_because"])
        step.quiet = True
    return step.case


def answer_forward(
    case_uid: UUID, *, forward: UUID, note: str, answered_by: str = "", photos: Photos = (), by: Person, at: datetime,
    **how: Any,
) -> Case:  # fmt: skip
    """Note an answer that came another way, by telephone or letter (登记答复)."""
    name = clean_text(answered_by, limit=60, field="answered_by")
    with taking(case_uid, "answer_forward", by=by, at=at, given={"forward"}, note=note, photos=photos, **how) as step:
        _answered(_running(step, forward), step.note, name, at)
    return step.case


@transaction.atomic
def answer_by_link(secret: str, *, answer: str, name: str, photos: Photos = (), at: datetime) -> Forward:
    """The party answers through its link, once. Raises NotFound for a secret that is none, Invalid, Conflict `forward_…`.

    The name stands in the forward alone: neither the step nor the ledger, which nobody can correct, keeps an outsider's name.
    """
    forward, told, who = to_answer(secret), clean_text(answer, limit=NOTE_LIMIT, multiline=True, field="answer"), ""
    if not told:
        raise Invalid("answer", "required", field="answer")
    who = clean_text(name, limit=60, field="answered_by")
    if not who:
        raise Invalid("answered_by", "required", field="answered_by")
    if len(photos) > MOST_PHOTOS:
        raise Invalid("photos", "too_many", limit=MOST_PHOTOS)
    pictures = check_photos(photos)
    case = lock(forward.case.uid)
    forward = Forward.objects.select_related("case", "unit").get(pk=forward.pk)
    check_running(forward, case, at=at)
    _answered(forward, told, who, at)
    _write(case, forward, pictures, at)
    return forward


@transaction.atomic
def open_forward(secret: str, *, at: datetime) -> Forward:
    """Remember when the link was opened first. Raises NotFound and, where nothing can be answered any more, Conflict."""
    forward = to_answer(secret)
    check_running(forward, forward.case, at=at)
    if forward.opened_at is None:
        Forward.objects.filter(pk=forward.pk, opened_at=None).update(opened_at=at)
    return forward


def to_answer(secret: str) -> Forward:
    """The forward whose link this is. Raises NotFound."""
    forward = links.by_secret(secret)
    if forward is None:
        raise NotFound("forward", "…")
    return forward


def check_running(forward: Forward, case: Case, *, at: datetime) -> None:
    """Raise Conflict with the reason once a forward has ended, or the case has."""
    now = standing_of(forward, at=at)
    if now not in RUNNING:
        raise Conflict(f"forward_{now}", party=forward.party)
    if case.state not in LIFECYCLE["answer_forward"].origin:
        raise Conflict("forward_case_over", party=forward.party)


def standing_of(forward: Forward, *, at: datetime) -> str:
    """How a forward stands at a moment."""
    return standing(
        at, answer_by=forward.answer_by, expires_at=forward.expires_at, answered_at=forward.answered_at,
        taken_back_at=forward.taken_back_at,
    ).value  # fmt: skip


def _running(step: Taking, uid: UUID) -> Forward:
    """The forward a step is about: of this case, and not ended. The case's lock holds whoever would end it meanwhile."""
    row = Forward.objects.filter(case=step.case, uid=uid).first()
    if row is None:
        raise Invalid("forward", "unknown_choice", value=str(uid))
    check_running(row, step.case, at=step.at)
    step.data |= {"forward": str(row.uid), "party": row.party}
    return row


def _answered(row: Forward, answer: str, name: str, at: datetime) -> None:
    row.answer, row.answered_by, row.answered_at = answer, name, at
    row.save(update_fields=["answer", "answered_by", "answered_at"])


def _write(case: Case, forward: Forward, photos: Sequence[Given], at: datetime) -> None:
    """The step of somebody who has no account: the story, the evidence, the ledger line and the news of it."""
    case.version += 1
    case.save(update_fields=["version"])
    data = {"forward": str(forward.uid), "party": forward.party, "by_link": True}
    row = CaseStep.objects.create(
        case=case, seq=case.version, name="answer_forward", by=None, unit=None, at=at, state_before=case.state,
        state_after=case.state, note=forward.answer, data=data,
    )  # fmt: skip
    attach(CASES, case, row, photos)
    told = {"seq": row.seq, "from": case.state, "to": case.state, **data}
    if photos:
        told["photos"] = sorted(photo.sha256 for photo in photos)
    record(KIND, case.uid, "case.answer_forward", by=None, at=at, data=told)
    announce(CaseStepped(case.uid, "answer_forward", row.seq, at))
    forget_sides(case)


def _given(**values: object) -> set[str]:
    return {name for name, value in values.items() if value}


def _day(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
