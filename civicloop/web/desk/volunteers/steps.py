"""Taking a step of an order: its form with just the fields the step asks for; when it is refused, nothing typed is lost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from civicloop.kernel.lifecycle import Step
from civicloop.kernel.refusal import Invalid, NotFound, Refused, Stale, StepRefused
from civicloop.sentences import sentence
from civicloop.volunteers import actions, policy, queries
from civicloop.volunteers.actions.orders_take import VERBS
from civicloop.volunteers.models import Order, OrderRefusal, ServiceKind, Team
from civicloop.volunteers.rules.lifecycle import LIFECYCLE, WITH_TEAM
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.uploads import remembered, taken
from civicloop.web.desk.volunteers import proposed, serving
from civicloop.web.refusals import keep
from civicloop.web.ui import editing, fields, orderwords
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

TEXTS = {
    "note": gettext_lazy("Note"), "reason": gettext_lazy("Reason"), "description": gettext_lazy("What is wanted"),
    "address": gettext_lazy("Address"),
}  # fmt: skip
HINTS = {
    "reason": gettext_lazy("The requester, the team and the auditors will read it."),
    "finish": gettext_lazy("What was done, in a sentence or two. Name no resident."),
    "rate": gettext_lazy("What the requester said."),
    "arrange": gettext_lazy("What the requester said when you asked."),
}
SCORES = [Choice(str(score), "★" * score + "☆" * (5 - score)) for score in (5, 4, 3, 2, 1)]
ORDER_OF_FIELDS = (
    "team",
    "service",
    "urgent",
    "weight",
    "score",
    "as_asked",
    "description",
    "address",
    "lon",
    "lat",
    "wanted_from",
    "wanted_to",
    "note",
    "reason",
)
# Where the desk has asked on the telephone, it may also put a place on the map.
POINT = ("lon", "lat")  # fmt: skip
MOST_TEAMS = 500


@login_required
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Show the form of a step, or take it."""
    asking = asker(request)
    found = queries.get(uid, asking.actor)
    if step not in LIFECYCLE or step not in VERBS:
        raise NotFound("step", step)
    row = LIFECYCLE[step]
    if request.method == "GET":
        return _form(request, found, row, None)
    try:
        given = _given(request, found, row)
        actions.take(
            uid, step, by=asking.person, at=asking.at, given=given, expected_version=_version(request), ref=asking.ref
        )
    except Refused as refused:
        keep(request, refused)
        return _form(request, queries.get(uid, asking.actor), row, request.POST, refused)
    messages.success(request, _("Done: %(step)s.") % {"step": orderwords.STEPS.get(step, step)})
    return redirect("desk:volunteer_order", uid)


def fields_of(found: Order, row: Step) -> list[Asked]:
    """The fields of a step, in the order in which people think of them."""
    asks = row.needs | row.asks
    if "place" in asks:
        asks = (asks - {"place"}) | {"address", *(POINT if row.name == "arrange" else ())}
    return [_field(name, found, row) for name in ORDER_OF_FIELDS if name in asks]


def _field(name: str, found: Order, row: Step) -> Asked:
    needed = name in row.needs
    if name == "team":
        return Asked(name, _("Team"), "choice", required=needed, choices=_teams(found))
    if name == "service":
        services = ServiceKind.objects.filter(Q(pk=found.service_id) | Q(published_at__isnull=False, ended_at=None))
        choices = [Choice(one.code, one.name) for one in services.order_by("group", "code")]
        return Asked(name, _("Service"), "choice", required=True, choices=choices)
    if name == "weight":
        choices = [Choice(str(value), str(word)) for value, word in orderwords.WEIGHTS.items()]
        return Asked(name, _("How much it matters"), "choice", required=True, choices=choices)
    if name == "score":
        return Asked(name, _("Score"), "choice", required=needed, choices=SCORES, hint=HINTS["rate"])
    if name == "urgent":
        return Asked(name, _("urgent"), "yes")
    if name == "as_asked":
        return Asked(
            name, _("Was it what was asked for?"), "choice", choices=[Choice("1", _("yes")), Choice("0", _("no"))]
        )
    if name in POINT:
        why = "" if name == "lon" else _("With a place on the map the nearest team is found.")
        return Asked(name, _("Longitude") if name == "lon" else _("Latitude"), "decimal", hint=why)
    if name in ("wanted_from", "wanted_to"):
        return Asked(name, _("Wanted from") if name == "wanted_from" else _("Wanted until"), "moment")
    hint = HINTS.get(row.name if name == "note" else name, "")
    kind = "line" if name == "address" else "text"
    return Asked(name, TEXTS[name], kind, required=needed, hint=hint)


