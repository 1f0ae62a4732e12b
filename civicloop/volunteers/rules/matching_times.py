"""Weekly times of teams against the times in which orders may be done, and how much an order weighs the longer it waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

import numpy as np

from civicloop.volunteers.rules.matching import NOBODY, Flags, Longs

MINUTE = 60
# An order weighs 1, 2 or 4; waiting makes it no heavier than this, and an urgent one is heavier than any.
MOST_BY_WAITING, URGENT = 8, 16
# As good as without end.
FAR = timedelta(days=3650)


class Span(NamedTuple):
    """One weekly time on one day."""

    begins: datetime
    ends: datetime


class Wanted(NamedTuple):
    """When an order may be done, None where it does not matter, and how many minutes it takes."""

    begins: datetime | None
    ends: datetime | None
    minutes: int


def counts_as(weight: int, *, urgent: bool, waited_days: int, doubles_after: int) -> int:
    """What an order weighs today: twice as much after so many days of waiting, and again. So nothing waits for ever because
    something heavier comes every day.
    """
    if urgent:
        return URGENT
    return max(weight, min(MOST_BY_WAITING, weight << min(waited_days // max(doubles_after, 1), 8)))


def spans(slots: Sequence[Mapping[str, Any]], *, at: datetime, days: int, zone: tzinfo) -> list[Span]:
    """The days and hours that weekly times stand for from `at` on, in order of time, each once. Weekday 1 is Monday."""
    today = at.astimezone(zone).date()
    found: set[Span] = set()
    patterns = {(int(slot["weekday"]), str(slot["from"]), str(slot["to"])) for slot in slots}
    for weekday, begins, ends in patterns:
        ahead = (weekday - today.isoweekday()) % 7
        for number in range(ahead, days, 7):
            day = today + timedelta(days=number)
            one = Span(*(datetime.combine(day, time.fromisoformat(hour), zone) for hour in (begins, ends)))
            if one.ends > at:
                found.add(one)
    return sorted(found)


def suits(wanted: Sequence[Wanted], times: Sequence[Span], *, at: datetime) -> Flags:
    """Orders × times: whether enough of the time lies within what is wanted and still ahead."""
    first, last, needed = columns(wanted, at)
    begins = np.array([one.begins.timestamp() for one in times], dtype=np.int64)
    ends = np.array([one.ends.timestamp() for one in times], dtype=np.int64)
    length = np.minimum(last[:, None], ends) - np.maximum(first[:, None], begins)
    return np.asarray(length >= np.minimum(needed[:, None], np.maximum(ends - begins, 1)))


def still_possible(wanted: Sequence[Wanted], *, at: datetime) -> Flags:
    """Whether what is wanted can still be done by a team that is free at any time."""
    first, last, needed = columns(wanted, at)
    return np.asarray(last - first >= needed)


def columns(wanted: Sequence[Wanted], at: datetime) -> tuple[Longs, Longs, Longs]:
    """From when, until when, and how many seconds are needed: no more than what was wanted is long."""
    now, far = int(at.timestamp()), int((at + FAR).timestamp())
    begins = np.array([int(one.begins.timestamp()) if one.begins else now for one in wanted], dtype=np.int64)
    last = np.array([int(one.ends.timestamp()) if one.ends else far for one in wanted], dtype=np.int64)
    minutes = np.array([one.minutes * MINUTE for one in wanted], dtype=np.int64)
    return np.maximum(begins, now), last, np.minimum(minutes, np.maximum(last - begins, 1))


def take_first(room: Longs, suiting: Flags) -> int:
    """Put a fixed order into the first time that suits and has room, and say which; NOBODY where there is none."""
    able = np.flatnonzero(suiting & (room > 0))
    if not len(able):
        return NOBODY
    room[able[0]] -= 1
    return int(able[0])
