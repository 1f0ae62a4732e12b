"""Of what somebody was told once: what may still be told, judged at the moment it goes out of the house."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from civicloop.loops.matters import known
from civicloop.loops.models import Notice
from civicloop.notify.models import Robot
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards.reference import Reference

AT_ONCE = 500


def still_theirs(
    notices: Sequence[Notice], *, person: Person | None, robot: Robot | None, at: datetime, ref: Reference
) -> list[Notice]:
    """The notices about what the person may see today, or what reaches the unit whose group the robot talks to.

    Somebody may have left his post since; and who works for two units does not carry the one's matters into the other's group.
    Each matter says itself what that is (`loops.matters`); what the house knows nothing of is not told.
    """
    asked: dict[str, set[UUID]] = defaultdict(set)
    for one in notices:
        asked[one.loop_kind].add(one.loop_uid)
    seen = {name: _seen(name, uids, person, robot, at, ref) for name, uids in asked.items()}
    return [one for one in notices if one.loop_uid in seen[one.loop_kind]]


def _seen(
    name: str, uids: set[UUID], person: Person | None, robot: Robot | None, at: datetime, ref: Reference
) -> set[UUID]:
    entry = known().get(name)
    if entry is None:
        return set()
    if robot is not None:
        rows = entry.matter.reaching(robot.unit_id, ref)
    elif person is not None:
        rows = entry.matter.visible_to(ref.actor(person, day_of(at)))
    else:
        return set()
    wanted, found = sorted(uids), set[UUID]()
    for start in range(0, len(wanted), AT_ONCE):
        asked = rows.filter(uid__in=wanted[start : start + AT_ONCE]).order_by()
        found.update(asked.values_list("uid", flat=True))
    return found
