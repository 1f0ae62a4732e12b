"""Questions that many lists ask of cases."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from civicloop.cases.rules.lifecycle import ENDED

if TYPE_CHECKING:
    from civicloop.standards.reference import Actor


class CaseQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Cases, narrowed by the questions of the house."""

    def open(self) -> Self:
        """Cases on which somebody still has to act."""
        return self.filter(ended_at=None)

    def ended(self) -> Self:
        """Closed, voided and merged cases."""
        return self.filter(state__in=sorted(ENDED))

    def overdue(self, at: datetime) -> Self:
        """Open cases whose owner should have acted before `at`."""
        return self.filter(ended_at=None, act_by__lt=at)

    def visible_to(self, actor: Actor) -> Self:
        """The cases a person may see: all of them from a desk of the city, else those that reach his units."""
        if actor.sees_all:
            return self
        units = sorted(actor.sight_units)
        if not units:
            return self.none()
        if len(units) == 1:
            return self.filter(reach__unit=units[0])
        reach: Any = self.model._meta.get_field("reach").related_model
        return self.filter(pk__in=reach.objects.filter(unit__in=units).values("case"))

    def newest_first(self, reach: bool = False) -> Self:
        """The stable order of every list; along the reach index where the list is one unit's."""
        if reach:
            return self.order_by("-reach__reported_at", "-reach__case")
        return self.order_by("-reported_at", "-id")

    def at_place(self, ranges: list[tuple[int, int]]) -> Self:
        """Cases whose tile key lies in one of the half-open ranges."""
        wanted = Q()
        for low, high in ranges:
            wanted |= Q(tile_key__gte=low, tile_key__lt=high)
        return self.filter(wanted)
