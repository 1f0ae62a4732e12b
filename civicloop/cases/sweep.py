"""The sweep over cases: reminders and escalation by the ladder."""

from __future__ import annotations

from datetime import datetime

from civicloop.cases.actions.engine import CASES
from civicloop.loops import sweep as loops
from civicloop.loops.sweep import BATCH, Swept


def sweep(*, at: datetime, most: int = 100_000, batch: int = BATCH) -> Swept:
    """Take every rung that is due at `at`; see `loops.sweep`."""
    return loops.sweep(CASES, at=at, most=most, batch=batch)
