"""What time does to orders: offers lapse, silence confirms, alarms climb the ladder, personal data go when their time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from civicloop.kernel.refusal import StepRefused
from civicloop.loops import sweep as loops
from civicloop.loops.sweep import Swept
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions import lapse, rate_by_time
from civicloop.volunteers.actions.applying import lapse_old
from civicloop.volunteers.actions.requesters import anonymise_old
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.models import Order
from civicloop.volunteers.rules.lifecycle import OrderState

MOST = 5000


@dataclass
class SweptOrders:
    """What one sweep of the orders did."""

    lapsed: int = 0
    confirmed: int = 0
    alarms: Swept = field(default_factory=Swept)


def sweep_orders(*, at: datetime) -> SweptOrders:
    """Let run out what has run out, then take every rung that is due. Safe to run at any time, by any number of workers.

    What lapses or is confirmed gets another owner or clock; so this goes before the alarms of the old one.
    """
    lapsed, confirmed = _run_out(at)
    return SweptOrders(lapsed, confirmed, loops.sweep(ORDERS, at=at))


def run_out(*, at: datetime) -> int:
    """Let run out what has run out; returns how many steps the system has taken."""
    return sum(_run_out(at))


def _run_out(at: datetime) -> tuple[int, int]:
    ref = reference.now()
    return _each_due(OrderState.ASSIGNED, lapse, at, ref), _each_due(OrderState.SERVED, rate_by_time, at, ref)


def _each_due(state: str, verb: Callable[..., Order], at: datetime, ref: Reference) -> int:
    """Take a system step of every order in this state whose time is over; each in its own transaction."""
    due = Order.objects.filter(state=state, ended_at=None, act_by__lte=at).order_by("act_by", "id")
    done = 0
    for uid in list(due.values_list("uid", flat=True)[:MOST]):
        done += _taken(uid, verb, at, ref)
    return done


def _taken(uid: UUID, verb: Callable[..., Order], at: datetime, ref: Reference) -> bool:
    try:
        verb(uid, at=at, ref=ref)
    except StepRefused:
        return False  # the team, the requester or another worker was quicker
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
