"""A row of a proposal as a sentence, for whoever reads it aloud: command line, pages, messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from civicloop.spoken.dispatch import FELL, FORCED, NEARER, SIEVE_WORDS, SKIPPED, WHY, WHY_NOT

__all__ = [
    "FELL",
    "FORCED",
    "SIEVE_WORDS",
    "SKIPPED",
    "WHY",
    "WHY_NOT",
    "distance",
    "fell",
    "nearer",
    "nearer_told",
    "said",
    "skipped",
    "why",
]


def said(row: Mapping[str, Any]) -> str:
    """Why this team, or why none: one sentence without personal data."""
    if row["team"] is None:
        return _without(row)
    if row["metres"] is None:
        return _("%(team)s; decided by hand") % {"team": row["team_name"]}
    told = _("%(team)s, %(way)s away, %(load)s of %(capacity)s orders") % {
        "team": row["team_name"], "way": distance(row["metres"]), "load": row["load"], "capacity": row["capacity"],
    }  # fmt: skip
    if row.get("back"):
        told = _("%(told)s, back on %(day)s") % {"told": told, "day": row["back"]}
    if row.get("hand"):
        return _("%(told)s; decided by hand") % {"told": told}
    if nearer(row):
        others = _("；").join(_("%(team)s: %(why)s") % {"team": one["name"], "why": why(one)} for one in nearer(row))
        told = _("%(told)s. Nearer: %(others)s") % {"told": told, "others": others}
    return told


def nearer(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those of the best teams that are nearer than the one proposed and were not taken, if a person has not decided so."""
    others = [one for one in row["best"] if one["why"] not in ("chosen", "farther", "by_hand")]
    return [one for one in others if row["metres"] is None or one["metres"] < row["metres"]]


def nearer_told(row: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The nearer teams under what is said of them: each with its reason, where the heading does not say it."""
    told: dict[str, list[tuple[str, str]]] = {}
    for one in nearer(row):
        heading = NEARER.get(one["why"])
        told.setdefault(str(heading or _("Nearer, but:")), []).append((one["name"], "" if heading else why(one)))
    return list(told.items())


def why(one: Mapping[str, Any]) -> str:
    """Why one of the nearest teams is proposed or not; of one that is away, until when."""
    if one.get("until"):
        return _("away until %(day)s") % {"day": one["until"]}
    return str(WHY.get(one["why"], one["why"]))


def _without(row: Mapping[str, Any]) -> str:
    told = _lacking(row, row["missing"])
    if row.get("joint"):
        names = row.get("joint_names") or row["joint"]
        return _("%(told)s; %(teams)s could do it together") % {"told": told, "teams": _("、").join(names)}
    return told


def _lacking(row: Mapping[str, Any], missing: Mapping[str, Any]) -> str:
    if missing.get("skills"):
        return _("no team has %(skills)s") % {"skills": _("、").join(missing["skills"])}
    if missing.get("people"):
        return _("no team in reach has %(people)s people") % {"people": missing["people"]}
    if missing.get("away_until"):
        return _("no team is free then: %(team)s is away until %(day)s") % {
            "team": missing["away_team"], "day": missing["away_until"],
        }  # fmt: skip
    if "nearest_metres" in missing:
        return _("too far: the nearest team with the skill is %(way)s away") % {
            "way": distance(missing["nearest_metres"])
        }
    return str(WHY_NOT[row["why_not"]])


def skipped(code: str) -> str:
    """Why a pair was not carried out."""
    return str(SKIPPED.get(code, code))


def fell(code: str) -> str:
    """Why a change made by hand had to fall."""
    return str(FELL.get(code, code))


def distance(metres: int) -> str:
    """Metres as people say them: 820 m, 3.4 km."""
    return _("%(metres)s m") % {"metres": metres} if metres < 1000 else _("%(km)s km") % {"km": f"{metres / 1000:.1f}"}
