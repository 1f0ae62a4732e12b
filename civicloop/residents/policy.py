"""Who may do what at the residents' desk, and with a complaint. Nobody answers a complaint about himself or his own unit."""

from __future__ import annotations

from datetime import datetime

from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.book import OrgBook
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


@rule()
def about_his_unit(actor: Actor, complaint: Complaint) -> bool:
    barred = units_barred(actor.book, complaint.about_unit_id)
    return any(post.unit_id in barred for post in actor.posts)


takes_it = (supervisor | leader_of_owner) & ~about_himself & ~about_his_unit

MAY: dict[str, Rule] = {
    "accept": takes_it,
    "hand_over": takes_it,
    "answer": takes_it,
    "ask_again": takes_it,
    "close": takes_it,
}


def units_barred(book: OrgBook, unit_id: int | None) -> frozenset[int]:
    """The units whose people have nothing to do with a complaint about this one: itself and those below; of the root itself alone,
    as all others lie below it.
    """
    if unit_id is None or unit_id not in book.units:
        return frozenset()
    return frozenset({unit_id}) if book.units[unit_id].parent_id is None else book.subtree(unit_id)


def units_hidden(actor: Actor) -> set[int]:
    """The units about which a complaint is hidden from this person: his own, and those above it but for the root."""
    found = {post.unit_id for post in actor.posts}
    above = {one for unit in found for one in actor.book.above(unit)}
    return found | {one for one in above if actor.book.units[one].parent_id is not None}


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
