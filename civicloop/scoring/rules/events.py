"""What happened with a case, read from its steps alone: they are only ever added, so the past reads the same for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from civicloop.scoring.rules.material import CaseEvent

OUT = frozenset({"voided", "merged"})
# Steps after which the due time written down with the last dispatch holds no more: the clock stood in between.
CLOCK_STOOD = frozenset({"suspend", "resume", "send_back", "recall"})


@dataclass(frozen=True, slots=True)
class Deed:
    """One step of a case with what it wrote down."""

    name: str
    at: datetime
    state_after: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseLife:
    """A case as far as deductions ask. `unit_id` answers where the dispatch named nobody (brought in); `deeds` are in order."""

    uid: str
    source: str
    received_at: datetime
    recurrence: bool
    unit_id: int | None
    deeds: Sequence[Deed]


def events_of(
    life: CaseLife, start: datetime, end: datetime, as_of: datetime, units: Mapping[str, int]
) -> list[CaseEvent]:
    """The events of a case from `start` up to, not including, `end`, as known at `as_of`. `units` are numbers by code.

    A case that was voided or merged by then counts nothing. Overdue is told once for a case: put right late, or not put
    right when the due time written down had passed; never when an appeal has excused it.
    """
    deeds = [deed for deed in life.deeds if deed.at <= as_of]
    if deeds and deeds[-1].state_after in OUT:
        return []
    told = sorted(_told(life, deeds, as_of), key=lambda pair: pair[1])
    found = []
    for event, at in told:
        unit = _unit_at(life, deeds, as_of if event in ("found", "repeated") else at, units)
        if unit is not None and start <= at < end:
            found.append(CaseEvent(unit, event, life.source, at, life.uid))
    return found


def _told(life: CaseLife, deeds: Sequence[Deed], as_of: datetime) -> Iterator[tuple[str, datetime]]:
    yield "found", life.received_at
    if life.recurrence:
        yield "repeated", life.received_at
    for deed in deeds:
        if deed.name == "send_back":
            yield "sent_back", deed.at
        elif deed.name == "supervise":
            yield "supervised", deed.at
    late = _late_since(deeds, as_of)
    if late is not None:
        yield "overdue", late


def _late_since(deeds: Sequence[Deed], as_of: datetime) -> datetime | None:
    due: datetime | None = None
    late: datetime | None = None
    for deed in deeds:
        if deed.name == "decide_appeal" and deed.data.get("verdict") == "granted":
            return None
        if "due_at" in deed.data:
            due = datetime.fromisoformat(deed.data["due_at"]) if deed.data["due_at"] else None
        elif deed.name in CLOCK_STOOD:
            due = None
        if deed.name == "rectify":
            if deed.data.get("on_time") is False and late is None:
                late = min(due, deed.at) if due else deed.at
            due = None
    if late is None and due is not None and due < as_of:
        late = due
    return late


def _unit_at(life: CaseLife, deeds: Sequence[Deed], at: datetime, units: Mapping[str, int]) -> int | None:
    by_then = [deed for deed in deeds if deed.at <= at]
    named = [deed.data["unit"] for deed in by_then if isinstance(deed.data.get("unit"), str)]
    if named:
        return units.get(named[-1], life.unit_id)
    # The unit of today says nothing of a moment before the case was given to anybody: it may have come later.
    return life.unit_id if any(deed.name == "dispatch" for deed in by_then) else None
