"""A survey that is open just now, its invitations, and answers as forms send them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from civicloop.surveys import actions
from civicloop.surveys.models import Survey
from tests.cast import City
from tests.surveys.conftest import answers

MOST_STATEMENTS, MOST_BYTES = 15, 120_000


def opened(city: City, plan: Callable[..., Survey]) -> Survey:
    """A survey that is open just now."""
    now = timezone.now()
    made = plan(starts_on=(now - timedelta(days=3)).date(), ends_on=(now + timedelta(days=9)).date(), at=now)
    return actions.open_survey(survey_uid=made.uid, by=city.supervisor, at=now)


def tokens(survey: Survey, city: City, many: int = 1, channel: str = "household") -> list[str]:
    made = actions.invite(
        survey_uid=survey.uid,
        stratum_id=survey.strata.first().pk,
        channel=channel,
        many=many,
        by=city.supervisor,
        at=timezone.now(),
    )
    return [one.token for one in made]


def typed(**more: str) -> dict[str, str]:
    return {f"q.{code}": value for code, value in answers(**more).items()}


def closed(survey: Survey, city: City) -> Survey:
    for place, token in enumerate(tokens(survey, city, 24)):
        actions.answer(
            token=token,
            answers=answers("a" if place % 4 else "c", age=("60+" if place < 4 else "35-59")),
            at=timezone.now(),
        )
    return actions.close_survey(survey_uid=survey.uid, by=city.supervisor, at=timezone.now())
