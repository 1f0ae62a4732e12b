"""Deciding one pair of a proposal by hand: what it costs, keeping it, taking it back; and noting what had to fall."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.volunteers import policy
from civicloop.volunteers.actions.dispatch_edits import keep_edit, note_fallen, take_back_edit
from civicloop.volunteers.actions.proposing import propose
from civicloop.volunteers.dispatchwords import FORCED
from civicloop.volunteers.given import team_named
from civicloop.volunteers.models import DispatchEdit, Proposal, Team
from civicloop.volunteers.proposing import Priced, newest, price_of_edit
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers.board import lines_of, team_name
from civicloop.web.desk.volunteers.pressing import answered, filled
from civicloop.web.ui.choices import Choice

MOST_TEAMS = 500
NO_TEAM = "-"
# What binds every offer, also one made by hand.
BINDING = ("missing_skill", "all_refused", "no_capacity", "away")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another team for one order, or none: first what it costs, then keep it."""
    asking = asker(request)
    policy.require_do(asking.person, "proposal.edit", at=asking.at, ref=asking.ref)
    proposal = newest()
    row = next((one for one in proposal.content if one["order"] == str(uid)), None) if proposal else None
    if proposal is None or row is None:
        raise NotFound("order", uid)
    return filled(
        request, partial(_page, request, asking, proposal, row), lambda: _keep(request, asking, row),
        done=lambda _made: _("The change is kept; the others were planned anew around it."),
        then=lambda _made: reverse("desk:volunteer_board"),
    )  # fmt: skip


def _page(
    request: HttpRequest, asking: Asker, proposal: Proposal, row: Mapping[str, Any], refused: Refused | None = None
) -> HttpResponse:  # fmt: skip
    """The form, with the price of the team that was chosen; what was refused has none."""
    uid, chosen = UUID(row["order"]), (request.POST if refused else request.GET).get("team", "")
    team = None if chosen in ("", NO_TEAM) else chosen[:30]
    priced = chosen and not refused
    price = price_of_edit(proposal, str(uid), team, at=asking.at, ref=asking.ref) if priced else None
    shown = {
        "proposal": proposal,
        "line": lines_of([row], asking)[0],
        "kept": price.kept if price else _kept(uid),
        "teams": _offered(price)[:MOST_TEAMS],
        "chosen": chosen,
        "team_name": team_name(team, asking) if chosen else "",
        "cost": _cost(price.cost, asking) if price else None,
        "no_team": NO_TEAM,
    }
    return answered(request, "desk/volunteers_edit.html", shown, refused)


@login_required
@require_POST
def back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The solver decides about this order again."""
    asking = asker(request)
    take_back_edit(order_uid=uid, by=asking.person, at=asking.at, ref=asking.ref)
    propose(by=asking.person, at=asking.at)
    messages.success(request, _("The change is taken back; all was reckoned anew."))
    return redirect("desk:volunteer_board")


@login_required
@require_POST
def noted(request: HttpRequest) -> HttpResponse:
    """The changes that fell were read."""
    asking = asker(request)
    note_fallen(by=asking.person, at=asking.at, ref=asking.ref)
    return redirect("desk:volunteer_board")


def _kept(uid: UUID) -> DispatchEdit | None:
    return DispatchEdit.objects.select_related("kept_by").filter(order__uid=uid, state="kept").first()


def _offered(price: Priced | None) -> list[Choice]:
    """The teams in use, by code; they were read already where there is a price."""
    if price is not None:
        return [Choice(one.code, one.name) for one in price.teams]
    rows = Team.objects.filter(active=True, unit__active=True).order_by("unit__code")
    return [Choice(code, name) for code, name in rows.values_list("unit__code", "unit__name")[:MOST_TEAMS]]


def _keep(request: HttpRequest, asking: Asker, row: Mapping[str, Any]) -> None:
    chosen = request.POST.get("team", "")
    if not chosen:
        raise Invalid("team", "required", field="team")
    team = None if chosen == NO_TEAM else team_named(chosen[:30])
    instead_of = row["hand"]["instead_of"] if row.get("hand") else row["team"] or ""
    keep_edit(
        order_uid=UUID(row["order"]), team=team, instead_of=instead_of, by=asking.person, at=asking.at, ref=asking.ref
    )  # fmt: skip
    propose(by=asking.person, at=asking.at)


def _cost(cost: Mapping[str, Any], asking: Asker) -> dict[str, Any]:
    """What an edit costs, in words."""
    moved = [
        {
            "order": one["order"], "number": one["number"],
            "before": team_name(one["before"], asking), "after": team_name(one["after"], asking),
        }
        for one in cost["moved"]
    ]  # fmt: skip
    forced = cost.get("forced")
    return {
        **cost, "moved": moved, "why": str(FORCED.get(forced, forced)) if forced else "", "free": _is_free(cost),
        "possible": forced not in BINDING,
    }  # fmt: skip


def _is_free(cost: Mapping[str, Any]) -> bool:
    return not (cost["served"] or cost["weight"] or cost["moved"])
