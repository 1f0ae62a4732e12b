"""What belongs to the side steps of a case that was brought in: extensions, suspensions, whistles, appeals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from civicloop.cases.models import Appeal, Case, Extension, Follower, Supervision, Suspension, Whistle, WhistleCall
from civicloop.cases.rules.replay import Deed
from civicloop.kernel.refusal import Invalid

if TYPE_CHECKING:
    from civicloop.organisation.models import Person

ORDER: tuple[type[models.Model], ...] = (
    Extension, Suspension, Whistle, WhistleCall, Supervision, Appeal, Follower,
)  # fmt: skip


@dataclass(slots=True)
class _Side:
    """The side rows of one case while its steps are gone through."""

    case: Case
    by_id: int | None
    rows: list[models.Model] = field(default_factory=list)
    calls: dict[int, WhistleCall] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)

    def last(self, kind: type[Any]) -> Any:
        """The row of this kind begun last, or None."""
        return next((row for row in reversed(self.rows) if isinstance(row, kind)), None)

    def somebody(self, deed: Deed) -> int:
        """Who took the step, else who brings the case in; Invalid when there is neither."""
        person = deed.by_id or self.by_id
        if person is None:
            raise Invalid("steps", "step_needs_a_person", step=deed.name)
        return person


def write_side_rows(cases: Sequence[tuple[Case, Sequence[Deed]]], *, by: Person | None) -> dict[int, set[int]]:
    """Write the side rows of these cases in bulk; the answer names the units whistled for each case."""
    sides = []
    for case, deeds in cases:
        side = _Side(case, by.pk if by else None)
        for deed in deeds:
            if deed.name in SIDE_STEPS:
                SIDE_STEPS[deed.name](side, deed)
        if side.rows:
            sides.append(side)
    for kind in ORDER:
        rows = [row for side in sides for row in side.rows if isinstance(row, kind)]
        kind._default_manager.bulk_create(rows, ignore_conflicts=kind is Follower)
    return {side.case.pk: side.called for side in sides if side.called}


def _extend(side: _Side, deed: Deed) -> None:
    side.rows.append(
        Extension(
            case=side.case, amount=Decimal(str(deed.data["amount"])), unit_of_time=deed.data["unit_of_time"],
            reason=_note(deed), asked_by_id=side.somebody(deed), asked_at=deed.at,
        )
    )  # fmt: skip


def _decide_extension(side: _Side, deed: Deed) -> None:
    row = side.last(Extension)
    if row is not None:
        row.verdict = "granted" if deed.name == "grant_extension" else "refused"
        # The database wants another person than who asked; where we were not told of one, nobody is named.
        row.decided_by_id = deed.by_id if deed.by_id != row.asked_by_id else None
        row.decided_at = deed.at


def _suspend(side: _Side, deed: Deed) -> None:
    side.rows.append(
        Suspension(
            case=side.case, plan=deed.data.get("plan") or _note(deed),
            person_id=deed.data.get("person_id") or side.somebody(deed),
            review_on=_day(deed.data.get("review_on")) or deed.at.date(), started_at=deed.at,
        )
    )  # fmt: skip


def _review(side: _Side, deed: Deed) -> None:
    row = side.last(Suspension)
    if row is not None and deed.data.get("review_on"):
        row.review_on = _day(deed.data["review_on"])


def _end_suspension(side: _Side, deed: Deed) -> None:
    row = side.last(Suspension)
    if row is not None and row.ended_at is None:
        row.ended_at = deed.at


def _whistle(side: _Side, deed: Deed) -> None:
    row = Whistle(
        case=side.case, kind=deed.data.get("whistle_kind", "key_work"), blown_at=deed.at,
        blown_by_id=deed.data.get("acting") or side.case.owner_id, place=deed.data.get("place") or side.case.address,
        meet_at=_moment(deed.data.get("meet_at")) or deed.at,
    )  # fmt: skip
    side.rows.append(row)
    side.calls = {
        unit_id: WhistleCall(whistle=row, unit_id=unit_id, arrive_by=_moment(deed.data.get("arrive_by")) or row.meet_at)
        for unit_id in deed.data.get("unit_ids", ())
    }
    side.called |= side.calls.keys()
    side.rows += side.calls.values()


def _report_in(side: _Side, deed: Deed) -> None:
    call = side.calls.get(deed.data.get("acting") or 0)
    if call is not None:
        call.arrived_at, call.arrived_person_id = deed.at, deed.by_id


def _plan_jointly(side: _Side, deed: Deed) -> None:
    row = side.last(Whistle)
    if row is not None:
        row.plan = deed.data.get("plan") or _note(deed)


def _score_whistle(side: _Side, deed: Deed) -> None:
    call = side.calls.get(deed.data.get("unit_id") or 0)
    if call is not None:
        call.score, call.score_note = int(deed.data["score"]), _note(deed)


def _end_whistle(side: _Side, deed: Deed) -> None:
    row = side.last(Whistle)
    if row is not None:
        row.outcome, row.ended_at = _note(deed), deed.at


def _supervise(side: _Side, deed: Deed) -> None:
    side.rows.append(
        Supervision(
            case=side.case, level=deed.data.get("level", "supervisor"), demand=_note(deed), by_id=deed.by_id,
            at=deed.at, answer_by=_moment(deed.data.get("answer_by")),
        )
    )  # fmt: skip


def _answer_supervision(side: _Side, deed: Deed) -> None:
    row = side.last(Supervision)
    if row is not None:
        row.answer, row.answered_at = _note(deed), deed.at


def _appeal(side: _Side, deed: Deed) -> None:
    side.rows.append(
        Appeal(
            case=side.case, unit_id=deed.data.get("acting") or side.case.unit_id or side.case.owner_id,
            ground=deed.data.get("ground", "verdict"), reason=_note(deed),
            asked_by_id=side.somebody(deed), asked_at=deed.at,
        )
    )  # fmt: skip


def _decide_appeal(side: _Side, deed: Deed) -> None:
    row = side.last(Appeal)
    if row is not None:
        row.verdict, row.verdict_note = deed.data.get("verdict", "refused"), _note(deed)
        row.decided_by_id, row.decided_at = deed.by_id, deed.at


def _merge(side: _Side, deed: Deed) -> None:
    """Whoever reported the merged case wants to hear how the main case goes on."""
    if side.case.reporter_id is not None and side.case.merged_into_id is not None:
        side.rows.append(Follower(case_id=side.case.merged_into_id, person_id=side.case.reporter_id, since=deed.at))


SIDE_STEPS: dict[str, Callable[[_Side, Deed], None]] = {
    "extend": _extend, "grant_extension": _decide_extension, "refuse_extension": _decide_extension,
    "suspend": _suspend, "review": _review, "resume": _end_suspension, "void": _end_suspension,
    "whistle": _whistle, "report_in": _report_in, "plan_jointly": _plan_jointly, "score_whistle": _score_whistle,
    "end_whistle": _end_whistle, "supervise": _supervise, "answer_supervision": _answer_supervision,
    "appeal": _appeal, "decide_appeal": _decide_appeal, "merge": _merge,
}  # fmt: skip


def _note(deed: Deed) -> str:
    return str(deed.data.get("note", ""))


def _day(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def _moment(value: Any) -> datetime | None:
    return value if value is None or isinstance(value, datetime) else datetime.fromisoformat(str(value))
