"""More time: extension with approval, and the suspense list (挂账), on which the clock stands."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from civicloop.cases.actions.engine import Taking, taking
from civicloop.cases.models import Case, Extension, Suspension
from civicloop.cases.rules.limits import within
from civicloop.cases.sides import sides_of
from civicloop.kernel.refusal import Conflict, Invalid, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.kernel.worktime import ClockError, Limit
from civicloop.loops import timing
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person


def extend(
    case_uid: UUID, *, amount: Decimal, unit_of_time: str, reason: str, by: Person, at: datetime, **how: Any
) -> Case:
    """Ask for more time (延期). Nothing changes until somebody else grants it. Asked before the time is over, not after."""
    given = {"amount", "unit_of_time"}
    with taking(case_uid, "extend", by=by, at=at, given=given, note=reason, **how) as step:
        case, ref = step.case, step.ref
        wanted = _limit(amount, unit_of_time)
        if sides_of(case).pending_extension is not None:
            raise Conflict("extension_pending")
        granted = [one for one in sides_of(case).extensions if one.verdict == "granted"]
        if len(granted) >= int(ref.parameters["extend.at_most"]):
            raise StepRefused("extend", case.state, code="extended_already", times=len(granted))
        if case.due_at is not None and at > case.due_at:
            raise StepRefused("extend", case.state, code="extend_too_late", due=case.due_at.isoformat())
        clock = timing.handling_clock(case)
        factor = float(ref.parameters["extend.limit_factor"])
        if clock is not None and not within(wanted, clock.limit, factor):
            raise Invalid("amount", "extension_too_long", limit=str(clock.limit.amount), unit=clock.limit.unit.value)
        Extension.objects.create(
            case=case, amount=wanted.amount, unit_of_time=wanted.unit.value, reason=step.note, asked_by=by, asked_at=at
        )
        step.data |= wanted.to_json()
    return step.case


def _limit(amount: Decimal, unit_of_time: str) -> Limit:
    try:
        if amount != round(amount, 2):  # the row keeps two places
            raise ClockError("bad_amount", amount=str(amount))
        return Limit(amount, unit_of_time)
    except ClockError as fault:
        raise Invalid("amount", fault.code, **fault.params) from fault


def grant_extension(case_uid: UUID, *, note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """Grant the time asked for: the due time moves by it."""
    with taking(case_uid, "grant_extension", by=by, at=at, note=note, **how) as step:
        pending = _decide(step, "granted")
        assert step.case.unit_id is not None
        limit = Limit(pending.amount, pending.unit_of_time)
        step.data |= {"due_before": step.case.due_at.isoformat() if step.case.due_at else None, **limit.to_json()}
        timing.extend_handling(step.case, limit, unit_id=step.case.unit_id, ref=step.ref)
        step.data["due_at"] = step.case.due_at.isoformat() if step.case.due_at else None
    return step.case


def refuse_extension(case_uid: UUID, *, reason: str, by: Person, at: datetime, **how: Any) -> Case:
    """Refuse the time asked for, with the reason."""
    with taking(case_uid, "refuse_extension", by=by, at=at, note=reason, **how) as step:
        _decide(step, "refused")
    return step.case


def _decide(step: Taking, verdict: str) -> Extension:
    pending = sides_of(step.case).pending_extension
    if pending is None:
        raise StepRefused(step.name, step.case.state, code="nothing_asked")
    pending.verdict, pending.decided_by, pending.decided_at = verdict, step.by, step.at
    pending.save(update_fields=["verdict", "decided_by", "decided_at"])
    return pending


def suspend(
    case_uid: UUID, *, plan: str, person_id: int, review_on: date, by: Person, at: datetime, **how: Any
) -> Case:
    """Put a case on the suspense list (挂账): plan, answerable person, date of review. Its clock stands."""
    given = {"plan", "person", "review_on"}
    with taking(case_uid, "suspend", by=by, at=at, given=given, **how) as step:
        told = clean_text(plan, limit=4000, multiline=True, field="plan")
        if not told:
            raise StepRefused("suspend", step.case.state, missing={"plan"})
        check_review(step, review_on)
        _check_answerable(step, person_id)
        Suspension.objects.create(case=step.case, plan=told, person_id=person_id, review_on=review_on, started_at=at)
        timing.pause_handling(step.case, at=at, unit_id=step.case.unit_id, ref=step.ref)
        timing.wait_until(step.case, end_of(review_on), ref=step.ref)
        step.data |= {"review_on": review_on.isoformat(), "plan": told}
    return step.case


def _check_answerable(step: Taking, person_id: int) -> None:
    """Whoever answers for the plan has a post in the responsible unit, above it or below it."""
    unit, org = step.case.unit_id, step.ref.org
    family = {unit, *org.above(unit), *org.subtree(unit)} if unit else set()
    if not any(post.unit_id in family for post in org.posts_of(person_id, day_of(step.at))):
        raise Invalid("person", "not_of_the_unit")


def review(case_uid: UUID, *, note: str, review_on: date, by: Person, at: datetime, **how: Any) -> Case:
    """Look at a suspended case and set the next date."""
    with taking(case_uid, "review", by=by, at=at, given={"review_on"}, note=note, **how) as step:
        check_review(step, review_on)
        running = sides_of(step.case).running_suspension
        if running is None:
            raise StepRefused("review", step.case.state, code="nothing_asked")
        running.review_on = review_on
        running.save(update_fields=["review_on"])
        timing.wait_until(step.case, end_of(review_on), ref=step.ref)
        step.data["review_on"] = review_on.isoformat()
    return step.case


def resume(case_uid: UUID, *, reason: str, by: Person, at: datetime, **how: Any) -> Case:
    """Take a case off the suspense list; what was left of its time runs on."""
    with taking(case_uid, "resume", by=by, at=at, note=reason, **how) as step:
        end_suspension(step)
        case = step.case
        assert case.unit_id is not None
        case.owner_id = case.unit_id
        case.accepted_at = case.accepted_at or at
        timing.resume_handling(case, at=at, unit_id=case.unit_id, ref=step.ref)
    return step.case


def end_suspension(step: Taking) -> None:
    """The running suspension, if there is one, ends with this step."""
    running = sides_of(step.case).running_suspension
    if running is not None:
        running.ended_at = step.at
        running.save(update_fields=["ended_at"])


def check_review(step: Taking, review_on: date) -> None:
    """A review lies ahead, and not farther than the city allows."""
    today = day_of(step.at)
    most = today + timedelta(days=int(step.ref.parameters["suspend.review_days"]))
    if not today < review_on <= most:
        raise Invalid(
            "review_on", "review_out_of_range", first=(today + timedelta(1)).isoformat(), last=most.isoformat()
        )


def end_of(day: date) -> datetime:
    """The last second of a day in the city."""
    return datetime.combine(day, time(23, 59, 59), timezone.get_default_timezone())
