"""Jobs of displays. Each may run twice."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from civicloop.jobs import task
from civicloop.publicity.actions import follow_case

log = logging.getLogger(__name__)


@task
def case_ended(*, case_uid: str, state: str, at: str) -> None:
    """A case has ended: displays whose fault it was are in use again."""
    mended = follow_case(case_uid=UUID(case_uid), at=datetime.fromisoformat(at))
    if mended:
        log.info("displays in use again after case %s was %s: %s", case_uid, state, len(mended))
