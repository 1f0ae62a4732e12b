"""The working-time clock: limits in four units, a calendar with holidays and make-up days, pause, resume, extend.

    calendar = WorkCalendar(days={national_day: False, make_up_saturday: True}, announced_years=frozenset({2026}))
    clock = start(Limit(4, LimitUnit.WORK_HOUR), since, calendar)
    clock = resume(pause(clock, rain_began, calendar), rain_ended, calendar)

Every moment going in must be aware; every moment coming out is UTC. See docs/explanation/clock.md.
"""

from civicloop.kernel.worktime.calendar import OFFICE_HOURS, ClockError, Window, WorkCalendar
from civicloop.kernel.worktime.clock import (
    Clock,
    Extension,
    Pause,
    extend,
    fraction_used,
    moment_at,
    pause,
    recompute,
    remaining,
    resume,
    start,
)
from civicloop.kernel.worktime.counting import Due, Piece, Reason, due, explain
from civicloop.kernel.worktime.limits import Limit, LimitUnit

__all__ = [
    "OFFICE_HOURS",
    "Clock",
    "ClockError",
    "Due",
    "Extension",
    "Limit",
    "LimitUnit",
    "Pause",
    "Piece",
    "Reason",
    "Window",
    "WorkCalendar",
    "due",
    "explain",
    "extend",
    "fraction_used",
    "moment_at",
    "pause",
    "recompute",
    "remaining",
    "resume",
    "start",
]
