"""Who may appeal, review, publish and keep the negative list. Nobody reviews his own unit, his own judgement, or twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.policy import require_role
from civicloop.organisation.rules.roles import Role
from civicloop.scoring.rules.lifecycle import RUNNING
from civicloop.standards.reference import Actor, Reference

# Appeals are decided by those who supervise; what concerns the whole city needs a city-wide post.
PUBLISHERS = (Role.SUPERVISOR,)
READERS = (Role.SUPERVISOR, Role.AUDITOR)


@dataclass(frozen=True)
class Matter:
    """What an appeal is about, as far as permission asks: the unit, who judged, who lodged, who took which stage before."""

    unit_id: int
    judged_by: frozenset[int] = frozenset()
    lodged_by: int | None = None
    reviewed_by: frozenset[int] = frozenset()
    uid: str = ""
    state: str = field(default="", compare=False)


@rule(Role.UNIT_LEADER)
def leader_of_unit(actor: Actor, matter: Matter) -> bool:
    return actor.holds({Role.UNIT_LEADER}, matter.unit_id)


@rule(Role.SUPERVISOR)
def supervisor(actor: Actor, matter: Matter) -> bool:
    return actor.holds({Role.SUPERVISOR}, matter.unit_id)


@rule()
def own_unit(actor: Actor, matter: Matter) -> bool:
    return actor.belongs_to(matter.unit_id)


@rule()
def judged_it(actor: Actor, matter: Matter) -> bool:
    return actor.person_id in matter.judged_by


@rule()
def lodged_it(actor: Actor, matter: Matter) -> bool:
    return actor.person_id == matter.lodged_by


@rule()
def reviewed_it(actor: Actor, matter: Matter) -> bool:
    return actor.person_id in matter.reviewed_by


reviewer = supervisor & ~own_unit & ~judged_it & ~lodged_it & ~reviewed_it

MAY: dict[str, Rule] = {
    "lodge": leader_of_unit & ~judged_it,
    "withdraw": leader_of_unit,
    "take_up": reviewer,
    "forward": reviewer,
    "dismiss": reviewer,
    "grant": reviewer,
    "refuse": reviewer,
}


def may(actor: Actor, verb: str, matter: Matter) -> bool:
    """Whether the person may take this step of an appeal."""
    return MAY[verb](actor, matter)


def require(actor: Actor, verb: str, matter: Matter, *, by: Person) -> None:
    """Raise NotAllowed unless `may`; the refusal names the rule and the roles that could."""
    row = MAY[verb]
    if not row(actor, matter):
        about = ("score_appeal", matter.uid) if matter.uid else None
        raise NotAllowed(f"score_appeal.{verb}", row.name, who=sorted(row.roles), about=about, by=by)


def require_publisher(person: Person, verb: str, *, at: datetime) -> None:
    """Publishing a score and keeping the negative list: a supervisor with a city-wide post. Raises NotAllowed."""
    require_role(person, verb, PUBLISHERS, at=at)


def visible_appeals(actor: Actor) -> Q:
    """The appeals a person may see: supervisors and auditors of the city all, others those of their units and below."""
    if actor.sees_all and actor.has(*READERS):
        return Q()
    below = {one for unit in actor.sight_units for one in actor.book.subtree(unit)}
    return Q(unit__in=sorted(below))


def reads_unit(actor: Actor, unit_id: int) -> bool:
    """Whether a person may open a unit's score down to its visits: the unit itself, those above it, and the city's desks."""
    return actor.sees_all or actor.holds(tuple(Role), unit_id)


def actor_at(ref: Reference, person: Person, at: datetime) -> Actor:
    """The person with the posts of the day."""
    return ref.actor(person, day_of(at))


__all__ = [
    "MAY", "RUNNING", "Matter", "actor_at", "may", "reads_unit", "require", "require_publisher", "visible_appeals",
]  # fmt: skip
