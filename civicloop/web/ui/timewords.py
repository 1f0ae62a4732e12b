"""Time as people say it: how much is left, until when, and how that was counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext_lazy

from civicloop.cases.models import Case
from civicloop.kernel.worktime import Clock, ClockError, Limit, LimitUnit, Pause, Piece, Reason, WorkCalendar, explain
from civicloop.kernel.worktime import fraction_used as share_used
from civicloop.kernel.worktime import remaining as left_of
from civicloop.standards.reference import Reference

SOON = 0.75
WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"), pgettext_lazy("weekday", "Tue"), pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"), pgettext_lazy("weekday", "Fri"), pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)  # fmt: skip
REASONS = {
    Reason.WORKED: gettext_lazy("working day"),
    Reason.MAKE_UP: gettext_lazy("make-up working day"),
    Reason.ROUND_THE_CLOCK: gettext_lazy("counted round the clock"),
    Reason.START_DAY: gettext_lazy("day of the start, not counted"),
    Reason.OUTSIDE_HOURS: gettext_lazy("outside working hours"),
    Reason.WEEKEND: gettext_lazy("weekend"),
    Reason.HOLIDAY: gettext_lazy("holiday"),
}


@dataclass(frozen=True)
class Left:
    """How much time a case has: `level` is ok, soon, late, paused or ended; `words` say it; `until` is the moment."""

    level: str
    words: str
    until: datetime | None = None


@dataclass(frozen=True)
class Counted:
    """One day of an explanation."""

    day: Any
    amount: str
    reason: str
    idle: bool


def moment(at: datetime | None) -> str:
    """2026-11-23 10:30, in the city's time."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def short_moment(at: datetime, now: datetime) -> str:
    """周一 10:30 within the coming week, else the whole moment."""
    local = timezone.localtime(at)
    days = (local.date() - timezone.localtime(now).date()).days
    if days == 0:
        return _("today %(time)s") % {"time": local.strftime("%H:%M")}
    if 0 < days < 7:
        return f"{WEEKDAYS[local.weekday()]} {local.strftime('%H:%M')}"
    return moment(at)


def weekly(slot: Mapping[str, Any]) -> str:
    """A weekly time of a team and how many orders it takes then."""
    number = int(slot["weekday"])
    day = str(WEEKDAYS[number - 1]) if 1 <= number <= 7 else ""
    return f"{day} {slot['from']}–{slot['to']} ×{slot['orders']}"


def left(case: Case, at: datetime, ref: Reference) -> Left:
    """What remains for whoever must act now."""
    if case.ended_at is not None:
        return Left("ended", _ended(case), case.ended_at)
    clock = running_clock(case)
    if clock is None or case.act_by is None:
        return _plain(case.act_by, at)
    calendar = ref.calendar_for(clock_unit(case))
    if clock.is_paused and case.state == "suspended":
        if case.act_by < at:
            return Left("late", _("review overdue"), case.act_by)
        return Left(
            "paused", _("clock stopped, %(left)s left") % {"left": amount(clock, clock.remaining or 0)}, case.act_by
        )
    if clock.is_late(at):
        return Left("late", _("%(time)s late") % {"time": amount(clock, -left_of(clock, at, calendar))}, clock.due_at)
    level = "soon" if share_used(clock, at, calendar) >= SOON else "ok"
    return Left(level, _left_words(clock, left_of(clock, at, calendar)), clock.due_at)


def running_clock(case: Case) -> Clock | None:
    """The clock that counts now: of the desk while a desk has the case, else of the handling."""
    kept = case.stage_clock or case.clock
    return read_clock(kept)


def read_clock(kept: Mapping[str, Any] | None) -> Clock | None:
    """A kept clock; None where there is none or it cannot be read."""
    try:
        return Clock.from_json(kept) if kept else None
    except ClockError:
        return None


