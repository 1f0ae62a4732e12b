"""Reminders of looks that are due and of honours that wait: the ladder of all loops."""

from __future__ import annotations

from datetime import datetime

from civicloop.loops.sweep import Swept
from civicloop.loops.sweep import sweep as sweep_kind
from civicloop.publicity.kinds import DISPLAYS, HONOURS


def sweep(*, at: datetime) -> Swept:
    """Take every rung that is due; safe to run at any time, by any number of workers."""
    first, second = sweep_kind(DISPLAYS, at=at), sweep_kind(HONOURS, at=at)
    return Swept(first.looked_at + second.looked_at, first.taken + second.taken, first.notices + second.notices)
