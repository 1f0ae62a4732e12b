"""What a case has been through elsewhere, lived again by our own lifecycle and clocks.

A row of another system tells some of its steps: reported then, closed then. `complete` puts in the steps between, at
moments that are known, and marks them assumed; `replay` walks the steps through the lifecycle and says where the case
stands, when each stage was reached, what its clocks say and how often it came back. Order is enforced, what a step
needs is not: another system asked for other things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from civicloop.cases.rules.lifecycle import ENDED, HANDLING_STEPS, LIFECYCLE, RUNNING, State
from civicloop.cases.rules.limits import shortened
from civicloop.kernel import worktime
from civicloop.kernel.refusal import Invalid, StepRefused
from civicloop.kernel.worktime import Clock, Limit, WorkCalendar

MAIN = ("file", "dispatch", "accept", "rectify", "verify", "close")
# An assumed step of these happened when the case came to the desk; the later ones when the next known step was taken.
AT_ONCE = frozenset({"file", "dispatch", "accept"})
STAGE_OF = {State.REPORTED: "file", State.FILED: "dispatch", State.RECTIFIED: "verify", State.VERIFIED: "close"}
MOMENT_OF = {
    "file": "filed_at",
    "dispatch": "dispatched_at",
    "accept": "accepted_at",
    "rectify": "rectified_at",
    "verify": "verified_at",
    "close": "closed_at",
}
COUNTED = {"return": "returned_count", "send_back": "sent_back_count", "reopen": "reopened_count"}


@dataclass(frozen=True, slots=True)
class Deed:
    """A step as it was taken. `unit_id` is the unit that a dispatch made responsible; other steps have none."""

    name: str
    at: datetime
    by_id: int | None = None
    unit_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def assumed(self) -> bool:
        """Whether nobody told us of this step: it must have happened between two that are known."""
        return bool(self.data.get("assumed"))


@dataclass(frozen=True, slots=True)
class Terms:
    """The times that hold: the limit to put right, the limits of the stages, and whose calendar counts.

    `desks` names the unit whose desk does each stage. What came back, or was opened again, has the limit times
    `again_factor`.
    """

    limit: Limit
    stages: Mapping[str, Limit]
    calendar_for: Callable[[int | None], WorkCalendar]
    desks: Mapping[str, int] = field(default_factory=dict)
    again_factor: float = 0.5
    recurrence: bool = False


@dataclass(slots=True)
class Life:
    """Where a case stands after its steps.

    `moves` has the states before and after each step, in order; `stage` is that of the desk which has the case, or had it
    when it ended, and None while a unit has it.
    """

    state: State
    received_at: datetime
    unit_id: int | None = None
    moments: dict[str, datetime | None] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    moves: list[tuple[str, str]] = field(default_factory=list)
    clock: Clock | None = None
    stage_clock: Clock | None = None
    review_on: date | None = None
    asked: Limit | None = None
    supervised: bool = False
    excused: bool = False
    stage: str | None = STAGE_OF[State.REPORTED]

    @property
    def due_at(self) -> datetime | None:
        """The end of the time to put right; None before dispatch."""
        return self.clock.due_at if self.clock else None

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; None while somebody still has to act."""
        return self.moments.get("ended_at")


def complete(deeds: Sequence[Deed], received_at: datetime) -> list[Deed]:
    """The steps with the missing ones put in, marked `assumed`.

    Raises Invalid("steps", "steps_out_of_order") when a step lies before the one it follows.
    """
    state, now, whole = str(LIFECYCLE.start), received_at, []
    for deed in deeds:
        if deed.at < now:
            raise Invalid("steps", "steps_out_of_order", step=deed.name, at=deed.at.isoformat(), after=now.isoformat())
        for name in _between(state, deed.name):
            whole.append(Deed(name, now if name in AT_ONCE else deed.at, data={"assumed": True}))
            state = _after(name, state)
        whole.append(deed)
        state, now = _after(deed.name, state), deed.at
    return whole


def replay(deeds: Iterable[Deed], received_at: datetime, terms: Terms, unit_id: int | None = None) -> Life:
    """The life that these complete steps make; `unit_id` is responsible where a dispatch names no unit.

    Raises StepRefused for a step that is unknown or not possible from where the case stood, and Invalid for a case
    whose judge had worked on it, or that has no unit when it is dispatched.
    """
    life = Life(State(LIFECYCLE.start), received_at)
    _start_stage(life, received_at, terms)
    handlers: set[int] = set()
    for deed in deeds:
        _check_judge(deed, handlers)
        before = life.state
        life.state = State(_after(deed.name, before))
        life.moves.append((before, life.state))
        _count(life, deed, terms, unit_id)
        if life.state != before:
            _arrive(life, before, deed, terms)
    return life


