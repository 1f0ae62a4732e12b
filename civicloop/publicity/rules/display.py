"""The life of a display (宣传阵地): planned, put up, looked at each period, broken and mended, taken down."""

from __future__ import annotations

from enum import StrEnum

from civicloop.kernel.lifecycle import Lifecycle, Step


class DisplayState(StrEnum):
    """Where a display stands."""

    PLANNED = "planned"
    IN_USE = "in_use"
    BROKEN = "broken"
    TAKEN_DOWN = "taken_down"


S = DisplayState
OPEN = {S.PLANNED, S.IN_USE, S.BROKEN}
ENDED = {S.TAKEN_DOWN}

LIFECYCLE = Lifecycle(
    S.PLANNED,
    Step.row("put_up", {S.PLANNED}, S.IN_USE, asks={"note", "photos"}),
    # Looked at and found in order: the next look is due a period later.
    Step.row("check", {S.IN_USE}, asks={"note", "photos"}),
    Step.row("find_broken", {S.IN_USE}, S.BROKEN, needs={"note"}, asks={"photos"}),
    # The system takes it when the case has ended; a person may where no case runs any more.
    Step.row("mend", {S.BROKEN}, S.IN_USE, asks={"note", "photos"}),
    Step.row("change_content", {S.PLANNED, S.IN_USE}, needs={"content"}, asks={"photos"}),
    Step.row("take_down", OPEN, S.TAKEN_DOWN, needs={"reason"}),
)
