"""Proposals for real cases of the small city, and the dry run over past ones."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

import pytest
from click.testing import CliRunner

from civicloop.cases.commands import dispatch
from civicloop.cases.dispatching import dry_run, propose_unit
from civicloop.cases.models import Case, DispatchRule
from civicloop.organisation import actions as organisation
from civicloop.organisation.models import Unit
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SIDE, SOUTH, WEST, City, hours

pytestmark = pytest.mark.django_db
EAST = {"lon": WEST + SIDE * 1.5, "lat": SOUTH + 0.005}
NORTH_EAST = {"lon": WEST + SIDE * 1.5, "lat": SOUTH + SIDE * 1.5}


def proposed(case: Case) -> tuple[str | None, list[str]]:
    ref = reference.now()
    found = propose_unit(case, at=MONDAY_NINE, ref=ref)
    code = ref.org.unit(found.unit_id).code if found.unit_id else None
    return code, [reason.code for reason in found.reasons]


def rule(city: City, unit: str, **says: Any) -> None:
    DispatchRule.objects.create(name="规则", unit=city.units[unit], **says)


def test_litter_goes_to_the_one_unit_that_cleans(city: City) -> None:
    case = city.report(category="litter")
    assert proposed(case) == ("SANITATION", ["line_only"])
    case.refresh_from_db()
    assert case.proposal == {
        "unit": "SANITATION", "reasons": [{"code": "line_only", "line": "sanitation"}], "others": [],
    }  # fmt: skip


def test_of_two_units_of_a_line_the_one_in_the_own_town_gets_it(city: City) -> None:
    organisation.add_unit(
        code="ZZ_STATION",
        name="莲花镇环卫所",
        kind="team",
        parent=city.lotus,
        lines=["sanitation"],
        by=None,
        at=MONDAY_NINE,
    )
    assert proposed(city.report(category="litter")) == ("ZZ_STATION", ["line_nearest"])
    # In a grid of no block everybody is equally far: the first by code.
    assert proposed(city.report(category="litter", **NORTH_EAST)) == ("SANITATION", ["line_nearest"])


def test_what_no_department_covers_stays_with_the_community(city: City) -> None:
    assert proposed(city.report(category="water")) == ("LOTUS_NORTH", ["no_line", "block_first"])
    assert proposed(city.report(category="water", **EAST)) == ("LOTUS_SOUTH", ["no_line", "block_first"])


def test_without_a_block_nobody_is_proposed(city: City) -> None:
    case = city.report(category="water", **NORTH_EAST)
    assert proposed(case) == (None, ["no_line", "no_block"])
    case.refresh_from_db()
    assert case.proposal["unit"] is None
    assert proposed(city.report(category="water", address="某处", lon=None)) == (None, ["no_line", "no_block"])


def test_the_city_sets_its_own_rules_by_category_class_and_hour(city: City) -> None:
    case = city.report(category="litter")
    rule(city, "urban", area_class="A")
    assert proposed(case) == ("URBAN", ["rule"])
    rule(city, "police", from_time=time(8), to_time=time(10))
    rule(city, "willow", category=city.litter, active=False)
    assert proposed(case)[0] == "URBAN"
    rule(city, "lotus", category=city.litter)
    assert proposed(case)[0] == "LOTUS"
    assert proposed(city.report(category="litter", **EAST))[0] == "LOTUS"
    assert proposed(city.report(category="parking", **EAST))[0] == "POLICE"


def test_a_rule_goes_by_the_clock_on_the_citys_wall(city: City) -> None:
    rule(city, "police", from_time=time(9), to_time=time(9, 1))
    assert proposed(city.report(category="litter"))[0] == "POLICE"


def test_the_dry_run_says_how_often_the_rules_agree_with_what_was_done(city: City) -> None:
    for number in range(3):
        city.walk("closed", unit="sanitation", at=MONDAY_NINE + hours(number))
    city.walk("closed", unit="lotus")
    sums, differing = dry_run(Case.objects.order_by("pk"), ref=reference.now())

    assert (sums.cases, sums.same, sums.without, sums.agreement) == (4, 3, 0, 0.75)
    assert [(case.unit.code, found.unit_id) for case, found in differing] == [("LOTUS", city.sanitation.pk)]


def test_the_dry_run_of_nothing_claims_nothing(city: City) -> None:
    sums, differing = dry_run([], ref=reference.now())
    assert (sums.cases, sums.agreement, differing) == (0, None, [])


def test_the_command_prints_the_dry_run(city: City) -> None:
    city.walk("closed", unit="lotus")
    before = Unit.objects.count(), Case.objects.values().get()
    result = CliRunner().invoke(dispatch, ["dry-run"])
    assert result.exit_code == 0
    told = json.loads(result.output.splitlines()[-1])
    assert (told["cases"], told["same"], told["agreement"]) == (1, 0, 0.0)
    assert (Unit.objects.count(), Case.objects.values().get()) == before
