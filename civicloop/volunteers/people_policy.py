"""Who may do what with volunteers, events, hours and certificates: a table. Orders have theirs in `policy.py`.

Who organises records, and who records certifies (order 67): the people of a unit act for its volunteers and events, the desk of the
volunteer centre for all of them. Nobody enters, records or corrects what he has served himself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.standards import reference
from civicloop.standards.reference import Actor, Reference
from civicloop.volunteers.models import Application, Membership, Volunteer


@dataclass(frozen=True, slots=True)
class About:
    """What is asked about: the units it belongs to, and the account of the volunteer whose it is."""

    units: frozenset[int] = frozenset()
    account_id: int | None = None
    thing: tuple[str, str] | None = None


@rule(Role.ORDER_DESK)
def volunteer_desk(actor: Actor, about: About) -> bool:
    return any(actor.holds({Role.ORDER_DESK}, unit) for unit in (*about.units, None))


@rule(Role.UNIT_HANDLER, Role.UNIT_LEADER)
def of_the_unit(actor: Actor, about: About) -> bool:
    return any(actor.holds({Role.UNIT_HANDLER, Role.UNIT_LEADER}, unit) for unit in about.units)


@rule(Role.UNIT_LEADER)
def leader_of_the_unit(actor: Actor, about: About) -> bool:
    return any(actor.holds({Role.UNIT_LEADER}, unit) for unit in about.units)


@rule()
def oneself(actor: Actor, about: About) -> bool:
    return about.account_id is not None and about.account_id == actor.person_id


@rule(Role.AUDITOR, Role.SUPERVISOR)
def auditor_or_supervisor(actor: Actor, about: About) -> bool:
    return actor.holds({Role.AUDITOR, Role.SUPERVISOR}, None)


DO: dict[str, Rule] = {
    "volunteer.register": volunteer_desk | of_the_unit | oneself,
    "volunteer.change": volunteer_desk | of_the_unit | oneself,
    "volunteer.look": volunteer_desk | leader_of_the_unit | oneself,
    "volunteer.leave": volunteer_desk | oneself,
    "application.decide": volunteer_desk | of_the_unit,
    "application.look": volunteer_desk | of_the_unit,
    "membership.change": volunteer_desk | of_the_unit,
    "project.keep": volunteer_desk | of_the_unit,
    "project.publish": volunteer_desk,
    "event.keep": volunteer_desk | of_the_unit,
    "event.sign_up": volunteer_desk | of_the_unit | oneself,
    "event.check_in": oneself,
    "event.show_code": volunteer_desk | of_the_unit,
    "event.enter": (volunteer_desk | of_the_unit) & ~oneself,
    "hours.record": (volunteer_desk | of_the_unit) & ~oneself,
    "hours.correct": (volunteer_desk | leader_of_the_unit) & ~oneself,
    "certificate.issue": volunteer_desk | leader_of_the_unit,
    "certificate.revoke": volunteer_desk,
    "volunteers.export": volunteer_desk,
    "measures.see": volunteer_desk | leader_of_the_unit | auditor_or_supervisor,
}


def may(actor: Actor, verb: str, about: About) -> bool:
    """Whether the person may do this."""
    return DO[verb](actor, about)


def require(
    by: Person | None, verb: str, about: About, *, at: datetime, ref: Reference | None = None
) -> None:  # fmt: skip
    """Raise NotAllowed unless `may`. None is the system, or somebody without an account whose code the door has checked."""
    if by is None:
        return
    row = DO[verb]
    if not row((ref or reference.now()).actor(by, day_of(at)), about):
        raise NotAllowed(verb, row.name, who=sorted(row.roles), about=about.thing, by=by)


def about_volunteer(volunteer: Volunteer, at: datetime) -> About:
    """The units a volunteer belongs to on a day: where he is registered, and those of his teams."""
    day = day_of(at)
    teams = Membership.objects.filter(Q(until=None) | Q(until__gte=day), volunteer=volunteer, since__lte=day)
    units = set(teams.values_list("team__unit", flat=True))
    if volunteer.unit_id is not None:
        units.add(volunteer.unit_id)
    return About(frozenset(units), volunteer.account_id, ("volunteer", str(volunteer.uid)))


def about_unit(
    unit_id: int, *, thing: tuple[str, str] | None = None, account_id: int | None = None
) -> About:  # fmt: skip
    """Something a unit organises, for a volunteer where one is meant."""
    return About(frozenset({unit_id}), account_id, thing)


def about_application(application: Application) -> About:
    """An application belongs to the team that is wished for; without one to the desk of the centre alone."""
    team = application.team
    thing = ("volunteer_application", str(application.uid))
    return About(frozenset({team.unit_id} if team is not None else ()), None, thing)


def visible_applications(actor: Actor) -> Q:
    """Applications a person may answer: the desk all, people of a unit those that wish for its teams."""
    if volunteer_desk(actor, About()):
        return Q()
    units = _led(actor)
    return Q(team__unit__in=units) if units else Q(pk__in=())


def visible_volunteers(actor: Actor, at: datetime) -> Q:
    """Volunteers a person may find in lists: the centre's desk all; people of a unit those registered with it or serving in its
    teams now, and its parts; and everybody himself.
    """
    if volunteer_desk(actor, About()):
        return Q()
    day, own = day_of(at), Q(account=actor.person_id)
    units = _led(actor)
    if not units:
        return own
    serving = Membership.objects.filter(Q(until=None) | Q(until__gte=day), team__unit__in=units, since__lte=day)
    return own | Q(unit__in=units) | Q(pk__in=serving.values("volunteer"))


def _led(actor: Actor) -> list[int]:
    acting = {Role.ORDER_DESK, Role.UNIT_HANDLER, Role.UNIT_LEADER}
    posts = [post.unit_id for post in actor.posts if post.role in acting]
    return sorted({below for unit in posts for below in actor.book.subtree(unit)})
