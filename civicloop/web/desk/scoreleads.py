"""A node of a score with what it leads to: names of places, photos and cases, in one statement beside those of the score."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from civicloop.cases.models import Case
from civicloop.inspection.models import Observation
from civicloop.organisation.models import Point
from civicloop.scoring.queries import Score
from civicloop.scoring.rules.opening import Names, observations_below, open_node
from civicloop.scoring.rules.shapes import Node
from civicloop.standards.reference import Actor

MOST_CASES = 20


@dataclass(frozen=True)
class Led:
    """A case as a link shows it."""

    uid: str
    number: str
    state: str


@dataclass(frozen=True)
class Leads:
    """A node, and the cases it leads to by uid: those the asker may see."""

    node: Node
    cases: dict[str, Led] = field(default_factory=dict)


def opened_node(score: Score, path: str, actor: Actor) -> Leads:
    """The node at a path. At most one statement. Raises NotFound("score_path", …)."""
    node = open_node(score.tree, path)
    if uids := observations_below(node):
        return _seen(score, path, uids, actor)
    if codes := [one.key for one in (node, *node.children) if one.kind == "point"]:
        names = dict(Point.objects.filter(code__in=codes).values_list("code", "name"))
        return Leads(open_node(score.tree, path, Names(names, {})))
    wanted = list(dict.fromkeys(uid for one in node.children for uid in one.refs.get("cases", ())[:MOST_CASES]))
    return Leads(node, _cases(wanted, actor))


def _seen(score: Score, path: str, uids: list[str], actor: Actor) -> Leads:
    visible = Case.objects.visible_to(actor).filter(pk=OuterRef("case_id"))
    rows = Observation.objects.filter(uid__in=uids).order_by("visit_id", "seq", "photos__id")
    photos: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    cases: dict[str, Led] = {}
    columns = (
        "uid",
        "photos__photo_id",
        "case_id",
        "case__uid",
        "case__state",
        "visit__point__code",
        "visit__point__name",
    )
    for uid, photo, case, case_uid, state, code, name, shown in rows.values_list(*columns, Exists(visible)):
        if photo:
            photos[str(uid)] = (*photos.get(str(uid), ()), photo)
        if code:
            names[code] = name
        if case and shown:
            cases[str(case_uid)] = Led(str(case_uid), Case(pk=case).number, state)
    return Leads(open_node(score.tree, path, Names(names, photos)), cases)


def _cases(uids: list[str], actor: Actor) -> dict[str, Led]:
    if not uids:
        return {}
    rows = Case.objects.visible_to(actor).filter(uid__in=uids).order_by().values_list("pk", "uid", "state")
    return {str(uid): Led(str(uid), Case(pk=pk).number, state) for pk, uid, state in rows}
