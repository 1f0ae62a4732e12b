"""The places of the published reports, and the summaries written from their databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from civicloop.cases.models import Case
from civicloop.demo.digest import digest
from civicloop.demo.practice import POSITION_POSTS, PRACTICE_POSTS, settle_practice
from civicloop.demo.scenarios.build import ScenarioRecipe, build_scenario
from civicloop.demo.scenarios.shape import names, scenario
from civicloop.documents.papers import KINDS
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.texts import office_texts
from civicloop.inspection.models import Draw, Visit
from civicloop.inspection.published import check_draw
from civicloop.kernel.refusal import Conflict
from civicloop.ledger.queries import breaks
from civicloop.organisation.models import Area, Unit
from civicloop.standards import reference

pytestmark = pytest.mark.once

UNTIL = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def horqin(own_database: None, django_db_blocker: Any) -> Iterator[str]:
    """Mingren sub-district, built once for this file and rolled back; its summary as one text."""
    with django_db_blocker.unblock(), override_settings(CIVICLOOP_JOBS_RUN="none"), transaction.atomic():
        build_scenario(ScenarioRecipe("horqin", 7, UNTIL), at=NOW)
        yield summary()
        transaction.set_rollback(True)


def summary() -> str:
    """Everything the work summary of the last quarter says."""
    asked = Asked(
        "summary", date(2026, 8, 20), date(2026, 11, 21), NOW, texts=office_texts("summary"), options={"photos": 0}
    )
    document = KINDS["summary"].collect(asked, reference.now())
    return "\n".join(str(getattr(block, "text", block)) for block in document.blocks)  # type: ignore[union-attr]


def test_every_report_has_its_file() -> None:
    assert names() == ["horqin", "lanzhou", "meteo", "zhaotong"]
    assert all(scenario(name).title.endswith("（演示）") for name in names())


def test_what_the_inspections_found_is_all_put_right(horqin: str) -> None:
    found = Case.objects.filter(source="inspection")

    assert found.count() == 42
    assert found.filter(state="closed").count() == 42
    assert "督查检查42件、已销号42件" in horqin


def test_the_summary_states_the_figures_of_the_report(horqin: str) -> None:
    assert "利用电子屏宣传的商户75家" in horqin
    assert "宣传牌（栏）39块" in horqin
    assert "200余处" in horqin
    assert Area.objects.filter(kind="led_shop").count() == 75


def test_every_grid_has_its_worker(horqin: str) -> None:
    assert "划分单元网格48个，网格员48名，均已明确" in horqin


def test_its_draws_can_be_redone_and_its_ledger_holds(horqin: str) -> None:
    draws = list(Draw.objects.all())

    assert len(draws) == 3
    assert all(check_draw(draw).same for draw in draws)
    assert list(breaks()) == []
    assert not Visit.objects.exclude(state="judged").exists()


def test_a_house_with_units_is_never_built_upon(horqin: str) -> None:
    with pytest.raises(Conflict):
        build_scenario(ScenarioRecipe("meteo", 7, UNTIL), at=NOW)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["lanzhou", "meteo", "zhaotong"])
def test_the_other_places_are_built_too_and_can_tell_of_themselves(name: str) -> None:
    with override_settings(CIVICLOOP_JOBS_RUN="none"):
        build_scenario(ScenarioRecipe(name, 7, UNTIL), at=NOW)
    told = scenario(name)
    faults = sum(line.faults for line in told.rounds)

    assert Case.objects.filter(source="inspection").count() == faults
    assert f"督查检查{faults}件、已销号{faults}件" in summary()


@pytest.mark.slow
@pytest.mark.django_db
def test_the_same_recipe_holds_the_same_rounds() -> None:
    prints = []
    with override_settings(CIVICLOOP_JOBS_RUN="none"):
        for _ in range(2):
            with transaction.atomic():
                build_scenario(ScenarioRecipe("meteo", 3, UNTIL), at=NOW)
                prints.append(digest())
                transaction.set_rollback(True)

    assert prints[0] == prints[1]


@pytest.mark.django_db
def test_the_five_levels_of_practice_are_told_as_the_report_tells_them() -> None:
    units = {
        code: Unit.objects.create(code=code, name=name, kind=kind)
        for code, name, kind in (("CJB", "创建办", "campaign_office"), ("T1", "甲镇", "town"))
    }
    stage = type("Stage", (), {"units": units})()
    settle_practice(stage, NOW)
    told = summary()

    for words in ("实践中心1个", "实践所8个", "实践站139个", f"阵地岗{POSITION_POSTS}个", f"实践岗{PRACTICE_POSTS}个"):
        assert words in told
