"""Jobs of displays. Each may run twice."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from civicloop.cases.models import CaseStep
from civicloop.jobs import task
from civicloop.publicity.actions import follow_case
from civicloop.publicity.actions.locating import displays_located_anew
from civicloop.publicity.actions.reopening import follow_reopened

log = logging.getLogger(__name__)


@task
def case_ended(*, case_uid: str, state: str, at: str) -> None:
    """A case has ended: displays whose fault it was are in use again."""
    mended = follow_case(case_uid=UUID(case_uid), at=datetime.fromisoformat(at))
    if mended:
        log.info("displays in use again after case %s was %s: %s", case_uid, state, len(mended))


@task
def case_reopened(*, case_uid: str, seq: int, at: str) -> None:
    """A case was reopened: displays whose fault it was are broken again."""
    row = CaseStep.objects.filter(case__uid=case_uid, seq=seq).first()
    if row is not None:
        broken = follow_reopened(case_uid=UUID(case_uid), reason=row.note, at=datetime.fromisoformat(at))
        log.info("displays broken again after case %s was reopened: %s", case_uid, len(broken))


@task
def locate_again(*, added: int, changed: int, boxes: list[list[float]]) -> None:
    """Put displays into the grids that hold their places now."""
    if boxes:
        moved = displays_located_anew(boxes, at=timezone.now())
        log.info("grids: %s added, %s changed; %s displays located again", added, changed, moved)
