"""How one person hears of things outside the page, and the robots of group chats."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import NotFound, Refused
from civicloop.notify import actions, policy, sending, wishes
from civicloop.notify.models import CHANNEL_LABELS, MODE_LABELS, Delivery, Robot
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.back import way_back
from civicloop.web.desk.edit import choosing
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.ui.editing import Asked

MOST_SHOWN = 20


def told(asking: Asker) -> dict[str, Any]:
    """What the section of the settings page shows: the channels there are, and what was chosen."""
    choice = wishes.choice_of(asking.person)
    channels = []
    for channel in wishes.PERSONAL:
        mode = wishes.wish_of(choice, channel, asking.ref.parameters).mode
        has_address = bool(asking.person.email if channel == "mail" else asking.person.phone)
        channels.append((channel, CHANNEL_LABELS[channel], str(mode), sending.is_open(channel), has_address))
    wish = wishes.wish_of(choice, "mail", asking.ref.parameters)
    return {
        "channels": channels, "modes": MODE_LABELS.items(), "quiet": [f"{one:%H:%M}" for one in wish.quiet],
        "digest_at": f"{wish.digest_at:%H:%M}", "most_messages": wish.most,
        "may_robots": asking.actor.has(*policy.MAY["robot.keep"]),
    }  # fmt: skip


@login_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep what a person wants to hear."""
    asking = asker(request)
    try:
        wishes.choose_wish(given=request.POST.dict(), by=asking.person)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Kept. It holds from the next message on."))
    return way_back(request, "desk:settings")


@login_required
@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """The robots of group chats, and the newest messages with how they stand."""
    asking = asker(request)
    policy.require(asking.person, "robot.keep", at=asking.at)
    rows = Robot.objects.select_related("unit")
    newest = Delivery.objects.select_related("person", "robot").order_by("-pk")[:MOST_SHOWN]
    return render(request, "edit/robots.html", {"rows": rows, "newest": newest})


@login_required
@require_http_methods(["GET", "POST"])
def robot(request: HttpRequest, uid: UUID | None = None) -> HttpResponse:
    """Add a robot, or change one. Its address is typed once and never shown again."""
    asking = asker(request)
    policy.require(asking.person, "robot.keep", at=asking.at)
    found = Robot.objects.select_related("unit").filter(uid=uid).first() if uid else None
    if uid and found is None:
        raise NotFound("robot", uid)

    def act(given: dict[str, Any]) -> Robot:
        unit = choosing.unit_of(given["unit"])
        assert unit is not None
        return actions.keep_robot(**{**given, "unit": unit}, robot=found, by=asking.person, at=asking.at)

    hint = _("Empty: the one it has.") if found else _("For example wecombot://KEY, dingtalk://TOKEN, feishu://TOKEN.")
    fields = [
        Asked("unit", _("Unit"), "choice", required=True, choices=choosing.units(asking)),
        Asked("name", _("Name"), required=True, most=60),
        Asked("address", _("Address"), "password", required=found is None, most=500, hint=hint),
        Asked("mode", _("What it tells"), "choice", required=True, choices=choosing.of_labels(MODE_LABELS)),
        *([Asked("active", _("In use"), "yes")] if found else []),
    ]
    now = (
        {"unit": found.unit.code, "name": found.name, "mode": found.mode, "active": found.active}
        if found
        else {"mode": "daily"}
    )
    return run(request, Form(
        found.name if found else _("Add a robot"), fields, act, reverse("desk:edit_robots"), _("Save"), _("The robot is set up."),
        now=now, only_changes=False, about=("robot", found.uid) if found else None,
        lead=_("It tells the unit's group what its handlers and leaders are told: numbers and places, no people."),
    ))  # fmt: skip
