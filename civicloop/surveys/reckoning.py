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
    rows = survey.responses.order_by("id").values_list("stratum__name", "channel", "answers")
    answered = [Answered(stratum, channel, answers) for stratum, channel, answers in rows.iterator()]
    return results(
        answered, read(survey.questionnaire.content), ground, group=survey.group, margins=survey.margins,
        effect=float(survey.design.get("effect", 1.0)), open_channels=SHARED, least=max(2, least),
    )  # fmt: skip
