"""The figures of a day: kept as the score and the forecast say them, caught up with, never twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.organisation.days import day_of
from civicloop.scoring.actions import keep_figures
from civicloop.scoring.models import DailyFigure
from civicloop.scoring.queries import Scope, daily_figures, score
from civicloop.standards import reference
from tests.web.scored import scored


@pytest.fixture
def town(city: Any) -> Any:
    """A round judged three hours ago."""
    return scored(city)


def test_the_kept_score_is_the_score_of_the_latest_judged_round(town: Any) -> None:
    at, ref = timezone.now(), reference.now()

    kept = keep_figures(at=at, ref=ref, days=1)[-1]
    book = score(Scope((town.round.pk,), None, None), as_of=at, ref=ref)

    assert (kept.score, kept.score_low, kept.score_high) == (
        book.city.estimate.value, book.city.estimate.low, book.city.estimate.high,
    )  # fmt: skip
    assert (kept.rounds, kept.title, kept.observations) == (["W48"], town.round.title, book.observations)
    assert kept.forecast is not None
    assert kept.forecast_low <= kept.forecast <= kept.forecast_high


def test_a_day_is_kept_once_and_today_anew(town: Any) -> None:
    at, ref = timezone.now(), reference.now()
    keep_figures(at=at, ref=ref, days=3)

    again = keep_figures(at=at + timedelta(seconds=1), ref=ref, days=3)

    assert len(again) == 1
    assert DailyFigure.objects.count() == 3
    assert again[0].as_of == at + timedelta(seconds=1)


def test_days_before_the_first_visit_have_no_score(town: Any) -> None:
    at, ref = timezone.now(), reference.now()
    keep_figures(at=at, ref=ref, days=4)

    figures = daily_figures()

    assert [one.day for one in figures] == [day_of(at) - timedelta(days=back) for back in (3, 2, 1, 0)]
    assert figures[0].score is None
    assert figures[0].rounds == []
    assert figures[-1].score is not None


def test_a_city_without_a_standard_keeps_nothing_but_the_day(city: Any) -> None:
    at = timezone.now()

    kept = keep_figures(at=at, ref=reference.now(), days=1)[-1]

    assert (kept.day, kept.score, kept.forecast, kept.chance) == (day_of(at), None, None, None)


def test_only_the_last_days_are_told(db: None) -> None:
    for back in range(20):
        DailyFigure.objects.create(day=date(2026, 11, 23) - timedelta(days=back), as_of=timezone.now())

    told = daily_figures(14)

    assert len(told) == 14
    assert told[-1].day == date(2026, 11, 23)
