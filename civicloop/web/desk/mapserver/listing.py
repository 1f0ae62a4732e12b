"""The map in words: the cases of a window as a list, and what a popup says of one of them."""

from __future__ import annotations

import math
from dataclasses import replace
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from civicloop.cases import queries
from civicloop.cases.queries import CaseFilters
from civicloop.insight.mapcells import Which
from civicloop.kernel.refusal import Invalid
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.cases import NEWEST
from civicloop.web.desk.mapserver.answering import KEPT, for_scripts
from civicloop.web.desk.paging import page_of
from civicloop.web.ui.mapwords import WHICH

PARTS = 4
Box = tuple[float, float, float, float]


@for_scripts
def case(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What a popup says of a case: number, problem, state, place, time, and the way to its page."""
    asking = asker(request)
    response = render(request, "desk/map_case.html", {"case": queries.get(uid, asking.actor), "asking": asking})
    response.headers["Cache-Control"] = KEPT
    return response


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The cases of a window of the map (`bbox`: west,south,east,north; without it everywhere), newest first, fifty at a time.

    `group` are the first digits of a code of category, as on the map. With htmx only the list itself.
    """
    asking = asker(request)
    which = _which(request.GET.get("which", ""))
    filters = _filters(which, _box(request.GET.get("bbox", "")), asking)
    if group := request.GET.get("group", ""):
        filters = replace(filters, category_ids=_of_group(group, asking))
    rows = queries.listing(asking.actor, filters, asking.ref)
    told = {"page": page_of(rows, NEWEST, request.GET), "which": which, "kinds": WHICH.items()}
    template = "desk/map_rows.html" if request.headers.get("HX-Request") else "desk/map_list.html"
    return render(request, template, told)


def _filters(which: Which, box: Box | None, asking: Asker) -> CaseFilters:
    filters = CaseFilters(bbox=box)
    match which:
        case Which.OPEN:
            return replace(filters, open_only=True)
        case Which.OVERDUE:
            return replace(filters, overdue_at=asking.at)
        case Which.CLOSED:
            return replace(filters, states=("closed",))
        case _:
            return filters


def _of_group(group: str, asking: Asker) -> list[int]:
    """The categories whose codes begin so. Raises Invalid where there are none."""
    found = [number for number, one in asking.ref.categories.categories.items() if one.code.startswith(group)]
    if not found:
        raise Invalid("group", "unknown_choice", value=group[:20])
    return found


def _which(text: str) -> Which:
    try:
        return Which(text or Which.OPEN)
    except ValueError:
        raise Invalid("which", "unknown_choice", value=text[:20]) from None


def _box(text: str) -> Box | None:
    if not text:
        return None
    try:
        sides = [float(part) for part in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) != PARTS or not all(map(math.isfinite, sides)) or not _on_earth(*sides):
        raise Invalid("bbox", "bad_box", bbox=text[:60])
    west, south, east, north = sides
    return west, south, east, north


def _on_earth(west: float, south: float, east: float, north: float) -> bool:
    """Whether the sides are in order, and degrees. A map that shows more than the earth asks a little beyond it."""
    return -540 <= west <= east <= 540 and -90 <= south <= north <= 90
