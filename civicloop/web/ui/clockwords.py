"""Why a case is due when it is due: one sentence, made of the same count the clock itself was made of."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civicloop.kernel.worktime import Clock, Extension, Pause, Piece, Reason, WorkCalendar, explain
from civicloop.web.ui.timewords import limit_words, moment, short_moment

# More days than this are not counted one by one: a limit of years is explained by its limit.
MOST_DAYS = 400


def because(clock: Clock, calendar: WorkCalendar, now: datetime, *, was_due: datetime | None = None) -> str:
    """周一 10:30 到期，因为：… — from when it counts, what was counted and what was not, pauses and extensions.

    `was_due`: when it was due, for a case whose clock was stopped because the unit has done its part.
    """
    pieces = explain(clock.limit, clock.since, calendar)[:MOST_DAYS]
    said = [
        _("the limit of %(limit)s counts from %(since)s")
        % {"limit": limit_words(clock.limit), "since": moment(clock.since)},
        _days(pieces),
        *(_event(event) for event in clock.history),
    ]
    if clock.paused_at:
        stopped = _("the clock stopped at %(from)s") if was_due else _("the clock has stood still since %(from)s")
        said.append(stopped % {"from": moment(clock.paused_at)})
    why = _("; ").join(one for one in said if one)
    if was_due:
        return _("It was due %(when)s, because %(why)s.") % {"when": moment(was_due), "why": why}
    if clock.due_at is None or clock.paused_at:
        return _("No due time runs now, because %(why)s.") % {"why": why}
    return _("Due %(when)s, because %(why)s.") % {"when": short_moment(clock.due_at, now), "why": why}


def _days(pieces: list[Piece]) -> str:
    """How many days the count went over, and which it left out."""
    worked = sum(bool(piece.counted) for piece in pieces)
    left = Counter(piece.reason for piece in pieces if not piece.counted)
    made_up = sum(piece.reason is Reason.MAKE_UP for piece in pieces)
    told = [ngettext("%(n)s day counts", "%(n)s days count", worked) % {"n": worked} if worked > 1 else ""]
    if made_up:
        told.append(
            ngettext("%(n)s of them a make-up working day", "%(n)s of them make-up working days", made_up)
            % {"n": made_up}
        )
    if left[Reason.WEEKEND]:
        told.append(
            ngettext("%(n)s weekend day not", "%(n)s weekend days not", left[Reason.WEEKEND])
            % {"n": left[Reason.WEEKEND]}
        )
    if left[Reason.HOLIDAY]:
        told.append(
            ngettext("%(n)s holiday not", "%(n)s holidays not", left[Reason.HOLIDAY]) % {"n": left[Reason.HOLIDAY]}
        )
    return _(", ").join(one for one in told if one)


def _event(event: Pause | Extension) -> str:
    if isinstance(event, Pause):
        return _("it stood still from %(from)s to %(to)s") % {
            "from": moment(event.paused_at),
            "to": moment(event.resumed_at),
        }
    return _("it was extended by %(limit)s") % {"limit": limit_words(event.limit)}
