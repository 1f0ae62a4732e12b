"""The past reads the same whatever comes later; paths lead only where they say; what is given back is what was taken."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from civicloop.cases import actions as cases
from civicloop.inspection.models import Draw, Round
from civicloop.inspection.rules import frame
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.models import Point
from civicloop.scoring import actions, queries
from civicloop.scoring.commands import score as command
from civicloop.scoring.forecast_commands import command as forecast_command
from civicloop.scoring.forecasting import plan_from_file
from civicloop.scoring.models import Adjustment, Appeal
from civicloop.scoring.rules.plain import book_data, canonical
from civicloop.scoring.rules.shapes import Scope
from civicloop.scoring.rules.strata import Bounds, Cell, estimate, pools_of
from civicloop.standards import reference
from civicloop.standards.rules.assessment import Deduction, LadderStep, ScoringRules
from civicloop.standards.rules.shapes import Text
from tests.cast import MONDAY_NINE, City, hours
from tests.scoring.town import Town, all_met, build, edition

LATER = MONDAY_NINE + timedelta(days=7)
DAYS = Scope(None, MONDAY_NINE.date(), (MONDAY_NINE + timedelta(days=6)).date())


def losing(points: float, at_most: float | None = None) -> ScoringRules:
    """Every finding takes points."""
    rule = Deduction("found", Text("暗访发现"), "found", (LadderStep(1, points),), "low", at_most=at_most)
    other = Deduction("supervised", Text("督办"), "supervised", (LadderStep(1, points),), "low")
    return ScoringRules(methods={"site": 1.0}, sure="low", deductions=(rule, other))


@pytest.fixture
def town(city: City) -> Town:
    made = build(city, edition("x", losing(2.0)))
    made.visit("STREET-lotus-0", all_met("STREET", i1="not_met"))
    return made


def read(town: Town, scope: Scope | None = None, *, as_of: datetime = LATER) -> Any:
    return queries.read(scope or Scope((town.round.pk,)), as_of=as_of, ref=reference.now())


def told(town: Town, scope: Scope | None = None, *, as_of: datetime = LATER) -> str:
    return canonical(book_data(read(town, scope, as_of=as_of).book))


def test_a_case_that_is_given_to_a_unit_later_took_nothing_from_it_before(town: Town) -> None:
    case = town.city.report(at=MONDAY_NINE + hours(1))
    then = told(town, as_of=MONDAY_NINE + hours(2))

    town.city.walk("dispatched", case=case, at=MONDAY_NINE + hours(3), unit="lotus")

    assert told(town, as_of=MONDAY_NINE + hours(2)) == then
    assert [one.count for one in read(town).book.deductions] == [1]


def test_a_case_taken_back_and_given_to_another_unit_counted_against_the_first_until_then(town: Town) -> None:
    case = town.city.walk("dispatched", case=town.city.report(at=MONDAY_NINE), at=MONDAY_NINE, unit="lotus")
    then = told(town, as_of=MONDAY_NINE + hours(2))

    cases.recall(case.uid, reason="转办", by=town.city.dispatcher, at=MONDAY_NINE + hours(3))
    cases.dispatch(case.uid, unit_id=town.city.willow.pk, by=town.city.dispatcher, at=MONDAY_NINE + hours(4))

    assert told(town, as_of=MONDAY_NINE + hours(2)) == then
    assert {one.unit_id for one in read(town).book.deductions} == {town.city.willow.pk}


def test_a_round_planned_later_does_not_rule_the_days_of_an_earlier_moment(town: Town) -> None:
    then = told(town, DAYS, as_of=MONDAY_NINE + hours(2))
    new = edition("y", ScoringRules(methods={"site": 1.0}, sure="low", cap=50.0))
    Round.objects.create(
        code="2026-48B", title="加测", kind="special", edition=new, organiser=town.city.office,
        starts_on=MONDAY_NINE.date() + timedelta(days=1), ends_on=MONDAY_NINE.date() + timedelta(days=2),
        planned_at=MONDAY_NINE + hours(5),
    )  # fmt: skip

    assert told(town, DAYS, as_of=MONDAY_NINE + hours(2)) == then
    assert told(town, DAYS, as_of=MONDAY_NINE + hours(6)) != then


def test_an_edition_loaded_later_does_not_rule_days_without_a_round(city: City) -> None:
    edition("old")
    empty, as_of = Scope(None, MONDAY_NINE.date(), MONDAY_NINE.date()), MONDAY_NINE + hours(1)
    then = canonical(book_data(queries.score(empty, as_of=as_of, ref=reference.now())))
    new = edition("new")
    type(new).objects.filter(pk=new.pk).update(loaded_at=LATER)

    assert canonical(book_data(queries.score(empty, as_of=as_of, ref=reference.now()))) == then


def test_a_draw_counts_from_the_day_it_opens_so_that_cancelling_it_changes_no_past(town: Town) -> None:
    then = told(town)
    rows = [frame.Place("STREET-new", "STREET", "LOTUS", town.city.lotus.code)]
    kept = frame.encode(rows)
    sealed = Draw.objects.create(
        code="D-2", round=town.round, state="drawn", frame=frame.pack(kept), frame_digest=frame.digest(kept),
        frame_size=1, commitment="c" * 64, secret="s" * 64, opens_on=LATER.date() + timedelta(days=2),
        committed_at=MONDAY_NINE, drawn_at=MONDAY_NINE,
    )  # fmt: skip

    assert told(town) == then
    assert read(town, as_of=LATER + timedelta(days=2)).book.city.estimate.population == 13
    Draw.objects.filter(pk=sealed.pk).update(state="cancelled")
    assert told(town) == then


def test_points_closed_down_and_cases_ended_later_change_no_past(town: Town) -> None:
    case = town.city.walk("dispatched", case=town.city.report(at=MONDAY_NINE), at=MONDAY_NINE, unit="lotus")
    then = told(town, as_of=MONDAY_NINE + hours(2))
    publication = actions.publish_score(
        scope=Scope((town.round.pk,)), as_of=MONDAY_NINE + hours(2), title="第48周", by=town.city.supervisor, at=LATER
    )

    Point.objects.update(active=False, point_type="OTHER")
    Round.objects.update(closed_at=LATER)
    cases.recall(case.uid, reason="误派", by=town.city.dispatcher, at=MONDAY_NINE + hours(3))
    cases.void(case.uid, reason="误报", by=town.city.dispatcher, at=MONDAY_NINE + hours(4))

    assert told(town, as_of=MONDAY_NINE + hours(2)) == then
    assert queries.verify(publication, ref=reference.now()).same
    assert not read(town).book.deductions


def test_a_point_is_found_only_below_what_it_belongs_to(town: Town) -> None:
    found = read(town)

    assert found.node("type:STREET/area:LOTUS/point:STREET-lotus-0").value == pytest.approx(90)
    assert found.node("unit:LOTUS/point:STREET-lotus-0").value == pytest.approx(90)
    for path in (
        "type:MARKET/point:STREET-lotus-0", "unit:WILLOW/point:STREET-lotus-0", "area:WILLOW/point:STREET-lotus-0",
        "question:none/type:STREET", "question:none/point:STREET-lotus-0", "type:MARKET/type:STREET", "point:../../etc",
    ):  # fmt: skip
        with pytest.raises(NotFound):
            found.node(path)


def test_the_points_of_an_area_with_several_types_make_its_value(town: Town) -> None:
    town.visit("MARKET-lotus-0", all_met("MARKET", i4="not_met"))
    town.visit("STREET-lotus-1", all_met("STREET"))
    node = read(town).node("area:LOTUS")

    assert sum(one.weight for one in node.children) == pytest.approx(1)
    assert sum(one.weight * one.value for one in node.children) == pytest.approx(node.value)


def given_back(town: Town, unit: Any, points: float, deduction: str = "found") -> None:
    appeal = Appeal.objects.create(
        unit=unit, round=town.round, deduction=deduction, state="granted", reason="x", lodged_by=town.city.leader,
        lodged_at=LATER, ended_at=LATER,
    )  # fmt: skip
    Adjustment.objects.create(
        appeal=appeal, unit=unit, round=town.round, points=points, at=LATER, by=town.city.supervisor
    )


def test_points_given_back_for_one_rule_do_not_pay_for_another(town: Town) -> None:
    case = town.city.walk("dispatched", case=town.city.report(at=MONDAY_NINE), at=MONDAY_NINE, unit="lotus")
    cases.supervise(case.uid, note="督办", by=town.city.supervisor, at=MONDAY_NINE + hours(1))
    given_back(town, town.city.lotus, 50.0)

    lotus = read(town).book.unit(town.city.lotus.pk)

    assert lotus.said["deducted"] == pytest.approx(2.0)
    assert [one.got for one in lotus.children if one.kind == "deduction"] == [-2.0, -2.0, 2.0]
    row = next(one for group in read(town).book.groups for one in group.rows if one.unit_id == town.city.lotus.pk)
    assert row.deducted == pytest.approx(2.0)


def test_points_given_back_to_a_community_come_back_to_the_town_that_was_charged_with_it(town: Town) -> None:
    community = town.city.lotus_north
    for number in range(3):
        at = MONDAY_NINE + hours(number)
        case = town.city.walk("filed", case=town.city.report(at=at), at=at)
        cases.dispatch(case.uid, unit_id=community.pk, by=town.city.dispatcher, at=at)
    given_back(town, community, 2.0)

    book = read(town).book

    assert [book.unit(one.pk).said["deducted"] for one in (community, town.city.lotus)] == [4.0, 4.0]


def test_no_census_where_a_stratum_was_never_seen() -> None:
    cells = [Cell(("A", "1"), 1, (80.0, 90.0), 1.0), Cell(("A", "2"), 1, (), 1.0)]
    found = estimate(cells, pools_of([(cells[0].key, 80.0), (cells[0].key, 90.0)]), Bounds())

    assert found.how != "census"
    assert found.low < found.high


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command, list(arguments))


def test_midnight_that_is_named_is_midnight_and_a_day_alone_its_end(town: Town) -> None:
    day = LATER.date().isoformat()

    for given, meant in ((day, "23:59"), (f"{day}T00:00", "00:00"), (f"{day} 08:30", "08:30")):
        assert f"{day} {meant}" in run("--round", "2026-48", "--as-of", given).output


def test_impossible_days_are_refused_in_words(town: Town) -> None:
    for wrong in ("0001-01-01", "9999-12-31"):
        assert run("--from", wrong).exit_code == 2
        assert run("--round", "2026-48", "--as-of", wrong).exit_code == 2
        assert CliRunner().invoke(forecast_command, ["--as-of", wrong]).exit_code == 2
    with pytest.raises(Invalid, match="ends_before_start"):
        queries.scope_of((), LATER.date(), MONDAY_NINE.date())
    with pytest.raises(Invalid, match="naive_moment"):
        read(town, as_of=datetime(2026, 11, 30, 9))  # noqa: DTZ001


@pytest.mark.parametrize(
    "content",
    [
        b"point_type,points,weight\nSTREET,20,\xff\xfe\n", b"\xff\xfe\x00", b"point_type,points,weight\nSTREET,9999999,1\n",
        b"point_type,points,weight\nSTREET,20,1e308\nMARKET,20,1e308\n",
        b'point_type,points,weight\n"' + b"x" * 200_000 + b'",1,1\n',
    ],
)  # fmt: skip
def test_a_sample_that_would_break_the_machine_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sample.csv"
    path.write_bytes(content)

    # An import in the same process raises the csv module's limit for everybody: the refusal must not rest on it.
    before = csv.field_size_limit(10_000_000)
    try:
        with pytest.raises(Invalid):
            plan_from_file(path)
    finally:
        csv.field_size_limit(before)
