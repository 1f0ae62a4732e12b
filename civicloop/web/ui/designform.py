"""The design of a draw as a form: how many places of which kind, from where, how many twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from civicloop.inspection.models import Round
from civicloop.inspection.rules.design import ALLOCATIONS
from civicloop.kernel.refusal import Invalid
from civicloop.standards.editions import StandardBook
from civicloop.standards.rules.shapes import PointType

# What stands in a new form: double visits between 5 and 10 of a hundred, one reserve for five places.
START = {
    "kind": "points", "allocation": "quota", "size": "", "minimum": "1", "panel": "0", "panel_from": "", "reserve": "20",
    "double": "8", "spread": "1", "minutes": "15", "beacon_source": "", "from": "", "to": "",
}  # fmt: skip
LOOK_BACK_DAYS = 30
# People write 07:00-11:30 with any of these.
DASH = re.compile(r"[-–—~～至]+")


@dataclass(frozen=True)
class TypeRow:
    """One kind of place: how many there are, how many assessors draw, how many are to be drawn, and when it may be visited."""

    type: PointType
    there: int
    sampled: int
    items: int
    quota: str
    window: str


def start(round: Round, today: date) -> dict[str, str]:
    """The values of a form that nobody has touched."""
    kind = "look_back" if round.kind == "look_back" else "points"
    told = {**START, "kind": kind, "opens_on": max(round.starts_on, today).isoformat()}
    if kind == "look_back":
        told |= {"from": (today - timedelta(days=LOOK_BACK_DAYS)).isoformat(), "to": today.isoformat(), "size": "30"}
    return told


def type_rows(book: StandardBook, there: Mapping[str, int], typed: QueryDict | None) -> list[TypeRow]:
    """The kinds of place the city has; what the edition's sample says stands in an untouched form."""
    sample = {row.point_type: row.points for row in book.sample.rows} if book.sample else {}
    rows = []
    for code, one in sorted(book.point_types.items()):
        count = there.get(code, 0)
        if not count:
            continue
        items = len(book.items_for(code))
        offered = min(sample.get(code, 0), count) if items else 0
        told = typed.get(f"quota.{code}", "") if typed is not None else str(offered or "")
        window = typed.get(f"window.{code}", "") if typed is not None else ""
        rows.append(TypeRow(one, count, sample.get(code, 0), items, told, window))
    return rows


def read(typed: QueryDict, codes: Sequence[str]) -> dict[str, Any]:
    """The design that a form says, as `rules.design` reads it. Raises Invalid naming the field."""
    kind = typed.get("kind", "points")
    told: dict[str, Any] = {
        "kind": kind,
        "reserve_share": _share(typed, "reserve"),
        "double_share": _share(typed, "double"),
        "minutes": {"*": _whole(typed, "minutes")},
        "beacon_source": typed.get("beacon_source", "").strip(),
    }
    if kind == "look_back":
        return {**told, "size": _whole(typed, "size"), "from": typed.get("from", ""), "to": typed.get("to", "")}
    allocation = typed.get("allocation", "quota")
    if allocation not in ALLOCATIONS:
        raise Invalid("allocation", "unknown_choice", value=allocation[:40])
    quota = {code: number for code in codes if (number := _whole(typed, f"quota.{code}"))}
    told |= {
        "allocation": allocation,
        "minimum": _whole(typed, "minimum"),
        "spread": bool(typed.get("spread")),
        "panel_share": _share(typed, "panel"),
        "panel_from": typed.get("panel_from", "") if _share(typed, "panel") else "",
        "windows": _windows(typed, codes),
    }
    if allocation == "quota":
        return {**told, "quota": quota}
    # Shared out over the kinds that carry a number; without any, over all kinds the city has.
    return {**told, "size": _whole(typed, "size"), "types": sorted(quota)}


def _windows(typed: QueryDict, codes: Sequence[str]) -> dict[str, list[str]]:
    found = {}
    for code in codes:
        text = typed.get(f"window.{code}", "").strip()
        if text:
            found[code] = [part.strip().replace("：", ":") for part in DASH.split(text)]
    return found


def _whole(typed: QueryDict, name: str) -> int:
    text = typed.get(name, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Invalid(name, "not_a_whole_number", value=text[:40])
    return int(text)


def _share(typed: QueryDict, name: str) -> float:
    """A percentage as a share of one."""
    text = typed.get(name, "").strip() or "0"
    try:
        share = float(text) / 100
    except ValueError:
        raise Invalid(name, "not_a_number", value=text[:40]) from None
    if not 0 <= share <= 5:
        raise Invalid(name, "not_a_number", value=text[:40])
    return round(share, 6)
