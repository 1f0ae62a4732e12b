"""Scores: the city's with its interval, units within their groups, and every number opened down to what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.inspection.policy import may as may_inspect
from civicloop.kernel.refusal import Refused
from civicloop.organisation.rules.roles import Role
from civicloop.scoring import policy, queries
from civicloop.scoring.actions import publish_score
from civicloop.scoring.queries import Score
from civicloop.scoring.rules.shapes import GroupRanking, Node, Ranked
from civicloop.scoring.telling import GROUP_LABELS, LEFT_OUT_LABELS
from civicloop.sentences import sentence
from civicloop.web.desk import pointappeals
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.scoping import Asked, asked_of, require_city
from civicloop.web.desk.scoreleads import opened_node
from civicloop.web.refusals import keep
from civicloop.web.ui import scoretree, scorewords
from civicloop.web.ui.editionbook import known_editions
from civicloop.web.ui.intervals import Axis, axis_of

# Children that have tables of their own.
BELOW = ("deduction", "visit", "item", "observation")


@dataclass(frozen=True)
class Group:
    """A group of units as its table shows it. `hidden` are rows of units the asker may not open; their ranks stay closed."""

    name: str
    axis: Axis
    rows: list[tuple[Ranked, Node | None]]
    all: int
    unranked: int


@login_required
@require_GET
def scores(request: HttpRequest) -> HttpResponse:
    """The score of a round or period. Those of a unit see their own units."""
    asking = asker(request)
    asked = asked_of(asking, request.GET)
    score = queries.read(asked.scope, as_of=asking.at, ref=asking.ref)
    book, whole = score.book, asking.actor.sees_all
    shown = {
        "asked": asked,
        "book": book,
        "whole": whole,
        "verdict": scorewords.verdict(book.city.estimate, book.target),
        "axis": axis_of(_edges([*book.types, *book.questions]), book.target),
        "types": scoretree.rows_of(book.city.children[0], "method:site") if whole else [],
        "questions": [scoretree.Row(one, f"question:{one.key}") for one in book.questions] if whole else [],
        "groups": _groups(book.groups, score, asking),
        "deductions": _deductions(score, asking),
        "negative": [(one, asking.ref.org.units.get(one.unit_id or 0)) for one in book.negative] if whole else [],
        "left_out": [(LEFT_OUT_LABELS.get(key, key), many) for key, many in book.left_out],
        "edition_uid": known_editions(asking.ref).uids.get(book.edition.id),
        "may_publish": _may_publish(asking),
    }
    return render(request, "desk/score_page.html", shown)


@login_required
@require_GET
def opened(request: HttpRequest) -> HttpResponse:
    """One node of the tree: its children, its formula, what it leads to."""
    asking = asker(request)
    asked = asked_of(asking, request.GET)
    path = request.GET.get("path", "").strip("/")
    score = queries.read(asked.scope, as_of=asking.at, ref=asking.ref)
    scoretree.require_part(score, asking.actor, path)
    leads = opened_node(score, path, asking.actor)
    node = leads.node
    shown = {
        "asked": asked, "node": node, "path": path, "book": score.book,
        "crumbs": scoretree.crumbs(score, path)[0 if asking.actor.sees_all else 1 : -1],
        "name": scoretree.Row(node, path).name,
        "formula": scorewords.formula(node),
        "rows": [row for row in scoretree.rows_of(node, path) if row.node.kind not in BELOW],
        "axis": axis_of(_edges(node.children), score.book.target),
        "takings": [one for one in node.children if one.kind == "deduction"],
        "visits": _visits(node),
        "cases": leads.cases,
        "sees_visits": may_inspect(asking.actor, "draw.read") or not asking.actor.sees_all,
        "appealed_round": _appealed_round(node, asked, asking),
        "may_appeal": _may_appeal(score, path, asking),
        "edition_uid": known_editions(asking.ref).uids.get(score.book.edition.id),
    }  # fmt: skip
    return render(request, "desk/score_open.html", shown)


def _visits(node: Node) -> list[Node]:
    """Visits with their items, whichever level was opened."""
    if node.kind == "visit":
        return [node]
    if node.kind in ("item", "observation"):
        items = (node,)
        return [Node("visit", str(node.refs.get("visit", "")), "", node.estimate, children=items, refs=node.refs)]
    return [one for one in node.children if one.kind == "visit"]


def _groups(groups: tuple[GroupRanking, ...], score: Score, asking: Asker) -> list[Group]:
    nodes = {one.said["unit_id"]: one for one in score.book.units}
    shown = []
    for group in groups:
        rows = [row for row in group.rows if scoretree.reads(asking.actor, row.unit_id)]
        if not rows:
            continue
        edges = [edge for row in rows for edge in (row.estimate.low, row.estimate.high, row.joint_low, row.joint_high)]
        told = [(row, nodes.get(row.unit_id)) for row in rows]
        name = str(GROUP_LABELS.get(group.key, group.key))
        shown.append(Group(name, axis_of(edges, score.book.target), told, len(group.rows), len(group.unranked)))
    return shown


def _deductions(score: Score, asking: Asker) -> list[tuple[Any, Any]]:
    """What was taken off, by unit; rules that took nothing are left away."""
    units = asking.ref.org.units
    rows = [one for one in score.book.deductions if one.points and scoretree.reads(asking.actor, one.unit_id)]
    return [(one, units.get(one.unit_id)) for one in sorted(rows, key=lambda one: (-one.points, one.unit_id))]


def _edges(nodes: Any) -> list[float | None]:
    return [edge for one in nodes for edge in (one.estimate.low, one.estimate.high, one.estimate.value)]


def _may_publish(asking: Asker) -> bool:
    return asking.actor.holds(policy.PUBLISHERS, None)


def _may_appeal(score: Score, path: str, asking: Asker) -> bool:
    """Whether a leader of the unit in whose part this lies may speak against what is seen here."""
    return "point:" in path and any(post.role == Role.UNIT_LEADER for post in asking.actor.posts)


def _appealed_round(node: Node, asked: Asked, asking: Asker) -> str:
    """The code of the round in which points taken from this unit may still be spoken against; empty where they may not."""
    if node.kind != "unit" or len(asked.codes) != 1 or not any(one.kind == "deduction" for one in node.children):
        return ""
    round_ = next((one for one in asked.rounds if one.code == asked.codes[0]), None)
    return asked.codes[0] if pointappeals.open_for(round_, int(node.said["unit_id"]), asking) else ""


# Published scores


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """The form that publishes the score of a scope as of now."""
    asking = asker(request)
    policy.require_publisher(asking.person, "score.publish", at=asking.at)
    asked = asked_of(asking, request.POST if request.method == "POST" else request.GET)
    fault, typed = "", request.POST.get("title", "")
    if request.method == "POST":
        try:
            made = publish_score(
                scope=asked.scope, as_of=asking.at, title=typed, by=asking.person, at=asking.at, ref=asking.ref
            )
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            messages.success(request, _("The score is published; its digest stands in the ledger."))
            return redirect("desk:score_publication", made.uid)
    shown = {"asked": asked, "typed": typed or asked.title, "fault": fault, "at": asking.at}
    return render(request, "desk/score_publish.html", shown, status=status if fault else 200)


@login_required
@require_GET
def publications(request: HttpRequest) -> HttpResponse:
    """Published scores, the newest first."""
    asking = asker(request)
    rows = list(queries.publications()[:200])
    return render(request, "desk/score_publications.html", {"rows": rows, "may_publish": _may_publish(asking)})


@login_required
@require_GET
def publication(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One published score as it was kept."""
    return _published(request, uid)


@login_required
@require_POST
def verify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Reckon a published score again and say what came out."""
    asking = asker(request)
    require_city(asking, "score.verify")
    return _published(request, uid, queries.verify(queries.publication(uid), ref=asking.ref))


def _published(request: HttpRequest, uid: UUID, verdict: queries.Verdict | None = None) -> HttpResponse:
    asking = asker(request)
    found = verdict.publication if verdict else queries.publication(uid)
    content = found.content
    groups = [
        (str(GROUP_LABELS.get(one["key"], one["key"])), one["rows"],
         axis_of([edge for row in one["rows"] for edge in (row["joint_low"], row["joint_high"])], content["target"]))
        for one in content["groups"] if one["rows"]
    ]  # fmt: skip
    shown = {
        "publication": found, "content": content, "city": content["city"]["estimate"], "groups": groups,
        "verdict": verdict, "may_verify": asking.actor.sees_all,
    }  # fmt: skip
    return render(request, "desk/score_publication.html", shown)
