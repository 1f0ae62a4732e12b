"""Who hears of what an order does: desk, team, whoever entered it. Told twice, a step makes one notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from civicloop.loops.desks import holders_near, unit_of_desk
from civicloop.loops.notices import tell
from civicloop.organisation.days import day_of
from civicloop.organisation.rules.roles import Role
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.models import Order, OrderStep

LOW = 2
"""A score this low, or lower, is looked into."""


def _desk(order: Order, row: OrderStep, ref: Reference, on: date) -> Iterable[int]:
    return holders_near(unit_of_desk(ref, Role.ORDER_DESK, on), (Role.ORDER_DESK,), ref, on)


def _team(order: Order, row: OrderStep, ref: Reference, on: date) -> Iterable[int]:
    if order.team is None:
        return ()
    return holders_near(order.team.unit_id, (Role.UNIT_HANDLER, Role.UNIT_LEADER), ref, on)


def _team_before(order: Order, row: OrderStep, ref: Reference, on: date) -> Iterable[int]:
    unit = ref.org.by_code(str(row.data.get("team", "")))
    return holders_near(unit.id, (Role.UNIT_HANDLER, Role.UNIT_LEADER), ref, on) if unit else ()


def _requester(order: Order, row: OrderStep, ref: Reference, on: date) -> Iterable[int]:
    return () if order.made_by_id is None else (order.made_by_id,)


def _desk_if_low(order: Order, row: OrderStep, ref: Reference, on: date) -> Iterable[int]:
    return _desk(order, row, ref, on) if (order.score or LOW + 1) <= LOW else ()


# Steps after which somebody must act or wants to know: what the notice says, and who hears it.
TOLD: dict[str, tuple[str, Callable[[Order, OrderStep, Reference, date], Iterable[int]]]] = {
    "submit": ("order.submitted", _desk),
    "assign": ("order.assigned", _team),
    "accept": ("order.accepted", _requester),
    "decline": ("order.pooled", _desk),
    "lapse": ("order.pooled", _desk),
    "recall": ("order.recalled", _team_before),
    "return": ("order.returned", _requester),
    "reject": ("order.rejected", _requester),
    "finish": ("order.served", _requester),
    "not_served": ("order.not_served", _team),
    "rate": ("order.rated_low", _desk_if_low),
    "arrange": ("order.arranged", _requester),
    "cancel": ("order.cancelled", _team),
    "expire": ("order.expired", _requester),
}


def tell_step(order_uid: str, step: str, seq: int, at: str) -> None:
    """A step was taken that others wait for; whoever took it knows already."""
    if step not in TOLD:
        return
    row = (
        OrderStep.objects.filter(order__uid=order_uid, seq=seq).select_related("order__service", "order__team").first()
    )
    if row is None:
        return
    kind, hearers = TOLD[step]
    ref, moment, order = reference.now(), datetime.fromisoformat(at), row.order
    people = [one for one in hearers(order, row, ref, day_of(moment)) if one != row.by_id]
    # The address is where somebody lives: it stays on the page.
    data = {"number": order.number, "category": order.service.name}
    tell(people, kind=kind, loop_kind="order", loop_uid=order.uid, data=data, at=moment, key=f"step:{order.uid}:{seq}")
