"""Joint analysis: rates against earlier periods, the five questions, causes, what came back, heat, where to look next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from civicloop.insight import lately
from civicloop.insight.analysis import Analysis, Row
from civicloop.insight.rules import radar
from civicloop.insight.rules.comparing import Change, Compared
from civicloop.insight.rules.rates import RATES, Period
from civicloop.insight.suggestions import suggestions
from civicloop.insight.telling import SUGGESTED_FOR, rate_label
from civicloop.web.desk.asker import asker
from civicloop.web.desk.scoping import read_days, require_city
from civicloop.web.ui.editionbook import known_editions
from civicloop.web.ui.heatmap import heatmap, step_of

DAYS = 30
MOST = 30
SHOWN = 12
GROUPS = {"unit": _("by unit"), "town": _("by town"), "category": _("by category"), "all": _("all together")}
IN_GROUPS = ("on_time_rate", "closing_rate", "sent_back_rate", "recurrence_rate")
HORIZONS = {"immediate": _("at once"), "short": _("within weeks"), "long": _("for good")}


@dataclass(frozen=True)
class Cell:
    """A rate with its changes, and which way is good."""

    name: str
    compared: Compared
    low_is_good: bool

    @property
    def percent(self) -> str:
        """91.3 %, or a dash where there was nothing to judge."""
        value = self.compared.rate.value
        return "—" if value is None else f"{value * 100:.1f}%"

    @property
    def month(self) -> tuple[str, Change]:
        """The change against the period before."""
        return self._way(self.compared.month)

    @property
    def year(self) -> tuple[str, Change]:
        """The change against the year before."""
        return self._way(self.compared.year)

    def _way(self, change: Change) -> tuple[str, Change]:
        if change.points is None:
            return "none", change
        if not change.apart:
            return "same", change
        return ("better" if (change.points < 0) == self.low_is_good else "worse"), change


@login_required
@require_GET
def analysis(request: HttpRequest) -> HttpResponse:
    """Everything of a period but the suggestions, which are fetched after it."""
    asking = asker(request)
    require_city(asking, "analysis.read")
    first, last = _days(request, asking.at)
    by = request.GET.get("by", "town")
    by = by if by in GROUPS else "town"
    edition = known_editions(asking.ref).current
    told = lately.analyse(_period(first, last), at=asking.at, ref=asking.ref, group_by=by, edition_id=edition)
    drawn = heatmap([(one.code, one.outline, one.heat.smoothed if one.heat.count else None) for one in told.heat])
    warm = sorted((one for one in told.heat if one.heat.count), key=lambda one: (-(one.heat.smoothed or 0), one.code))
    shown = {
        "told": told, "first": first, "last": last, "by": by, "ways": GROUPS,
        "total": _cells(told.total, list(RATES)),
        "groups": [(one, _cells(one, IN_GROUPS)) for one in told.groups],
        "names": [rate_label(name) for name in IN_GROUPS],
        "radar": radar.svg(told.radar, str(_("The five questions"))) if any(one.judged for one in told.radar) else "",
        "causes": _causes(told),
        "back": told.recurrences[:SHOWN],
        "back_rest": told.recurrences[SHOWN:],
        "heat": drawn, "shades": _shades(drawn.ends if drawn else ()),
        "warm": [(one, step_of(one.heat.smoothed, drawn.ends if drawn else ())) for one in warm[:MOST]],
        "warm_all": len(warm), "grids": len(told.heat),
        "query": f"from={first.isoformat()}&to={last.isoformat()}",
    }  # fmt: skip
    return render(request, "desk/analysis.html", shown)


@login_required
@require_GET
def same_fault(request: HttpRequest) -> HttpResponse:
    """One problem, many places: which points to look at next. A part of the analysis, and a page of its own without scripts."""
    asking = asker(request)
    require_city(asking, "analysis.read")
    first, last = _days(request, asking.at)
    told = suggestions(_period(first, last), as_of=asking.at, ref=asking.ref, most=MOST)
    items = told.edition.items if told.edition else {}
    types = told.edition.point_types if told.edition else {}
    rows = [
        {
            "place": told.places[one.point], "item": items.get(one.item), "code": one.item, "row": one,
            "kind": str(types[told.places[one.point].point_type].name) if told.places[one.point].point_type in types else "",
            "reasons": [SUGGESTED_FOR[reason] for reason in one.reasons],
            "led": [(told.places[led.point], led) for led in one.occasions],
        }
        for one in told.rows
    ]  # fmt: skip
    shown = {"rows": rows, "told": told, "first": first, "last": last, "most": MOST}
    part = request.headers.get("HX-Request") == "true"
    return render(request, "ui/analysis_suggestions.html" if part else "desk/analysis_suggestions.html", shown)


def _cells(row: Row, names: Sequence[str]) -> list[Cell]:
    return [Cell(str(rate_label(name)), row.rates[name], RATES[name].better == "low") for name in names]


def _causes(told: Analysis) -> list[dict[str, Any]]:
    """Classes of causes with the words of the reader's language; classes without cases are left away."""
    key = "en" if (get_language() or "").startswith("en") else "zh_Hans"
    return [
        {
            "name": one.cause.name[key], "share": one,
            "measures": [(HORIZONS[when], words[key]) for when, words in one.cause.measures.items()],
        }
        for one in told.causes if one.count
    ]  # fmt: skip


def _shades(ends: Sequence[float]) -> list[tuple[int, float, float]]:
    starts = [0.0, *ends]
    return [(number, starts[number - 1], end) for number, end in enumerate(ends, 1)]


def _days(request: HttpRequest, at: datetime) -> tuple[date, date]:
    today = timezone.localdate(at)
    start, end = read_days(request.GET)
    last = end or today
    return start or min(last, today) - timedelta(days=DAYS - 1), last


def _period(first: date, last: date) -> Period:
    zone = timezone.get_current_timezone()
    return Period(datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone))
