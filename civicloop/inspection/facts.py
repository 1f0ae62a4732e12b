"""What inspection tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from civicloop.bus import Fact


@dataclass(frozen=True, slots=True)
class VisitJudged(Fact):
    """A visit's sheet was applied: its observations stand, and its faults are cases."""

    visit_uid: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class DrawPublished(Fact):
    """A draw was opened: its secret, frame and result may be read by everybody."""

    draw_uid: UUID
    at: datetime
