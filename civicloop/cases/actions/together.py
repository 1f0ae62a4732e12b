"""Work of several units: whistle and report (吹哨报到), split into parts, merge into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.bus import announce
from civicloop.cases.actions.engine import Taking, extend_reach, taking
from civicloop.cases.actions.flow import active_unit, check_parts_are_done, handling_limit
from civicloop.cases.facts import CaseDispatched
from civicloop.cases.models import Case, CaseReach, CaseStep, Follower, Whistle, WhistleCall
from civicloop.cases.rules.lifecycle import ENDED, State
from civicloop.cases.sides import sides_of
from civicloop.kernel import worktime
from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.kernel.worktime import Limit
from civicloop.ledger.actions import record
from civicloop.loops import timing
from civicloop.organisation.models import Person


def whistle(
    case_uid: UUID, *, kind: str, unit_ids: Sequence[int], place: str, meet_at: datetime, note: str = "", by: Person,
    at: datetime, **how: Any,
) -> Case:  # fmt: skip
    """A town that cannot solve a problem alone calls departments in (吹哨): where, when, who."""
    given = {"whistle_kind", "units", "place", "meet_at"}
    with taking(case_uid, "whistle", by=by, at=at, given=given, note=note, **how) as step:
        case, ref = step.case, step.ref
        arrive = ref.parameters["whistle.arrive"]
        if kind not in arrive:
            raise Invalid("whistle_kind", "unknown_choice", value=kind)
        if sides_of(case).running_whistle is not None:
            raise Conflict("whistle_running")
        if meet_at < at - timedelta(hours=1):
            raise Invalid("meet_at", "lies_in_the_past")
        if not unit_ids or case.unit_id in unit_ids:
            raise Invalid("units", "whistle_needs_others")
        told = clean_text(place, limit=200, field="place")
        if not told:
            raise StepRefused("whistle", case.state, missing={"place"})
        assert case.unit_id is not None
        blown = Whistle.objects.create(
            case=case, kind=kind, blown_by_id=case.unit_id, place=told, meet_at=meet_at, blown_at=at
        )
        limit = Limit.from_json(arrive[kind])
        for unit_id in dict.fromkeys(unit_ids):
            unit = active_unit(ref, unit_id)
            due = worktime.due(limit, at, ref.calendar_for(unit.id)).at
            WhistleCall.objects.create(whistle=blown, unit_id=unit.id, arrive_by=max(due, meet_at))
            step.reach.add(unit.id)
        codes = [ref.org.unit(one).code for one in dict.fromkeys(unit_ids)]
        step.data |= {"kind": kind, "units": codes, "meet_at": meet_at.isoformat(), "place": told}
    return step.case


def report_in(case_uid: UUID, *, note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """A called department has arrived (报到)."""
    with taking(case_uid, "report_in", by=by, at=at, note=note, **how) as step:
        calls = [one for one in sides_of(step.case).calls_of_running if step.actor.holds(_workers(), one.unit_id)]
        waiting = [one for one in calls if one.arrived_at is None]
        if not waiting:
            raise StepRefused("report_in", step.case.state, code="reported_in_already" if calls else "nothing_asked")
        for call in waiting:
            call.arrived_at, call.arrived_person = at, by
            call.save(update_fields=["arrived_at", "arrived_person"])
        step.data |= {"units": [step.ref.org.unit(one.unit_id).code for one in waiting]}
        step.data["in_time"] = all(at <= one.arrive_by for one in waiting)
    return step.case


def plan_jointly(case_uid: UUID, *, plan: str, by: Person, at: datetime, **how: Any) -> Case:
    """Write down what the units have agreed on the spot."""
    with taking(case_uid, "plan_jointly", by=by, at=at, given={"plan"}, **how) as step:
        running = _running(step)
        running.plan = clean_text(plan, limit=4000, multiline=True, field="plan")
        if not running.plan:
            raise StepRefused("plan_jointly", step.case.state, missing={"plan"})
        running.save(update_fields=["plan"])
        step.data["plan"] = running.plan
    return step.case


def score_whistle(
    case_uid: UUID, *, unit_id: int, score: int, note: str = "", by: Person, at: datetime, **how: Any
) -> Case:
    """The town scores a department it called, 0 to 100, once."""
    with taking(case_uid, "score_whistle", by=by, at=at, given={"unit", "score"}, note=note, **how) as step:
        if not 0 <= score <= 100:
            raise Invalid("score", "score_out_of_range")
        calls = [one for one in sides_of(step.case).calls if one.unit_id == unit_id]
        call = next((one for one in reversed(calls) if one.score is None), None)
        if call is None:
            raise StepRefused("score_whistle", step.case.state, code="scored_already" if calls else "unit_not_called")
        if not step.actor.holds(_workers(), call.whistle.blown_by_id):
            raise NotAllowed("case.score_whistle", "whistling_block", about=("case", str(step.case.uid)), by=by)
        call.score, call.score_note = score, step.note
        call.save(update_fields=["score", "score_note"])
        step.data |= {"unit": step.ref.org.unit(unit_id).code, "score": score}
    return step.case


def end_whistle(case_uid: UUID, *, note: str, by: Person, at: datetime, **how: Any) -> Case:
    """The town says that the departments are no longer needed, and what came of it."""
    with taking(case_uid, "end_whistle", by=by, at=at, note=note, **how) as step:
        running, calls = _running(step), sides_of(step.case).calls_of_running
        step.data["did_not_come"] = [step.ref.org.unit(one.unit_id).code for one in calls if one.arrived_at is None]
        running.ended_at, running.outcome = at, step.note
        running.save(update_fields=["ended_at", "outcome"])
    return step.case


def _running(step: Taking) -> Whistle:
    running = sides_of(step.case).running_whistle
    if running is None:
        raise StepRefused(step.name, step.case.state, code="nothing_asked")
    return running


def _workers() -> tuple[str, ...]:
    return ("unit_handler", "unit_leader")


def split(case_uid: UUID, *, unit_ids: Sequence[int], note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """Make parts of a case for several units, each with its own clock; the parent is put right only when all parts have ended."""
    with taking(case_uid, "split", by=by, at=at, given={"units"}, note=note, **how) as step:
        if step.case.parent_id is not None:
            raise Conflict("part_of_a_part")
        units = [active_unit(step.ref, one) for one in dict.fromkeys(unit_ids)]
        if not units:
            raise Invalid("units", "required", field="units")
        if len(units) > MOST_PARTS:
            raise Invalid("units", "too_many", limit=MOST_PARTS)
        busy = {
            step.case.unit_id,
            *Case.objects.filter(parent=step.case, ended_at=None).values_list("unit_id", flat=True),
        }
        if taken := [unit.name for unit in units if unit.id in busy]:
            raise Conflict("unit_has_a_part", units=taken)
        step.data["parts"] = [_part(step, unit.id).number for unit in units]
        step.reach |= {unit.id for unit in units}
    return step.case


MOST_PARTS = 20


def _part(step: Taking, unit_id: int) -> Case:
    whole, ref, at = step.case, step.ref, step.at
    part = Case(
        uid=new_uid(), parent=whole, state=State.DISPATCHED, category_id=whole.category_id, condition_id=whole.condition_id,
        description=whole.description, address=whole.address, source=whole.source, urgent=whole.urgent, lon=whole.lon,
        lat=whole.lat, given_lon=whole.given_lon, given_lat=whole.given_lat, datum=whole.datum, tile_key=whole.tile_key,
        grid_id=whole.grid_id, point_id=whole.point_id, area_class=whole.area_class, reporter_id=whole.reporter_id,
        reported_at=whole.reported_at, received_at=at, filed_at=at, dispatched_at=at, unit_id=unit_id, owner_id=unit_id,
        search=whole.search,
    )  # fmt: skip
    timing.start_handling(part, handling_limit(step), since=at, unit_id=unit_id, ref=ref)
    part.save(force_insert=True)
    data = {"whole": whole.number, "unit": ref.org.unit(unit_id).code}
    CaseStep.objects.create(
        case=part, seq=1, name="split", by=step.by, unit_id=step.actor.unit_acted_for(unit_id), at=at, state_before="",
        state_after=part.state, note=step.note, data=data,
    )  # fmt: skip
    extend_reach(part, {unit_id, *([whole.unit_id] if whole.unit_id else [])}, ref)
    record("case", part.uid, "case.split_off", by=step.by.uid, at=at, data={"seq": 1, **data}, new=True)
    announce(CaseDispatched(part.uid, unit_id, at))
    return part


@contextmanager
def _both_locked(one: UUID, other: UUID) -> Iterator[None]:
    """Both cases in order of number, so that two people who merge them into each other wait instead of locking up."""
    with transaction.atomic():
        list(Case.objects.select_for_update(of=("self",)).filter(uid__in=[one, other]).order_by("pk"))
        yield


def merge(case_uid: UUID, *, into: UUID, note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """The same problem was reported twice (并案): this case ends, its reporter and followers follow the main case."""
    with (
        _both_locked(case_uid, into),
        taking(case_uid, "merge", by=by, at=at, given={"into"}, note=note, **how) as step,
    ):
        case = step.case
        main = Case.objects.filter(uid=into).first()
        if main is None:
            raise NotFound("case", into)
        if main.pk == case.pk or main.state in ENDED:
            raise Invalid("into", "merge_into_ended" if main.pk != case.pk else "merge_into_itself", case=main.number)
        check_parts_are_done(case)
        case.merged_into = main
        people = {case.reporter_id} | set(case.followers.values_list("person_id", flat=True))
        Follower.objects.bulk_create(
            [Follower(case=main, person_id=one, since=at) for one in sorted(one for one in people if one)],
            ignore_conflicts=True,
        )
        units = CaseReach.objects.filter(case=case).values_list("unit_id", flat=True)
        rows = [CaseReach(case=main, unit_id=one, reported_at=main.reported_at) for one in units]
        CaseReach.objects.bulk_create(rows, ignore_conflicts=True)
        record("case", main.uid, "case.merged_in", by=by.uid, at=at, data={"case": case.number})
        step.data["into"] = main.number
    return step.case
