"""Appeals against a judgement (申诉): lodged by the unit's leader, reviewed in stages by different people, never overwriting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.bus import announce
from civicloop.inspection.models import Observation, Round, Visit
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.scoring import policy
from civicloop.scoring.facts import AppealDecided
from civicloop.scoring.models import ANSWER_LABELS, Adjustment, Appeal, AppealStep
from civicloop.scoring.queries import appeal_until, matter_of
from civicloop.scoring.rows import moment
from civicloop.scoring.rules.lifecycle import ENDED, LIFECYCLE, REVIEWS, RUNNING, AppealState
from civicloop.standards import editions, reference
from civicloop.standards.reference import Reference

KIND = "score_appeal"
NOTE_LIMIT = 4000


@transaction.atomic
def lodge_appeal(
    *, reason: str, by: Person, at: datetime, observation_uid: UUID | None = None, wanted: str = "met",
    unit_id: int | None = None, round_id: int | None = None, deduction: str = "", ref: Reference | None = None,
) -> Appeal:  # fmt: skip
    """Speak against an observation (give `observation_uid` and the answer `wanted`), or against the points a rule took from
    a unit in a round (give `unit_id`, `round_id` and the key `deduction`). Within the city's `appeal.within`.

    Raises NotFound, NotAllowed, Invalid, Conflict `appeal_pending`, StepRefused `appeal_too_late`.
    """
    ref = ref or reference.now()
    told = _told(reason, "reason")
    if observation_uid is not None:
        found, since, judged_by = _about_observation(observation_uid, wanted)
    else:
        found, judged_by = _about_points(unit_id, round_id, deduction), frozenset[int]()
        since = found.round.closed_at or moment(found.round.ends_on + timedelta(days=1))
    actor = policy.actor_at(ref, by, at)
    policy.require(actor, "lodge", policy.Matter(found.unit_id, judged_by), by=by)
    _in_time(since, at, found.unit_id, ref)
    _none_running(found)
    found.reason, found.lodged_by, found.lodged_at = told, by, at
    found.save(force_insert=True)
    data = {
        "round": found.round.code, "observation": str(observation_uid) if observation_uid else None,
        "deduction": deduction, "wanted": found.wanted,
    }  # fmt: skip
    record(KIND, found.uid, f"{KIND}.lodge", by=by.uid, at=at, data=data, new=True)
    return found


def _about_observation(uid: UUID, wanted: str) -> tuple[Appeal, datetime, frozenset[int]]:
    """An appeal about an observation that was judged. The visit is locked: of two appeals one waits for the other."""
    row = Observation.objects.select_related("visit__round", "visit__point").filter(uid=uid).first()
    if row is None or row.visit.judged_at is None:
        raise NotFound("observation", uid)
    Visit.objects.select_for_update(of=("self",)).get(pk=row.visit_id)
    if not row.item:
        raise Invalid("observation", "not_scored")
    if wanted not in ANSWER_LABELS:
        raise Invalid("wanted", "unknown_choice", value=wanted)
    if wanted == answer_now(row):
        raise Invalid("wanted", "answer_stands", value=wanted)
    unit_id = row.visit.unit_id or (row.visit.point.unit_id if row.visit.point else None)
    if unit_id is None:
        raise Invalid("observation", "no_responsible_unit")
    found = Appeal(unit_id=unit_id, round=row.visit.round, observation=row, wanted=wanted)
    return found, row.visit.judged_at, frozenset({row.visit.inspector_id} if row.visit.inspector_id else ())


def _about_points(unit_id: int | None, round_id: int | None, deduction: str) -> Appeal:
    round_ = Round.objects.select_for_update(of=("self",)).filter(pk=round_id or 0).first()
    if round_ is None:
        raise NotFound("round", round_id)
    if unit_id is None:
        raise Invalid("unit", "required", field="unit")
    rules = editions.book(round_.edition_id).scoring.deductions
    if deduction not in {rule.key for rule in rules}:
        raise Invalid("deduction", "unknown_choice", value=deduction)
    return Appeal(unit_id=unit_id, round=round_, deduction=deduction)


def answer_now(row: Observation) -> str:
    """The answer in force: the newest adjustment's, else the inspector's."""
    newest = row.adjustments.order_by("-at", "-id").values_list("answer", flat=True).first()
    return newest or row.answer


def _in_time(since: datetime, at: datetime, unit_id: int, ref: Reference) -> None:
    until = appeal_until(since, unit_id, ref)
    if at > until:
        raise StepRefused("appeal", AppealState.LODGED, code="appeal_too_late", until=until.isoformat())


def _none_running(found: Appeal) -> None:
    same = Appeal.objects.filter(state__in=sorted(RUNNING))
    if found.observation_id is not None:
        same = same.filter(observation=found.observation_id)
    else:
        same = same.filter(unit=found.unit_id, round=found.round_id, deduction=found.deduction)
    if same.exists():
        raise Conflict("appeal_pending")


@transaction.atomic
def review_appeal(
    *, appeal_uid: UUID, step: str, note: str = "", by: Person, at: datetime, answer: str = "", points: float = 0.0,
    ref: Reference | None = None,
) -> Appeal:  # fmt: skip
    """Take a stage of an appeal: take_up, then forward or dismiss, then grant or refuse. Each by another supervisor.

    Granting needs the `answer` that holds from now on, or the `points` given back; the old value stays beside it.
    """
    if step not in REVIEWS:
        raise StepRefused(step, "", code="step_unknown")
    found = _locked(appeal_uid)
    policy.require(policy.actor_at(ref or reference.now(), by, at), step, matter_of(found), by=by)
    told = clean_text(note, limit=NOTE_LIMIT, multiline=True, field="note")
    given = {"note"} if told else set[str]()
    if answer or points:
        given.add("change")
    after = LIFECYCLE.take(step, state=found.state, given=given)
    data: dict[str, Any] = {}
    if step == "grant":
        data = _adjust(found, answer, points, by=by, at=at)
    _step(found, step, after, told, data, by=by, at=at)
    return found


@transaction.atomic
def withdraw_appeal(
    *, appeal_uid: UUID, note: str = "", by: Person, at: datetime, ref: Reference | None = None
) -> Appeal:
    """The unit's leader takes the appeal back before it is decided."""
    found = _locked(appeal_uid)
    policy.require(policy.actor_at(ref or reference.now(), by, at), "withdraw", matter_of(found), by=by)
    after = LIFECYCLE.take("withdraw", state=found.state)
    _step(found, "withdraw", after, clean_text(note, limit=NOTE_LIMIT, multiline=True, field="note"), {}, by=by, at=at)
    return found


