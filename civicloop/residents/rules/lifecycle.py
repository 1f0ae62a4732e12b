"""The life of a complaint or suggestion about the platform itself (对平台的投诉和建议)."""

from __future__ import annotations

from enum import StrEnum

from civicloop.kernel.lifecycle import Lifecycle, Step


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    CLOSED = "closed"


S = ComplaintState
OPEN = {S.SUBMITTED, S.ACCEPTED, S.ANSWERED}
ENDED = {S.CLOSED}

LIFECYCLE = Lifecycle(
    S.SUBMITTED,
    Step.row("accept", {S.SUBMITTED}, S.ACCEPTED, asks={"person", "note"}),
    # To another unit, above all when the complaint is about the one that has it.
    Step.row("hand_over", {S.SUBMITTED, S.ACCEPTED}, S.SUBMITTED, needs={"unit", "reason"}),
    Step.row("answer", {S.ACCEPTED}, S.ANSWERED, needs={"note"}),
    # Who complained is not content: once more, by the same unit.
    Step.row("ask_again", {S.ANSWERED}, S.ACCEPTED, needs={"reason"}),
    Step.row("close", {S.ANSWERED}, S.CLOSED, asks={"note"}),
)
