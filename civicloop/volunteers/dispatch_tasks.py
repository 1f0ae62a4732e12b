"""Dispatch without anybody asking: every few minutes, and at once when something urgent comes; and orders put into grids that
were redrawn. Each may run twice.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone

from civicloop.jobs import task
from civicloop.volunteers.actions.locating import orders_located_anew
from civicloop.volunteers.actions.proposing import propose
from civicloop.volunteers.models import Order, Proposal
from civicloop.volunteers.rules.lifecycle import OrderState

log = logging.getLogger(__name__)


def propose_again(*, at: datetime) -> Proposal | None:
    """Solve the pool anew where anything waits, or where an open proposal may name what waits no longer."""
    waits = Order.objects.filter(state=OrderState.POOLED).exists()
    if not waits and not Proposal.objects.filter(state="open").exists():
        return None
    return propose(by=None, at=at)


@task
def locate_again(*, added: int, changed: int, boxes: list[list[float]]) -> None:
    """Put orders into the grids that hold their places now."""
    if boxes:
        moved = orders_located_anew(boxes, at=timezone.now())
        log.info("grids: %s added, %s changed; %s orders located again", added, changed, moved)


@task
def propose_at_once(*, order_uid: str, urgent: bool, at: str) -> None:
    """An urgent order is in the next proposal seconds after it was approved, or came back."""
    if urgent and Order.objects.filter(uid=order_uid, state=OrderState.POOLED).exists():
        propose_again(at=timezone.now())
