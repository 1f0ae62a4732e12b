"""Jobs of the problem loop. Each may run twice."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone

from civicloop.cases import telling
from civicloop.cases.dispatching import write_proposals
from civicloop.cases.models import Case
from civicloop.cases.reach import reach_upwards
from civicloop.cases.relocating import relocate
from civicloop.jobs import task

log = logging.getLogger(__name__)

# How many new cases one job looks after when reports come quickly.
AT_ONCE = 100


@task
def propose_unit_for(*, case_uid: str, at: str) -> None:
    """Write down which unit should have a new case, so that the dispatcher finds it waiting.

    The cases reported just after it are done in the same go; their own jobs then find nothing left to do.
    """
    case = Case.objects.filter(uid=case_uid, unit=None, proposal__isnull=True).only("pk").first()
    if case is not None:
        write_proposals(range(case.pk, case.pk + AT_ONCE), at=datetime.fromisoformat(at))


@task
def tell_unit(*, case_uid: str, unit_id: int, at: str) -> None:
    """Tell a unit's handlers and leaders that a case is theirs now."""
    telling.tell_unit(case_uid, unit_id, at)


@task
def tell_step(*, case_uid: str, step: str, seq: int, at: str) -> None:
    """Tell those whose turn it is, or who asked, that a step was taken."""
    telling.tell_step(case_uid, step, seq, at)


@task
def tell_end(*, case_uid: str, state: str, at: str) -> None:
    """Tell reporter and followers that a case has ended."""
    telling.tell_end(case_uid, state, at)


@task
def locate_again(*, added: int, changed: int, boxes: list[list[float]]) -> None:
    """Put cases into the grids that hold their places now."""
    if boxes:
        moved = relocate(boxes, at=timezone.now())
        log.info("grids: %s added, %s changed; %s cases located again", added, changed, moved)


@task
def let_units_above_see(*, unit_id: int, at: str) -> None:
    """Let the units above a unit that has moved see the cases it has had so far."""
    log.info("unit %s moved at %s: %s rows of sight added", unit_id, at, reach_upwards(unit_id))
