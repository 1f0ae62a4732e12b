"""What the residents' desk is told of besides complaints: reports that wait for a moderator."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from civicloop.loops.matters import Matter
from civicloop.residents import policy
from civicloop.residents.models import Report
from civicloop.standards.reference import Actor, Reference


class Reports(Matter):
    """Reports of residents, before they are cases."""

    name = "report"

    def visible_to(self, actor: Actor) -> QuerySet[Report]:
        """All of them for who reads the queue, none for others."""
        return Report.objects.all() if policy.may(actor, "residents.read") else Report.objects.none()

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Report]:
        """None: nobody has looked at what they say."""
        return Report.objects.none()

    def called(self, row: Any, ref: Reference) -> tuple[str, str]:
        """The queue: one notice stands for all that wait."""
        return str(Report._meta.verbose_name_plural), ""


REPORTS = Reports()