def _teams(found: Order) -> list[Choice]:
    """Teams that have not refused it, with what they have at hand; the rules say whether one may take it."""
    refused = OrderRefusal.objects.filter(order=found).values("team")
    rows = Team.objects.filter(active=True, unit__active=True, capacity__gt=0).exclude(pk__in=refused)
    rows = rows.annotate(load=Count("orders", filter=Q(orders__state__in=sorted(WITH_TEAM))))
    rows = rows.select_related("unit").order_by("unit__code")[:MOST_TEAMS]
    return [Choice(one.unit.code, f"{one.unit.name} · {one.load}/{one.capacity}") for one in rows]


def _given(request: HttpRequest, found: Order, row: Step) -> dict[str, Any]:
    """What was typed, as plain values; what is left empty is left out, a tick that is not set is a no."""
    read = editing.read(fields_of(found, row), request.POST)
    given = {name: value for name, value in read.items() if value not in ("", None)}
    place = {name: given.pop(name) for name in ("address", *POINT) if name in given}
    if place.get("address") == found.address:
        place.pop("address")
    if all(place.get(name) == _decimal(getattr(found, name)) for name in POINT):
        place = {name: value for name, value in place.items() if name not in POINT}
    given |= {"place": {**place, **{name: float(place[name]) for name in POINT if name in place}}} if place else {}
    if row.name == "arrange":
        for name in ("wanted_from", "wanted_to"):
            if name in given and given[name] == _to_the_minute(getattr(found, name)):
                given.pop(name)
    if "photos" in row.needs | row.asks:
        photos = taken(request)
        given |= {"photos": photos} if photos else {}
    if "served" in row.asks and (rows := serving.typed_rows(request.POST)):
        given["served"] = rows
    return given


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _to_the_minute(moment: datetime | None) -> datetime | None:
    """As a field of the form says it."""
    return moment.replace(second=0, microsecond=0) if moment else None


def _now(found: Order, row: Step) -> dict[str, Any]:
    """What the form is filled with: what is known already, and the proposed team."""
    now: dict[str, Any] = {
        "service": found.service.code, "urgent": found.urgent, "weight": found.weight, "as_asked": "",
        "description": found.description, "address": found.address, "wanted_from": found.wanted_from,
        "wanted_to": found.wanted_to, "lon": found.lon, "lat": found.lat,
    }  # fmt: skip
    if row.name == "assign":
        now["team"] = (proposed.row_of(found) or {}).get("team") or ""
    return now


def _form(
    request: HttpRequest, found: Order, row: Step, typed: QueryDict | None, refused: Refused | None = None
) -> HttpResponse:
    asking = asker(request)
    asked = fields_of(found, row)
    faults = _faults(refused)
    shown: dict[str, Any] = {
        "order": found,
        "left": orderwords.left(found, asking.at, asking.ref),
        "step": row,
        "fields": editing.shown(asked, _now(found, row), typed, faults),
        "asks_photos": "photos" in row.needs | row.asks,
        "served_rows": _served_rows(found, row, typed, refused, asking),
        "kept": remembered(request) if typed is not None else [],
        "possible": found.state in row.origin,
        "typed": typed is not None,
        "sentence": sentence(refused) if refused and not set(faults) & {one.key for one in asked} else "",
        "stale": isinstance(refused, Stale),
        "grave": row.name in orderwords.GRAVE,
        "proposal": proposed.row_of(found) if row.name == "assign" and typed is None else None,
    }
    part = request.headers.get("HX-Request") and typed is None
    template = "ui/order_step_form.html" if part else "desk/volunteers_step.html"
    return render(request, template, shown, status=refused.status if refused else 200)


def _served_rows(
    found: Order, row: Step, typed: QueryDict | None, refused: Refused | None, asking: Asker
) -> list[serving.Row]:  # fmt: skip
    """The members of the team, for nobody but who may take the step."""
    if "served" not in row.asks or not policy.may(asking.actor, row.name, found):
        return []
    return serving.member_rows(found, asking, typed, refused)


def _faults(refused: Refused | None) -> dict[str, str]:
    if isinstance(refused, Invalid):
        return {refused.field: sentence(refused)}
    if isinstance(refused, StepRefused):
        return {key: fields.required_fault() for key in refused.missing}
    return {}


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
