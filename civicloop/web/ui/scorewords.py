"""A score in sentences: whether the target is reached, how a node comes about, what is said beside it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.scoring.rules.shapes import Estimate, Node
from civicloop.scoring.telling import HOW_LABELS, METHOD_LABELS

# What an appeal can do next, as its button says it.
APPEAL_STEPS = {
    "take_up": gettext_lazy("Take up the appeal"),
    "forward": gettext_lazy("Pass on to the department"),
    "dismiss": gettext_lazy("Dismiss"),
    "grant": gettext_lazy("Grant"),
    "refuse": gettext_lazy("Refuse"),
    "withdraw": gettext_lazy("Withdraw"),
    "lodge": gettext_lazy("Lodge an appeal"),
}
DEDUCTION_EVENTS = {
    "found": gettext_lazy("faults found"),
    "overdue": gettext_lazy("cases overdue"),
    "repeated": gettext_lazy("faults found again"),
    "sent_back": gettext_lazy("cases sent back"),
    "supervised": gettext_lazy("cases supervised"),
    "false_evidence": gettext_lazy("false evidence"),
    "negative_list": gettext_lazy("event of the negative list"),
    "given_back": gettext_lazy("given back after an appeal"),
}


def verdict(estimate: Estimate, target: float) -> tuple[str, str]:
    """Whether a target is reached: a key (reached, open, missed, none) and the words."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "none", _("Nothing was judged yet, so there is no score.")
    if estimate.low >= target:
        return "reached", _("The target is reached: the whole interval lies above it.")
    if estimate.high < target:
        return "missed", _("The target is not reached: the whole interval lies below it.")
    return "open", _("Whether the target is reached cannot be told: it lies within the interval.")


def formula(node: Node) -> list[str]:
    """How the value of a node comes about, one sentence a step."""
    said = node.said
    if node.kind in ("point", "visit"):
        return [_points(node), *_point_notes(said)]
    if node.kind in ("item", "observation"):
        return _judged(node)
    told = [*_above(node), *_estimated(node.estimate)]
    if said.get("deducted"):
        told.append(
            _("%(before)s before deductions; %(taken)s points were taken off.")
            % {"before": number(said.get("before_deductions")), "taken": number(said["deducted"])}
        )
    if said.get("left_out") and isinstance(said["left_out"], list):
        names = _("，").join(str(METHOD_LABELS.get(one, one)) for one in said["left_out"])
        told.append(_("Methods without data are left out and the rest is scaled: %(names)s.") % {"names": names})
    if said.get("empty"):
        told.append(_("%(n)s areas have such places, but none was visited.") % {"n": len(said["empty"])})
    return told


def number(value: Any) -> str:
    """86.40; a dash where nothing is known."""
    return "—" if value is None else f"{value:.2f}"


def _above(node: Node) -> list[str]:
    if node.kind == "area":
        return [_("Mean of the scores of the places judged here; each counts the same.")]
    if node.kind == "unit":
        return [_("Each type's score × its share of the unit's places, added up; what was taken off comes last.")]
    if node.kind == "type":
        return [
            _(
                "Each area's own mean × its share of the places in the frame, added up; small areas below lean on the others."
            )
        ]
    if node.kind in ("question", "method"):
        return [_("Each type's score × its weight, added up.")]
    return [_("The score on site, since no other method has data yet.")] if node.kind == "city" else []


def _estimated(one: Estimate) -> list[str]:
    if one.value is None:
        return [str(HOW_LABELS["none"])]
    told = [
        _("%(n)s of %(population)s places judged: %(how)s.")
        % {"n": one.n, "population": one.population, "how": HOW_LABELS[one.how]}
    ]
    if one.shrinkage is not None and one.direct is not None:
        told.append(
            _(
                "Its own places say %(direct)s; %(share)s of the value is taken from the other areas, as few were judged."
            )
            % {"direct": number(one.direct), "share": f"{one.shrinkage:.0%}"}
        )
    return told


def _points(node: Node) -> str:
    if not node.possible:
        return _("Nothing could be judged, so there is no score.")
    told = {"got": f"{node.got:g}", "possible": f"{node.possible:g}", "value": number(100 * node.got / node.possible)}
    return _("Points got ÷ points possible: %(got)s ÷ %(possible)s = %(value)s of 100.") % told


def _point_notes(said: Any) -> list[str]:
    told = []
    if said.get("capped_by"):
        told.append(
            _("An item that decides by itself was not met (%(item)s): the score is capped.")
            % {"item": said["capped_by"]}
        )
    if said.get("stands_for"):
        told.append(_("Visited in place of %(code)s, which could not be visited.") % {"code": said["stands_for"]})
    return told


def _judged(node: Node) -> list[str]:
    said = node.said
    if not node.possible:
        return [_("Not applicable or not to be told: it stays out of what is possible.")]
    told = [_("Weight %(weight)s: %(got)s of %(possible)s points.") % {
        "weight": f"{said.get('weight', 1):g}", "got": f"{node.got:g}", "possible": f"{node.possible:g}"}]  # fmt: skip
    if said.get("repeated"):
        told.append(
            _("Found again at this place: it weighs %(times)s times.") % {"times": f"{said.get('weighs', 1):g}"}
        )
    return told
