"""Entering an order for a resident: what comes by phone, at the door, or is seen on the way."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid
from civicloop.volunteers import actions, policy, queries
from civicloop.volunteers.models import Order
from civicloop.volunteers.models.orders import SOURCE_LABELS
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

SOURCES = ("desk", "hotline", "visit")


@login_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The form. The requester has agreed that he may be called; without consent no name is kept."""
    asking = asker(request)
    policy.require_do(asking.person, "order.create", at=asking.at, ref=asking.ref)

    def act(given: dict[str, Any]) -> Order:
        return actions.create(**_ready(given, asking), by=asking.person, at=asking.at, ref=asking.ref).order

    return run(request, Form(
        _("Enter an order"), _fields(asking), act, reverse("desk:volunteers"), _("Submit the order"), _("The order is submitted."),
        now={"source": "desk"}, only_changes=False, once=True, then=lambda made: reverse("desk:volunteer_order", args=[made.uid]),
    ))  # fmt: skip


def _fields(asking: Asker) -> list[Asked]:
    services = [Choice(one.code, one.name) for one in queries.menu(asking.at)]
    sources = [Choice(one, str(SOURCE_LABELS[one])) for one in SOURCES]
    return [
        Asked("service", _("Service"), "choice", required=True, choices=services),
        Asked(
            "description", _("What is wanted"), "text", hint=_("For whom, what for, what to bring. Name no illness.")
        ),
        Asked("address", _("Address"), hint=_("Street and number, landmark")),
        Asked("lon", _("Longitude"), "decimal"),
        Asked("lat", _("Latitude"), "decimal", hint=_("With a place on the map the nearest team is found.")),
        Asked("wanted_from", _("Wanted from"), "moment"),
        Asked("wanted_to", _("Wanted until"), "moment"),
        Asked("source", _("Source"), "choice", required=True, choices=sources),
        Asked("urgent", _("urgent"), "yes"),
        Asked("name", _("Name of the requester"), most=60),
        Asked("phone", _("Phone"), most=30),
        Asked("consent", _("The requester agrees that name and phone are kept for this order"), "yes"),
    ]


def _ready(given: dict[str, Any], asking: Asker) -> dict[str, Any]:
    """What was typed, as the action takes it. Raises Invalid."""
    ready = {name: given[name] for name in ("description", "address", "wanted_from", "wanted_to", "source", "urgent")}
    if (given["name"] or given["phone"]) and not given["consent"]:
        raise Invalid("consent", "order_consent_needed")
    if given["name"] or given["phone"]:
        ready["requester"] = {"name": given["name"], "phone": given["phone"]}
    for name in ("lon", "lat"):
        ready[name] = None if given[name] is None else float(given[name])
    found = next((one for one in queries.menu(asking.at) if one.code == given["service"]), None)
    if found is None:
        raise Invalid("service", "service_not_on_menu", service=given["service"])
    for name in ("wanted_from", "wanted_to"):
        if ready[name] is not None and not timezone.is_aware(ready[name]):
            ready[name] = timezone.make_aware(ready[name])
    return {**ready, "service": found, "uid": given["once"]}
