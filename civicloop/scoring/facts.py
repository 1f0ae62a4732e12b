"""What scoring tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from civicloop.bus import Fact


@dataclass(frozen=True, slots=True)
class ScorePublished(Fact):
    """A score was published; it never changes any more."""

    publication_uid: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class AppealDecided(Fact):
    """An appeal against a judgement has ended: granted, refused or withdrawn."""

    appeal_uid: UUID
    state: str
    at: datetime
