"""Building a scenario into an empty database: everything or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from civicloop.cases.actions.historic import bring_in
from civicloop.cases.models import Case, CaseReach, CaseStep
from civicloop.demo.history.plan import last_moment
from civicloop.demo.scenarios.holding import hold_rounds
from civicloop.demo.scenarios.problems import Author
from civicloop.demo.scenarios.settle import Place, settle
from civicloop.demo.scenarios.shape import Scenario, scenario
from civicloop.documents.actions import set_text
from civicloop.kernel.refusal import Conflict
from civicloop.ledger.actions import HOUSE, record
from civicloop.organisation.models import Unit
from civicloop.rows import count_anew
from civicloop.standards import reference

VERB = "demo.build"
# Everybody holds office since this many days before the first problem.
SETTLING_IN = 14
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ScenarioRecipe:
    """What is built: the same recipe always gives the same city."""

    name: str
    seed: int
    until: date

    def as_data(self) -> dict[str, Any]:
        """For the ledger."""
        return {"scenario": self.name, "seed": self.seed, "until": self.until.isoformat()}


def build_scenario(recipe: ScenarioRecipe, *, at: datetime, progress: Progress = lambda _: None) -> Place:
    """Build it in one transaction. Raises Conflict when the database already holds units: a real city is never touched."""
    told = scenario(recipe.name)
    with transaction.atomic():
        if Unit.objects.exists():
            raise Conflict("not_empty")
        until = last_moment(recipe.until)
        progress(f"{told.title}: units, grids, people, places")
        founded = recipe.until - timedelta(days=told.days + SETTLING_IN)
        place = settle(told, founded=founded, at=until, rng=Random(f"{recipe.seed}:{told.name}:people"))
        progress("problems")
        _problems(told, place, until, recipe.seed)
        count_anew(Case, CaseStep, CaseReach)
        progress("inspections")
        hold_rounds(told, place, until, recipe.seed)
        set_text(kind="summary", key="city", text=told.title.removesuffix("（演示）"), by=None, at=until)
        record("house", HOUSE, VERB, by=None, at=at, data=recipe.as_data())
    return place


def _problems(told: Scenario, place: Place, until: datetime, seed: int) -> None:
    ref = reference.now()
    author = Author(place, ref, until, Random(f"{seed}:{told.name}:problems"))
    records = [one for line in told.problems for one in author.tell(line)]
    outcomes = bring_in(records, by=None, at=until, ref=ref)
    refused = [outcome.refused for outcome in outcomes if outcome.refused is not None]
    if refused:
        raise refused[0]
