"""The dispatch board: what the solver proposes for the pool, why, what was decided by hand, and carrying it out.

The centre's desk sees and uses the whole; who oversees the city reads it; a town's desk reads what is proposed for its own orders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from civicloop.kernel.refusal import NotAllowed, NotFound
from civicloop.volunteers import policy, queries
from civicloop.volunteers.actions.proposing import carry_out, propose
from civicloop.volunteers.dispatch_tasks import propose_again
from civicloop.volunteers.dispatchwords import FORCED, SIEVE_WORDS, WHY_NOT, fell, nearer_told, said, skipped, why
from civicloop.volunteers.models import DispatchEdit, Order, Proposal
from civicloop.volunteers.policy import OVERSEERS
from civicloop.volunteers.proposing import newest
from civicloop.volunteers.rules.lifecycle import OrderState
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers.pressing import pressed
from civicloop.web.ui import orderwords

SIZE = 40
MOST_TOLD = 12
MOST_OFFERED = 20
MOST_FALLEN = 50


@dataclass(frozen=True)
class Line:
    """One row of the proposal with the order it is about. `instead_of` names the team a person has decided against, None where
    nobody has decided; `forced` is the rule that spoke against the pair, `when` the weekly time of the team it was planned into.
    """

    row: Mapping[str, Any]
    order: Order | None
    said: str
    nearer: list[tuple[str, list[tuple[str, str]]]]
    best: list[tuple[Mapping[str, Any], str]]
    sieve: list[tuple[str, int]]
    instead_of: str | None = None
    forced: str = ""
    stale: bool = False
    when: str = ""


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The newest proposal with its reasons; nine statements, whatever its size."""
    asking = asker(request)
    may_look(asking)
    proposal, city = newest(), sees_city(asking)
    rows = _rows(proposal, asking)
    with_team, without = [row for row in rows if row["team"]], [row for row in rows if not row["team"]]
    start = _start(request, len(with_team))
    pooled = queries.visible_to(asking.actor).filter(state=OrderState.POOLED)
    shown = {
        "proposal": proposal,
        "city": city,
        "figures": proposal.figures if proposal and city else {},
        "gains": _gains(proposal.figures) if proposal and city else [],
        "lines": lines_of(with_team[start : start + SIZE], asking),
        "without": lines_of(without[:SIZE], asking),
        "missing": _missing(without),
        "many": len(with_team),
        "all": len(rows),
        "urgent": sum(row["urgent"] for row in with_team),
        "many_without": len(without),
        "more_without": max(0, len(without) - SIZE),
        "previous": max(0, start - SIZE) if start else None,
        "next": start + SIZE if start + SIZE < len(with_team) else None,
        "pooled": pooled.count(),
        "may_dispatch": policy.may_do(asking.actor, "proposal.carry_out"),
        **_offered(asking),
        **(_edits() if city else {}),
    }
    return render(request, "desk/volunteers_board.html", shown)


@login_required
@pressed("desk:volunteer_board")
def make(request: HttpRequest) -> HttpResponse:
    """Solve anew."""
    asking = asker(request)
    propose(by=asking.person, at=asking.at)
    return redirect("desk:volunteer_board")


@login_required
@pressed("desk:volunteer_board")
def accept(request: HttpRequest) -> HttpResponse:
    """Offer the orders to the teams as proposed, with what was decided by hand; or the urgent ones alone."""
    asking = asker(request)
    proposal, urgent = _proposal(request.POST.get("proposal", "")), bool(request.POST.get("urgent"))
    done = carry_out(proposal.uid, urgent_only=urgent, by=asking.person, at=asking.at)
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
    if urgent or done.skipped:
        propose_again(at=asking.at)
    return redirect("desk:volunteer_board")


def sees_city(asking: Asker) -> bool:
    """Whether the asker reads the whole proposal."""
    return asking.actor.holds(OVERSEERS, None)


def may_look(asking: Asker) -> None:
    """Raise NotAllowed for whoever oversees no orders at all."""
    if not asking.actor.has(*OVERSEERS):
        raise NotAllowed("order.assign", "order_desk", who=OVERSEERS, about=None, by=asking.person)


