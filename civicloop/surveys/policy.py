"""Who may plan surveys, interview, read results, and decide what was heard at the door."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor

OFFICE = (Role.SUPERVISOR, Role.DISPATCHER)
INTERVIEWERS = (Role.GRID_WORKER, Role.INSPECTOR, Role.REPORTER, Role.UNIT_HANDLER, *OFFICE)
LISTENERS = (Role.GRID_WORKER, Role.REPORTER, Role.UNIT_HANDLER, Role.UNIT_LEADER, *OFFICE)
WORKERS = (Role.UNIT_HANDLER, Role.UNIT_LEADER)


@dataclass(frozen=True)
class Matter:
    """What permission asks about: the unit an opinion was heard in or passed on to; None for the whole city."""

    unit_id: int | None = None


@rule(*OFFICE)
def city_desk(actor: Actor, matter: Matter) -> bool:
    return actor.holds(OFFICE, None)


@rule(*INTERVIEWERS)
def interviewer(actor: Actor, matter: Matter) -> bool:
    return actor.has(*INTERVIEWERS)


@rule(*LISTENERS)
def listener(actor: Actor, matter: Matter) -> bool:
    return actor.holds(LISTENERS, matter.unit_id)


@rule(*WORKERS)
def unit_concerned(actor: Actor, matter: Matter) -> bool:
    return actor.holds(WORKERS, matter.unit_id)


@rule(Role.AUDITOR, Role.UNIT_LEADER, Role.SPONSOR)
def reader(actor: Actor, matter: Matter) -> bool:
    return actor.sees_all or actor.has(Role.AUDITOR, Role.UNIT_LEADER, Role.SPONSOR)


DO: dict[str, Rule] = {
    "survey.plan": city_desk,
    "survey.open": city_desk,
    "survey.invite": city_desk,
    "survey.close": city_desk,
    "survey.cancel": city_desk,
    "survey.read": reader | interviewer,
    "survey.read_results": reader,
    "survey.interview": interviewer,
    "opinion.note": listener,
    "opinion.open_case": unit_concerned | city_desk,
    "opinion.pass_on": unit_concerned | city_desk,
    "opinion.answer": unit_concerned | city_desk,
    "opinion.set_aside": unit_concerned | city_desk,
}


def may(actor: Actor, verb: str, unit_id: int | None = None) -> bool:
    """Whether the person may do this."""
    return DO[verb](actor, Matter(unit_id))


def require(
    actor: Actor, verb: str, *, by: Person, unit_id: int | None = None, about: tuple[str, str] | None = None
) -> None:
    """Raise NotAllowed unless `may`; the refusal names the rule and the roles that could."""
    row = DO[verb]
    if not row(actor, Matter(unit_id)):
        raise NotAllowed(verb, row.name, who=sorted(row.roles), about=about, by=by)


def visible_opinions(actor: Actor) -> Q:
    """The opinions a person may read: the city's desks all, a unit those heard in it or below it and those passed on to it, and
    everybody his own."""
    if actor.sees_all:
        return Q()
    below = sorted({one for unit in actor.sight_units for one in actor.book.subtree(unit)})
    return Q(unit__in=below) | Q(passed_to__in=below) | Q(noted_by=actor.person_id)
