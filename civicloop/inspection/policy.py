"""Who may plan, draw and read inspections. What was drawn is sealed: before its day nobody reads it, whatever the post.

Planning and drawing belong to the city's own desks: a supervisor of a city-wide unit (campaign office). Commands run on the
server count as the system, which holds the secrets anyway and writes every step to the ledger.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from civicloop.inspection.models import Draw, Visit
from civicloop.kernel.refusal import Conflict, NotAllowed
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.policy import require_role
from civicloop.organisation.rules.roles import CITYWIDE_KINDS, UNIT_ROLES, Role
from civicloop.standards.reference import Actor

OFFICE = (Role.SUPERVISOR,)
READERS = (Role.SUPERVISOR, Role.AUDITOR)

MAY: dict[str, tuple[Role, ...]] = {
    "round.plan": OFFICE,
    "round.close": OFFICE,
    "draw.commit": OFFICE,
    "draw.perform": OFFICE,
    "draw.publish": OFFICE,
    "draw.cancel": OFFICE,
    "draw.assign": OFFICE,
    "draw.substitute": OFFICE,
    "visit.miss": OFFICE,
    "route.order": OFFICE,
    "draw.read": READERS,
}


def require(by: Person | None, verb: str, *, at: datetime) -> None:
    """Raise NotAllowed unless the person holds one of the verb's roles in a city-wide unit. None is the system itself."""
    require_role(by, verb, MAY[verb], at=at)


def may(actor: Actor, verb: str) -> bool:
    """Whether the person holds one of the verb's roles in a city-wide unit; for pages that show or hide a button."""
    return any(post.role in MAY[verb] and _is_citywide(actor, post.unit_id) for post in actor.posts)


def is_open(draw: Draw, on: date) -> bool:
    """Whether what came out may be read on a day; nothing is published earlier."""
    return on >= draw.opens_on


def require_open(draw: Draw, *, at: datetime) -> None:
    """Raise Conflict `draw_sealed` before the day on which the draw opens. There is no role that may look earlier."""
    if not is_open(draw, day_of(at)):
        raise Conflict("draw_sealed", draw=draw.code, opens_on=draw.opens_on.isoformat())


def require_reading(actor: Actor, draw: Draw, *, at: datetime) -> None:
    """Raise unless the person may read what came out: sealed first, then the role."""
    require_open(draw, at=at)
    if not may(actor, "draw.read"):
        raise NotAllowed("draw.read", "city_desk", who=sorted(READERS), about=("draw", str(draw.uid)))


def visible_visits(actor: Actor, at: datetime) -> Q:
    """The visits a person may read: his own from the morning of their day on; the city's desks those of opened draws; a unit
    those of its points and cases, and of the units below it, once they are judged.
    """
    today = day_of(at)
    seen = Q(pk__in=())
    if actor.has(Role.INSPECTOR):
        seen |= Q(inspector=actor.person_id, day__lte=today)
    if may(actor, "draw.read"):
        seen |= Q(drawn__draw__opens_on__lte=today)
    units = units_read(actor)
    if units:
        seen |= Q(state="judged") & (Q(case=None, point__unit__in=units) | Q(case__unit__in=units))
    return seen


def units_read(actor: Actor) -> frozenset[int]:
    """The units whose judged visits the person reads: those of his posts, with all units below.

    The post of an inspector gives no such sight: whoever makes the second of a double visit must not know the first.
    """
    posts = (post for post in actor.posts if post.role in UNIT_ROLES and post.role != Role.INSPECTOR)
    return frozenset(unit for post in posts for unit in actor.book.subtree(post.unit_id))


def knows_inspector(actor: Actor, visit: Visit) -> bool:
    """Whether the person may know who made a visit: the city's desks and the inspector himself, not those he visited."""
    return may(actor, "draw.read") or visit.inspector_id == actor.person_id


def sees_visit(actor: Actor, visit: Visit, at: datetime) -> bool:
    """Whether the person may read this visit; one statement."""
    return Visit.objects.filter(visible_visits(actor, at), pk=visit.pk).exists()


def _is_citywide(actor: Actor, unit_id: int) -> bool:
    unit = actor.book.units.get(unit_id)
    return unit is not None and (unit.kind in CITYWIDE_KINDS or unit.parent_id is None)
