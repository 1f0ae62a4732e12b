"""Until when a step can be taken at all: the windows for returning, appealing and asking for more time."""

from __future__ import annotations

from datetime import datetime

from civicloop.cases.models import Case
from civicloop.kernel import worktime
from civicloop.standards.reference import Reference


def return_until(case: Case, ref: Reference) -> datetime | None:
    """The end of the window in which a unit may return a case; None before it was dispatched."""
    if case.dispatched_at is None:
        return None
    limit = ref.parameters.limit("return.within")
    return worktime.due(limit, case.dispatched_at, ref.calendar_for(case.unit_id)).at


def returns_left(case: Case, ref: Reference) -> int:
    """How often the case may still be returned."""
    return int(ref.parameters["return.at_most"]) - case.returned_count


def appeal_until(case: Case, ref: Reference) -> datetime | None:
    """The end of the window in which a unit may appeal against the latest judgement; None before there is one."""
    judged_at = case.closed_at or case.verified_at or case.rectified_at
    if judged_at is None:
        return None
    return worktime.due(ref.parameters.limit("appeal.within"), judged_at, ref.calendar_for(case.unit_id)).at


def in_window(case: Case, step: str, *, at: datetime, ref: Reference) -> bool:
    """Whether a step with a window can still be taken at a moment; other steps always can."""
    if step == "return":
        until = return_until(case, ref)
        return until is not None and at <= until and returns_left(case, ref) > 0
    if step == "appeal":
        until = appeal_until(case, ref)
        return until is None or at <= until
    if step == "extend":
        return case.due_at is None or at <= case.due_at
    return True
