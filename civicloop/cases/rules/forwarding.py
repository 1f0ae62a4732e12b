"""A question to a party outside the system: how long its link lives, when the unit is reminded, how it stands at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

# A late answer is still an answer: the link lives on for a week after the answer was due.
GRACE = timedelta(days=7)
LONGEST = timedelta(days=60)
SHORTEST = timedelta(hours=1)
# The unit is reminded a day before the answer is due, or half-way where the whole time is shorter than two days.
REMIND_BEFORE = timedelta(days=1)


class Standing(StrEnum):
    """How a forward stands. Waiting and late ones run; the others have ended and stay as they are."""

    WAITING = "waiting"
    LATE = "late"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"
    EXPIRED = "expired"


RUNNING = frozenset({Standing.WAITING, Standing.LATE})


def standing(
    at: datetime, *, answer_by: datetime, expires_at: datetime, answered_at: datetime | None, taken_back_at: datetime | None
) -> Standing:  # fmt: skip
    """How a forward stands at a moment. What was answered or taken back never counts as run out."""
    if answered_at is not None:
        return Standing.ANSWERED
    if taken_back_at is not None:
        return Standing.TAKEN_BACK
    if at >= expires_at:
        return Standing.EXPIRED
    return Standing.LATE if at > answer_by else Standing.WAITING


def remind_at(sent_at: datetime, answer_by: datetime) -> datetime:
    """When the unit is told that the answer is due soon and has not come."""
    return max(answer_by - REMIND_BEFORE, sent_at + (answer_by - sent_at) / 2)


def expiry(answer_by: datetime) -> datetime:
    """When the link stops to work."""
    return answer_by + GRACE
