"""Pressure, voice and correction: supervise, comment, appeal, correct, void, follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.cases import policy, windows
from civicloop.cases.actions.engine import lock, taking
from civicloop.cases.actions.flow import check_parts_are_done, settle
from civicloop.cases.actions.intake import search_words
from civicloop.cases.actions.more_time import end_suspension
from civicloop.cases.models import Appeal, Case, Follower, Supervision
from civicloop.cases.models.side import APPEAL_GROUNDS
from civicloop.cases.place import locate
from civicloop.cases.sides import sides_of
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference

Photos = Sequence[Mapping[str, Any]]
QUIET = timedelta(hours=4)
LEVELS = ("supervisor", "leader", "key")


def supervise(
    case_uid: UUID, *, note: str, level: str = "supervisor", answer_by: datetime | None = None, by: Person, at: datetime,
    **how: Any,
) -> Case:  # fmt: skip
    """Put pressure on a case (督办): what is demanded, and by when an answer is due."""
    with taking(case_uid, "supervise", by=by, at=at, note=note, **how) as step:
        if level not in LEVELS:
            raise Invalid("level", "unknown_choice", value=level)
        if answer_by is not None and answer_by <= at:
            raise Invalid("answer_by", "lies_in_the_past")
        Supervision.objects.create(case=step.case, level=level, demand=step.note, by=by, at=at, answer_by=answer_by)
        step.case.supervised = True
        step.data |= {"level": level, "answer_by": answer_by.isoformat() if answer_by else None}
    return step.case


def remind(case_uid: UUID, *, note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """Call a unit's promise to its mind (催办): lighter than supervision, nothing need be answered. Not again within `QUIET`:
    what is said ten times a day is heard no more.
    """
    with taking(case_uid, "remind", by=by, at=at, note=note, **how) as step:
        last = step.case.steps.filter(name="remind", at__gt=at - QUIET).order_by("-seq").first()
        if last is not None:
            raise StepRefused("remind", step.case.state, code="reminded_already", until=(last.at + QUIET).isoformat())
    return step.case


def answer_supervision(case_uid: UUID, *, note: str, by: Person, at: datetime, **how: Any) -> Case:
    """The unit answers what was demanded."""
    with taking(case_uid, "answer_supervision", by=by, at=at, note=note, **how) as step:
        asked = sides_of(step.case).unanswered_supervision
        if asked is None:
            raise StepRefused("answer_supervision", step.case.state, code="nothing_asked")
        asked.answer, asked.answered_at = step.note, at
        asked.save(update_fields=["answer", "answered_at"])
    return step.case


def comment(case_uid: UUID, *, note: str, photos: Photos = (), by: Person, at: datetime, **how: Any) -> Case:
    """Say something, with photos if need be. Nothing else changes."""
    with taking(case_uid, "comment", by=by, at=at, note=note, photos=photos, **how) as step:
        step.quiet = True
    return step.case


def appeal(case_uid: UUID, *, ground: str, reason: str, by: Person, at: datetime, **how: Any) -> Case:
    """A unit's leader speaks against a judgement (申诉), within the window after it was made."""
    with taking(case_uid, "appeal", by=by, at=at, given={"ground"}, note=reason, **how) as step:
        case, ref = step.case, step.ref
        if ground not in APPEAL_GROUNDS:
            raise Invalid("ground", "unknown_choice", value=ground)
        if sides_of(case).pending_appeal is not None:
            raise Conflict("appeal_pending")
        until = windows.appeal_until(case, ref)
        if until is not None and at > until:
            raise StepRefused("appeal", case.state, code="appeal_too_late", until=until.isoformat())
        assert case.unit_id is not None
        Appeal.objects.create(
            case=case, unit_id=case.unit_id, ground=ground, reason=step.note, asked_by=by, asked_at=at
        )
        step.data["ground"] = ground
    return step.case


def decide_appeal(case_uid: UUID, *, verdict: str, note: str, by: Person, at: datetime, **how: Any) -> Case:
    """Somebody who did not judge decides. A granted appeal excuses lateness; the times themselves stay as they were."""
    with taking(case_uid, "decide_appeal", by=by, at=at, given={"verdict"}, note=note, **how) as step:
        pending = sides_of(step.case).pending_appeal
        if pending is None:
            raise StepRefused("decide_appeal", step.case.state, code="nothing_asked")
        if verdict not in ("granted", "refused"):
            raise Invalid("verdict", "unknown_choice", value=verdict)
        pending.verdict, pending.verdict_note, pending.decided_by, pending.decided_at = verdict, step.note, by, at
        pending.save(update_fields=["verdict", "verdict_note", "decided_by", "decided_at"])
        step.data |= {"ground": pending.ground, "verdict": verdict, "excused_before": step.case.excused}
        if verdict == "granted":
            step.case.excused = True
    return step.case


def void(case_uid: UUID, *, reason: str, by: Person, at: datetime, **how: Any) -> Case:
    """No problem, or none of ours (作废), with the reason."""
    with taking(case_uid, "void", by=by, at=at, note=reason, **how) as step:
        check_parts_are_done(step.case)
        end_suspension(step)
    return step.case


def correct(
    case_uid: UUID, *, category_id: int | None = None, condition_id: int | None = None, grid_id: int | None = None,
    area_class: str | None = None, place: Mapping[str, Any] | None = None, description: str | None = None,
    reason: str = "", by: Person, at: datetime, **how: Any,
) -> Case:  # fmt: skip
    """Mend what was reported wrongly, before a unit is responsible. The old values stay in the history."""
    with taking(case_uid, "correct", by=by, at=at, note=reason, **how) as step:
        case, before = step.case, dict[str, Any]()
        if place is not None:
            before["place"] = [case.lon, case.lat, case.address]
            found = locate(place.get("lon"), place.get("lat"), place.get("datum", "wgs84"), step.ref)
            if found.lon is not None:
                case.lon, case.lat, case.tile_key, case.datum = found.lon, found.lat, found.tile_key, found.datum
                case.given_lon, case.given_lat = found.given_lon, found.given_lat
                case.grid_id, case.area_class = (
                    (found.grid.id, found.area_class) if found.grid else (None, case.area_class)
                )
            case.address = clean_text(place.get("address") or case.address, limit=200, field="address")
        if description is not None:
            before["description"] = case.description
            case.description = clean_text(description, limit=4000, multiline=True, field="description")
        settle(step, category_id=category_id, condition_id=condition_id, grid_id=grid_id, area_class=area_class)
        case.search = search_words(case, step.ref.categories.by_id(case.category_id))
        step.data["before"] = before
    return step.case


@transaction.atomic
def follow(case_uid: UUID, *, by: Person, at: datetime) -> bool:
    """Hear of this case from now on. Returns whether the person did not follow it before."""
    case = lock(case_uid)
    actor = reference.now().actor(by, day_of(at))
    if not policy.sees(actor, case):
        raise NotFound("case", case_uid)
    _, fresh = Follower.objects.get_or_create(case=case, person=by, defaults={"since": at})
    if fresh:
        record("case", case.uid, "case.follow", by=by.uid, at=at)
    return fresh
