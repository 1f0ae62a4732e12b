"""What the order loop tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from civicloop.bus import Fact


@dataclass(frozen=True, slots=True)
class OrderPooled(Fact):
    """An order waits for a team: approved just now, refused, lapsed or taken back. An urgent one is dispatched at once."""

    order_uid: UUID
    urgent: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderAssigned(Fact):
    """An order was offered to a team."""

    order_uid: UUID
    unit_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderStepped(Fact):
    """Any step of an order that changes whose turn it is, or that people must hear of."""

    order_uid: UUID
    step: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderEnded(Fact):
    """An order was archived, rejected or cancelled."""

    order_uid: UUID
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EventChanged(Fact):
    """Something of a published event is otherwise now: `fields` are the names of what changed. `shift_uid` names the shift it was
    changed in, None the event as a whole, and `began_at` when that shift was to begin before. Whoever has signed up, or waits, must
    hear of it.
    """

    event_uid: UUID
    shift_uid: UUID | None
    fields: tuple[str, ...]
    at: datetime
    began_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventCancelled(Fact):
    """An event was called off, or one shift of it; those who had signed up for it have no place any more."""

    event_uid: UUID
    shift_uid: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SignUpMoved(Fact):
    """Somebody who waited has a place in the shift now."""

    signup_uid: UUID
    at: datetime
