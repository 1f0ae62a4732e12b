"""Any step of an order by its name with plain values, as forms, the API and a requester's code give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from civicloop.kernel.codes import digest, read_code
from civicloop.kernel.refusal import Invalid, NotAllowed, NotFound, StepRefused
from civicloop.loops.engine import taking
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers import given as reading
from civicloop.volunteers.actions import orders, orders_rating, orders_teams
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.models import Order
from civicloop.volunteers.rules.lifecycle import BY_REQUESTER, LIFECYCLE

VERBS: dict[str, Callable[..., Order]] = {
    "amend": orders.amend, "submit": orders.hand_in, "approve": orders.approve, "arrange": orders.arrange,
    "return": orders.return_, "reject": orders.reject, "cancel": orders.cancel, "comment": orders.comment,
    "assign": orders_teams.assign, "accept": orders_teams.accept, "decline": orders_teams.decline, "recall": orders_teams.recall,
    "begin": orders_teams.begin, "finish": orders_teams.finish, "rate": orders_rating.rate,
    "not_served": orders_rating.not_served, "archive": orders_rating.archive,
}  # fmt: skip


def take(
    order_uid: UUID, step: str, *, by: Person | None, at: datetime, given: Mapping[str, Any] | None = None,
    noted_at: datetime | None = None, expected_version: int | None = None, ref: Reference | None = None,
) -> Order:  # fmt: skip
    """Take a step. Raises Invalid (which field), NotFound, NotAllowed, StepRefused, Conflict, Stale.

    `by=None` is a door that has checked that its visitor may: pages for people with a post always name the person.
    """
    verb = VERBS.get(step)
    if verb is None:
        raise StepRefused(step, "", code="step_unknown")
    ref = ref or reference.now()
    values, row = reading.read(given or {}), LIFECYCLE[step]
    extra = sorted(set(values) - row.needs - row.asks)
    if extra:
        raise Invalid(extra[0], "not_asked_for", field=extra[0], step=step)
    how: dict[str, Any] = {"by": by, "at": at, "noted_at": noted_at, "expected_version": expected_version, "ref": ref}
    if row.needs - set(values):
        # Say no for the weightiest reason: may not, too late, not from here, and only then what is missing.
        with taking(ORDERS, order_uid, step, given=row.needs & set(values), **how):
            pass
    return verb(order_uid, **values, **how)


def order_of_code(code: str) -> Order:
    """The order that a requester's code stands for. Raises NotFound for a code that is none, or nobody's."""
    read = read_code(code)
    rows = Order.objects.select_related("service", "team__unit", "grid", "requester")
    order = rows.filter(code_digest=digest(read)).first() if read else None
    if order is None:
        raise NotFound("order", "")
    return order


def take_by_code(
    code: str, step: str, *, at: datetime, given: Mapping[str, Any] | None = None, expected_version: int | None = None
) -> Order:  # fmt: skip
    """A requester without an account takes one of his own steps: hand in, change, cancel, rate, say that nobody came."""
    order = order_of_code(code)
    if step not in BY_REQUESTER:
        raise NotAllowed(f"order.{step}", "requester", who=(), about=("order", str(order.uid)))
    return take(order.uid, step, by=None, at=at, given=given, expected_version=expected_version)
