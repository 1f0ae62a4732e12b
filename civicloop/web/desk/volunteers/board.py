"""The dispatch board: what the solver proposes for the pool, why, what an edit costs, and carrying it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import NotAllowed, NotFound
from civicloop.organisation.rules.roles import Role
from civicloop.volunteers.actions.proposing import carry_out, propose
from civicloop.volunteers.dispatchwords import FORCED, WHY, said, skipped
from civicloop.volunteers.models import Order, Proposal, Team
from civicloop.volunteers.policy import OVERSEERS
from civicloop.volunteers.proposing import cost_of_edit, newest
from civicloop.web.desk.asker import Asker, asker

SIZE = 40
MOST_TEAMS = 500
MOST_TOLD = 12
KEPT = "dispatch_edits"
NO_TEAM = "-"


@dataclass(frozen=True)
class Line:
    """One row of the proposal with the order it is about and, where somebody has changed it, the other team."""

    row: Mapping[str, Any]
    order: Order | None
    said: str
    nearer: list[tuple[str, str]]
    best: list[tuple[Mapping[str, Any], str]]
    edit: str | None = None
    stale: bool = False


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The newest proposal with its reasons; three statements, whatever its size."""
    asking = asker(request)
    _may_look(asking)
    proposal = newest()
    rows = proposal.content if proposal else []
    with_team, without = [row for row in rows if row["team"]], [row for row in rows if not row["team"]]
    start = _start(request, len(with_team))
    edits = edits_of(request, proposal)
    shown = {
        "proposal": proposal,
        "figures": proposal.figures if proposal else {},
        "gains": _gains(proposal.figures) if proposal else [],
        "lines": _lines(with_team[start : start + SIZE], edits, asking),
        "without": _lines(without[:SIZE], edits, asking),
        "many": len(with_team),
        "many_without": len(without),
        "more_without": max(0, len(without) - SIZE),
        "edits": [(row, _team_name(edits[row["order"]], asking)) for row in rows if row["order"] in edits],
        "previous": max(0, start - SIZE) if start else None,
        "next": start + SIZE if start + SIZE < len(with_team) else None,
        "pooled": Order.objects.filter(state="pooled").count(),
        "may_dispatch": asking.actor.has(Role.ORDER_DESK),
    }
    return render(request, "desk/volunteers_board.html", shown)


