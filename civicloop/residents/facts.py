"""What residents' affairs announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from civicloop.bus import Fact


@dataclass(frozen=True, slots=True)
class ReportHeld(Fact):
    """A report waits for a moderator."""

    report_uid: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ReopenAsked(Fact):
    """A resident says that a closed case is not put right."""

    request_uid: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ComplaintStepped(Fact):
    """A step of a complaint was taken."""

    complaint_uid: UUID
    step: str
    seq: int
    at: datetime
