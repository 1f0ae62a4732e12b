"""Template words of scores, forecasts, analyses and papers: `{% load scoring %}`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.translation import gettext as _

from civicloop.scoring.models import STATE_LABELS
from civicloop.scoring.rules.shapes import Estimate
from civicloop.scoring.telling import HOW_LABELS
from civicloop.web.desk.asker import asker
from civicloop.web.ui import scorewords, timewords
from civicloop.web.ui.intervals import Axis

register = template.Library()


@register.filter
def points(value: float | None, digits: int = 2) -> str:
    """86.40; a dash where nothing is known."""
    return "—" if value is None else f"{value:.{digits}f}"


@register.filter
def signed(value: float | None) -> str:
    """+1.20, −0.40, with the sign that belongs to figures."""
    return "—" if value is None else f"{value:+.1f}".replace("-", "−")


@register.filter
def interval(one: Estimate | Any) -> str:
    """83.10–89.70; empty where there is none."""
    low, high = (one.get("low"), one.get("high")) if isinstance(one, dict) else (one.low, one.high)
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"


@register.filter
def ranks(row: Any) -> str:
    """1–3, or 2 where the rank is certain."""
    low, high = (row["rank_low"], row["rank_high"]) if isinstance(row, dict) else (row.rank_low, row.rank_high)
    return f"{low}" if low == high else f"{low}–{high}"


@register.filter
def how(one: Estimate) -> str:
    """How an estimate was made."""
    return str(HOW_LABELS.get(one.how, one.how))


@register.filter
def event_word(name: str) -> str:
    """What points were taken for."""
    return str(scorewords.DEDUCTION_EVENTS.get(name, name))


@register.filter
def appeal_state(state: str) -> str:
    """The state of an appeal in words."""
    return str({str(key): word for key, word in STATE_LABELS.items()}.get(state, state))


@register.filter
def appeal_step(name: str) -> str:
    """The verb of a step of an appeal."""
    return str(scorewords.APPEAL_STEPS.get(name, name))


@register.filter
def iso_moment(text: str) -> str:
    """A moment that was kept as text."""
    return timewords.moment(datetime.fromisoformat(text)) if text else ""


@register.filter
def first(text: str, length: int) -> str:
    """The beginning of a digest."""
    return text[:length]


@register.inclusion_tag("ui/score_interval.html")
def interval_chart(axis: Axis, value: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    """A dot with its interval on the axis of its table."""
    if value is None:
        return {"known": False}
    told = {"known": True, "axis": axis, "value": value, "low": low, "high": high, "x": axis.place(value)}
    if low is not None and high is not None:
        told |= {"a": axis.place(low), "b": axis.place(high)}
    return told


@register.inclusion_tag("ui/score_nav.html", takes_context=True)
def score_nav(context: RequestContext, now: str) -> dict[str, Any]:
    """The pages that belong to the word 评分 of the rail, those the asker may open."""
    asking = asker(context["request"])
    pages = [("desk:scores", _("Scores")), ("desk:numbers", _("Rates")), ("desk:score_appeals", _("Appeals"))]
    if asking.actor.sees_all:
        pages[1:1] = [("desk:forecast", _("Forecast")), ("desk:analysis", _("Analysis"))]
        pages.append(("desk:score_negative", _("Negative list")))
    pages.append(("desk:score_publications", _("Published")))
    return {"pages": pages, "now": f"desk:{now}"}
