"""A survey of two towns, open, in front of the cast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from civicloop.surveys import actions
from civicloop.surveys.actions import StratumRow
from civicloop.surveys.models import Questionnaire, Survey
from tests.cast import MONDAY_NINE, City
from tests.environment import ROOT

FILE = ROOT / "packs" / "questionnaires" / "residents.yaml"


def answers(choice: str = "a", **more: str) -> dict[str, str]:
    """An answer to every question; the age may be told."""
    codes = ("know", "support", "takepart", "satisfied", "clean", "traffic", "market", "estate", "service", "noise")
    return {**dict.fromkeys(codes, choice), "age": "35-59", **more}


@pytest.fixture
def questionnaire(db: None) -> Questionnaire:
    """The shipped questionnaire, brought in."""
    content = yaml.safe_load(Path(FILE).read_text(encoding="utf-8"))
    return actions.load_questionnaire(content=content, by=None, at=MONDAY_NINE)


@pytest.fixture
def plan(city: City, questionnaire: Questionnaire) -> Callable[..., Survey]:
    """Plan a survey of Lotus (9 000) and Willow (1 000) by the supervisor."""

    def made(**more: Any) -> Survey:
        strata = [StratumRow("莲花镇", 9000, city.lotus.pk), StratumRow("柳塘街道", 1000, city.willow.pk)]
        told = {
            "title": "2026年四季度", "questionnaire": questionnaire, "starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30),
            "strata": strata, "margin": 0.05, "by": city.supervisor, "at": MONDAY_NINE,
        }  # fmt: skip
        return actions.plan_survey(**{**told, **more})

    return made


@pytest.fixture
def survey(city: City, plan: Callable[..., Survey]) -> Survey:
    """The same, open."""
    return actions.open_survey(survey_uid=plan().uid, by=city.supervisor, at=MONDAY_NINE)
