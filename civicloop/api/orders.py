"""Orders of voluntary services: the menu, lists, one order with its story, ordering, and steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router

from civicloop.api import order_shapes as shapes
from civicloop.api.asking import Asked, asked
from civicloop.api.cases import story_step
from civicloop.api.describing import PROBLEMS, reply, takes
from civicloop.api.once import Answer, once
from civicloop.api.order_shapes import OrderListing, OrderStepIn
from civicloop.api.paging import page_of, place_of
from civicloop.api.reading import check_names, dumps
from civicloop.api.render import ROOT, grid_named, unit_named
from civicloop.api.tags import expected_version, tag_of, tagged
from civicloop.kernel.masking import masked
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.volunteers import actions, queries
from civicloop.volunteers.given import service_named, team_named
from civicloop.volunteers.models import Order
from civicloop.volunteers.models.orders import STATE_LABELS
from civicloop.volunteers.queries import OrderFilters
from civicloop.volunteers.rules.lifecycle import BY_CLOCK, LIFECYCLE

router = Router(tags=["orders"])
PLAIN = (
    "uid", "state", "urgent", "weight", "people", "minutes", "source", "wanted_from", "wanted_to", "act_by", "due_at", "score",
    "rated_by_time", "as_asked", "created_at", "ended_at", "version",
)  # fmt: skip
BRIEF = ("id", "service__code", "service__name", "team__unit_id", "owner_id", "grid_id", *PLAIN)
MOMENTS = ("submitted_at", "approved_at", "assigned_at", "accepted_at", "begun_at", "served_at", "rated_at")


@router.get("/services", response={200: shapes.Menu, **PROBLEMS}, operation_id="list_services")
def list_services(request: HttpRequest) -> HttpResponse:
    """The menu: what may be ordered now."""
    check_names(request, [])
    rows = queries.menu(asked(request).at).prefetch_related("skills")
    return reply({"items": [
        {
            "uid": row.uid, "code": row.code, "name": row.name, "group": row.group, "description": row.description,
            "skills": [skill.name for skill in row.skills.all()], "minutes": row.minutes, "people": row.people,
        }
        for row in rows
    ]})  # fmt: skip


@router.get("/orders", response={200: shapes.OrderPage, **PROBLEMS}, operation_id="list_orders")
def list_orders(request: HttpRequest, given: Query[OrderListing]) -> HttpResponse:
    """The orders the asker may see, newest first."""
    check_names(request, OrderListing.model_fields)
    who = asked(request)
    filters = OrderFilters(
        states=[str(state) for state in given.state], urgent=given.urgent, text=(given.q or "").strip(),
        service_id=None if given.service is None else service_named(given.service).pk,
        team_id=None if given.team is None else team_named(given.team).pk,
        overdue_at=who.at if given.overdue else None,
    )  # fmt: skip
    place = place_of(given.cursor, given.page == "last")
    page = page_of(queries.listing(who.actor, filters, who.ref), BRIEF, place=place, limit=given.limit)
    return reply(page.body(request, lambda row: _brief(row, who)))


@router.get(
    "/orders/{uid}",
    response={200: shapes.OrderDetail, 304: None, **PROBLEMS},
    operation_id="get_order",
    openapi_extra=takes("If-None-Match"),
)
def get_order(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One order, with the steps the asker may take now. Who asks is masked."""
    check_names(request, [])
    who = asked(request)
    order = queries.get(uid, who.actor)
    body = dumps(_detail(order, who))
    return tagged(request, order.version, body)


