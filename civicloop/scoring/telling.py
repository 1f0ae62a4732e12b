"""Scores in words: how an estimate was made, what was left out, names of groups and nodes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from civicloop.scoring.rules.shapes import Estimate, Node, ScoreBook

HOW_LABELS: dict[str, Any] = {
    "direct": lazy("weighted by stratum"),
    "census": lazy("all places judged"),
    "smoothed": lazy("few places: leans on the others"),
    "collapsed": lazy("one place in a stratum: spread taken from its type"),
    "none": lazy("nothing known"),
}
GROUP_LABELS: dict[str, Any] = {
    "districts": lazy("districts"),
    "towns": lazy("towns and sub-districts"),
    "departments": lazy("departments"),
    "communities": lazy("communities and villages"),
    "companies": lazy("companies"),
}
NODE_LABELS: dict[str, Any] = {
    "city": lazy("city"),
    "method": lazy("method"),
    "question": lazy("question"),
    "type": lazy("point type"),
    "area": lazy("area"),
    "unit": lazy("unit"),
    "deduction": lazy("deduction"),
    "point": lazy("point"),
    "visit": lazy("visit"),
    "item": lazy("item"),
    "observation": lazy("observation"),
}
METHOD_LABELS: dict[str, Any] = {"site": lazy("on site"), "document": lazy("documents"), "survey": lazy("survey")}
LEFT_OUT_LABELS: dict[str, Any] = {
    "look_back_visits": lazy("look-back visits"),
    "second_visits": lazy("second visits of double visits"),
    "unknown_items": lazy("items the edition does not know"),
    "points_without_score": lazy("places where nothing could be judged"),
    "points_outside_frame": lazy("places outside the frame"),
    "strata_not_visited": lazy("strata that were not visited"),
    "methods": lazy("methods without data"),
}


def estimate_line(one: Estimate) -> str:
    """86.40 (83.10–89.70; 42 of 460; weighted by stratum)."""
    if one.value is None:
        return str(HOW_LABELS["none"])
    how = str(HOW_LABELS[one.how])
    if one.shrinkage is not None:
        how += _(", by %(share)s") % {"share": f"{one.shrinkage:.0%}"}
    if one.low is None or one.high is None:
        return f"{one.value:.2f} ({how})"
    counts = _("%(n)s of %(population)s") % {"n": one.n, "population": one.population}
    return f"{one.value:.2f} ({one.low:.2f}–{one.high:.2f}; {counts}; {how})"


def left_out_line(book: ScoreBook) -> str:
    """What did not enter the score, and how many."""
    parts = _("，").join(f"{LEFT_OUT_LABELS[reason]} {many}" for reason, many in book.left_out)
    return _("left out: %(parts)s") % {"parts": parts}


def group_name(key: str) -> str:
    """The name of a group of units."""
    return str(GROUP_LABELS[key])


def node_name(node: Node) -> str:
    """The name of a node, in the reader's language where the house gives it and not the pack."""
    if node.kind == "city":
        return str(NODE_LABELS["city"])
    if node.kind == "method":
        return str(METHOD_LABELS.get(node.key, node.key))
    return node.name
