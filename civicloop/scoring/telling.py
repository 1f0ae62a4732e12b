"""Scores in words: how an estimate was made, what was left out, names of groups and nodes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.scoring.rules.shapes import Estimate, Node, ScoreBook

HOW_LABELS: dict[str, Any] = {
    "direct": gettext_lazy("weighted by stratum"),
    "census": gettext_lazy("all places judged"),
    "smoothed": gettext_lazy("few places: leans on the others"),
    "collapsed": gettext_lazy("one place in a stratum: spread taken from its type"),
    "none": gettext_lazy("nothing known"),
}
GROUP_LABELS: dict[str, Any] = {
    "districts": gettext_lazy("districts"),
    "towns": gettext_lazy("towns and sub-districts"),
    "departments": gettext_lazy("departments"),
    "communities": gettext_lazy("communities and villages"),
    "companies": gettext_lazy("companies"),
}
NODE_LABELS: dict[str, Any] = {
    "city": gettext_lazy("city"),
    "method": gettext_lazy("method"),
    "question": gettext_lazy("question"),
    "type": gettext_lazy("point type"),
    "area": gettext_lazy("area"),
    "unit": gettext_lazy("unit"),
    "deduction": gettext_lazy("deduction"),
    "point": gettext_lazy("point"),
    "visit": gettext_lazy("visit"),
    "item": gettext_lazy("item"),
    "observation": gettext_lazy("observation"),
}
METHOD_LABELS: dict[str, Any] = {
    "site": gettext_lazy("on site"),
    "document": gettext_lazy("documents"),
    "survey": gettext_lazy("survey"),
}
LEFT_OUT_LABELS: dict[str, Any] = {
    "look_back_visits": gettext_lazy("look-back visits"),
    "second_visits": gettext_lazy("second visits of double visits"),
    "unknown_items": gettext_lazy("items the edition does not know"),
    "points_without_score": gettext_lazy("places where nothing could be judged"),
    "points_outside_frame": gettext_lazy("places outside the frame"),
    "strata_not_visited": gettext_lazy("strata that were not visited"),
    "methods": gettext_lazy("methods without data"),
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
