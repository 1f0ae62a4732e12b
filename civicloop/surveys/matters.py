"""What people are told of opinions heard at doors: units that one was passed on to them, that nothing came of it in time; who noted
it what became of it. Else it would lie unread in a list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from civicloop.loops.desks import holders_near, unit_of_desk
from civicloop.loops.matters import Matter
from civicloop.loops.notices import tell
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor, Reference
from civicloop.surveys import policy
from civicloop.surveys.models import DoorOpinion

NAME = "opinion"
PASSED_ON, LATE, DECIDED = "opinion.passed_on", "opinion.late", "opinion.decided"


class Opinions(Matter):
    """Opinions heard at doors."""

    name = NAME

    def visible_to(self, actor: Actor) -> QuerySet[DoorOpinion]:
        """What the list shows this person."""
        return DoorOpinion.objects.filter(policy.visible_opinions(actor))

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[DoorOpinion]:
        """What was heard in the unit or below it, and what was passed on to either."""
        units = sorted(ref.org.subtree(unit_id))
        return DoorOpinion.objects.filter(Q(unit__in=units) | Q(passed_to__in=units))

    def called(self, row: Any, ref: Reference) -> tuple[str, str]:
        """Its kind and the community; never what was said."""
        return str(row.get_kind_display()), ref.org.unit(row.unit_id).name


def tell_passed_on(row: DoorOpinion, *, at: datetime, ref: Reference) -> None:
    """Whoever acts for the unit hears of it, once for each unit it is passed on to."""
    if row.passed_to_id is None:
        return
    _tell(row, PASSED_ON, _workers(row.passed_to_id, at, ref), f"{PASSED_ON}:{row.uid}:{row.passed_to_id}", at, ref)


def tell_late(row: DoorOpinion, *, at: datetime, ref: Reference) -> None:
    """Whoever acts for the unit that has it hears once that its time is over, and so does the city's desk, which may pass it on."""
    on = day_of(at)
    desk = holders_near(unit_of_desk(ref, Role.SUPERVISOR, on), (Role.SUPERVISOR,), ref, on)
    key = f"{LATE}:{row.uid}:{row.act_by.isoformat() if row.act_by else ''}"
    _tell(row, LATE, {*_workers(row.owner_id, at, ref), *desk}, key, at, ref)


def tell_decided(row: DoorOpinion, *, by: Person, at: datetime, ref: Reference) -> None:
    """Who noted it hears that something came of it, and can say so at the door; not where he decided it himself."""
    if row.noted_by_id != by.pk:
        _tell(row, DECIDED, {row.noted_by_id}, f"{DECIDED}:{row.uid}", at, ref)


def _workers(unit_id: int, at: datetime, ref: Reference) -> set[int]:
    return {person for role in policy.WORKERS for person in ref.org.holders(role, [unit_id], day_of(at))}


def _tell(row: DoorOpinion, kind: str, people: set[int], key: str, at: datetime, ref: Reference) -> None:
    data = {"place": ref.org.unit(row.unit_id).name}
    tell(sorted(people), kind=kind, loop_kind=NAME, loop_uid=row.uid, data=data, at=at, key=key)


OPINIONS = Opinions()
