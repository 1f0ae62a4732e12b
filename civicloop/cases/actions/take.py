"""Any step by its name with plain values, as forms, the API and phones give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from civicloop.cases import given as reading
from civicloop.cases.actions import flow, forwarding, more_time, pressure, together
from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.kernel.refusal import Invalid, StepRefused
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference

VERBS: dict[str, Callable[..., Case]] = {
    "file": flow.file, "dispatch": flow.dispatch, "accept": flow.accept, "rectify": flow.rectify, "verify": flow.verify,
    "close": flow.close, "return": flow.return_, "recall": flow.recall, "send_back": flow.send_back,
    "suspend": more_time.suspend, "resume": more_time.resume, "review": more_time.review, "extend": more_time.extend,
    "grant_extension": more_time.grant_extension, "refuse_extension": more_time.refuse_extension, "void": pressure.void,
    "merge": together.merge, "reopen": flow.reopen, "whistle": together.whistle, "report_in": together.report_in,
    "plan_jointly": together.plan_jointly, "score_whistle": together.score_whistle, "end_whistle": together.end_whistle,
    "supervise": pressure.supervise, "answer_supervision": pressure.answer_supervision, "split": together.split,
    "remind": pressure.remind,
    "correct": pressure.correct, "comment": pressure.comment, "appeal": pressure.appeal,
    "decide_appeal": pressure.decide_appeal, "forward_out": forwarding.forward_out,
    "remind_forward": forwarding.remind_forward, "answer_forward": forwarding.answer_forward,
    "take_back_forward": forwarding.take_back_forward,
}  # fmt: skip
# What the verb calls its argument, where that is not the field's own name.
ARGUMENTS = {
    "category": "category_id", "condition": "condition_id", "grid": "grid_id", "unit": "unit_id", "units": "unit_ids",
    "person": "person_id", "whistle_kind": "kind",
}  # fmt: skip


def take(
    case_uid: UUID, step: str, *, by: Person, at: datetime, given: Mapping[str, Any] | None = None,
    noted_at: datetime | None = None, expected_version: int | None = None, ref: Reference | None = None,
) -> Case:  # fmt: skip
    """Take a step. Raises Invalid (which field), NotFound, NotAllowed, StepRefused, Conflict, Stale."""
    verb = VERBS.get(step)
    if verb is None:
        raise StepRefused(step, "", code="step_unknown")
    ref = ref or reference.now()
    values = reading.read(step, given or {}, ref)
    row = LIFECYCLE[step]
    extra = sorted(set(values) - row.needs - row.asks)
    if extra:
        raise Invalid(extra[0], "not_asked_for", field=extra[0], step=step)
    missing = row.needs - set(values)
    if missing:
        return _refuse(case_uid, step, by=by, at=at, missing=missing, ref=ref, expected_version=expected_version)
    arguments = {ARGUMENTS.get(name, name): value for name, value in values.items()}
    return verb(
        case_uid, by=by, at=at, noted_at=noted_at, expected_version=expected_version, ref=ref, **arguments
    )  # fmt: skip


def _refuse(
    case_uid: UUID, step: str, *, by: Person, at: datetime, missing: frozenset[str], ref: Reference,
    expected_version: int | None,
) -> Case:  # fmt: skip
    """Say no for the weightiest reason: may not, too late, not from here, and only then what is missing."""
    from civicloop.cases.actions.engine import taking  # noqa: PLC0415  (leaf: only the refusing path needs it)

    given = LIFECYCLE[step].needs - missing
    with taking(case_uid, step, by=by, at=at, given=given, ref=ref, expected_version=expected_version):
        pass
    raise AssertionError("the lifecycle let a step pass that lacks what it needs")
