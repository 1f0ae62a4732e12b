"""If assessors came tomorrow: the chance to reach the target, the distribution behind it, and which repairs would raise it most."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from civicloop.kernel.refusal import Invalid
from civicloop.scoring.forecast_commands import item_text, note_text, type_name
from civicloop.scoring.forecasting import Outlook, forecast
from civicloop.scoring.queries import Scope
from civicloop.web.desk.asker import asker
from civicloop.web.desk.scoping import read_days, require_city
from civicloop.web.ui.editionbook import known_editions
from civicloop.web.ui.histogram import histogram_of

ITEMS = 20
PLANS = {
    "edition": gettext_lazy("the official sample of the edition"),
    "file": gettext_lazy("a sample from a file"),
    "frame": gettext_lazy("types in proportion to the city's places, since the edition has no sample"),
}
ORDERS = {
    "effort": gettext_lazy("gain for the effort"),
    "gain": gettext_lazy("gain"),
}


@login_required
@require_GET
def outlook(request: HttpRequest) -> HttpResponse:
    """The forecast from the visits of the last half year, or of the days asked for."""
    asking = asker(request)
    require_city(asking, "forecast.read")
    start, end = read_days(request.GET)
    target = _target(request.GET.get("target", ""))
    found = forecast(Scope(None, start, end), as_of=asking.at, ref=asking.ref, target=target)
    order = request.GET.get("order", "effort")
    order = order if order in ORDERS else "effort"
    told = found.forecast
    ninety = told.intervals.get(0.9)
    shown = {
        "outlook": found, "forecast": told, "ninety": ninety, "start": start, "end": end,
        "sentence": _sentence(found),
        "histogram": histogram_of(told.histogram, found.target, ninety, told.median or 0.0) if ninety else None,
        "types": [(type_name(found, one.point_type), one) for one in sorted(told.types, key=lambda part: -part.loss)],
        "items": [(item_text(found, one.item), one) for one in _ordered(told.items, order)[:ITEMS]],
        "all_items": len(told.items), "order": order, "orders": ORDERS.items(),
        "notes": [note_text(found, one) for one in told.notes],
        "plan": PLANS.get(found.plan_from, found.plan_from),
        "edition_uid": known_editions(asking.ref).uids.get(found.edition.id),
    }  # fmt: skip
    return render(request, "desk/forecast.html", shown)


def _sentence(found: Outlook) -> str:
    """The answer before everything else."""
    if found.chance is None:
        return _("Nothing is known of this time, so nothing can be said.")
    told = {"target": f"{found.target:g}", "chance": _share(found.chance), "value": f"{found.forecast.value:.1f}"}
    return (
        _(
            "If assessors came tomorrow, the chance to reach %(target)s would be %(chance)s; about %(value)s is to be expected."
        )
        % told
    )


def _share(chance: float) -> str:
    """A chance from simulated samples never claims to be certain."""
    return _("below 1%") if chance < 0.01 else _("above 99%") if chance > 0.99 else f"{chance:.0%}"


def _ordered(items: Any, order: str) -> list[Any]:
    if order == "gain":
        return sorted(items, key=lambda one: (-one.gain, one.item))
    return sorted(items, key=lambda one: (one.per_effort is None, -(one.per_effort or 0), -one.gain, one.item))


def _target(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        raise Invalid("target", "not_a_number", value=text[:40]) from None
    return found