def act_by(life: Life, calendar: WorkCalendar) -> datetime | None:
    """By when the owner must act: the stage's end at a desk, the due time with a unit, the review day if suspended."""
    if life.state in ENDED:
        return None
    if life.state == State.SUSPENDED and life.review_on is not None:
        return calendar.at_wall(life.review_on, time(23, 59, 59))
    running = life.clock if life.state in RUNNING | {State.SUSPENDED} else life.stage_clock
    return running.due_at if running else None


def _between(state: str, name: str) -> list[str]:
    """The steps of the main road that lead from `state` to where step `name` can be taken."""
    missing: list[str] = []
    while name in LIFECYCLE and state not in LIFECYCLE[name].origin:
        road = ("resume", *MAIN) if state == State.SUSPENDED else MAIN
        following = next((road_name for road_name in road if state in LIFECYCLE[road_name].origin), None)
        if following is None or following == name:
            return []  # replay will refuse the step and say why
        missing.append(following)
        state = _after(following, state)
    return missing


def _after(name: str, state: str) -> str:
    needs = LIFECYCLE[name].needs if name in LIFECYCLE else ()
    return LIFECYCLE.take(name, state=state, given=needs)


def _check_judge(deed: Deed, handlers: set[int]) -> None:
    if deed.by_id is None:
        return
    if deed.name in HANDLING_STEPS:
        handlers.add(deed.by_id)
    elif deed.name in ("verify", "close") and deed.by_id in handlers:
        raise Invalid("steps", "own_work", step=deed.name)


def _count(life: Life, deed: Deed, terms: Terms, unit_id: int | None) -> None:
    if deed.name in COUNTED:
        key = COUNTED[deed.name]
        life.counts[key] = life.counts.get(key, 0) + 1
    elif deed.name == "dispatch":
        life.unit_id = deed.unit_id or unit_id
        if life.unit_id is None:
            raise Invalid("unit", "unit_needed", step=deed.name)
        _make_responsible(life, deed.at, terms)
    elif deed.name == "extend":
        if missing := {"amount", "unit_of_time"} - deed.data.keys():
            raise StepRefused(deed.name, life.state, missing=missing)
        life.asked = Limit(Decimal(str(deed.data["amount"])), deed.data["unit_of_time"])
    elif deed.name == "grant_extension" and life.clock and life.asked:
        life.clock, life.asked = worktime.extend(life.clock, life.asked, terms.calendar_for(life.unit_id)), None
    elif deed.name in ("suspend", "review"):
        life.review_on = _day(deed.data.get("review_on"))
    elif deed.name == "supervise":
        life.supervised = True
    elif deed.name == "decide_appeal" and deed.data.get("verdict") == "granted":
        life.excused = True


def _arrive(life: Life, before: State, deed: Deed, terms: Terms) -> None:
    """The state has changed: note the moment, and stop or start what runs there."""
    if deed.name in MOMENT_OF:
        life.moments[MOMENT_OF[deed.name]] = deed.at
    if deed.name == "reopen":
        life.moments.update(closed_at=None, ended_at=None)
        _make_responsible(life, deed.at, terms)
    elif life.state == State.FILED and before in RUNNING:
        life.clock, life.unit_id = None, None
        life.moments.update(dispatched_at=None, accepted_at=None)
    elif deed.name == "send_back":
        life.moments.update(rectified_at=None, verified_at=None)
    elif deed.name == "resume" and life.moments.get("accepted_at") is None:
        life.moments["accepted_at"] = deed.at
    _turn_clock(life, before, deed.at, terms.calendar_for(life.unit_id))
    if life.state in ENDED:
        life.moments["ended_at"] = deed.at
        life.stage_clock = None
    else:
        _start_stage(life, deed.at, terms)


def _make_responsible(life: Life, at: datetime, terms: Terms) -> None:
    """The unit has the case and its clock starts anew."""
    again = terms.recurrence or life.counts.get("reopened_count")
    limit = shortened(terms.limit, terms.again_factor) if again else terms.limit
    life.clock = worktime.start(limit, at, terms.calendar_for(life.unit_id))
    life.moments.update(dispatched_at=at, accepted_at=None, rectified_at=None, verified_at=None)


def _turn_clock(life: Life, before: State, at: datetime, calendar: WorkCalendar) -> None:
    """The unit's clock stands while somebody else must act, and runs on when the case comes back to it."""
    if life.clock is None:
        return
    if before in RUNNING and life.state not in RUNNING | ENDED:
        life.clock = worktime.pause(life.clock, at, calendar)
    elif life.clock.is_paused and life.state in RUNNING:
        life.clock = worktime.resume(life.clock, at, calendar)


def _start_stage(life: Life, at: datetime, terms: Terms) -> None:
    life.stage = stage = STAGE_OF.get(life.state)
    calendar = terms.calendar_for(terms.desks.get(stage or ""))
    life.stage_clock = worktime.start(terms.stages[stage], at, calendar) if stage else None


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))
