"""Routes: one inspector's day, and the sheet of a whole day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from civicloop.inspection.models import Round, Visit
from civicloop.inspection.policy import READERS, may
from civicloop.kernel.refusal import Conflict, NotAllowed
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards.reference import Actor

GONE = ("replaced", "missed")


@dataclass(frozen=True)
class RouteSheet:
    """One inspector's visits of a day, in the order of the route. `km` counts the ways between the visits that have a route."""

    inspector: Person | None
    day: date
    visits: tuple[Visit, ...]

    @property
    def km(self) -> float:
        """Kilometres on the way, without the way home."""
        return float(sum(visit.plan.get("km", 0.0) for visit in self.visits))

    @property
    def without_time(self) -> tuple[Visit, ...]:
        """Visits that the route does not reach: the day was full, the place too far, or nobody knows where it is."""
        return tuple(visit for visit in self.visits if "arrive" not in visit.plan)


def route_of(person: Person, day: date, *, at: datetime) -> RouteSheet:
    """What an inspector does on a day; one statement. Sealed (Conflict `draw_sealed`) until the morning of that day."""
    if day > day_of(at):
        raise Conflict("draw_sealed", opens_on=day.isoformat())
    return RouteSheet(person, day, tuple(_visits().filter(inspector=person, day=day).order_by("order", "pk")))


def day_sheet(round: Round, day: date, *, actor: Actor, at: datetime) -> tuple[RouteSheet, ...]:
    """All routes of a round's day, inspector by inspector; one statement. For the city's desks, and sealed until that day."""
    if day > day_of(at):
        raise Conflict("draw_sealed", opens_on=day.isoformat())
    if not may(actor, "draw.read"):
        raise NotAllowed("draw.read", "city_desk", who=sorted(READERS), about=("round", str(round.uid)))
    rows = _visits().filter(round=round, day=day).order_by("inspector__username", "order", "pk")
    sheets: dict[int | None, list[Visit]] = {}
    for visit in rows:
        sheets.setdefault(visit.inspector_id, []).append(visit)
    return tuple(RouteSheet(visits[0].inspector, day, tuple(visits)) for visits in sheets.values())


def _visits() -> QuerySet[Visit]:
    rows = Visit.objects.exclude(state__in=GONE)
    return rows.select_related("inspector", "round", "point__unit", "case__unit", "drawn")
