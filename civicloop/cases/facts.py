"""What the problem loop tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from civicloop.bus import Fact


@dataclass(frozen=True, slots=True)
class CaseReported(Fact):
    """A problem has come in."""

    case_uid: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseDispatched(Fact):
    """A unit has become responsible."""

    case_uid: UUID
    unit_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseStepped(Fact):
    """Any other step that changes whose turn it is, or that people must hear of."""

    case_uid: UUID
    step: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseReopened(Fact):
    """A case that had ended is open again; told beside `CaseStepped`, for those whom other steps do not concern."""

    case_uid: UUID
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseEnded(Fact):
    """A case was closed, voided or merged."""

    case_uid: UUID
    state: str
    at: datetime
