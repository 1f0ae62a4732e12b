"""What was called mended and was not: the case of a fault is open again, so the display is broken again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from civicloop.cases.models import Case
from civicloop.loops import engine, timing
from civicloop.publicity.kinds import DISPLAYS
from civicloop.publicity.models import Display


def follow_reopened(*, case_uid: UUID, reason: str, at: datetime) -> list[UUID]:
    """A case was reopened: the displays in use whose last fault it was are broken again, and the case has the clock.

    `reason` is why it was reopened. Safe to run twice, and late: nothing happens when the case has ended again meanwhile.
    Returns the displays that are broken again.
    """
    case = Case.objects.filter(uid=case_uid, ended_at=None).first()
    if case is None:
        return []
    mended = Display.objects.filter(case=case, state="in_use").order_by("pk").values_list("uid", flat=True)
    return [uid for uid in mended if _broken_again(uid, case, reason, at)]


@transaction.atomic
def _broken_again(uid: UUID, case: Case, reason: str, at: datetime) -> bool:
    display: Display = engine.lock(DISPLAYS, uid)
    if display.state != "in_use" or display.case_id != case.pk:
        return False
    with engine.taking(DISPLAYS, uid, "find_broken", by=None, at=at, note=reason) as step:
        timing.stop(step.loop)
        step.data |= {"case": str(case.uid), "reopened": True}
    return True
