"""When a person hears of what: modes, quiet hours, a digest a day, a cap a day.

Everything that is ready goes out as one message. What waits is never lost: it is ready later, or has been read on the page before.
All moments are aware; the city's own clock decides what is a day, an evening and a digest's hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

URGENT = (
    "alarm.due", "alarm.late", "case.whistle", "case.supervise", "forward.late",
    "order.assigned", "order.recalled", "order.cancelled", "order.not_served", "event.",
)  # fmt: skip
"""Kinds, or beginnings of kinds, that do not wait for a digest."""


class Mode(StrEnum):
    """How much a person wants to hear through one channel."""

    ALL = "all"
    DAILY = "daily"
    URGENT = "urgent"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person has chosen for one channel, with what the city has set for all.

    `quiet`: from when to when nothing is sent (may run over midnight; equal ends: never quiet). `digest_at`: when the day's
    message goes out. `most`: messages a day at most, through this channel.
    """

    mode: Mode
    quiet: tuple[time, time] = (time(21), time(7, 30))
    digest_at: time = time(8)
    most: int = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something a person has not been told of yet through this channel."""

    id: int
    created_at: datetime
    urgent: bool


def is_urgent(kind: str) -> bool:
    """Whether a kind of notice is told at once also to those who want one message a day."""
    return kind.startswith(URGENT)


def is_quiet(at: datetime, quiet: tuple[time, time]) -> bool:
    """Whether a moment, on the city's clock, lies in the quiet hours."""
    start, end = quiet
    now = at.time().replace(tzinfo=None)
    if start == end:
        return False
    return start <= now < end if start < end else now >= start or now < end


def quiet_ends(at: datetime, quiet: tuple[time, time]) -> datetime:
    """When the quiet hours are over that a moment lies in; the moment itself where it lies in none."""
    if not is_quiet(at, quiet):
        return at
    end = at.replace(hour=quiet[1].hour, minute=quiet[1].minute, second=0, microsecond=0)
    return end if end > at else end + timedelta(days=1)


def held_until(
    at: datetime, quiet: tuple[time, time], *, sent_today: int, most: int, useful_until: datetime | None = None
) -> datetime | None:
    """Until when a message to somebody outside waits; None: it goes now. `at` is on the city's clock.

    Nobody gets more than `most` a day. In quiet hours nothing goes out, but for what would come too late in the morning.
    """
    if sent_today >= most:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return quiet_ends(midnight, quiet)
    ends = quiet_ends(at, quiet)
    return None if ends == at or (useful_until is not None and useful_until <= ends) else ends


def never(one: Waiting, wish: Wish) -> bool:
    """Whether this will not be told through this channel at all."""
    return wish.mode is Mode.OFF or (wish.mode is Mode.URGENT and not one.urgent)


def ready(waiting: Iterable[Waiting], wish: Wish, *, at: datetime, sent_today: int) -> tuple[int, ...]:
    """What goes out now, as one message; empty when nothing does. `at` and the waiting ones are on the city's clock."""
    if is_quiet(at, wish.quiet) or sent_today >= wish.most:
        return ()
    return tuple(one.id for one in waiting if not never(one, wish) and _is_due(one, wish, at))


def _is_due(one: Waiting, wish: Wish, at: datetime) -> bool:
    if one.urgent or wish.mode is Mode.ALL:
        return True
    # The last digest hour that has struck: whatever was there before it is due.
    struck = at.replace(hour=wish.digest_at.hour, minute=wish.digest_at.minute, second=0, microsecond=0)
    if struck > at:
        struck -= timedelta(days=1)
    return one.created_at <= struck
