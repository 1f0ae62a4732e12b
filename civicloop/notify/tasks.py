"""Jobs of messages to people without an account. Each may run twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from civicloop.jobs import task
from civicloop.notify import outside


@task
def tell_event_changed(
    *, event_uid: str, shift_uid: str | None, fields: Sequence[str], at: str, began_at: str | None = None
) -> None:
    """An event is at another time or place."""
    before = datetime.fromisoformat(began_at) if began_at else None
    shift, moment = UUID(shift_uid) if shift_uid else None, datetime.fromisoformat(at)
    outside.tell_event_changed(UUID(event_uid), shift, fields, began_at=before, at=moment)


@task
def tell_event_cancelled(*, event_uid: str, shift_uid: str | None, at: str) -> None:
    """An event, or a shift of it, was called off."""
    moment = datetime.fromisoformat(at)
    outside.tell_event_cancelled(UUID(event_uid), UUID(shift_uid) if shift_uid else None, at=moment)


@task
def tell_moved_up(*, signup_uid: str, at: str) -> None:
    """Somebody who waited has a place."""
    outside.tell_moved_up(UUID(signup_uid), at=datetime.fromisoformat(at))


@task
def tell_order_step(*, order_uid: str, step: str, seq: int, at: str) -> None:
    """A step of an order that its requester waits for."""
    outside.tell_order_step(UUID(order_uid), step, seq, at=datetime.fromisoformat(at))
