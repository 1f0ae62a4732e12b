"""The seven stages: file, dispatch, accept, rectify, verify, close, and the steps that go back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from civicloop.cases import windows
from civicloop.cases.actions.engine import Taking, taking
from civicloop.cases.actions.intake import search_words
from civicloop.cases.desks import desk_unit
from civicloop.cases.facts import CaseDispatched
from civicloop.cases.models import Case
from civicloop.cases.rules.limits import limit_for, shortened
from civicloop.kernel.refusal import Conflict, Invalid, StepRefused
from civicloop.kernel.worktime import Limit
from civicloop.loops import timing
from civicloop.loops.evidence import shows_after
from civicloop.organisation.book import UnitInfo
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards.reference import Reference

Photos = Sequence[Mapping[str, Any]]


def file(
    case_uid: UUID, *, category_id: int, condition_id: int | None = None, grid_id: int | None = None,
    area_class: str | None = None, note: str = "", by: Person, at: datetime, **how: Any,
) -> Case:  # fmt: skip
    """Accept a report as a case (立案): category, condition and grid are settled; the dispatch desk has it next."""
    with taking(case_uid, "file", by=by, at=at, given={"category"}, note=note, **how) as step:
        settle(step, category_id=category_id, condition_id=condition_id, grid_id=grid_id, area_class=area_class)
        step.case.filed_at = at
        hand_to_desk(step, "dispatch")
    return step.case


def settle(
    step: Taking, *, category_id: int | None = None, condition_id: int | None = None, grid_id: int | None = None,
    area_class: str | None = None,
) -> None:  # fmt: skip
    """Write down category, condition, grid and area class, as far as they are given."""
    case, ref = step.case, step.ref
    if category_id is not None:
        category = ref.categories.by_id(category_id)
        if category_id != case.category_id:
            step.data["category_before"] = ref.categories.by_id(case.category_id).code
        case.category_id, case.condition_id = category.id, None
        case.search = search_words(case, category)
    category = ref.categories.by_id(case.category_id)
    condition = category.condition(condition_id if condition_id is not None else case.condition_id)
    if condition_id is not None and condition is None:
        raise Invalid("condition", "condition_of_another_category", category=category.code)
    case.condition_id = condition.id if condition else None
    if grid_id is not None:
        grid = ref.grids.info(grid_id)
        if grid is None:
            raise Invalid("grid", "unknown_grid", grid=str(grid_id))
        case.grid_id, case.area_class = grid.id, grid.area_class
    if area_class is not None:
        if area_class not in ("A", "B", "C"):
            raise Invalid("area_class", "unknown_choice", value=area_class)
        case.area_class = area_class
    step.data |= {"category": category.code, "area_class": case.area_class}


def hand_to_desk(step: Taking, stage: str) -> None:
    """A desk has the case next: it becomes the owner and its stage clock starts."""
    step.case.owner_id = desk_unit(step.ref, stage, day_of(step.at))
    timing.start_stage(step.case, step.ref.parameters.limit(f"stages.{stage}"), since=step.at, ref=step.ref)


def dispatch(case_uid: UUID, *, unit_id: int, note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """Make a unit responsible (派遣) and start its clock."""
    with taking(case_uid, "dispatch", by=by, at=at, given={"unit"}, note=note, **how) as step:
        make_responsible(step, unit_id)
        step.facts.append(CaseDispatched(step.case.uid, unit_id, at))
    return step.case


def make_responsible(step: Taking, unit_id: int, limit: Limit | None = None) -> None:
    """The unit has the case and its clock starts anew; what came back gets a shorter limit."""
    case, ref = step.case, step.ref
    unit = active_unit(ref, unit_id)
    case.unit_id = case.owner_id = unit.id
    case.dispatched_at, case.accepted_at, case.rectified_at, case.verified_at = step.at, None, None, None
    limit = limit or handling_limit(step)
    timing.start_handling(case, limit, since=step.at, unit_id=unit.id, ref=ref)
    step.data |= {
        "unit": unit.code,
        "limit": limit.to_json(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
    }


def active_unit(ref: Reference, unit_id: int) -> UnitInfo:
    """The unit, if it still works: no case is handed to one that does not."""
    unit = ref.org.unit(unit_id)
    if not unit.active:
        raise Invalid("unit", "unit_not_active", unit=unit.name)
    return unit


def handling_limit(step: Taking) -> Limit:
    """The limit of the case's condition in its area class; times the factor when it is a recurrence or was reopened."""
    case, ref = step.case, step.ref
    condition = ref.categories.by_id(case.category_id).condition(case.condition_id)
    limit = limit_for(condition.limits if condition else {}, case.area_class, ref.parameters.limit("limit.default"))
    if case.recurrence_of_id is not None or case.reopened_count:
        return shortened(limit, float(ref.parameters["recurrence.limit_factor"]))
    return limit


