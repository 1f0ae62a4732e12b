"""The figures of voluntary service in a period, each with the rows behind it; small groups are not told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from civicloop.organisation.rules.roles import UnitKind
from civicloop.spoken import AGE_BANDS
from civicloop.volunteers import people_policy
from civicloop.volunteers.people_policy import About
from civicloop.volunteers.queries.measures import Measures
from civicloop.volunteers.queries.measures import measures as figures_of
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.doors import measures_unit

DAYS = 90
PLACES = (UnitKind.TOWN, UnitKind.COMMUNITY)
STARS = {
    "0": _("no star yet"), "1": _("one star"), "2": _("two stars"), "3": _("three stars"), "4": _("four stars"),
    "5": _("five stars"),
}  # fmt: skip


@login_required
@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """Projects, events, person-times, participation, precision, response and rating."""
    asking = asker(request)
    today = timezone.localdate(asking.at)
    start, end = _day(request, "from", today - timedelta(days=DAYS - 1)), _day(request, "to", today)
    unit = asking.ref.org.by_code(request.GET.get("unit", "")[:30]) if request.GET.get("unit") else None
    if unit is None and (own := measures_unit(asking)) is not None:
        unit = asking.ref.org.unit(own)
    about = About(frozenset({unit.id} if unit else ()))
    people_policy.require(asking.person, "measures.see", about, at=asking.at, ref=asking.ref)
    if start > end:
        start, end = end, start
    period = {"from": start.isoformat(), "to": end.isoformat()} | ({"unit": unit.code} if unit else {})
    figures = figures_of(start=start, end=end, ref=asking.ref, unit_id=unit.id if unit else None)
    shown = {
        "figures": figures,
        **_charts(figures, period, asking),
        "rows": _addresses(period),
        "start": start,
        "end": end,
        "unit": unit,
        "units": [one for one in asking.ref.org.units.values() if one.active and one.kind in PLACES],
        "at": asking.at,
    }
    return render(request, "desk/volunteers_measures.html", shown)


def _charts(figures: Measures, period: Mapping[str, str], asking: Asker) -> dict[str, Any]:
    """The bars, each group leading to its rows."""
    towns = {one.name: one.code for one in asking.ref.org.units.values() if one.kind in PLACES}
    scores = {str(key): figures.orders.scores.get(key, 0) for key in range(5, 0, -1)}
    stars = {key: figures.stars[key] for key in sorted(figures.stars)}
    return {
        "by_age": _bars(figures.by_age, AGE_BANDS, lambda key: _records(period, age=key)),
        "by_area": _bars(figures.by_area, AGE_BANDS, lambda key: _records(period, area=towns.get(key, key))),
        "by_star": _bars(stars, STARS),
        "scores": _bars(scores, {}, lambda key: _orders(period, of=f"score{key}")),
    }


def _addresses(period: Mapping[str, str]) -> dict[str, str]:
    """Where the rows behind the figures are."""
    kinds = {key: _orders(period, of=key) for key in ("served", "rated", "met", "unmet", "lapsed")}
    return kinds | {
        "made": _orders(period),
        "records": _records(period),
        "events": f"{reverse('desk:volunteer_events')}?{urlencode(period)}",
        "projects": reverse("desk:volunteer_projects"),
    }


@dataclass(frozen=True)
class Bar:
    """A group with its count (None: too few to tell), the largest count, at which a bar is full, and the rows behind it."""

    word: str
    value: int | None
    most: int
    address: str = ""


def _bars(
    rows: Mapping[str, int | None], words: Mapping[str, Any], address: Callable[[str], str] = lambda key: ""
) -> list[Bar]:  # fmt: skip
    """A bar for each group. What is too small to be told leads nowhere: the rows would tell it."""
    most = max([value for value in rows.values() if value is not None] or [0])
    return [
        Bar(str(words.get(key, key)), value, most, address(key) if value else "") for key, value in rows.items()
    ]  # fmt: skip


def _orders(period: Mapping[str, str], **more: str) -> str:
    return f"{reverse('desk:volunteers')}?{urlencode({**period, **more})}"


def _records(period: Mapping[str, str], **more: str) -> str:
    return f"{reverse('desk:volunteer_hours')}?{urlencode({**period, 'valid': '1', **more})}"


def _day(request: HttpRequest, name: str, usual: date) -> date:
    try:
        found = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return usual
    return found if 2000 <= found.year < 2100 else usual
