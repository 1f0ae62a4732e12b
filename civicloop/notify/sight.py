"""Of what somebody was told once: what may still be told, judged at the moment it goes out of the house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from civicloop.cases.models import Case, CaseReach
from civicloop.loops.models import Notice
from civicloop.notify.models import Robot
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards.reference import Reference

AT_ONCE = 500


def still_theirs(
    notices: Sequence[Notice], *, person: Person | None, robot: Robot | None, at: datetime, ref: Reference
) -> list[Notice]:
    """The notices about cases that the person may see today, or that reach the unit whose group the robot talks to.

    Somebody may have left his post since; and who works for two units does not carry the one's cases into the other's group.
    """
    if robot is not None:
        reached = CaseReach.objects.filter(case=OuterRef("pk"), unit=robot.unit_id)
        rows = Case.objects.filter(Exists(reached))
    elif person is not None:
        rows = Case.objects.visible_to(ref.actor(person, day_of(at)))
    else:
        return []
    loops = list({one.loop_uid for one in notices})
    seen: set[UUID] = set()
    for start in range(0, len(loops), AT_ONCE):
        asked = rows.filter(uid__in=loops[start : start + AT_ONCE]).order_by()
        seen.update(asked.values_list("uid", flat=True))
    return [one for one in notices if one.loop_uid in seen]
