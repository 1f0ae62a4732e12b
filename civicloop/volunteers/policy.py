"""Who may do what with an order, and with menu, teams and sites. Nobody rates or files away what his own team has served."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from civicloop.kernel.refusal import NotAllowed
from civicloop.loops.policy import Rule, rule
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import ADMIN_ROLES, Role
from civicloop.standards import reference
from civicloop.standards.reference import Actor, Reference
from civicloop.volunteers.models import Order, OrderRefusal, OrderStep
from civicloop.volunteers.rules.lifecycle import OrderState

WORKERS = (Role.UNIT_HANDLER, Role.UNIT_LEADER)
OVERSEERS = (Role.ORDER_DESK, Role.SUPERVISOR, Role.AUDITOR)
SERVING_STEPS = ("accept", "begin", "finish")
# While a team has promised to come, it may ring the door: it reads name and phone.
TEAM_READS = (OrderState.ACCEPTED, OrderState.SERVING, OrderState.SERVED)


def team_unit(order: Order) -> int | None:
    """The unit of the team that has the order."""
    return order.team.unit_id if order.team is not None else None


@rule()
def requester(actor: Actor, order: Order) -> bool:
    """Whoever entered the order. A resident without an account comes through a door that has checked the code."""
    return order.made_by_id is not None and order.made_by_id == actor.person_id


@rule(Role.ORDER_DESK)
def order_desk(actor: Actor, order: Order) -> bool:
    ground = order.grid.unit_id if order.grid is not None else None
    return actor.holds({Role.ORDER_DESK}, order.owner_id) or actor.holds({Role.ORDER_DESK}, ground)


@rule(*WORKERS)
def serving_team(actor: Actor, order: Order) -> bool:
    return order.team is not None and actor.holds(WORKERS, team_unit(order))


@rule()
def of_serving_team(actor: Actor, order: Order) -> bool:
    """Whoever belongs to the team, may act for it from above, or has served this order."""
    team = team_unit(order)
    if team is not None and (actor.holds(WORKERS, team) or any(post.unit_id == team for post in actor.posts)):
        return True
    return OrderStep.objects.filter(order=order, by=actor.person_id, name__in=SERVING_STEPS).exists()


@rule()
def by_the_clock(actor: Actor, order: Order) -> bool:
    """No person takes such a step: the system does when a time has run out."""
    return False


@rule(*OVERSEERS)
def oversees(actor: Actor, order: Order) -> bool:
    ground = order.grid.unit_id if order.grid is not None else None
    return actor.holds(OVERSEERS, order.owner_id) or actor.holds(OVERSEERS, ground)


sees = requester | oversees | serving_team
asks = requester | order_desk

MAY: dict[str, Rule] = {
    "amend": asks,
    "submit": asks,
    "approve": order_desk,
    "arrange": order_desk,
    "return": order_desk,
    "reject": order_desk,
    "assign": order_desk,
    "accept": serving_team,
    "decline": serving_team,
    "lapse": by_the_clock,
    "recall": order_desk,
    "begin": serving_team,
    "finish": serving_team,
    # The desk rates after it has called the requester.
    "rate": asks & ~of_serving_team,
    "rate_by_time": by_the_clock,
    "not_served": asks & ~of_serving_team,
    "archive": order_desk & ~of_serving_team,
    "cancel": asks,
    "expire": by_the_clock,
    "comment": requester | order_desk | serving_team,
}


@rule(Role.ORDER_DESK)
def city_order_desk(actor: Actor, thing: Any) -> bool:
    return actor.holds({Role.ORDER_DESK}, None)


@rule(Role.ORDER_DESK)
def order_desk_of_unit(actor: Actor, thing: Any) -> bool:
    return actor.holds({Role.ORDER_DESK}, getattr(thing, "unit_id", None))


@rule(Role.UNIT_LEADER)
def leader_of_team(actor: Actor, thing: Any) -> bool:
    return actor.holds({Role.UNIT_LEADER}, getattr(thing, "unit_id", None))


@rule(*WORKERS)
def serves_it_now(actor: Actor, thing: Any) -> bool:
    return isinstance(thing, Order) and thing.state in TEAM_READS and actor.holds(WORKERS, team_unit(thing))


@rule(Role.ORDER_DESK)
def desk_of_order(actor: Actor, thing: Any) -> bool:
    return isinstance(thing, Order) and order_desk(actor, thing)


@rule()
def entered_it(actor: Actor, thing: Any) -> bool:
    return isinstance(thing, Order) and requester(actor, thing)


@rule(Role.ORDER_DESK, *WORKERS)
def takes_part(actor: Actor, thing: Any) -> bool:
    """Whoever holds a post in the campaign may enter an order for a resident."""
    return not actor.roles <= {*ADMIN_ROLES, Role.AUDITOR}


DO: dict[str, Rule] = {
    "order.create": takes_part,
    "requester.read": desk_of_order | serves_it_now | entered_it,
    "service.make": city_order_desk,
    "service.change": city_order_desk,
    "service.publish": city_order_desk,
    "service.withdraw": city_order_desk,
    "skill.make": city_order_desk,
    "team.make": city_order_desk,
    "team.change": order_desk_of_unit | leader_of_team,
    "site.make": city_order_desk,
    "site.change": order_desk_of_unit,
    "proposal.make": city_order_desk,
    "proposal.edit": city_order_desk,
    "proposal.carry_out": city_order_desk,
}


def may(actor: Actor, verb: str, order: Order) -> bool:
    """Whether the person may take this step of this order."""
    return MAY[verb](actor, order)


def may_do(actor: Actor, verb: str, thing: Any = None) -> bool:
    """Whether the person may use a verb of DO on a thing; what has a unit is judged by its `unit_id`."""
    return DO[verb](actor, thing)


def require_do(
    person: Person | None, verb: str, thing: Any = None, *, at: datetime, ref: Reference | None = None
) -> None:  # fmt: skip
    """Raise NotAllowed unless the person may; None is the system itself or a door that has checked a code."""
    if person is None:
        return
    row = DO[verb]
    if not row((ref or reference.now()).actor(person, day_of(at)), thing):
        uid = getattr(thing, "uid", None)
        about = (verb.partition(".")[0], str(uid)) if uid else ("person", str(person.uid))
        raise NotAllowed(verb, row.name, who=sorted(row.roles), about=about, by=person)


def sight(actor: Actor) -> Q | None:
    """The orders a person may see as a condition; None is all of them. The same as `sees`, said to the database."""
    if actor.holds(OVERSEERS, None):
        return None
    wanted = Q(made_by=actor.person_id)
    worked = _below(actor, WORKERS)
    overseen = _below(actor, OVERSEERS)
    if worked:
        wanted |= Q(team__unit__in=worked)
    if overseen:
        wanted |= Q(owner__in=overseen) | Q(grid__unit__in=overseen)
    return wanted


def _below(actor: Actor, roles: tuple[Role, ...]) -> list[int]:
    units = {one for post in actor.posts if post.role in roles for one in actor.book.subtree(post.unit_id)}
    return sorted(units)


def was_refused(actor: Actor, order: Order) -> bool:
    """Whether a team of this person had the order and has it no longer."""
    units = _below(actor, WORKERS)
    return bool(units) and OrderRefusal.objects.filter(order=order, team__unit__in=units).exists()
