"""Jobs of every kind of loop. Each may run twice."""

from __future__ import annotations

import logging

from django.utils import timezone

from civicloop.jobs import task
from civicloop.loops.kinds import known_kinds
from civicloop.loops.recount import recount

log = logging.getLogger(__name__)


@task
def recount_deadlines(*, calendar_id: int) -> None:
    """Count running clocks again after a calendar has changed."""
    moved = {kind.name: recount(kind, at=timezone.now()) for kind in known_kinds()}
    log.info("calendar %s: deadlines moved: %s", calendar_id, moved)
