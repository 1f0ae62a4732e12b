"""Who may ask for, issue and read papers: a table. Papers about a unit may be asked for by its leader; the rest is the office's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.db.models import Q

from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor


class About(Protocol):
    """What is asked of a paper, written or wanted. `by_unit`: its kind may be had by a unit about itself."""

    @property
    def unit_id(self) -> int | None: ...
    @property
    def by_unit(self) -> bool: ...
    @property
    def numbered(self) -> bool: ...


@rule(Role.SUPERVISOR, Role.DISPATCHER)
def city_office(actor: Actor, about: About) -> bool:
    return actor.holds({Role.SUPERVISOR, Role.DISPATCHER}, None)


@rule(Role.SUPERVISOR)
def city_supervisor(actor: Actor, about: About) -> bool:
    return actor.holds({Role.SUPERVISOR}, None)


@rule(Role.UNIT_LEADER)
def leader_of_the_unit(actor: Actor, about: About) -> bool:
    return about.by_unit and about.unit_id is not None and actor.holds({Role.UNIT_LEADER}, about.unit_id)


@rule()
def without_number(actor: Actor, about: About) -> bool:
    return not about.numbered


MAY: dict[str, Rule] = {
    "prepare": city_office | leader_of_the_unit,
    "issue": city_supervisor | leader_of_the_unit & without_number,
    "edit_texts": city_supervisor,
}


def may(actor: Actor, verb: str, about: About) -> bool:
    """Whether the person may do this with such a paper."""
    return MAY[verb](actor, about)


def require(actor: Actor | None, verb: str, about: About, *, by: Person | None, paper_uid: str = "") -> None:
    """Raise NotAllowed unless `may`. None is the system itself: commands run on the server."""
    row = MAY[verb]
    if actor is not None and not row(actor, about):
        refused_about = ("paper", paper_uid) if paper_uid else None
        raise NotAllowed(f"paper.{verb}", row.name, who=sorted(row.roles), about=refused_about, by=by)


def visible_papers(actor: Actor, unit_kinds: Sequence[str]) -> Q:
    """Papers a person may read: desks of the city and auditors all; others what they asked for, what was issued for the whole city
    or about their units, and papers a unit may have about itself (`unit_kinds`) when they lead that unit.

    A paper with personal data in full (asked for with a purpose) is for nobody but who asked for it.
    """
    own, open_ = Q(asked_by=actor.person_id), ~Q(options__has_key="purpose")
    if actor.sees_all:
        return own | open_
    units: set[int] = set()
    led: set[int] = set()
    for post in actor.posts:
        if post.role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
            continue
        below = actor.book.subtree(post.unit_id)
        units |= below
        led |= below if post.role == Role.UNIT_LEADER else set()
    if not units:
        return Q(pk__in=[])
    issued = Q(state="issued") & (Q(unit=None, case=None) | Q(unit__in=sorted(units)))
    return own | open_ & (issued | Q(kind__in=sorted(unit_kinds), unit__in=sorted(led)))
