"""What papers tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from civicloop.bus import Fact


@dataclass(frozen=True, slots=True)
class PaperAsked(Fact):
    """Somebody wants a paper written, or written again."""

    paper_uid: UUID


@dataclass(frozen=True, slots=True)
class PaperIssued(Fact):
    """A paper has its number and its day; its files are to be written with them."""

    paper_uid: UUID
    number: str
    at: datetime
