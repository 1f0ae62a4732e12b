"""The joint analysis and the suggestions from rows, and the commands that tell them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.insight.analysis import analyse
from civicloop.insight.analysis_telling import analysis_as_data, suggestions_as_data
from civicloop.insight.commands import stats
from civicloop.insight.queries import rates
from civicloop.insight.rules.rates import Period
from civicloop.insight.suggestions import suggestions
from civicloop.insight.telling import SUGGESTED_FOR
from civicloop.inspection.models import Observation, Visit
from civicloop.kernel.refusal import Invalid
from civicloop.standards import reference
from civicloop.standards.models import Edition, Pack
from tests.cast import CHINA, MONDAY_NINE, SOUTH, WEST, City
from tests.inspection.made_up import Scene, make_edition, make_point, make_scene

NOVEMBER = Period(datetime(2026, 11, 1, tzinfo=CHINA), datetime(2026, 12, 1, tzinfo=CHINA))
AS_OF = datetime(2026, 12, 1, 9, tzinfo=CHINA)
MONTH = timedelta(days=31)
YEAR = timedelta(days=364)


def in_force() -> Edition:
    edition = make_edition()
    Pack.objects.filter(pk=edition.pack_id).update(code="wenming", digest=edition.digest)
    return edition


def judge(scene: Scene, *failed: str, at: datetime = MONDAY_NINE) -> Visit:
    visit = scene.add(by="grid_worker", state="judged", judged_at=at)
    for number in range(1, 7):
        code = f"STREET-0{number}"
        Observation.objects.create(visit=visit, seq=number, item=code, answer="not_met" if code in failed else "met")
    return visit


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city, visits=0, edition=in_force())


def test_rates_stand_beside_the_month_and_the_year_before(city: City) -> None:
    city.walk("closed")
    city.walk("closed", at=MONDAY_NINE - MONTH, lon=118.11, lat=24.71)
    old = city.walk("closed", lon=118.13, lat=24.71)
    # Nobody of the cast was appointed a year ago: the case is moved there with all its times.
    times = (
        "reported_at",
        "filed_at",
        "dispatched_at",
        "due_at",
        "rectified_at",
        "verified_at",
        "closed_at",
        "ended_at",
    )
    Case.objects.filter(pk=old.pk).update(**{name: getattr(old, name) - YEAR for name in times})

    told = analyse(NOVEMBER, as_of=AS_OF, ref=reference.now())

    rate = told.total.rates["closing_rate"]
    assert (rate.rate.numerator, rate.rate.denominator) == (1, 1)
    assert (rate.month.before.denominator, rate.year.before.denominator) == (1, 1)
    assert rate.month.points == 0
    assert not rate.month.apart
    assert [group.code for group in told.groups] == ["LOTUS"]


def test_where_there_was_nothing_before_nothing_is_compared(city: City) -> None:
    city.walk("closed")

    told = analyse(NOVEMBER, as_of=AS_OF, ref=reference.now())

    assert told.total.rates["closing_rate"].month.points is None
    assert told.radar == ()
    assert told.edition is None


@pytest.mark.parametrize("group_by", ["all", "unit", "town", "category"])
def test_the_numbers_of_the_period_are_those_of_the_rates(city: City, group_by: str) -> None:
    for number in range(4):
        city.walk(
            ("closed", "rectified", "dispatched", "reported")[number],
            lon=WEST + 0.003 * (number + 1),
            lat=SOUTH + 0.005,
        )
    ref = reference.now()

    told = analyse(NOVEMBER, as_of=AS_OF, ref=ref, group_by=group_by)
    plain = rates(NOVEMBER, as_of=AS_OF, ref=ref, group_by=group_by)

    assert told.total.tally == plain.total.tally
    assert {one.code: one.tally for one in told.groups} == {one.code: one.tally for one in plain.groups}


def test_a_case_taken_away_after_its_time_counts_against_the_unit_that_had_it(city: City) -> None:
    late, early = city.walk("dispatched"), city.walk("dispatched", lon=118.11, lat=24.71)
    for case, day in ((late, 8), (early, 0)):
        at = MONDAY_NINE + timedelta(days=day, hours=1)
        actions.take(case.uid, "recall", by=city.dispatcher, at=at, given={"reason": "wrong unit"})

    told = analyse(NOVEMBER, as_of=AS_OF + timedelta(days=9), ref=reference.now())

    assert told.total.taken_late == 1


def test_an_unknown_group_is_refused(city: City) -> None:
    with pytest.raises(Invalid):
        analyse(NOVEMBER, as_of=AS_OF, ref=reference.now(), group_by="moon")


def test_the_five_questions_count_judgements_and_cases(scene: Scene, city: City) -> None:
    judge(scene, "STREET-03", "STREET-02")
    judge(scene, "STREET-02")
    city.report(category="parking")

    axes = {axis.key: axis for axis in analyse(NOVEMBER, as_of=AS_OF, ref=reference.now()).radar}

    assert (axes["public_order"].met, axes["public_order"].judged, axes["public_order"].score) == (1, 2, 50)
    assert (axes["public_order"].cases, axes["public_order"].open) == (1, 1)
    assert (axes["public_environment"].met, axes["public_environment"].judged) == (4, 6)
    assert axes["public_facilities"].score is None


def test_heat_counts_the_cases_of_every_grid_as_geojson(city: City) -> None:
    city.report()
    city.report(lon=WEST + 0.008, lat=SOUTH + 0.008, category="parking")

    data = analysis_as_data(analyse(NOVEMBER, as_of=AS_OF, ref=reference.now()))["heat"]

    counts = {one["properties"]["code"][-1]: one["properties"]["cases"] for one in data["features"]}
    assert counts == {"1": 2, "2": 0, "3": 0, "4": 0}
    assert data["features"][0]["geometry"]["type"] == "Polygon"
    assert data["features"][0]["properties"]["smoothed_per_km2"] <= data["features"][0]["properties"]["per_km2"]


def test_recurrences_are_counted_by_place_and_class(city: City) -> None:
    first = city.walk("closed")
    again = city.report(at=MONDAY_NINE + timedelta(days=2))
    assert again.recurrence_of_id == first.pk

    told = analyse(NOVEMBER, as_of=AS_OF, ref=reference.now())

    (row,) = told.recurrences
    assert (row.category, row.cases, row.still_open, row.grid) == ("06010", 1, 1, city.grids[0].code)
    assert {one.cause.key: one.count for one in told.causes}["cleaning_short"] == 2


def test_an_analysis_takes_few_statements_however_much_there_is(scene: Scene, city: City) -> None:
    ref = reference.now()
    _ = ref.org.units, ref.grids.grids, ref.categories.categories
    counted = []
    for number in range(2):
        for step in range(1 + 3 * number):
            judge(scene, "STREET-02")
            city.report(lon=WEST + 0.002 * (step + 1), lat=SOUTH + 0.01 * number + 0.003)
        with CaptureQueriesContext(connection) as statements:
            analyse(NOVEMBER, as_of=AS_OF, ref=ref)
        counted.append(len(statements))

    assert counted[1] <= counted[0] <= 15


def test_other_streets_are_suggested_after_a_fault_with_the_reasons(scene: Scene, city: City) -> None:
    judge(scene, "STREET-02")
    fresh, other = make_point(city, 80), make_point(city, 81, unit="willow", grid=city.grids[2])
    make_point(city, 82, point_type="market")

    told = suggestions(NOVEMBER, as_of=AS_OF, ref=reference.now())

    assert [row.point for row in told.rows] == [fresh.pk, other.pk]
    assert told.rows[0].item == "STREET-02"
    data = suggestions_as_data(told)
    assert data["suggestions"][0]["because"][0]["point"] == scene.visit.point.code
    assert "same_area" in data["suggestions"][0]["reasons"]
    assert "same_area" not in data["suggestions"][1]["reasons"]


def test_a_case_at_a_point_leads_to_suggestions_too_and_its_own_kind_is_not_named_again(
    scene: Scene, city: City
) -> None:
    one, two, known = (make_point(city, number) for number in (80, 81, 82))
    for point in (one, known):
        case = city.report(category="parking", lon=WEST + 0.002 * (point.pk % 5 + 1), lat=SOUTH + 0.002)
        case.point_id = point.pk
        case.save(update_fields=["point"])

    told = suggestions(NOVEMBER, as_of=AS_OF, ref=reference.now())

    assert [(row.point, row.item) for row in told.rows] == [(two.pk, "STREET-03")]


def test_suggestions_take_few_statements(scene: Scene, city: City) -> None:
    ref = reference.now()
    _ = ref.org.units, ref.grids.grids, ref.categories.categories
    for _number in range(5):
        judge(scene, "STREET-02")
    with CaptureQueriesContext(connection) as statements:
        suggestions(NOVEMBER, as_of=AS_OF, ref=ref)

    assert len(statements) <= 6


def test_the_commands_tell_it(scene: Scene, city: City) -> None:
    judge(scene, "STREET-02")
    make_point(city, 80)
    city.walk("closed")
    run = CliRunner()
    days = ["--from", "2026-11-01", "--to", "2026-11-30"]

    for command in (["analysis", *days, "--by", "town"], ["suggestions", *days]):
        plain, data = run.invoke(stats, command), run.invoke(stats, [*command, "--json"])
        assert plain.exit_code == 0, plain.output
        assert json.loads(data.output)["as_of"]
    assert run.invoke(stats, ["analysis", "--from", "2026-11-30", "--to", "2026-11-01"]).exit_code == 2


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "从未检查"), ("en", "never checked")])
def test_the_reasons_of_a_suggestion_are_words_of_the_readers_language(
    scene: Scene, city: City, language: str, words: str
) -> None:
    """Codes are for programs: they stand in the JSON only."""
    judge(scene, "STREET-02", at=timezone.now() - timedelta(hours=1))
    make_point(city, 80)
    with override(language):
        told = CliRunner().invoke(stats, ["suggestions", "--from", "2026-01-01"]).output

    assert words in told
    assert not [code for code in SUGGESTED_FOR if code in told]