@login_required
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Solve anew."""
    asking = asker(request)
    propose(by=asking.person, at=asking.at)
    return redirect("desk:volunteer_board")


@login_required
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Offer the orders to the teams as proposed, with the edits that were kept."""
    asking = asker(request)
    proposal = _proposal(request.POST.get("proposal", ""))
    edits = edits_of(request, proposal)
    done = carry_out(proposal.uid, edits=edits, by=asking.person, at=asking.at)
    request.session.pop(KEPT, None)
    offered = len(done.assigned)
    messages.success(
        request, ngettext("%(n)s order was offered.", "%(n)s orders were offered.", offered) % {"n": offered}
    )
    for one in done.skipped[:MOST_TOLD]:
        told = {"number": one["number"], "why": skipped(one["code"])}
        messages.warning(request, _("%(number)s was left out: %(why)s") % told)
    if len(done.skipped) > MOST_TOLD:
        rest = len(done.skipped) - MOST_TOLD
        messages.warning(request, ngettext("%(n)s more was left out.", "%(n)s more were left out.", rest) % {"n": rest})
    return redirect("desk:volunteer_board")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another team for one order, or none: first what it costs, then keep it."""
    asking = asker(request)
    _may_look(asking)
    proposal = newest()
    row = next((one for one in proposal.content if one["order"] == str(uid)), None) if proposal else None
    if proposal is None or row is None:
        raise NotFound("order", uid)
    if request.method == "POST":
        _keep_edit(request, proposal, row)
        return redirect("desk:volunteer_board")
    chosen = request.GET.get("team", "")
    team = None if chosen in ("", NO_TEAM) else chosen[:30]
    cost = cost_of_edit(proposal, str(uid), team, at=asking.at, ref=asking.ref) if chosen else None
    shown = {
        "proposal": proposal,
        "line": _lines([row], {}, asking)[0],
        "teams": list(Team.objects.filter(active=True).select_related("unit").order_by("unit__code")[:MOST_TEAMS]),
        "chosen": chosen,
        "team_name": _team_name(team, asking) if chosen else "",
        "cost": _cost(cost, asking) if cost else None,
        "no_team": NO_TEAM,
    }
    return render(request, "desk/volunteers_edit.html", shown)


def edits_of(request: HttpRequest, proposal: Proposal | None) -> dict[str, str | None]:
    """The edits this person has kept for this proposal; those for an earlier one are forgotten."""
    kept = request.session.get(KEPT) or {}
    if proposal is None or kept.get("proposal") != str(proposal.uid):
        return {}
    return dict(kept["edits"])


def _keep_edit(request: HttpRequest, proposal: Proposal, row: Mapping[str, Any]) -> None:
    edits = edits_of(request, proposal)
    chosen = request.POST.get("team", "")
    edits.pop(row["order"], None)
    team = None if chosen == NO_TEAM else chosen[:30]
    if chosen and team != row["team"]:
        edits[row["order"]] = team
    request.session[KEPT] = {"proposal": str(proposal.uid), "edits": edits}


def _proposal(text: str) -> Proposal:
    try:
        found = Proposal.objects.filter(uid=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("proposal", text[:40])
    return found


def _may_look(asking: Asker) -> None:
    if not asking.actor.has(*OVERSEERS):
        raise NotAllowed("order.assign", "order_desk", who=OVERSEERS, about=None, by=asking.person)


def _lines(rows: list[Mapping[str, Any]], edits: Mapping[str, str | None], asking: Asker) -> list[Line]:
    uids = [row["order"] for row in rows]
    orders = {str(one.uid): one for one in Order.objects.select_related("service").filter(uid__in=uids)}
    return [
        Line(
            row,
            orders.get(row["order"]),
            said(row),
            [(one["name"], str(WHY[one["why"]])) for one in row["best"] if one["why"] not in ("chosen", "farther")],
            [(one, str(WHY.get(one["why"], one["why"]))) for one in row["best"]],
            _team_name(edits[row["order"]], asking) if row["order"] in edits else None,
            row["order"] not in orders or orders[row["order"]].version != row["version"],
        )
        for row in rows
    ]


def _team_name(code: str | None, asking: Asker) -> str:
    if code is None:
        return _("stays in the pool")
    unit = asking.ref.org.by_code(code)
    return unit.name if unit else code


def _cost(cost: Mapping[str, Any], asking: Asker) -> dict[str, Any]:
    """What an edit costs, in words."""
    moved = [
        {
            "order": one["order"], "number": one["number"],
            "before": _team_name(one["before"], asking), "after": _team_name(one["after"], asking),
        }
        for one in cost["moved"]
    ]  # fmt: skip
    forced = cost.get("forced")
    return {**cost, "moved": moved, "why": str(FORCED.get(forced, forced)) if forced else "", "free": _is_free(cost)}


def _is_free(cost: Mapping[str, Any]) -> bool:
    return not (cost["served"] or cost["weight"] or cost["moved"])


def _gains(figures: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The proposal beside what people do by hand."""
    rules = ((_("nearest team, first come"), "nearest_first"), (_("most pressing first"), "priority_first"))
    own = {name: figures.get(name) for name in ("served", "weight", "km", "spread")}
    beside = [(word, figures[name]) for word, name in rules if name in figures]
    return [(_("this proposal"), own), *beside] if beside else []


def _start(request: HttpRequest, many: int) -> int:
    text = request.GET.get("from", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return number if number < many else 0