def clock_unit(case: Case) -> int | None:
    """Whose working hours the running clock is counted in."""
    return case.owner_id if case.stage_clock else case.unit_id or case.owner_id


def amount(clock: Clock, value: float) -> str:
    """A remainder in the words of its unit: seconds for hours, days for days."""
    return spoken(clock.limit.unit, value)


def spoken(unit: LimitUnit, value: float) -> str:
    """90 minutes of working time as 1.5 working hours; 3 as 3 working days."""
    if unit is LimitUnit.WORK_DAY:
        return ngettext("%(n)s working day", "%(n)s working days", int(value)) % {"n": int(value)}
    if unit is LimitUnit.NATURAL_DAY:
        return npgettext("natural", "%(n)s day", "%(n)s days", int(value)) % {"n": int(value)}
    if value < 3600:
        minutes = max(1, int(value // 60))
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = f"{value / 3600:.1f}".removesuffix(".0")
    if unit is LimitUnit.WORK_HOUR:
        return ngettext("%(n)s working hour", "%(n)s working hours", 1 if hours == "1" else 2) % {"n": hours}
    if value >= 48 * 3600:
        days = f"{value / 86400:.1f}".removesuffix(".0")
        return npgettext("natural", "%(n)s day", "%(n)s days", 2) % {"n": days}
    return npgettext("urgent", "%(n)s hour", "%(n)s hours", 1 if hours == "1" else 2) % {"n": hours}


def limit_words(limit: Limit) -> str:
    """4 working hours, as the standard writes it."""
    if limit.unit.is_days:
        return spoken(limit.unit, limit.days)
    hours = f"{limit.amount.normalize():f}"
    if limit.unit is LimitUnit.WORK_HOUR:
        return ngettext("%(n)s working hour", "%(n)s working hours", 1 if hours == "1" else 2) % {"n": hours}
    return ngettext("%(n)s urgent hour", "%(n)s urgent hours", 1 if hours == "1" else 2) % {"n": hours}


def counted(clock: Clock, calendar: WorkCalendar, most: int = 40) -> list[Counted]:
    """Day by day how the limit is used up; the first `most` days."""
    return [_counted(piece, clock.limit.unit) for piece in explain(clock.limit, clock.since, calendar)[:most]]


def events(clock: Clock) -> list[str]:
    """Pauses and extensions in the order in which they took effect."""
    told = []
    for event in clock.history:
        if isinstance(event, Pause):
            told.append(
                _("stood still %(from)s – %(to)s") % {"from": moment(event.paused_at), "to": moment(event.resumed_at)}
            )
        else:
            told.append(_("extended by %(limit)s") % {"limit": limit_words(event.limit)})
    if clock.paused_at:
        told.append(_("stands still since %(from)s") % {"from": moment(clock.paused_at)})
    return told


def _counted(piece: Piece, unit: LimitUnit) -> Counted:
    said = spoken(unit, piece.counted) if piece.counted else "—"
    return Counted(piece.day, said, str(REASONS[piece.reason]), not piece.counted)


def _ended(case: Case) -> str:
    """How it ended: whether the unit's part was done in time, where it was judged."""
    if case.state != "closed" or case.due_at is None or case.rectified_at is None:
        return _("ended")
    if case.rectified_at <= case.due_at:
        return _("done in time")
    return _("done late, excused") if case.excused else _("done late")


def _left_words(clock: Clock, value: float) -> str:
    if clock.limit.unit.is_days and value < 1:
        return _("due today")
    return _("%(time)s left") % {"time": amount(clock, value)}


def _plain(act_by: datetime | None, at: datetime) -> Left:
    if act_by is None:
        return Left("ok", "")
    seconds = abs((act_by - at).total_seconds())
    said = spoken(LimitUnit.URGENT_HOUR, seconds)
    if act_by < at:
        return Left("late", _("%(time)s late") % {"time": said}, act_by)
    return Left("ok", _("%(time)s left") % {"time": said}, act_by)
