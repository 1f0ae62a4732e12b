"""Who may do what with displays and honours. Nobody judges his own unit's application, nor one he applied for or recommended."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.publicity.models import Display, Honour, HonourStep
from civicloop.publicity.models.honours import PRIVATE
from civicloop.standards.reference import Actor

KEEPERS = (Role.UNIT_HANDLER, Role.UNIT_LEADER, Role.GRID_WORKER)
LOOKERS = (*KEEPERS, Role.INSPECTOR, Role.REPORTER)
APPLICANTS = (Role.UNIT_HANDLER, Role.UNIT_LEADER)
OFFICE = (Role.SUPERVISOR, Role.DISPATCHER)


@dataclass(frozen=True)
class Matter:
    """What permission asks about before there is a loop: the unit it would belong to."""

    unit_id: int | None = None


@rule(*KEEPERS)
def keeping_unit(actor: Actor, display: Display) -> bool:
    return actor.holds(KEEPERS, display.owner_id)


@rule(*LOOKERS)
def looker(actor: Actor, display: Display) -> bool:
    return actor.holds(LOOKERS, display.owner_id)


@rule(*OFFICE)
def city_desk(actor: Actor, loop: object) -> bool:
    return actor.holds(OFFICE, None)


@rule(*KEEPERS)
def unit_to_keep_it(actor: Actor, matter: Matter) -> bool:
    return actor.holds(KEEPERS, matter.unit_id)


@rule(*APPLICANTS)
def unit_to_apply(actor: Actor, matter: Matter) -> bool:
    return actor.holds(APPLICANTS, matter.unit_id)


@rule(*APPLICANTS)
def applying_unit(actor: Actor, honour: Honour) -> bool:
    return actor.holds(APPLICANTS, honour.unit_id)


@rule(Role.UNIT_LEADER)
def leader_above(actor: Actor, honour: Honour) -> bool:
    above = actor.book.above(honour.unit_id)
    return any(post.role == Role.UNIT_LEADER and post.unit_id in above for post in actor.posts)


@rule(Role.SUPERVISOR)
def city_supervisor(actor: Actor, honour: Honour) -> bool:
    return actor.holds({Role.SUPERVISOR}, None)


@rule()
def own_unit(actor: Actor, honour: Honour) -> bool:
    return actor.belongs_to(honour.unit_id)


@rule()
def posted_in_it(actor: Actor, honour: Honour) -> bool:
    family = actor.book.subtree(honour.unit_id)
    return any(post.unit_id in family for post in actor.posts)


@rule()
def took_a_stage(actor: Actor, honour: Honour) -> bool:
    steps = HonourStep.objects.filter(honour=honour, by=actor.person_id, name__in=["apply_for", "recommend"])
    return steps.exists()


judge = city_supervisor & ~own_unit & ~took_a_stage

MAY_DISPLAY: dict[str, Rule] = {
    "put_up": keeping_unit | city_desk,
    "check": looker | city_desk,
    "find_broken": looker | city_desk,
    "mend": keeping_unit | city_desk,
    "change_content": keeping_unit | city_desk,
    "take_down": keeping_unit | city_desk,
}
MAY_HONOUR: dict[str, Rule] = {
    # The level above speaks for it; it is over the unit, not of it.
    "recommend": (leader_above | city_supervisor) & ~posted_in_it & ~took_a_stage,
    "examine": judge,
    "object": judge,
    "award": judge,
    "turn_down": judge,
    "withdraw_honour": applying_unit,
    "revoke": judge,
}
DO: dict[str, Rule] = {
    "display.plan": unit_to_keep_it | city_desk,
    "honour.apply_for": unit_to_apply,
}


def require(actor: Actor, verb: str, *, by: Person, unit_id: int | None) -> None:
    """Raise NotAllowed unless the person may begin such a loop for this unit."""
    row = DO[verb]
    if not row(actor, Matter(unit_id)):
        raise NotAllowed(verb, row.name, who=sorted(row.roles), by=by)


def may_begin(actor: Actor, verb: str, unit_id: int | None) -> bool:
    """Whether the person may begin such a loop for this unit."""
    return DO[verb](actor, Matter(unit_id))


def names_holder(actor: Actor, honour: Honour) -> bool:
    """Whether the holder is named in full to this person: a family only to its own community and to the city's supervisors."""
    return honour.kind not in PRIVATE or applying_unit(actor, honour) or city_supervisor(actor, honour)


def visible_honours(actor: Actor) -> Q:
    """The honours a person may read: the city's desks all, others those of their units and below, and all that are public."""
    if actor.sees_all:
        return Q()
    return Q(unit__in=_sight_below(actor)) | Q(state__in=["on_notice", "awarded"])


def pictured_honours(actor: Actor) -> Q:
    """Of the honours a person may read, those whose pictures he may see: of a family, only from its community or the city."""
    if actor.sees_all:
        return Q()
    return Q(unit__in=_sight_below(actor)) | ~Q(kind__in=sorted(PRIVATE))


def _sight_below(actor: Actor) -> list[int]:
    return sorted({one for unit in actor.sight_units for one in actor.book.subtree(unit)})


def visible_displays(actor: Actor) -> Q:
    """The displays a person may read: the city's desks all, others those of their units and below."""
    if actor.sees_all:
        return Q()
    return Q(owner__in=_sight_below(actor))
