"""The life of an honour (荣誉): applied for, recommended, looked at, on public notice, awarded, perhaps revoked."""

from __future__ import annotations

from enum import StrEnum

from civicloop.kernel.lifecycle import Lifecycle, Step


class HonourState(StrEnum):
    """Where an honour stands."""

    APPLIED = "applied"
    RECOMMENDED = "recommended"
    ON_NOTICE = "on_notice"
    AWARDED = "awarded"
    REVOKED = "revoked"
    TURNED_DOWN = "turned_down"
    WITHDRAWN = "withdrawn"


S = HonourState
OPEN = {S.APPLIED, S.RECOMMENDED, S.ON_NOTICE}
# An honour that stands waits for nothing: no clock runs.
ENDED = {S.AWARDED, S.REVOKED, S.TURNED_DOWN, S.WITHDRAWN}
REVIEWING = ("recommend", "examine", "award", "turn_down", "revoke")

LIFECYCLE = Lifecycle(
    S.APPLIED,
    Step.row("recommend", {S.APPLIED}, S.RECOMMENDED, needs={"note"}),
    Step.row("examine", {S.RECOMMENDED}, S.ON_NOTICE, needs={"note"}),
    # What somebody says against it while it is shown to the public.
    Step.row("object", {S.ON_NOTICE}, needs={"note"}),
    Step.row("award", {S.ON_NOTICE}, S.AWARDED, asks={"note"}),
    Step.row("turn_down", OPEN, S.TURNED_DOWN, needs={"reason"}),
    Step.row("withdraw_honour", OPEN, S.WITHDRAWN, needs={"reason"}),
    Step.row("revoke", {S.AWARDED}, S.REVOKED, needs={"reason"}),
)
