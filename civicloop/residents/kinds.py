"""Complaints as a kind of loop: what the engine must know of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from civicloop.bus import Fact
from civicloop.loops.engine import Taking
from civicloop.loops.kinds import Kind
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.residents import policy
from civicloop.residents.facts import ComplaintStepped
from civicloop.residents.models import Complaint, ComplaintAlarm, ComplaintStep
from civicloop.residents.queries import desk
from civicloop.residents.rules.lifecycle import ENDED, LIFECYCLE
from civicloop.standards.parameters import Rung
from civicloop.standards.reference import Actor, Reference

KIND = "complaint"


class ComplaintKind(Kind):
    """What residents say of the platform itself."""

    name = KIND
    parent = "complaint"
    loops = Complaint
    steps = ComplaintStep
    alarms = ComplaintAlarm
    lifecycle = LIFECYCLE
    may = policy.MAY
    ended = frozenset(ENDED)

    def facts(self, step: Taking, before: str, seq: int) -> Iterable[Fact]:
        """That a step was taken."""
        return [ComplaintStepped(step.loop.uid, step.name, seq, step.at)]

    def tells(self, loop: Complaint, rung: Rung, ref: Reference, *, at: datetime) -> set[int]:
        """Who answers for it: leaders and supervisors of the unit that has it, and never the one it is about."""
        return set(answerable(loop, ref, at))

    def visible_to(self, actor: Actor) -> QuerySet[Complaint]:
        """What the list shows this person: never one about himself."""
        return desk.complaints_for(actor).order_by()

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Complaint]:
        """None: the one it is about may sit in the group."""
        return Complaint.objects.none()


COMPLAINTS = ComplaintKind()


def answerable(complaint: Complaint, ref: Reference, at: datetime) -> list[int]:
    """The people who may answer: supervisors and leaders in the unit that has it, or in the nearest unit above that has one."""
    barred, on = policy.units_barred(ref.org, complaint.about_unit_id), day_of(at)
    for unit in (complaint.owner_id, *ref.org.above(complaint.owner_id)):
        people = {
            one for role in (Role.SUPERVISOR, Role.UNIT_LEADER) for one in ref.org.holders(role, [unit], on)
            if not any(post.unit_id in barred for post in ref.org.posts_of(one, on))
        } - {complaint.about_id}  # fmt: skip
        if people:
            return sorted(one for one in people if one is not None)
    return []
