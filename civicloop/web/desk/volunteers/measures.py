"""The figures of voluntary service in a period, each from data; small groups are not told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from civicloop.organisation.rules.roles import UnitKind
from civicloop.spoken import AGE_BANDS
from civicloop.volunteers import people_policy
from civicloop.volunteers.people_policy import About
from civicloop.volunteers.queries.measures import measures as figures_of
from civicloop.web.desk.asker import asker

DAYS = 90
PLACES = (UnitKind.TOWN, UnitKind.COMMUNITY)


@login_required
@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """Projects, events, person-times, participation, precision, response and rating."""
    asking = asker(request)
    today = timezone.localdate(asking.at)
    start, end = _day(request, "from", today - timedelta(days=DAYS - 1)), _day(request, "to", today)
    unit = asking.ref.org.by_code(request.GET.get("unit", "")[:30]) if request.GET.get("unit") else None
    about = About(frozenset({unit.id} if unit else asking.own_units))
    people_policy.require(asking.person, "measures.see", about, at=asking.at, ref=asking.ref)
    if start > end:
        start, end = end, start
    figures = figures_of(start=start, end=end, ref=asking.ref, unit_id=unit.id if unit else None)
    shown = {
        "figures": figures,
        "by_age": _bars(figures.by_age, AGE_BANDS),
        "by_area": _bars(figures.by_area, AGE_BANDS),
        "scores": _bars({str(key): figures.orders.scores.get(key, 0) for key in range(5, 0, -1)}, {}),
        "start": start,
        "end": end,
        "unit": unit,
        "units": [one for one in asking.ref.org.units.values() if one.active and one.kind in PLACES],
        "at": asking.at,
    }
    return render(request, "desk/volunteers_measures.html", shown)


def _bars(rows: Mapping[str, int | None], words: Mapping[str, Any]) -> list[tuple[str, int | None, int]]:
    """Each group with its count (None: too few to tell) and the largest count, at which a bar is full."""
    most = max([value for value in rows.values() if value is not None] or [0])
    return [(str(words.get(key, key)), value, most) for key, value in rows.items()]


def _day(request: HttpRequest, name: str, usual: date) -> date:
    try:
        found = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return usual
    return found if 2000 <= found.year < 2100 else usual
