"""The order loop as the engine sees it: tables, life, permissions, and whose turn it is after a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from civicloop.bus import Fact
from civicloop.kernel.refusal import Conflict
from civicloop.kernel.worktime import Limit
from civicloop.loops import timing
from civicloop.loops.desks import holders_near, unit_of_desk
from civicloop.loops.engine import Taking
from civicloop.loops.kinds import Kind
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.standards.parameters import Rung
from civicloop.standards.reference import Actor, Reference
from civicloop.volunteers import policy
from civicloop.volunteers.facts import OrderAssigned, OrderEnded, OrderPooled, OrderStepped
from civicloop.volunteers.models import Order, OrderAlarm, OrderEvidence, OrderStep
from civicloop.volunteers.rules.lifecycle import ENDED, LIFECYCLE, WITH_TEAM, OrderState

# How long whoever has the order may take; what is urgent gets the shorter limit where a person waits for an answer.
LIMITS = {
    OrderState.SUBMITTED: "orders.review_within",
    OrderState.RETURNED: "orders.answer_within",
    OrderState.POOLED: "orders.dispatch_within",
    OrderState.ASSIGNED: "orders.accept_within",
    OrderState.RATED: "orders.archive_within",
}
HASTENED = {OrderState.SUBMITTED, OrderState.POOLED, OrderState.ASSIGNED}
TELLS = {
    "handler": (Role.UNIT_HANDLER, Role.ORDER_DESK, Role.UNIT_LEADER),
    "unit_leader": (Role.UNIT_LEADER, Role.ORDER_DESK),
    "supervisor": (Role.ORDER_DESK,),
    "bulletin": (Role.SUPERVISOR, Role.ORDER_DESK),
}


class OrderKind(Kind):
    """The order loop (点单、派单、接单、评单)."""

    name = "order"
    parent = "order"
    loops = Order
    steps = OrderStep
    evidence = OrderEvidence
    alarms = OrderAlarm
    lifecycle = LIFECYCLE
    may = policy.MAY
    ended = frozenset(ENDED)
    usual_photo = {"finish": "after"}

    def require(self, actor: Actor, verb: str, loop: Order, *, by: object) -> None:
        """A team that has lost the order meanwhile is told so, not that it may not."""
        lost = verb in ("accept", "decline", "begin", "finish") and not policy.MAY[verb](actor, loop)
        if lost and policy.was_refused(actor, loop):
            raise Conflict("order_with_another", order=loop.number)
        super().require(actor, verb, loop, by=by)

    def before_saving(self, step: Taking, before: str) -> None:
        """Whose turn it is follows from the state alone: the owner and the clock are set here and nowhere else."""
        if step.loop.state != before:
            hand_over(step.loop, step.loop.state, before, at=step.at, ref=step.ref)

    def facts(self, step: Taking, before: str, seq: int) -> Iterable[Fact]:
        """That a step was taken, and what teams, the solver and people wait for."""
        order: Order = step.loop
        found: list[Fact] = [] if step.quiet else [OrderStepped(order.uid, step.name, seq, step.at)]
        if order.state == OrderState.POOLED and before != OrderState.POOLED:
            found.append(OrderPooled(order.uid, order.urgent, step.at))
        if order.state == OrderState.ASSIGNED and order.team is not None and before != OrderState.ASSIGNED:
            found.append(OrderAssigned(order.uid, order.team.unit_id, step.at))
        if order.state in ENDED and before not in ENDED:
            found.append(OrderEnded(order.uid, order.state, step.at))
        return found

    def tells(self, loop: Order, rung: Rung, ref: Reference, *, at: datetime) -> set[int]:
        """Team or desk that has the order; higher rungs the centre, which may give it to another team."""
        on = day_of(at)
        desk = unit_of_desk(ref, Role.ORDER_DESK, on)
        unit = loop.owner_id if rung.tell in ("handler", "unit_leader") else desk
        roles = TELLS.get(rung.tell, ())
        return set(holders_near(unit, roles, ref, on) or holders_near(desk, (Role.ORDER_DESK,), ref, on))

    def visible_to(self, actor: Actor) -> QuerySet[Order]:
        """What lists show this person."""
        wanted = policy.sight(actor)
        return Order.objects.filter(wanted or Q()).select_related("service")

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Order]:
        """The orders that the unit, or one below it, has or serves."""
        units = sorted(ref.org.subtree(unit_id))
        return Order.objects.filter(Q(owner__in=units) | Q(team__unit__in=units))

    def called(self, row: Order, ref: Reference) -> tuple[str, str]:
        """Number and service; where somebody lives stays on the page."""
        return row.number, row.service.name

    timed_with = ("team",)

    def timed_unit(self, loop: Order) -> int | None:
        """The team that has promised to come."""
        return loop.team.unit_id if loop.team is not None else None


ORDERS = OrderKind()


def limit_for(order: Order, state: str, ref: Reference) -> Limit:
    """How long whoever has the order may take in this state."""
    name = "orders.urgent_within" if order.urgent and state in HASTENED else LIMITS[OrderState(state)]
    return ref.parameters.limit(name)


def hand_over(order: Order, state: str, before: str, *, at: datetime, ref: Reference) -> None:
    """Set who must act now and by when. A team's clock is the promise to the requester; it stands while he confirms."""
    if state in WITH_TEAM and order.team is not None:
        order.owner_id = order.team.unit_id
    elif state not in ENDED or not order.owner_id:
        order.owner_id = unit_of_desk(ref, Role.ORDER_DESK, day_of(at))
    if state in LIMITS:
        _forget_promise(order, state)
        timing.start_stage(order, limit_for(order, state, ref), since=at, ref=ref)
    elif state == OrderState.ACCEPTED or (state == OrderState.SERVING and before == OrderState.SERVED):
        promise(order, at=at, ref=ref, anew=before == OrderState.SERVED)
    elif state == OrderState.SERVED:
        timing.pause_handling(order, at=at, unit_id=order.team.unit_id if order.team else None, ref=ref)
        timing.wait_until(order, at + timedelta(days=int(ref.parameters["orders.rate_after_days"])), ref=ref)


def promise(order: Order, *, at: datetime, ref: Reference, anew: bool = False) -> None:
    """The team has promised to come: by the end of the time that was wanted, or within the city's limit. `anew` is when the
    requester says that nobody came, or not for what was asked.
    """
    if order.wanted_to is not None and order.wanted_to > at and not anew:
        order.clock, order.due_at, order.due_provisional = None, order.wanted_to, False
        timing.wait_until(order, order.wanted_to, ref=ref)
        return
    limit = ref.parameters.limit("orders.serve_within")
    timing.start_handling(order, limit, since=at, unit_id=order.owner_id, ref=ref)


def _forget_promise(order: Order, state: str) -> None:
    """What goes back to the desk carries no team's promise any more; once it was served, the promise stays on record."""
    if state != OrderState.RATED:
        order.clock, order.due_at, order.due_provisional = None, None, False