def accept(case_uid: UUID, *, note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """The unit has seen the case and takes it on (签收)."""
    with taking(case_uid, "accept", by=by, at=at, note=note, **how) as step:
        step.case.accepted_at = at
    return step.case


def rectify(case_uid: UUID, *, note: str, photos: Photos = (), by: Person, at: datetime, **how: Any) -> Case:
    """The unit reports that the problem is put right (处置反馈). Its clock stands while somebody else looks."""
    with taking(case_uid, "rectify", by=by, at=at, note=note, photos=photos, **how) as step:
        category = step.ref.categories.by_id(step.case.category_id)
        if category.needs_rectify_photo and not shows_after(step.photos):
            raise StepRefused("rectify", step.case.state, missing={"after_photo"})
        check_parts_are_done(step.case)
        timing.pause_handling(step.case, at=at, unit_id=step.case.unit_id, ref=step.ref)
        step.case.rectified_at = at
        hand_to_desk(step, "verify")
    return step.case


def check_parts_are_done(case: Case) -> None:
    """A parent case is put right, or ended otherwise, only when all its parts have ended."""
    running = list(Case.objects.filter(parent=case, ended_at=None).order_by("pk")[:10])
    if running:
        raise Conflict("parts_still_open", cases=[one.number for one in running])


def verify(case_uid: UUID, *, note: str, photos: Photos = (), by: Person, at: datetime, **how: Any) -> Case:
    """Somebody else has looked and found it put right (核查通过)."""
    with taking(case_uid, "verify", by=by, at=at, note=note, photos=photos, **how) as step:
        step.case.verified_at = at
        hand_to_desk(step, "close")
    return step.case


def send_back(case_uid: UUID, *, reason: str, photos: Photos = (), by: Person, at: datetime, **how: Any) -> Case:
    """Somebody else has looked and found it not good enough (返工): the unit's clock runs on."""
    with taking(case_uid, "send_back", by=by, at=at, note=reason, photos=photos, **how) as step:
        case = step.case
        case.sent_back_count += 1
        case.rectified_at = case.verified_at = None
        assert case.unit_id is not None
        case.owner_id = case.unit_id
        timing.resume_handling(case, at=at, unit_id=case.unit_id, ref=step.ref)
    return step.case


def close(case_uid: UUID, *, note: str = "", by: Person, at: datetime, **how: Any) -> Case:
    """Strike the case off (结案)."""
    with taking(case_uid, "close", by=by, at=at, note=note, **how) as step:
        check_parts_are_done(step.case)
        case = step.case
        case.closed_at = at
        # The unit's clock has stood still since it rectified: what verifying took is not its lateness.
        step.data["on_time"] = bool(case.due_at and case.rectified_at and case.rectified_at <= case.due_at)
    return step.case


def return_(case_uid: UUID, *, reason: str, by: Person, at: datetime, **how: Any) -> Case:
    """Not ours (退回): with a reason, within the window after dispatch, and not more often than allowed."""
    with taking(case_uid, "return", by=by, at=at, note=reason, **how) as step:
        case, ref = step.case, step.ref
        if windows.returns_left(case, ref) <= 0:
            raise StepRefused("return", case.state, code="returned_already", times=case.returned_count)
        until = windows.return_until(case, ref)
        if until is not None and at > until:
            raise StepRefused("return", case.state, code="return_too_late", until=until.isoformat())
        case.returned_count += 1
        _back_to_dispatch(step)
    return step.case


def recall(case_uid: UUID, *, reason: str, by: Person, at: datetime, **how: Any) -> Case:
    """The dispatcher takes a case back that went to the wrong unit."""
    with taking(case_uid, "recall", by=by, at=at, note=reason, **how) as step:
        _back_to_dispatch(step)
    return step.case


def _back_to_dispatch(step: Taking) -> None:
    case = step.case
    step.data["unit_before"] = step.ref.org.unit(case.unit_id).code if case.unit_id else None
    case.unit_id, case.clock, case.due_at, case.due_provisional = None, None, None, False
    case.dispatched_at = case.accepted_at = None
    hand_to_desk(step, "dispatch")


def reopen(case_uid: UUID, *, reason: str, photos: Photos = (), by: Person, at: datetime, **how: Any) -> Case:
    """A closed case is not put right after all (返工/回潮): the same unit gets it again, with a shorter limit."""
    with taking(case_uid, "reopen", by=by, at=at, note=reason, photos=photos, **how) as step:
        case = step.case
        step.data["closed_before"] = case.closed_at.isoformat() if case.closed_at else None
        case.reopened_count += 1
        case.closed_at = case.ended_at = None
        assert case.unit_id is not None
        make_responsible(step, case.unit_id)
    return step.case
