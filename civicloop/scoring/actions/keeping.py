"""Keeping the figures of a day: what a morning page shows is read, not reckoned."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from civicloop.inspection.models import Round, Visit
from civicloop.kernel.refusal import Refused
from civicloop.organisation.days import day_of
from civicloop.scoring.forecasting import forecast
from civicloop.scoring.models import DailyFigure, KeptFigures
from civicloop.scoring.queries import read
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards.reference import Reference

TREND_DAYS = 14
SURE = 0.9
"""Of the intervals of a forecast the one that is kept: the middle 90 percent, as the forecast page says it."""


def keep_figures(*, at: datetime, ref: Reference, days: int = TREND_DAYS) -> list[DailyFigure]:
    """Keep the figures of today, again however often, and of those of the days before that have none, as of their evening.

    No policy and no ledger line: nobody decides anything, and whoever doubts a figure can have it reckoned again as of its
    moment.
    """
    today = day_of(at)
    wanted = [today - timedelta(days=back) for back in range(1, days)]
    kept = set(DailyFigure.objects.filter(day__in=wanted).values_list("day", flat=True))
    found = [keep_figure(as_of=_evening(day), ref=ref) for day in reversed(wanted) if day not in kept]
    return [*found, keep_figure(as_of=at, ref=ref)]


def keep_figure(*, as_of: datetime, ref: Reference) -> DailyFigure:
    """Keep the score of the latest round that had judged visits by then, and the forecast, under the day of `as_of`."""
    told = {**_score(as_of, ref), **_forecast(as_of, ref)}
    with transaction.atomic():
        row, _ = DailyFigure.objects.update_or_create(day=day_of(as_of), defaults={"as_of": as_of, **told})
    return row


def _score(as_of: datetime, ref: Reference) -> dict[str, Any]:
    judged = Visit.objects.filter(round=OuterRef("pk"), state="judged", judged_at__lte=as_of)
    latest = Round.objects.filter(Exists(judged)).order_by("-starts_on", "-pk").first()
    if latest is None:
        return {"rounds": [], "title": "", "score": None, "score_low": None, "score_high": None, "observations": 0}
    book = read(Scope((latest.pk,), None, None), as_of=as_of, ref=ref).book
    city = book.city.estimate
    return {
        "rounds": [latest.code], "title": latest.title, "score": city.value, "score_low": city.low,
        "score_high": city.high, "observations": book.observations, "target": book.target,
    }  # fmt: skip


def _forecast(as_of: datetime, ref: Reference) -> dict[str, Any]:
    try:
        found = forecast(Scope(None, None, None), as_of=as_of, ref=ref)
    except Refused:  # a city without a standard, or without points, has no forecast; that is no fault
        return {"forecast": None, "forecast_low": None, "forecast_high": None, "chance": None}
    low, high = found.forecast.intervals.get(SURE, (None, None))
    known = found.chance is not None
    return {
        "forecast": found.forecast.value if known else None, "forecast_low": low, "forecast_high": high,
        "chance": found.chance, "target": found.target,
    }  # fmt: skip


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)), timezone.get_default_timezone())


def keep_named(*, name: str, content: dict[str, Any], at: datetime) -> KeptFigures:
    """Keep figures under a name in place of those before: of two workers the one that reckoned later wins."""
    with transaction.atomic():
        row, made = KeptFigures.objects.get_or_create(name=name, defaults={"as_of": at, "content": content})
        if not made and row.as_of < at:
            KeptFigures.objects.filter(name=name, as_of__lt=at).update(as_of=at, content=content)
    return row
