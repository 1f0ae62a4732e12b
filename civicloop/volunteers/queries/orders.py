"""Questions about orders: lists, one order with its story, what a person may do, what waits for him."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from civicloop.kernel.lifecycle import Step
from civicloop.kernel.refusal import NotFound
from civicloop.kernel.text import mask_name, mask_phone
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor, Reference
from civicloop.volunteers import policy
from civicloop.volunteers.models import Order, OrderEvidence, OrderStep
from civicloop.volunteers.rules.lifecycle import AT_DESK, BY_CLOCK, LIFECYCLE, WITH_TEAM

NUMBER = re.compile(r"单?#?0*(\d{1,18})")


@dataclass(frozen=True)
class OrderFilters:
    """What a list is narrowed by; empty parts do not narrow. `ground_id` is a unit: orders on its ground and below count."""

    states: Sequence[str] = ()
    service_id: int | None = None
    team_id: int | None = None
    ground_id: int | None = None
    urgent: bool | None = None
    overdue_at: datetime | None = None
    open_only: bool | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    source: str = ""
    text: str = ""
    by_time: bool | None = None


def visible_to(actor: Actor) -> QuerySet[Order]:
    """The orders a person may see: the centre, supervisors and auditors of the city all; others their own, their team's, and
    those on the ground they oversee.
    """
    wanted = policy.sight(actor)
    return Order.objects.all() if wanted is None else Order.objects.filter(wanted)


def get(uid: UUID, actor: Actor) -> Order:
    """One order with what its page names. NotFound when there is none, or none that the person may see."""
    rows = Order.objects.select_related("service", "requester", "grid", "owner", "made_by", "team__unit")
    order = rows.filter(uid=uid).first()
    if order is None or not policy.sees(actor, order):
        raise NotFound("order", uid)
    return order


def listing(actor: Actor, filters: OrderFilters, ref: Reference) -> QuerySet[Order]:
    """The orders a person may see that pass the filters, newest first, in a stable order."""
    return narrow(visible_to(actor), filters, ref).order_by("-created_at", "-id")


def narrow(rows: QuerySet[Order], filters: OrderFilters, ref: Reference) -> QuerySet[Order]:
    """Apply the filters."""
    plain: dict[str, Any] = {
        "state__in": list(filters.states) or None, "service_id": filters.service_id, "team_id": filters.team_id,
        "urgent": filters.urgent, "created_at__gte": filters.created_from, "created_at__lt": filters.created_to,
        "source": filters.source or None, "rated_by_time": filters.by_time,
        "ended_at__isnull": filters.open_only,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in plain.items() if value is not None})
    if filters.ground_id is not None:
        rows = rows.filter(grid__unit__in=sorted(ref.org.subtree(filters.ground_id)))
    if filters.overdue_at is not None:
        rows = rows.filter(ended_at=None, act_by__lt=filters.overdue_at)
    text = filters.text.strip()
    if text:
        rows = rows.filter(_with_text(text))
    return rows


def _with_text(text: str) -> Q:
    number = NUMBER.fullmatch(text)
    if number is not None and int(number[1]) < 2**62:
        return Q(pk=int(number[1]))
    return Q(description__icontains=text) | Q(address__icontains=text) | Q(service__name__icontains=text)


def inbox(actor: Actor, ref: Reference) -> QuerySet[Order]:
    """待办: the orders on which this person's posts must act, the most pressing first. A team finds what it was offered and has
    promised; the desk what waits for review, for a team, or to be filed away. Whoever entered an order finds it when it came back.
    """
    wanted = Q(pk__in=())
    for post in actor.posts:
        below = sorted(ref.org.subtree(post.unit_id))
        if post.role in policy.WORKERS:
            wanted |= Q(owner__in=below, state__in=sorted(WITH_TEAM))
        elif post.role == Role.ORDER_DESK:
            ground = Q() if actor.holds({Role.ORDER_DESK}, None) else Q(owner__in=below) | Q(grid__unit__in=below)
            wanted |= ground & Q(state__in=sorted(AT_DESK))
    wanted |= Q(made_by=actor.person_id, state="returned")
    return Order.objects.filter(wanted, ended_at=None).order_by("act_by", "id")


def steps_open_to(actor: Actor, order: Order, *, at: datetime, ref: Reference) -> list[Step]:
    """The steps this person may take of this order: from this state, and allowed; never those the clock takes."""
    return [
        step
        for step in LIFECYCLE.steps_from(order.state)
        if step.name not in BY_CLOCK and policy.may(actor, step.name, order)
    ]


def story(order: Order) -> list[OrderStep]:
    """Every step of an order with people, units and photos, oldest first: two statements."""
    evidence = Prefetch("evidence", OrderEvidence.objects.select_related("photo"))
    return list(order.steps.select_related("by", "unit").prefetch_related(evidence).order_by("seq"))


@dataclass(frozen=True, slots=True)
class Contact:
    """Who asks, as far as the reader may know it."""

    name: str
    phone: str
    masked: bool


def masked_requester(order: Order) -> Contact | None:
    """Who asks, made unreadable: 张*, 138****1234. None where nobody is named, or the data's time is over."""
    who = order.requester
    if who is None or not (who.name or who.phone):
        return None
    return Contact(mask_name(who.name), mask_phone(who.phone), True)
