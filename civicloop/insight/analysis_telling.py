"""The analysis and the suggestions as plain data. The keys are stable: pages, papers and scripts rely on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language

from civicloop.insight.analysis import Analysis, GridHeat, Row
from civicloop.insight.rules.causes import CauseShare
from civicloop.insight.rules.comparing import Change, Compared
from civicloop.insight.rules.radar import Axis
from civicloop.insight.rules.rates import COUNTS, Period, Rate
from civicloop.insight.suggestions import Suggested

RULES = {
    "radar": "share_met_by_weight-1", "heat": "cases_per_km2_marshall-1", "change": "newcombe_10",
    "taken_late": "due_before_taken_away-1", "recurrences": "came_back_by_grid_and_category-1",
}  # fmt: skip


def analysis_as_data(told: Analysis) -> dict[str, Any]:
    """Everything as JSON takes it. Moments are ISO 8601; `to` no longer belongs to a period; shares are of 1, points of 100."""
    return {
        "as_of": told.as_of.isoformat(),
        "period": _period(told.period),
        "month": _period(told.before),
        "year": _period(told.year),
        "by": told.by,
        "rules": {**RULES, "causes": f"causes-{told.causes_version}"},
        "edition": None if told.edition is None else {"pack": told.edition.pack, "name": told.edition.name},
        "total": _row(told.total),
        "groups": [_row(one) for one in told.groups],
        "questions": [_axis(one) for one in told.radar],
        "causes": [_cause(one) for one in told.causes],
        "recurrences": [
            {"grid": one.grid, "grid_name": one.grid_name, "category": one.category, "category_name": one.category_name,
             "cases": one.cases, "open": one.still_open}
            for one in told.recurrences
        ],
        "heat": heat_as_geojson(told.heat),
    }  # fmt: skip


def heat_as_geojson(heat: Sequence[GridHeat]) -> dict[str, Any]:
    """The grids as a GeoJSON FeatureCollection in WGS-84, with counts and rates as properties."""
    features = [
        {
            "type": "Feature",
            "geometry": dict(one.outline),
            "properties": {
                "code": one.code, "name": one.name, "cases": one.heat.count, "km2": one.heat.km2, "per_km2": one.heat.per_km2,
                "smoothed_per_km2": one.heat.smoothed, "leans_on_city": one.heat.leans,
            },
        }
        for one in heat
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def suggestions_as_data(told: Suggested) -> dict[str, Any]:
    """The suggestions as JSON takes them; chances are shares of 1."""
    rows = []
    for one in told.rows:
        place = told.places[one.point]
        item = told.edition.items.get(one.item) if told.edition else None
        rows.append(
            {
                "point": place.code, "name": place.name, "point_type": place.point_type, "unit": place.unit, "item": one.item,
                "text": item.text.in_language(get_language() or "") if item else "", "chance": one.chance, "failed": one.failed,
                "judged": one.judged, "reasons": list(one.reasons),
                "checked_at": one.checked_at.isoformat() if one.checked_at else None,
                "because": [
                    {"point": told.places[led.point].code, "at": led.at.isoformat(), "case": led.case} for led in one.occasions
                ],
            }
        )  # fmt: skip
    return {
        "as_of": told.as_of.isoformat(), "period": _period(told.period), "rule": told.rule, "judged": told.judged,
        "suggestions": rows,
    }  # fmt: skip


def _period(period: Period) -> dict[str, str]:
    return {"from": period.start.isoformat(), "to": period.end.isoformat()}


def _row(row: Row) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "counts": {name: getattr(row.tally, name) for name in COUNTS},
        "taken_late": row.taken_late,
        "rates": {name: _compared(one) for name, one in row.rates.items()},
    }


def _compared(one: Compared) -> dict[str, Any]:
    return {**_rate(one.rate), "month": _change(one.month), "year": _change(one.year)}


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "rule": rate.rule, "value": rate.value, "numerator": rate.numerator, "denominator": rate.denominator,
        "as_of": rate.as_of.isoformat(),
    }  # fmt: skip


def _change(one: Change) -> dict[str, Any]:
    return {"before": _rate(one.before), "points": one.points, "low": one.low, "high": one.high, "apart": one.apart}


def _axis(one: Axis) -> dict[str, Any]:
    return {
        "key": one.key, "name": one.name, "score": one.score, "low": one.low, "high": one.high, "met": one.met,
        "judged": one.judged, "cases": one.cases, "open": one.open,
    }  # fmt: skip


def _cause(one: CauseShare) -> dict[str, Any]:
    return {
        "key": one.cause.key, "name": dict(one.cause.name), "cases": one.count, "of": one.total, "share": one.share,
        "categories": [{"code": code, "cases": many} for code, many in one.categories],
        "measures": {horizon: dict(words) for horizon, words in one.cause.measures.items()},
    }  # fmt: skip
