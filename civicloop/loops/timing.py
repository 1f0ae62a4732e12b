"""The clocks of a loop, written into its columns: start, pause, resume, extend, recount, and the next alarm.

A loop has two clocks. The handling clock is the promise to the city: its end is `due_at`. While a desk has the loop (filing,
dispatch, verification) the handling clock stands or has not begun, and a stage clock runs: `act_by` is the end of whichever runs.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from civicloop.kernel import worktime
from civicloop.kernel.worktime import Clock, Limit
from civicloop.loops.rules.ladder import next_alarm

if TYPE_CHECKING:
    from civicloop.loops.models import Loop
    from civicloop.standards.reference import Reference


def handling_clock(loop: Loop) -> Clock | None:
    """The handling clock, if it has been started."""
    return Clock.from_json(loop.clock) if loop.clock else None


def running_clock(loop: Loop) -> Clock | None:
    """The clock that `act_by` belongs to: the stage's while a desk has the loop, else the handling clock."""
    data = loop.stage_clock or loop.clock
    return Clock.from_json(data) if data else None


def start_stage(loop: Loop, limit: Limit, *, since: datetime, ref: Reference) -> None:
    """A desk has the loop now and must act within `limit`."""
    clock = worktime.start(limit, since, ref.calendar_for(loop.owner_id))
    loop.stage_clock = clock.to_json()
    loop.act_by = clock.due_at
    plan_alarm(loop, ref, first=0)


def start_handling(loop: Loop, limit: Limit, *, since: datetime, unit_id: int, ref: Reference) -> None:
    """The responsible unit has the loop now; its clock starts."""
    loop.stage_clock = None
    _write(loop, worktime.start(limit, since, ref.calendar_for(unit_id)))
    plan_alarm(loop, ref, first=0)


def pause_handling(loop: Loop, *, at: datetime, unit_id: int | None, ref: Reference) -> None:
    """The unit's clock stands still, because somebody else must act."""
    clock = handling_clock(loop)
    if clock is not None and not clock.is_paused:
        _write(loop, worktime.pause(clock, max(at, clock.since), ref.calendar_for(unit_id)))


def resume_handling(loop: Loop, *, at: datetime, unit_id: int, ref: Reference) -> None:
    """The unit must act again; what was left of its time runs on."""
    clock = handling_clock(loop)
    if clock is not None and clock.is_paused:
        _write(loop, worktime.resume(clock, at, ref.calendar_for(unit_id)))
    loop.stage_clock = None
    loop.act_by = loop.due_at
    plan_alarm(loop, ref, first=0)


def extend_handling(loop: Loop, limit: Limit, *, unit_id: int, ref: Reference) -> None:
    """More time, granted."""
    clock = handling_clock(loop)
    if clock is None:
        raise ValueError("no clock to extend")
    _write(loop, worktime.extend(clock, limit, ref.calendar_for(unit_id)))
    if loop.stage_clock is None:
        loop.act_by = loop.due_at
        plan_alarm(loop, ref, first=0)


def wait_until(loop: Loop, moment: datetime, *, ref: Reference) -> None:
    """Nobody is timed by hours: somebody looks again at `moment` (a suspended loop's review)."""
    loop.stage_clock = None
    loop.act_by = moment
    plan_alarm(loop, ref, first=0)


def stop(loop: Loop) -> None:
    """The loop has ended: no clock runs and no alarm is due."""
    loop.stage_clock, loop.act_by, loop.alarm_at, loop.alarm_rung = None, None, None, 0


def recount(loop: Loop, *, unit_id: int | None, ref: Reference) -> bool:
    """Count again after the calendar has changed. Returns whether a deadline moved."""
    before = (loop.act_by, loop.due_at)
    clock = handling_clock(loop)
    if clock is not None:
        on_hand = loop.stage_clock is None and loop.act_by == loop.due_at
        _write(loop, worktime.recompute(clock, ref.calendar_for(unit_id)), act_by=on_hand)
    if loop.stage_clock:
        stage = worktime.recompute(Clock.from_json(loop.stage_clock), ref.calendar_for(loop.owner_id))
        loop.stage_clock, loop.act_by = stage.to_json(), stage.due_at
    moved = before != (loop.act_by, loop.due_at)
    if moved:
        # A deadline that moves away climbs the ladder anew; one that comes nearer goes on from the rung it has reached.
        later = before[0] is not None and loop.act_by is not None and loop.act_by > before[0]
        plan_alarm(loop, ref, first=0 if later else loop.alarm_rung)
    return moved


def plan_alarm(loop: Loop, ref: Reference, *, first: int) -> None:
    """Set the next alarm: rung `first` of the ladder, or none above its top."""
    if loop.act_by is None:
        loop.alarm_at, loop.alarm_rung = None, 0
        return
    clock = running_clock(loop)
    calendar = ref.calendar_for(loop.owner_id)

    def moment_at(share: float) -> datetime:
        if clock is None or loop.act_by != clock.due_at:
            return loop.act_by  # type: ignore[return-value]  # a review has a date and no clock: its first alarm is the date
        return worktime.moment_at(clock, share, calendar)

    alarm = next_alarm(ref.parameters.ladder, first, loop.act_by, moment_at)
    loop.alarm_at, loop.alarm_rung = (alarm.at, alarm.rung) if alarm else (None, first)


def _write(loop: Loop, clock: Clock, *, act_by: bool = True) -> None:
    loop.clock = clock.to_json()
    loop.due_at = clock.due_at
    loop.due_provisional = clock.provisional
    if act_by and loop.stage_clock is None:
        loop.act_by = clock.due_at
