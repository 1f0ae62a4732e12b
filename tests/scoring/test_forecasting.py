"""The forecast from rows: what is read, and what it makes of visits, cases and appeals."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civicloop.inspection.models import Observation, Visit
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.scoring.forecast_commands import command
from civicloop.scoring.forecast_known import known_of
from civicloop.scoring.forecast_reading import read
from civicloop.scoring.forecasting import Outlook, forecast, plan_from_file
from civicloop.scoring.rules.forecast import Assumptions, Known, Plan, PlanRow
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards import editions, reference
from civicloop.standards.models import Edition, Pack
from tests.cast import MONDAY_NINE, City
from tests.inspection.made_up import Scene, make_edition, make_point, make_scene

NOON = MONDAY_NINE + timedelta(hours=3)
LATER = MONDAY_NINE + timedelta(days=9)
EVERYTHING = Scope()
ITEMS = 6


def judge(scene: Scene, *failed: str, at: datetime = NOON, cases: dict[str, Any] | None = None, **more: Any) -> Visit:
    """A judged visit to one more place, everything met but `failed`."""
    visit = scene.add(by="grid_worker", state="judged", judged_at=at, **more)
    for number in range(1, ITEMS + 1):
        code = f"STREET-0{number}"
        Observation.objects.create(
            visit=visit,
            seq=number,
            item=code,
            answer="not_met" if code in failed else "met",
            case=(cases or {}).get(code),
        )
    return visit


def told(scope: Scope = EVERYTHING, *, as_of: datetime = LATER, **more: Any) -> Outlook:
    return forecast(scope, as_of=as_of, ref=reference.now(), **{"draws": 300, **more})


def known(scene: Scene, as_of: datetime = LATER) -> Known:
    book = editions.book(scene.edition.pk)
    return known_of(
        read(EVERYTHING, as_of, reference.now(), 180), book, Plan((PlanRow("street", 5, 1.0),)), as_of, Assumptions()
    )


def in_force() -> Edition:
    """The small edition, as the one that was loaded last."""
    edition = make_edition()
    Pack.objects.filter(pk=edition.pack_id).update(code="wenming", digest=edition.digest)
    return edition


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city, visits=0, edition=in_force())


def test_visits_become_a_score_with_its_interval_and_where_it_comes_from(scene: Scene) -> None:
    for _ in range(6):
        judge(scene, "STREET-02")
    judge(scene)

    outlook = told()

    assert outlook.forecast.value is not None
    assert 75 < outlook.forecast.value < 95
    assert (outlook.visits, outlook.observations) == (7, 42)
    assert (outlook.plan_from, outlook.sure) == ("frame", "low")
    assert outlook.chance is not None
    assert outlook.forecast.items[0].item == "STREET-02" or outlook.forecast.items[0].effort is None


def test_as_of_a_moment_before_the_visits_nothing_is_known(scene: Scene) -> None:
    judge(scene)
    make_point(scene.city, 99)

    outlook = forecast(EVERYTHING, as_of=MONDAY_NINE, ref=reference.now(), plan=Plan((PlanRow("street", 5, 1.0),)))

    assert outlook.forecast.value is None


def test_without_a_standard_it_is_refused(city: City) -> None:
    with pytest.raises(NotFound):
        told()


def test_an_open_case_fails_and_a_closed_one_is_put_right(scene: Scene, city: City) -> None:
    open_case, closed_case = city.report(), city.walk("closed", lon=118.11, lat=24.71)
    judge(scene, "STREET-02", at=MONDAY_NINE, cases={"STREET-02": open_case})
    judge(scene, "STREET-02", at=MONDAY_NINE, cases={"STREET-02": closed_case})
    open_case.point_id, closed_case.point_id = scene.visits[0].point_id, scene.visits[1].point_id
    open_case.save(update_fields=["point"])
    closed_case.save(update_fields=["point"])

    found = known(scene)

    assert found.open_share.tolist() == pytest.approx([1 / ITEMS, 0])
    assert found.found.tolist() == pytest.approx([5 / ITEMS, 5 / ITEMS])
    assert found.now.tolist() == pytest.approx([1, 1])
    assert found.pairs.open.sum() == 1


def test_as_of_a_day_before_the_closing_the_fault_still_stands(scene: Scene, city: City) -> None:
    case = city.walk("closed")
    judge(scene, "STREET-02", at=MONDAY_NINE, cases={"STREET-02": case})
    case.point_id = scene.visit.point_id
    case.save(update_fields=["point"])

    assert known(scene, MONDAY_NINE + timedelta(minutes=20)).open_share.tolist() == pytest.approx([1 / ITEMS])


def test_a_case_at_a_point_nobody_visited_is_laid_to_the_items_that_become_it(scene: Scene, city: City) -> None:
    judge(scene)
    case = city.report(category="parking")
    case.point_id = make_point(city, 50).pk
    case.save(update_fields=["point"])

    found = known(scene)

    assert sorted(found.open_share.tolist()) == pytest.approx([0, 1 / ITEMS])
    assert found.items[int(found.pairs.item[found.pairs.open.argmax()])] == "STREET-03"


def test_a_look_back_says_how_its_point_stands_but_nothing_of_other_points(scene: Scene) -> None:
    visit = judge(scene, "STREET-01", "STREET-02")
    visit.drawn.role = "look_back"
    visit.drawn.save(update_fields=["role"])

    found = known(scene)

    assert found.now.tolist() == pytest.approx([4 / ITEMS])
    assert [value != value for value in found.found.tolist()] == [True]
    assert found.pairs.trials.sum() == 0


def test_only_the_rounds_and_days_asked_for_count(scene: Scene) -> None:
    judge(scene)
    other = make_scene(scene.city, visits=0, edition=scene.edition)
    judge(other, point=make_point(scene.city, 70))

    assert told(Scope(rounds=(scene.round.pk,))).visits == 1
    assert told().visits == 2
    assert (
        told(Scope(start=scene.round.starts_on + timedelta(days=1)), plan=Plan((PlanRow("street", 1, 1.0),))).visits
        == 0
    )


def test_what_is_older_than_the_window_says_nothing(scene: Scene) -> None:
    judge(scene)

    assert told(as_of=LATER + timedelta(days=200)).forecast.value is None


def test_the_same_question_gets_the_same_answer(scene: Scene) -> None:
    judge(scene, "STREET-02")
    judge(scene)

    assert (told().forecast.scores == told().forecast.scores).all()


def test_statements_do_not_grow_with_visits(scene: Scene) -> None:
    ref = reference.now()
    _ = ref.org.units, ref.grids.grids, ref.categories.categories
    counted = []
    for many in (1, 12):
        for _ in range(many):
            judge(scene, "STREET-02")
        editions.book.cache_clear()
        with CaptureQueriesContext(connection) as statements:
            forecast(EVERYTHING, as_of=LATER, ref=ref, draws=300)
        counted.append(len(statements))

    assert counted[0] == counted[1] <= 8


@pytest.mark.parametrize("wrong", [{"target": 101}, {"target": -1}, {"draws": 10}, {"points": 0}])
def test_numbers_out_of_range_are_refused(scene: Scene, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        told(**wrong)


def test_a_sample_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "sample.csv"
    file.write_text("point_type,points,weight\nstreet,12,0.6\nmarket,4,0.4\n", encoding="utf-8")

    assert plan_from_file(file) == Plan((PlanRow("street", 12, 0.6), PlanRow("market", 4, 0.4)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("type,points\n", "sample_columns_missing"),
        ("point_type,points,weight\n", "sample_types_twice_or_none"),
        ("point_type,points,weight\na,1,1\na,2,1\n", "sample_types_twice_or_none"),
        ("point_type,points,weight\na,many,1\n", "sample_row_unreadable"),
        ("point_type,points,weight\na,-2,1\n", "sample_row_unreadable"),
        ("point_type,points,weight\na,2,nan\n", "sample_row_unreadable"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "sample.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(Refused) as refused:
        plan_from_file(file)
    assert refused.value.code == code


def test_the_command_tells_the_score_and_as_json_everything(scene: Scene) -> None:
    for _ in range(3):
        judge(scene, "STREET-02")
    as_of = ["--as-of", "2026-12-02"]

    table = CliRunner().invoke(command, [*as_of, "--target", "80"])
    data = json.loads(CliRunner().invoke(command, [*as_of, "--json", "--round", scene.round.code]).output)

    assert table.exit_code == 0, table.output
    assert "80" in table.output
    assert data["score"] == pytest.approx(sum(one["contribution"] for one in data["types"]))
    assert list(data["intervals"]) == ["50%", "80%", "90%", "95%"]
    assert data["items"][0]["text"]


def test_the_command_says_when_nothing_is_known(city: City) -> None:
    in_force()
    result = CliRunner().invoke(command, [])

    assert result.exit_code == 0, result.output
    assert "!" in result.output


def test_a_round_that_is_not_there_is_refused(city: City) -> None:
    result = CliRunner().invoke(command, ["--round", "nowhere"])

    assert isinstance(result.exception, NotFound)