def _locked(uid: UUID) -> Appeal:
    found = Appeal.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if found is None:
        raise NotFound(KIND, uid)
    return found


def _adjust(found: Appeal, answer: str, points: float, *, by: Person, at: datetime) -> dict[str, Any]:
    """Write the adjustment: an answer for an observation, points for a deduction, never both."""
    if found.observation is not None:
        if answer not in ANSWER_LABELS:
            raise Invalid("answer", "unknown_choice", value=answer)
        before = answer_now(found.observation)
        if points or answer == before:
            raise Invalid("answer", "answer_stands", value=answer)
        what: dict[str, Any] = {"answer_before": before, "answer": answer}
    else:
        if answer or not 0 < points <= 100:
            raise Invalid("points", "points_out_of_range", value=points)
        what = {"points": float(points)}
    Adjustment.objects.create(
        appeal=found,
        observation=found.observation,
        unit_id=found.unit_id,
        round_id=found.round_id,
        at=at,
        by=by,
        **what,
    )
    return what


def _step(found: Appeal, name: str, after: str, note: str, data: dict[str, Any], *, by: Person, at: datetime) -> None:
    before, found.state = found.state, after
    if after in ENDED:
        found.ended_at = at
    found.save(update_fields=["state", "ended_at"])
    seq = found.steps.count() + 1
    AppealStep.objects.create(
        appeal=found, seq=seq, name=name, by=by, at=at, state_before=before, state_after=after, note=note, data=data
    )
    told = {"seq": seq, "from": before, "to": after, **data}
    record(KIND, found.uid, f"{KIND}.{name}", by=by.uid, at=at, data=told)
    if after in ENDED:
        announce(AppealDecided(found.uid, after, at))


def _told(text: str, field: str) -> str:
    told = clean_text(text, limit=NOTE_LIMIT, multiline=True, field=field)
    if not told:
        raise Invalid(field, "required", field=field)
    return told
