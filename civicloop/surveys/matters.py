"""What units are told of: a suggestion heard at a door that was passed on to them. Else it would lie unread in a list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from civicloop.loops.matters import Matter
from civicloop.loops.notices import tell
from civicloop.organisation.days import day_of
from civicloop.standards.reference import Actor, Reference
from civicloop.surveys import policy
from civicloop.surveys.models import DoorOpinion

NAME, PASSED_ON = "opinion", "opinion.passed_on"


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
    people = {person for role in policy.WORKERS for person in ref.org.holders(role, [row.passed_to_id], day_of(at))}
    data = {"place": ref.org.unit(row.unit_id).name}
    key = f"{PASSED_ON}:{row.uid}:{row.passed_to_id}"
    tell(sorted(people), kind=PASSED_ON, loop_kind=NAME, loop_uid=row.uid, data=data, at=at, key=key)


OPINIONS = Opinions()
