"""The requester confirms and rates (评单); what nobody rates counts as accepted after a while, and is marked as such."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.kernel.refusal import Invalid, StepRefused
from civicloop.loops.engine import taking
from civicloop.organisation.models import Person
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions.hours import void_order
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.models import Order

BEST = 5


def rate(
    order_uid: UUID, *, score: int, as_asked: bool | None = None, note: str = "", by: Person | None, at: datetime,
    **how: Any,
) -> Order:  # fmt: skip
    """The requester says how it was, from 1 to 5, and whether it was what was asked for; or the desk, after calling him."""
    if not 1 <= score <= BEST:
        raise Invalid("score", "number_out_of_bounds", value=score, least=1, most=BEST)
    with taking(ORDERS, order_uid, "rate", by=by, at=at, given={"score"}, note=note, **how) as step:
        order: Order = step.loop
        order.score, order.as_asked, order.rated_at, order.rated_by_time = score, as_asked, at, False
        step.data |= {"score": score, "as_asked": as_asked, "called": by is not None and by.pk != order.made_by_id}
    return order


def rate_by_time(order_uid: UUID, *, at: datetime, ref: Reference | None = None) -> Order:
    """Nobody has said anything within the days of `orders.rate_after_days`: confirmed, without a score, and marked as such.

    Raises StepRefused `not_lapsed_yet` before its time.
    """
    with taking(ORDERS, order_uid, "rate_by_time", by=None, at=at, ref=ref) as step:
        order: Order = step.loop
        if order.act_by is None or order.act_by > at:
            raise StepRefused("rate_by_time", order.state, code="not_lapsed_yet")
        order.rated_at, order.rated_by_time = at, True
    return order


@transaction.atomic
def not_served(order_uid: UUID, *, reason: str, by: Person | None, at: datetime, **how: Any) -> Order:
    """Nobody came, or not for what was asked: the team has it again, with time anew. Hours that were recorded of it are void;
    when the team reports it served, it says again who served.
    """
    with taking(ORDERS, order_uid, "not_served", by=by, at=at, note=reason, **how) as step:
        order: Order = step.loop
        # Whoever goes again begins again: the minutes of the first time are not those of the second.
        order.served_at = order.begun_at = None
        step.data |= {"voided": voided} if (voided := void_order(order=order, by=by, at=at)) else {}
    return order


def archive(order_uid: UUID, *, note: str = "", by: Person | None, at: datetime, **how: Any) -> Order:
    """File the order away (归档)."""
    with taking(ORDERS, order_uid, "archive", by=by, at=at, note=note, **how) as step:
        order: Order = step.loop
    return order
