"""An order comes in, is reviewed, and may be withdrawn (点单、审单)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from civicloop.cases.place import locate
from civicloop.kernel import worktime
from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, StepRefused
from civicloop.kernel.text import clean_text
from civicloop.loops import engine
from civicloop.loops.engine import Taking, taking
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers import policy
from civicloop.volunteers.given import WEIGHTS
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.models import Order, OrderStep, Requester, ServiceKind, Skill
from civicloop.volunteers.models.orders import SOURCE_LABELS
from civicloop.volunteers.rules.lifecycle import OrderState

MOST_MINUTES, MOST_PEOPLE = 24 * 60, 200


@dataclass(frozen=True, slots=True)
class Created:
    """The order, and whether the same one had come in before (sent again by a phone or by another system)."""

    order: Order
    known: bool


@transaction.atomic
def create(
    *, service: ServiceKind, by: Person | None, at: datetime, description: str = "",
    requester: Mapping[str, str] | None = None, source: str = "desk", external_key: str | None = None,
    code_digest: str = "", urgent: bool = False, weight: int | None = None, people: int | None = None,
    minutes: int | None = None, skills: Sequence[Skill] = (), address: str = "", lon: float | None = None,
    lat: float | None = None, datum: str = "wgs84", wanted_from: datetime | None = None,
    wanted_to: datetime | None = None, uid: UUID | None = None, submit: bool = True, ref: Reference | None = None,
) -> Created:  # fmt: skip
    """Write an order down, and submit it unless it is to stay a draft. `by=None` is a resident at a public door.

    `requester` holds `name` and `phone`, given with consent. The same `uid` or `external_key` sent again finds the first order;
    with another service or from somebody else it is refused with Conflict `order_known`. Raises Invalid (which field), among them
    `service_not_on_menu`, `outside_grids`, `place_missing`, `wanted_wrong_way_round`, `wanted_is_past`; NotAllowed.
    """
    ref = ref or reference.now()
    policy.require_do(by, "order.create", at=at, ref=ref)
    external_key = clean_text(external_key or "", limit=100, field="external_key") or None
    known = _known(uid, external_key)
    if known is not None:
        return Created(_same(known, service, by), True)
    place = locate(lon, lat, datum, ref)
    if source not in SOURCE_LABELS:
        raise Invalid("source", "unknown_choice", value=source, choices=list(SOURCE_LABELS))
    order = Order(
        uid=uid or new_uid(), state=OrderState.DRAFT, service=service, made_by=by, source=source, external_key=external_key,
        description=clean_text(description, limit=4000, multiline=True, field="description"), code_digest=code_digest,
        urgent=urgent, weight=_weight(weight, urgent), people=_count("people", people, service.people, MOST_PEOPLE),
        minutes=_count("minutes", minutes, service.minutes, MOST_MINUTES),
        address=clean_text(address, limit=200, field="address"), lon=place.lon, lat=place.lat,
        grid_id=place.grid.id if place.grid else None, wanted_from=wanted_from, wanted_to=wanted_to, created_at=at,
    )  # fmt: skip
    check_order(order, at=at)
    first = _store_once(order, requester, skills, by=by, at=at, ref=ref)
    if first is not order:
        return Created(first, True)
    if submit:
        order = hand_in(order.uid, by=by, at=at, ref=ref)
    return Created(order, False)


def _store_once(
    order: Order, requester: Mapping[str, str] | None, skills: Sequence[Skill], *, by: Person | None, at: datetime,
    ref: Reference,
) -> Order:  # fmt: skip
    """The order, stored; or the same one that somebody else has sent at the same moment and was first."""
    try:
        with transaction.atomic():
            _store(order, requester, skills, by=by, at=at, ref=ref)
    except IntegrityError:
        known = _known(order.uid, order.external_key)
        if known is None:
            raise
        return _same(known, order.service, by)
    return order


def _store(
    order: Order, requester: Mapping[str, str] | None, skills: Sequence[Skill], *, by: Person | None, at: datetime,
    ref: Reference,
) -> None:  # fmt: skip
    name, phone = (
        clean_text(str((requester or {}).get(part, "")), limit=limit, field=part)
        for part, limit in (("name", 60), ("phone", 30))
    )
    if name or phone:
        order.requester = Requester.objects.create(name=name, phone=phone, consent_at=at)
    data = {"service": order.service.code, "source": order.source, "urgent": order.urgent}
    engine.begin(ORDERS, order, by=by, at=at, name="create", ref=ref, data=data)
    order.skills.set(skills)


def _known(uid: UUID | None, external_key: str | None) -> Order | None:
    if uid is None and external_key is None:
        return None
    rows = Order.objects.select_related("service")
    found = rows.filter(uid=uid).first() if uid else None
    return found or (rows.filter(external_key=external_key).first() if external_key else None)


def _same(known: Order, service: ServiceKind, by: Person | None) -> Order:
    if known.made_by_id != (by.pk if by else None) or known.service_id != service.pk:
        raise Conflict("order_known", key=known.external_key or str(known.uid))
    return known


def _weight(weight: int | None, urgent: bool) -> int:
    if weight is None:
        return max(WEIGHTS) if urgent else 1
    if weight not in WEIGHTS:
        raise Invalid("weight", "unknown_choice", value=weight, choices=list(WEIGHTS))
    return weight


def _count(name: str, value: int | None, usual: int, most: int) -> int:
    number = usual if value is None else value
    if not 1 <= number <= most:
        raise Invalid(name, "number_out_of_bounds", value=number, least=1, most=most)
    return number


def check_order(order: Order, *, at: datetime) -> None:
    """Raise Invalid unless the order could be reviewed: a service of the menu, a time that makes sense."""
    service = order.service
    if service.published_at is None or service.published_at > at or (service.ended_at and service.ended_at <= at):
        raise Invalid("service", "service_not_on_menu", service=service.name)
    _check_times(order, at)


def _check_times(order: Order, at: datetime) -> None:
    if order.wanted_from and order.wanted_to and order.wanted_to <= order.wanted_from:
        raise Invalid("wanted_to", "wanted_wrong_way_round")
    if order.wanted_to is not None and order.wanted_to <= at:
        raise Invalid("wanted_to", "wanted_is_past")


def _check_place(order: Order) -> None:
    """Somebody must be able to find the way."""
    if order.lon is None and not order.address:
        raise Invalid("place", "place_missing")


def hand_in(order_uid: UUID, *, note: str = "", by: Person | None, at: datetime, **how: Any) -> Order:
    """Hand the order in; the desk reviews it. It must say where, or at which address, somebody is to come."""
    with taking(ORDERS, order_uid, "submit", by=by, at=at, note=note, **how) as step:
        order: Order = step.loop
        check_order(order, at=at)
        _check_place(order)
        order.submitted_at = at
    return order


def amend(
    order_uid: UUID, *, description: str | None = None, place: Mapping[str, Any] | None = None,
    wanted_from: datetime | None = None, wanted_to: datetime | None = None, by: Person | None, at: datetime, **how: Any,
) -> Order:  # fmt: skip
    """Change what is wanted, where and when, while the order is still with its requester. What is not given stays."""
    with taking(ORDERS, order_uid, "amend", by=by, at=at, **how) as step:
        order: Order = step.loop
        if description is not None:
            order.description = clean_text(description, limit=4000, multiline=True, field="description")
        _place_and_time(step, place, wanted_from, wanted_to)
        check_order(order, at=at)
        step.data["changed"] = sorted({*step.data["changed"], *(["description"] if description is not None else [])})
    return order


def arrange(
    order_uid: UUID, *, note: str, place: Mapping[str, Any] | None = None, wanted_from: datetime | None = None,
    wanted_to: datetime | None = None, by: Person | None, at: datetime, **how: Any,
) -> Order:  # fmt: skip
    """The desk has asked the requester and puts down another time, or the place (改约); `note` is what he said.

    Raises Invalid: nothing_to_arrange, wanted_wrong_way_round, wanted_is_past, place_missing, outside_grids.
    """
    with taking(ORDERS, order_uid, "arrange", by=by, at=at, note=note, **how) as step:
        order: Order = step.loop
        if place is None and wanted_from is None and wanted_to is None:
            raise Invalid("wanted_from", "nothing_to_arrange")
        # A new beginning without a new end: the old end belonged to the time that is given up.
        if wanted_from and not wanted_to and order.wanted_to and order.wanted_to <= wanted_from:
            order.wanted_to = None
        _place_and_time(step, place, wanted_from, wanted_to)
        _check_times(order, at)
        _check_place(order)
    return order


def _place_and_time(
    step: Taking, place: Mapping[str, Any] | None, wanted_from: datetime | None, wanted_to: datetime | None
) -> None:  # fmt: skip
    """Put down place and time as far as they are given; the step says which parts."""
    order: Order = step.loop
    if place is not None:
        _move(order, place, step.ref)
    order.wanted_from, order.wanted_to = wanted_from or order.wanted_from, wanted_to or order.wanted_to
    given = {"place": place, "wanted_from": wanted_from, "wanted_to": wanted_to}
    step.data["changed"] = sorted(name for name, value in given.items() if value is not None)


def _move(order: Order, place: Mapping[str, Any], ref: Reference) -> None:
    if "address" in place:
        order.address = clean_text(str(place["address"] or ""), limit=200, field="address")
    if place.get("lon") is not None or place.get("lat") is not None:
        found = locate(place.get("lon"), place.get("lat"), str(place.get("datum") or "wgs84"), ref)
        order.lon, order.lat, order.grid_id = found.lon, found.lat, found.grid.id if found.grid else None


def approve(
    order_uid: UUID, *, service: ServiceKind | None = None, urgent: bool | None = None, weight: int | None = None,
    note: str = "", by: Person | None, at: datetime, **how: Any,
) -> Order:  # fmt: skip
    """The desk has looked at it: it waits for a team. The desk may put it under another service, and says how much it matters."""
    with taking(ORDERS, order_uid, "approve", by=by, at=at, note=note, **how) as step:
        order: Order = step.loop
        if service is not None and service.pk != order.service_id:
            step.data["service_before"] = order.service.code
            _put_under(order, service)
        if urgent is not None:
            order.urgent = urgent
        if weight is not None or urgent is not None:
            order.weight = _weight(weight, order.urgent)
        order.approved_at = at
        step.data |= {"service": order.service.code, "urgent": order.urgent, "weight": order.weight}
    return order


def _put_under(order: Order, service: ServiceKind) -> None:
    """Another service brings its own minutes and people; what the requester has said of them himself stays."""
    for name in ("minutes", "people"):
        if getattr(order, name) == getattr(order.service, name):
            setattr(order, name, getattr(service, name))
    order.service = service


def return_(order_uid: UUID, *, reason: str, by: Person | None, at: datetime, **how: Any) -> Order:
    """Something is missing: the requester is asked for it (退回)."""
    with taking(ORDERS, order_uid, "return", by=by, at=at, note=reason, **how) as step:
        order: Order = step.loop
    return order


def reject(order_uid: UUID, *, reason: str, by: Person | None, at: datetime, **how: Any) -> Order:
    """This is not a matter for volunteers (驳回)."""
    with taking(ORDERS, order_uid, "reject", by=by, at=at, note=reason, **how) as step:
        order: Order = step.loop
    return order


def cancel(order_uid: UUID, *, reason: str, by: Person | None, at: datetime, **how: Any) -> Order:
    """The requester needs it no longer (取消)."""
    with taking(ORDERS, order_uid, "cancel", by=by, at=at, note=reason, **how) as step:
        order: Order = step.loop
    return order


def expire(order_uid: UUID, *, at: datetime, ref: Reference | None = None) -> Order:
    """Nobody has handed it in (again): `orders.drop_after_days` after its time was over the system ends it (逾期取消), and with the
    end the time begins after which its personal data go. Raises StepRefused `not_lapsed_yet` before.
    """
    with taking(ORDERS, order_uid, "expire", by=None, at=at, ref=ref) as step:
        order: Order = step.loop
        if expires_at(order, step.ref) > at:
            raise StepRefused("expire", order.state, code="not_lapsed_yet")
    return order


def expires_at(order: Order, ref: Reference) -> datetime:
    """When an order that is with its requester ends by itself: the time to answer, and some days; whoever touched it meanwhile has
    these days from then on. A draft's time to answer begins when it is written down.
    """
    days = timedelta(days=int(ref.parameters["orders.drop_after_days"]))
    due = order.act_by
    if due is None:
        limit = ref.parameters.limit("orders.answer_within")
        due = worktime.start(limit, order.created_at, ref.calendar_for(order.owner_id)).due_at
    touched = OrderStep.objects.filter(order=order).aggregate(last=Max("at"))["last"]
    return max(due, touched or due) + days


def comment(order_uid: UUID, *, note: str, by: Person | None, at: datetime, **how: Any) -> Order:
    """Say something beside the steps."""
    with taking(ORDERS, order_uid, "comment", by=by, at=at, note=note, **how) as step:
        order: Order = step.loop
    return order
