"""Jobs of the order loop. Each may run twice."""

from __future__ import annotations

import logging

from django.utils import timezone

from civicloop.jobs import task
from civicloop.volunteers import telling
from civicloop.volunteers.recount import recount_clocks

log = logging.getLogger(__name__)


@task
def tell_step(*, order_uid: str, step: str, seq: int, at: str) -> None:
    """Tell those whose turn it is, or who asked, that a step was taken."""
    telling.tell_step(order_uid, step, seq, at)


@task
def recount_deadlines(*, calendar_id: int) -> None:
    """Count running clocks again after a calendar has changed."""
    log.info("calendar %s: %s orders moved", calendar_id, recount_clocks(at=timezone.now()))