@router.get("/orders/{uid}/steps", response={200: shapes.OrderStory, **PROBLEMS}, operation_id="get_order_story")
def get_story(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What happened, in order: every step with who took it, when, and its photos."""
    check_names(request, [])
    who = asked(request)
    order = queries.get(uid, who.actor)
    steps = [story_step(step, who) for step in queries.story(order)]
    return reply({"items": [{**step, "note": masked(step["note"])} for step in steps]})


@router.post(
    "/orders",
    response={200: shapes.OrderDetail, 201: shapes.OrderDetail, **PROBLEMS},
    operation_id="create_order",
    openapi_extra=takes("Idempotency-Key"),
)
def create_order(request: HttpRequest, given: shapes.OrderIn) -> HttpResponse:
    """Order a service. 200: the same order (`external_key`) had come in before; 201: it is new."""
    check_names(request, [])
    who = asked(request)
    told = given.model_dump(exclude={"service", "requester", "datum"})
    service = service_named(given.service)
    if given.requester is not None and not given.requester.consent:
        raise Invalid("consent", "order_consent_needed")

    def work() -> Answer:
        made = actions.create(
            service=service, by=who.person, at=who.at, ref=who.ref, datum=given.datum.value,
            requester=given.requester.model_dump(include={"name", "phone"}) if given.requester else None, **told,
        )  # fmt: skip
        return _answer(made.order.uid, who, status=200 if made.known else 201)

    return once(request, work, by=who.person, at=who.at)


@router.post(
    "/orders/{uid}/steps/{step}",
    response={200: shapes.OrderDetail, **PROBLEMS},
    operation_id="take_order_step",
    openapi_extra=takes("Idempotency-Key", "If-Match"),
)
def take_step(request: HttpRequest, uid: UUID, step: str, given: OrderStepIn = Body(None)) -> HttpResponse:  # noqa: B008
    """Take a step. 409: the order is not where the step begins, or something is missing. 412: If-Match is stale."""
    check_names(request, [])
    if step not in LIFECYCLE or step in BY_CLOCK:
        raise NotFound("step", step)
    told = given.model_dump(exclude_unset=True, exclude_none=True, exclude={"noted_at"}) if given else {}
    who = asked(request)
    version = expected_version(request)

    def work() -> Answer:
        order = actions.take(
            uid, step, by=who.person, at=who.at, given=told, expected_version=version, ref=who.ref,
            noted_at=given.noted_at if given else None,
        )  # fmt: skip
        return _answer(order.uid, who)

    return once(request, work, by=who.person, at=who.at)


def _answer(uid: UUID, who: Asked, *, status: int = 200) -> Answer:
    """The order as it stands now; whoever has just acted is shown it, also where he loses sight of it by his step."""
    rows = Order.objects.select_related("service", "requester", "grid", "made_by", "team__unit")
    order = rows.get(uid=uid)
    body = dumps(_detail(order, who))
    headers = {"ETag": tag_of(order.version, body)}
    return Answer(status, body, headers | ({"Location": f"{ROOT}/orders/{uid}"} if status == 201 else {}))


def _brief(row: Mapping[str, Any], who: Asked) -> dict[str, Any]:
    act_by = row["act_by"]
    return {
        "number": f"单{row['id']}",
        "state_label": str(STATE_LABELS[row["state"]]),
        "service": {"code": row["service__code"], "name": row["service__name"]},
        "team": unit_named(who.ref, row["team__unit_id"]),
        "owner": unit_named(who.ref, row["owner_id"]),
        "grid": grid_named(who.ref, row["grid_id"]),
        "overdue": row["ended_at"] is None and act_by is not None and act_by < who.at,
        "url": f"{ROOT}/orders/{row['uid']}",
        **{name: row[name] for name in PLAIN},
    }


def _detail(order: Order, who: Asked) -> dict[str, Any]:
    """An order with everything the asker may know of it and do with it."""
    row = {name: getattr(order, name) for name in ("id", "owner_id", "grid_id", *PLAIN)}
    row |= {"service__code": order.service.code, "service__name": order.service.name}
    contact = queries.masked_requester(order)
    return {
        **_brief({**row, "team__unit_id": order.team.unit_id if order.team else None}, who),
        **{name: getattr(order, name) for name in ("lon", "lat", *MOMENTS)},
        "description": masked(order.description),
        "address": masked(order.address),
        "requester": {"name": contact.name, "phone": contact.phone} if contact else None,
        "made_by": {"uid": order.made_by.uid, "name": order.made_by.name} if order.made_by else None,
        "steps": [
            {
                "name": step.name,
                "to": step.to,
                "needs": sorted(step.needs),
                "asks": sorted(step.asks),
                "url": f"{ROOT}/orders/{order.uid}/steps/{step.name}",
            }
            for step in queries.steps_open_to(who.actor, order, at=who.at, ref=who.ref)
        ],
    }
