"""What time does to orders: offers lapse, silence confirms, what is forgotten ends, alarms climb the ladder; and personal data go
when their time is over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from civicloop.kernel.refusal import Refused, StepRefused
from civicloop.loops import sweep as loops
from civicloop.loops.sweep import Swept
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions import expire, lapse, rate_by_time
from civicloop.volunteers.actions.applying import lapse_old
from civicloop.volunteers.actions.requesters import anonymise_old
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.models import Order, OrderStep
from civicloop.volunteers.rules.lifecycle import WITH_REQUESTER, OrderState

log = logging.getLogger(__name__)

MOST = 5000


@dataclass
class SweptOrders:
    """What one sweep of the orders did."""

    lapsed: int = 0
    confirmed: int = 0
    expired: int = 0
    alarms: Swept = field(default_factory=Swept)


def sweep_orders(*, at: datetime) -> SweptOrders:
    """Let run out what has run out, then take every rung that is due. Safe to run at any time, by any number of workers.

    What lapses or is confirmed gets another owner or clock; so this goes before the alarms of the old one.
    """
    lapsed, confirmed, expired = _run_out(at)
    return SweptOrders(lapsed, confirmed, expired, loops.sweep(ORDERS, at=at))


def run_out(*, at: datetime) -> int:
    """Let run out what has run out; returns how many steps the system has taken."""
    return sum(_run_out(at))


def _run_out(at: datetime) -> tuple[int, int, int]:
    ref = reference.now()
    due = Order.objects.filter(ended_at=None, act_by__lte=at)
    return (
        run_out_each(due.filter(state=OrderState.ASSIGNED), lapse, at=at, ref=ref),
        run_out_each(due.filter(state=OrderState.SERVED), rate_by_time, at=at, ref=ref),
        run_out_each(_forgotten(at, ref), expire, at=at, ref=ref),
    )  # fmt: skip


def _forgotten(at: datetime, ref: Reference) -> QuerySet[Order]:
    """Orders that are with their requester, and nobody has touched for so many days after their time, or as drafts."""
    before = at - timedelta(days=int(ref.parameters["orders.drop_after_days"]))
    rows = Order.objects.filter(state__in=sorted(WITH_REQUESTER), ended_at=None)
    touched = OrderStep.objects.filter(order=OuterRef("pk"), at__gt=before)
    return rows.filter(Q(act_by=None, created_at__lte=before) | Q(act_by__lte=before)).exclude(Exists(touched))


def run_out_each(due: QuerySet[Order], verb: Callable[..., Order], *, at: datetime, ref: Reference) -> int:
    """Take a system step of every order whose time is over; each in its own transaction."""
    return sum(_taken(uid, verb, at, ref) for uid in due.order_by("act_by", "id").values_list("uid", flat=True)[:MOST])


def _taken(uid: UUID, verb: Callable[..., Order], at: datetime, ref: Reference) -> bool:
    try:
        verb(uid, at=at, ref=ref)
    except StepRefused:
        return False  # the team, the requester or another worker was quicker
    except Refused as refused:
        # One order that cannot be keeps no other from its turn; whoever keeps the house reads of it.
        log.warning("order %s: %s refused, %s", uid, getattr(verb, "__name__", verb), refused.code)
        return False
    return True


def drop_personal_data(*, at: datetime) -> int:
    """Take name and phone of requesters away when their time is over, and let applications lapse that nobody has answered; returns
    of how many.
    """
    ref, done = reference.now(), 0
    while some := lapse_old(at=at):
        done += some
    while some := anonymise_old(at=at, ref=ref):
        done += some
    return done
