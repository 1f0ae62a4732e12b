"""A pack as it would be written in files: the inverse of `build`. Categories are written out whole, without groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civicloop.standards.rules.plain import plain
from civicloop.standards.rules.shapes import Pack

HEADER = ("name", "edition", "title", "standard", "in_force", "replaces", "source", "uses")
LISTS = (
    "lines", "majors", "categories", "crosswalk", "point_types", "checklists", "indicators", "projects", "questions",
    "disorders", "negative_list", "texts",
)  # fmt: skip
SINGLES = ("sampling", "sample", "scoring")


def written(pack: Pack) -> dict[str, Any]:
    """The sections of a pack as the schema has them; what says nothing is left out."""
    told = plain(pack)
    document: dict[str, Any] = {"pack": {name: told[name] for name in HEADER}}
    document |= {name: told[name] for name in (*LISTS, *SINGLES) if told[name]}
    for clause in document.get("negative_list", ()):
        if clause["consequence"] != "deduct":
            clause.pop("points")
    if told["parameters"]:
        document["policy"] = _policy(told["parameters"])
    slim: dict[str, Any] = _slim(document)
    return slim


def _slim(value: Any) -> Any:
    """Without empty words, lists and tables; limits with their amounts as numbers."""
    if isinstance(value, Mapping):
        if set(value) == {"amount", "unit"}:
            return {"amount": number(float(value["amount"])), "unit": value["unit"]}
        slim = {key: _slim(one) for key, one in value.items()}
        return {key: one for key, one in slim.items() if one is not None and one not in ("", [], {})}
    if isinstance(value, list):
        return [_slim(one) for one in value]
    return number(value) if isinstance(value, float) else value


def number(value: float) -> int | float:
    """A whole number without its point."""
    return int(value) if value == int(value) else value


def _policy(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stages": told["stages"],
        "escalation": told["escalation"],
        "return": {"within": told["return_within"], "at_most": told["return_at_most"]},
        "duplicate": {"radius_m": told["duplicate_radius_m"], "days": told["duplicate_days"]},
        "recurrence": {
            "radius_m": told["recurrence_radius_m"], "window_days": told["recurrence_window_days"],
            "limit_factor": told["recurrence_limit_factor"],
        },
        "whistles": told["whistles"],
        "appeal": {"within": told["appeal_within"]},
        "extend": {"at_most": told["extend_at_most"], "limit_factor": told["extend_limit_factor"]},
        "suspend": {"review_days": told["suspend_review_days"]},
    }  # fmt: skip
