"""The clock of one loop: started once, paused, resumed and extended, and counted again when the calendar changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from civicloop.kernel.worktime.calendar import ClockError, WorkCalendar, from_us, to_us
from civicloop.kernel.worktime.counting import after, due_day, later
from civicloop.kernel.worktime.limits import Limit, LimitUnit


@dataclass(frozen=True)
class Pause:
    """A time during which a clock stood still."""

    paused_at: datetime
    resumed_at: datetime


@dataclass(frozen=True)
class Extension:
    """A limit granted on top of the first one."""

    limit: Limit


@dataclass(frozen=True)
class Clock:
    """A running or paused limit. All moments are UTC.

    ``remaining`` is set while the clock is paused: seconds for hours, days for days, negative when it was late.
    ``history`` keeps pauses and extensions in the order in which they took effect, so that ``recompute`` can
    replay them.
    """

    limit: Limit
    since: datetime
    due_at: datetime
    provisional: bool = False
    paused_at: datetime | None = None
    remaining: float | None = None
    history: tuple[Pause | Extension, ...] = ()

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands still."""
        return self.paused_at is not None

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """The pauses that are over."""
        return tuple(event for event in self.history if isinstance(event, Pause))

    def is_late(self, at: datetime) -> bool:
        """Whether the due moment had passed at ``at``; a paused clock is as late as when it was paused."""
        return min(at, self.paused_at or at) > self.due_at

    def to_json(self) -> dict[str, Any]:
        """A plain dict of texts, for a JSON column."""
        return {
            "limit": self.limit.to_json(),
            "since": self.since.isoformat(),
            "due_at": self.due_at.isoformat(),
            "provisional": self.provisional,
            "paused_at": self.paused_at.isoformat() if self.paused_at else None,
            "remaining": self.remaining,
            "history": [_event_to_json(event) for event in self.history],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Clock:
        """The clock that ``to_json`` wrote; ClockError when it is not one."""
        try:
            return cls(
                limit=Limit.from_json(data["limit"]),
                since=_utc(datetime.fromisoformat(data["since"])),
                due_at=_utc(datetime.fromisoformat(data["due_at"])),
                provisional=bool(data["provisional"]),
                paused_at=_utc(datetime.fromisoformat(data["paused_at"])) if data["paused_at"] else None,
                remaining=data["remaining"],
                history=tuple(_event_from_json(event) for event in data["history"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ClockError):
                raise
            raise ClockError("bad_json", data=repr(data)) from None


def start(limit: Limit, since: datetime, calendar: WorkCalendar) -> Clock:
    """A clock running from ``since``."""
    return _settled(Clock(limit, _utc(since), after(limit, since, calendar)), calendar)


def pause(clock: Clock, at: datetime, calendar: WorkCalendar) -> Clock:
    """Stop the clock. ClockError when it already stands still or ``at`` lies before its start or last pause."""
    if clock.paused_at is not None:
        raise ClockError("already_paused")
    earliest = clock.pauses[-1].resumed_at if clock.pauses else clock.since
    if _utc(at) < earliest:
        raise ClockError("pause_too_early", at=at.isoformat(), earliest=earliest.isoformat())
    return _settled(replace(clock, paused_at=_utc(at)), calendar)


def resume(clock: Clock, at: datetime, calendar: WorkCalendar) -> Clock:
    """Let the clock run again; the due moment moves by the time that was lost.

    A limit already missed when the clock was paused stays missed: its due moment does not move, and the pause is left
    out of its lateness. Refused (ClockError) when the clock runs or ``at`` lies before the pause.
    """
    if clock.paused_at is None:
        raise ClockError("not_paused")
    if _utc(at) < clock.paused_at:
        raise ClockError("resume_too_early", at=at.isoformat(), paused_at=clock.paused_at.isoformat())
    rest = Pause(clock.paused_at, _utc(at))
    running = replace(
        clock,
        due_at=_after_pause(clock.limit.unit, clock.due_at, rest, calendar),
        paused_at=None,
        history=(*clock.history, rest),
    )
    return _settled(running, calendar)


def extend(clock: Clock, limit: Limit, calendar: WorkCalendar) -> Clock:
    """Put the due moment off by ``limit``: hours run on from it, days are further days after the due day."""
    due_at = later(limit, clock.due_at, calendar)
    return _settled(replace(clock, due_at=due_at, history=(*clock.history, Extension(limit))), calendar)


def recompute(clock: Clock, calendar: WorkCalendar) -> Clock:
    """The same clock, counted from its start by another calendar, its pauses and extensions replayed."""
    due_at = after(clock.limit, clock.since, calendar)
    for event in clock.history:
        if isinstance(event, Pause):
            due_at = _after_pause(clock.limit.unit, due_at, event, calendar)
        else:
            due_at = later(event.limit, due_at, calendar)
    return _settled(replace(clock, due_at=due_at), calendar)


def remaining(clock: Clock, at: datetime, calendar: WorkCalendar) -> float:
    """What is left at ``at``: seconds for hours, days after today for days; frozen while paused.

    Negative exactly when late: at least one second or one day, also on a due day after closing, and without pauses.
    """
    now = min(_utc(at), clock.paused_at or _utc(at))
    unit = clock.limit.unit
    if now <= clock.due_at:
        return _amount(unit, now, clock.due_at, calendar)
    late = _amount(unit, clock.due_at, now, calendar)
    for rest in clock.pauses:
        if rest.paused_at > clock.due_at:
            late -= _amount(unit, rest.paused_at, min(rest.resumed_at, max(now, rest.paused_at)), calendar)
    return -max(1, late)


def fraction_used(clock: Clock, at: datetime, calendar: WorkCalendar) -> float:
    """The share of the time that is used up at ``at``: 0 at the start, 1 at the due moment, more when late.

    Measured in working seconds for working hours and days, else in seconds; pauses are left out.
    """
    now = min(_utc(at), clock.paused_at or _utc(at))
    total = _active_us(clock, clock.due_at, calendar)
    if total <= 0:
        return float(now >= clock.due_at)
    return max(0.0, _active_us(clock, now, calendar) / total)


def moment_at(clock: Clock, fraction: float, calendar: WorkCalendar) -> datetime:
    """When ``fraction`` (0 to 1) of the time is used up: the inverse of ``fraction_used``.

    For a paused clock this is the moment as if it were resumed at once.
    """
    if not 0 <= fraction <= 1:
        raise ClockError("bad_fraction", fraction=fraction)
    if fraction == 1:
        return clock.due_at
    need = round(_active_us(clock, clock.due_at, calendar) * fraction)
    begins = clock.since
    for rest in clock.pauses:
        active = _measure(clock.limit.unit, begins, rest.paused_at, calendar)
        if need <= active:
            break
        need, begins = need - active, rest.resumed_at
    return min(clock.due_at, _advance(clock.limit.unit, begins, need, calendar))


def _settled(clock: Clock, calendar: WorkCalendar) -> Clock:
    """``clock`` with the two fields that follow from the others."""
    limits = (clock.limit, *(event.limit for event in clock.history if isinstance(event, Extension)))
    return replace(
        clock,
        provisional=any(limit.unit.needs_calendar for limit in limits)
        and calendar.is_provisional(clock.since, clock.due_at),
        remaining=remaining(clock, clock.paused_at, calendar) if clock.paused_at else None,
    )


def _after_pause(unit: LimitUnit, due_at: datetime, rest: Pause, calendar: WorkCalendar) -> datetime:
    if rest.paused_at > due_at or rest.paused_at == rest.resumed_at:
        return due_at
    if unit.is_days:
        moved = _later_days(unit, due_at, rest, calendar)
    else:
        moved = _advance(unit, due_at, _measure(unit, rest.paused_at, rest.resumed_at, calendar), calendar)
    # Nothing was left when it was paused, yet it was not late: then it is not late at the moment it resumes either.
    return max(moved, rest.resumed_at)


def _later_days(unit: LimitUnit, due_at: datetime, rest: Pause, calendar: WorkCalendar) -> datetime:
    lost = int(_amount(unit, rest.paused_at, rest.resumed_at, calendar))
    last = due_day(due_at, calendar)
    target = calendar.working_day_after(last, lost) if unit is LimitUnit.WORK_DAY else last + timedelta(days=lost)
    wall = calendar.wall(due_at)
    return calendar.at_wall(wall.date() + (target - last), wall.time())


def _amount(unit: LimitUnit, begins: datetime, ends: datetime, calendar: WorkCalendar) -> float:
    """The time between two moments in the unit's own measure: seconds, or days after the first day."""
    if not unit.is_days:
        return _measure(unit, begins, ends, calendar) / 1_000_000
    first, last = calendar.local_day(begins), calendar.local_day(ends)
    if unit is LimitUnit.WORK_DAY:
        return calendar.working_days_between(first, last)
    return (last - first).days


def _measure(unit: LimitUnit, begins: datetime, ends: datetime, calendar: WorkCalendar) -> int:
    return calendar.work_us(begins, ends) if unit.needs_calendar else to_us(ends) - to_us(begins)


def _advance(unit: LimitUnit, begins: datetime, us: int, calendar: WorkCalendar) -> datetime:
    return calendar.add_work_us(begins, us) if unit.needs_calendar else from_us(to_us(begins) + us)


def _active_us(clock: Clock, until: datetime, calendar: WorkCalendar) -> int:
    return sum(_measure(clock.limit.unit, *span, calendar) for span in _active_spans(clock, until))


def _active_spans(clock: Clock, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    begins = clock.since
    for rest in clock.pauses:
        if rest.paused_at >= until:
            break
        yield begins, rest.paused_at
        begins = rest.resumed_at
    if begins < until:
        yield begins, until


def _event_to_json(event: Pause | Extension) -> dict[str, Any]:
    if isinstance(event, Pause):
        return {"paused_at": event.paused_at.isoformat(), "resumed_at": event.resumed_at.isoformat()}
    return {"extended": event.limit.to_json()}


def _event_from_json(data: Mapping[str, Any]) -> Pause | Extension:
    if "extended" in data:
        return Extension(Limit.from_json(data["extended"]))
    return Pause(
        _utc(datetime.fromisoformat(data["paused_at"])),
        _utc(datetime.fromisoformat(data["resumed_at"])),
    )


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ClockError("naive_moment", moment=moment.isoformat())
    return moment.astimezone(UTC)