def lines_of(rows: Iterable[Mapping[str, Any]], asking: Asker) -> list[Line]:
    """Rows of a proposal as the page shows them. One statement."""
    rows = list(rows)
    uids = [row["order"] for row in rows]
    orders = {str(one.uid): one for one in Order.objects.select_related("service").filter(uid__in=uids)} if rows else {}
    return [_line(row, orders.get(row["order"]), asking) for row in rows]


def _line(row: Mapping[str, Any], order: Order | None, asking: Asker) -> Line:
    hand = row.get("hand")
    return Line(
        row,
        order,
        said(row),
        nearer_told(row),
        [(one, why(one)) for one in row["best"]],
        [(str(SIEVE_WORDS[name]), many) for name, many in row["counts"].items() if name in SIEVE_WORDS],
        team_name(hand["instead_of"] or None, asking) if hand else None,
        str(FORCED.get(hand["forced"], hand["forced"])) if hand and hand["forced"] else "",
        order is None or order.version != row["version"],
        _when(row),
    )


def _when(row: Mapping[str, Any]) -> str:
    """The weekly time that was planned; of a team without any that is away now, from when on."""
    if row.get("back"):
        return _("back on %(day)s") % {"day": row["back"]}
    return orderwords.span(*map(datetime.fromisoformat, row["when"])) if row.get("when") else ""


def team_name(code: str | None, asking: Asker) -> str:
    """The name of a team, by its code."""
    if code is None:
        return _("stays in the pool")
    unit = asking.ref.org.by_code(code)
    return unit.name if unit else code


def _rows(proposal: Proposal | None, asking: Asker) -> list[Mapping[str, Any]]:
    """The rows the asker may read: all, or those of the orders on his own ground."""
    rows = proposal.content if proposal else []
    if not rows or sees_city(asking):
        return list(rows)
    own = queries.visible_to(asking.actor).filter(state=OrderState.POOLED).values_list("uid", flat=True)
    uids = {str(uid) for uid in own}
    return [row for row in rows if row["order"] in uids]


def _offered(asking: Asker) -> dict[str, Any]:
    """What is offered and not answered yet: it stays with its teams while their time runs."""
    rows = queries.visible_to(asking.actor).filter(state=OrderState.ASSIGNED).select_related("service", "team__unit")
    found = list(rows.order_by("act_by", "pk")[: MOST_OFFERED + 1])
    return {"offered": found[:MOST_OFFERED], "more_offered": len(found) > MOST_OFFERED}


def _edits() -> dict[str, Any]:
    """What was decided by hand and holds, and what had to fall and nobody has noted yet."""
    wanted = {"state": "kept"}, {"state": "fell", "noted_at": None}
    kept, fallen = (
        DispatchEdit.objects.filter(**one).select_related("order__service", "team__unit", "kept_by") for one in wanted
    )
    return {
        "edits": list(kept.order_by("kept_at", "pk")),
        "fallen": [(one, fell(one.why)) for one in fallen.order_by("-ended_at", "-pk")[:MOST_FALLEN]],
    }


def _missing(without: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """What the orders without a team lack, the most frequent first; skills by name."""
    counted: Counter[str] = Counter()
    for row in without:
        skills = row["missing"].get("skills") if row["why_not"] == "missing_skill" else None
        counted.update(skills or [str(WHY_NOT.get(row["why_not"], row["why_not"]))])
    return counted.most_common()


def _gains(figures: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The proposal beside what people do by hand."""
    rules = ((_("nearest team, first come"), "nearest_first"), (_("most pressing first"), "priority_first"))
    own = {name: figures.get(name) for name in ("served", "weight", "km", "spread")}
    beside = [(word, figures[name]) for word, name in rules if name in figures]
    return [(_("this proposal"), own), *beside] if beside else []


def _proposal(text: str) -> Proposal:
    try:
        found = Proposal.objects.filter(uid=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("proposal", text[:40])
    return found


def _start(request: HttpRequest, many: int) -> int:
    text = request.GET.get("from", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return number if number < many else 0
