"""The grids shaded by a rate, in words: what the colours of the map say, the grid with most to do first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from civicloop.insight import lately
from civicloop.insight.maprates import OPEN
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.gridbook import GridInfo
from civicloop.standards.reference import Reference
from civicloop.web.desk.asker import asker
from civicloop.web.ui.maproomwords import RATE_NAMES

FEW = 5
"""Fewer cases than this are too few to say: the map hatches such grids (map/rates.js)."""
PAGE = 60


@dataclass(frozen=True)
class Row:
    """A grid with its figure; shares are in per cent. `few`: the share rests on too little."""

    grid: GridInfo
    unit: str
    value: float
    low: float | None
    high: float | None
    n: int
    few: bool


@login_required
@require_GET
def rates(request: HttpRequest) -> HttpResponse:
    """One rate of every grid in a month, sixty grids at a time. With htmx only the list itself."""
    asking, asked = asker(request), request.GET
    name = asked.get("rate", "on_time")
    found = lately.grid_rates(name, asked.get("month", ""), actor=asking.actor, at=asking.at, ref=asking.ref)
    rows, start = ranked(found, asking.ref), _start(asked.get("start", ""))
    told = {
        "rows": rows[start : start + PAGE], "total": len(rows), "start": start, "rate": name, "found": found,
        "counts": name == OPEN, "none": len(asking.ref.grids.grids) - len(rows), "few": FEW, "names": RATE_NAMES.items(),
        "before": max(0, start - PAGE) if start else None, "after": start + PAGE if start + PAGE < len(rows) else None,
        "month": asked.get("month", ""), "at": datetime.fromisoformat(found["as_of"]),
    }  # fmt: skip
    template = "desk/map_rate_rows.html" if request.headers.get("HX-Request") else "desk/map_rates.html"
    return render(request, template, told)


def ranked(found: Mapping[str, Any], ref: Reference) -> list[Row]:
    """The grids that have something to judge: those with most to do first, those with too few cases last."""
    counts, worst_first = found["rate"] == OPEN, 1 if found["better"] == "high" else -1
    rows = [_row(ref, grid, one, counts) for code, one in found["grids"].items() if (grid := ref.grids.by_code(code))]
    return sorted(rows, key=lambda row: (row.few, worst_first * row.value, -row.n, row.grid.code))


def _row(ref: Reference, grid: GridInfo, one: Mapping[str, Any], counts: bool) -> Row:
    unit = ref.org.units.get(grid.unit_id) if grid.unit_id is not None else None
    low, high = (None if one[name] is None else 100 * one[name] for name in ("low", "high"))
    value, n = one["value"] * (1 if counts else 100), one["n"]
    return Row(grid, unit.name if unit else "", value, low, high, n, not counts and n < FEW)


def _start(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Invalid("start", "unknown_choice", value=text[:20])
    return int(text or 0)
