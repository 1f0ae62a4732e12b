"""From the rows of a survey to what the rules reckon with."""

from __future__ import annotations

from typing import Any

from civicloop.surveys.models import Survey
from civicloop.surveys.models.surveys import SHARED
from civicloop.surveys.rules.questionnaire import read
from civicloop.surveys.rules.results import Answered, results
from civicloop.surveys.rules.weighting import Ground


def results_of(survey: Survey, *, least: int) -> dict[str, Any]:
    """The results as they will be kept. Two statements; answers are read in one order, so the same rows give the same result."""
    ground = {one.name: Ground(one.population, one.groups) for one in survey.strata.order_by("id")}
    rows = survey.responses.order_by("id").values_list("stratum__name", "channel", "answers", "invitation__cluster")
    answered = [
        Answered(stratum, channel, told, _cluster(channel, number))
        for stratum, channel, told, number in rows.iterator()
    ]
    return results(
        answered, read(survey.questionnaire.content), ground, group=survey.group, margins=survey.margins,
        effect=float(survey.design.get("effect", 1.0)), open_channels=SHARED, least=max(2, least),
    )  # fmt: skip


def _cluster(channel: str, number: int | None) -> str:
    """Which cluster it is: each channel counts its own, the buildings of letters and the corners of the street."""
    return f"{channel}:{number}" if number is not None else ""
