"""Who may do what at the residents' desk, and with a complaint. Nobody answers a complaint about himself or his own unit."""

from __future__ import annotations

from datetime import datetime

from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.residents.models import Complaint
from civicloop.standards.reference import Actor, Reference

# Who looks at what residents send before it becomes a case: the desk that files cases, and who supervises.
MODERATORS = (Role.FILER, Role.SUPERVISOR)
READERS = (*MODERATORS, Role.VERIFIER, Role.AUDITOR)
DO: dict[str, tuple[Role, ...]] = {
    "report.accept": MODERATORS,
    "report.refuse": MODERATORS,
    "report.hide_photo": MODERATORS,
    "block.set": MODERATORS,
    "block.lift": MODERATORS,
    "plate.make": (Role.FILER, Role.SUPERVISOR),
    "plate.retire": (Role.FILER, Role.SUPERVISOR),
    "residents.read": READERS,
    "residents.read_contact": MODERATORS,
}


@rule(Role.SUPERVISOR)
def supervisor(actor: Actor, complaint: Complaint) -> bool:
    return actor.holds({Role.SUPERVISOR}, complaint.owner_id)


@rule(Role.UNIT_LEADER)
def leader_of_owner(actor: Actor, complaint: Complaint) -> bool:
    return actor.holds({Role.UNIT_LEADER}, complaint.owner_id)


@rule()
def about_himself(actor: Actor, complaint: Complaint) -> bool:
    return complaint.about_id is not None and complaint.about_id == actor.person_id


takes_it = (supervisor | leader_of_owner) & ~about_himself

MAY: dict[str, Rule] = {
    "accept": takes_it,
    "hand_over": takes_it,
    "answer": takes_it,
    "ask_again": takes_it,
    "close": takes_it,
}


def require(person: Person, verb: str, *, at: datetime, ref: Reference) -> Actor:
    """The person with today's posts, who may do this with residents' affairs. Raises NotAllowed."""
    actor, roles = ref.actor(person, day_of(at)), DO[verb]
    if not actor.has(*roles):
        raise NotAllowed(verb, verb, who=sorted(roles), by=person)
    return actor


def may(actor: Actor, verb: str) -> bool:
    """Whether the person may do this with residents' affairs."""
    return actor.has(*DO[verb])


def may_step(actor: Actor, verb: str, complaint: Complaint) -> bool:
    """Whether the person may take this step of a complaint."""
    return MAY[verb](actor, complaint)
