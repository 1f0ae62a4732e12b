"""The numbers that colour the grids of a map: one rate in one month, with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civicloop.cases.models import Case
from civicloop.insight import queries
from civicloop.insight.rules.rates import RATES, Period, Rate, Tally, rate
from civicloop.insight.rules.wilson import interval
from civicloop.insight.telling import rate_label
from civicloop.kernel.refusal import Invalid
from civicloop.standards.reference import Actor, Reference

OPEN = "open"
RULES: Mapping[str, str] = MappingProxyType({"on_time": "on_time_rate", "closing": "closing_rate", OPEN: OPEN})
"""What can be asked for, and the rule of docs/explanation/rates.md that is meant."""


def grid_rates(name: str, month: str, *, actor: Actor, at: datetime, ref: Reference) -> dict[str, Any]:
    """One rate of every grid that has something to judge, of the cases the person may see, as plain data.

    `month` is YYYY-MM, or empty for the present one. Intervals are Wilson's at 95 %; a number of open cases has none.
    Raises Invalid for an unknown rate or month.
    """
    if name not in RULES:
        raise Invalid("rate", "unknown_choice", value=name[:20])
    period = month_of(month, at)
    codes = {grid.id: grid.code for grid in ref.grids.grids.values()}
    if name == OPEN:
        rows = Case.objects.visible_to(actor).filter(ended_at=None, grid__isnull=False).order_by()
        numbers = dict(rows.values_list("grid").annotate(many=Count("pk")))
        grids = {codes[grid]: _number(many) for grid, many in numbers.items() if grid in codes}
        total = _number(sum(numbers.values()))
    else:
        (tallies,) = queries.tallies([(period, at)], "grid", Case.objects.visible_to(actor))
        found = {codes[grid]: rate(RULES[name], tally, at) for grid, tally in tallies.items() if grid in codes}
        grids = {code: _share(one) for code, one in found.items() if one.denominator}
        total = _share(rate(RULES[name], sum(tallies.values(), Tally()), at))
    return {
        "rate": name,
        "rule": RULES[name],
        "label": str(_("open cases") if name == OPEN else rate_label(RULES[name])),
        "better": "low" if name == OPEN else RATES[RULES[name]].better,
        "as_of": timezone.localtime(at).isoformat(),
        "period": {"from": period.start.isoformat(), "to": period.end.isoformat()},
        "total": total,
        "grids": dict(sorted(grids.items())),
    }


def month_of(text: str, at: datetime) -> Period:
    """The month YYYY-MM in the city's time; the present one when nothing is said. Raises Invalid when it cannot be read."""
    here = timezone.localtime(at)
    try:
        first = date.fromisoformat(f"{text}-01") if text else here
        if not 1900 <= first.year < 2200:
            raise ValueError(text)
        start = here.replace(year=first.year, month=first.month, day=1, hour=0, minute=0, second=0, microsecond=0)
        end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    except ValueError:
        raise Invalid("month", "unknown_choice", value=text[:20]) from None
    return Period(start, end)


def _number(many: int) -> dict[str, Any]:
    return {"value": many, "n": many, "low": None, "high": None}


def _share(found: Rate) -> dict[str, Any]:
    if not found.denominator:
        return {"value": None, "n": 0, "low": None, "high": None}
    low, high = interval(found.numerator, found.denominator)
    return {"value": found.value, "n": found.denominator, "low": low, "high": high}
