"""Grids, areas and points, who answers for them, and the copies that processes keep of all this."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from civicloop.kernel.refusal import Invalid
from civicloop.ledger.queries import history
from civicloop.organisation import actions as organisation
from civicloop.organisation import queries
from civicloop.organisation.actions.places import GridRow, PointRow
from civicloop.organisation.models import DutyGrid, Grid, Point
from civicloop.organisation.revisions import bump, stamps
from civicloop.standards import actions as standards
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SIDE, SINCE, SOUTH, WEST, City

pytestmark = pytest.mark.django_db
TODAY = MONDAY_NINE.date()


def square(west: float, south: float, side: float = SIDE) -> dict[str, Any]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def bring_in(*rows: GridRow) -> dict[str, int]:
    return organisation.bring_in_grids(rows=rows, by=None, at=MONDAY_NINE)


def test_a_redrawn_grid_keeps_its_name_in_the_history_and_moves_the_stamp(city: City) -> None:
    old, before = city.grids[0], stamps()["grids"]
    inside_before = reference.now().grids.locate(WEST + 0.001, SOUTH + 0.001)
    row = GridRow(old.code, "第1网格(新)", square(WEST + 0.01, SOUTH, 0.01), city.lotus_north.pk, "C")
    assert bring_in(row) == {"added": 0, "changed": 1}

    ref = reference.now()
    assert inside_before is not None
    assert inside_before.id == old.pk
    assert stamps()["grids"] != before
    assert ref.grids.locate(WEST + 0.001, SOUTH + 0.001) is None
    found = ref.grids.locate(WEST + 0.015, SOUTH + 0.005)
    assert found is not None
    assert (found.id, found.area_class) == (old.pk, "C")
    assert [line.verb for line in history("grid", old.uid)] == ["grid.add", "grid.change"]


def test_of_a_grid_given_twice_the_last_counts(city: City) -> None:
    code = "350212001001099"
    rows = [GridRow(code, name, square(118.3, 24.7)) for name in ("旧", "新")]
    assert bring_in(*rows) == {"added": 1, "changed": 0}
    assert Grid.objects.get(code=code).name == "新"


@pytest.mark.parametrize(
    "outline",
    [{"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": []}, {"type": "Polygon"}, {}, "x"],
    ids=str,
)
def test_what_is_no_polygon_is_refused_and_nothing_comes_in(city: City, outline: Any) -> None:
    with pytest.raises(Invalid, match="not_a_polygon"):
        bring_in(GridRow("350212001001098", "好", square(118.3, 24.7)), GridRow("350212001001099", "坏", outline))
    assert Grid.objects.count() == 4


def test_a_grid_code_has_fifteen_signs(city: City) -> None:
    with pytest.raises(Invalid, match="bad_value"):
        bring_in(GridRow("1", "短", square(118.3, 24.7)))


def test_points_come_in_once(city: City) -> None:
    rows = [PointRow("P1", "市场", "market", lon=118.11, lat=24.71), PointRow("P1", "再来", "market")]
    assert organisation.bring_in_points(rows=rows, by=None, at=MONDAY_NINE) == {"added": 1, "known": 1}
    assert Point.objects.get().tile_key is not None
    with pytest.raises(Invalid):
        organisation.bring_in_points(
            rows=[PointRow("P2", "市场", "market", lon=200, lat=24.71)], by=None, at=MONDAY_NINE
        )


def gaps() -> set[tuple[str, str, str]]:
    return {(gap.kind, gap.code[-1], gap.missing) for gap in queries.owner_gaps(TODAY)}


def test_what_nobody_answers_for_is_named(city: City) -> None:
    assert gaps() == {("grid", str(n), "person") for n in (1, 2, 3, 4)} | {("grid", "4", "unit")}

    organisation.appoint(
        person=city.grid_worker, role="grid_worker", unit=city.lotus_north, grid=city.grids[0], starts_on=SINCE, by=None,
        at=MONDAY_NINE,
    )  # fmt: skip
    duty = organisation.add_duty_grid(
        code="D1", name="责任网格", unit=city.lotus_south, grids=city.grids[1:3], by=None, at=MONDAY_NINE
    )
    assert ("grid", "2", "person") in gaps()
    organisation.appoint(
        person=city.grid_worker, role="grid_worker", unit=city.lotus_south, duty_grid=duty, starts_on=SINCE, by=None,
        at=MONDAY_NINE,
    )  # fmt: skip
    assert gaps() == {("grid", "4", "person"), ("grid", "4", "unit")}
    assert DutyGrid.objects.get().grids.count() == 2

    organisation.change_person(person=city.grid_worker, changes={"is_active": False}, by=None, at=MONDAY_NINE)
    assert ("grid", "1", "person") in gaps()


def test_an_area_is_answered_for_by_its_units_leader_or_its_own_person(city: City) -> None:
    organisation.add_area(code="A1", name="莲花街", unit=city.lotus, by=None, at=MONDAY_NINE)
    organisation.add_area(code="A2", name="无主街", unit=None, by=None, at=MONDAY_NINE)
    organisation.add_area(code="A3", name="城管街", unit=city.urban, by=None, at=MONDAY_NINE)
    assert {gap for gap in gaps() if gap[0] == "area"} == {
        ("area", "2", "unit"), ("area", "2", "person"), ("area", "3", "person"),
    }  # fmt: skip


def test_copies_are_kept_while_nothing_changes_and_asking_costs_one_statement(city: City) -> None:
    first = reference.now()
    books = (first.org, first.grids, first.calendars, first.parameters, first.categories)
    with CaptureQueriesContext(connection) as told:
        again = reference.now()
        same = (again.org, again.grids, again.calendars, again.parameters, again.categories)
    assert len(told) == 1
    assert all(one is other for one, other in zip(books, same, strict=True))


def test_a_change_reloads_what_it_changed_and_nothing_else(city: City) -> None:
    first = reference.now()
    grids, org = first.grids, first.org
    organisation.change_unit(unit=city.lotus, changes={"name": "莲塘镇"}, by=None, at=MONDAY_NINE)
    again = reference.now()
    assert again.org.unit(city.lotus.pk).name == "莲塘镇"
    assert org.unit(city.lotus.pk).name == "莲花镇"
    assert again.grids is grids


def test_a_change_that_was_rolled_back_leaves_no_trace_in_the_copies(city: City) -> None:
    assert reference.now().org.unit(city.lotus.pk).name == "莲花镇"
    with transaction.atomic():
        organisation.change_unit(unit=city.lotus, changes={"name": "莲塘镇"}, by=None, at=MONDAY_NINE)
        standards.set_parameter(name="place.snap_m", value=99, by=city.system_admin, at=MONDAY_NINE)
        ref = reference.now()
        assert (ref.org.unit(city.lotus.pk).name, ref.parameters["place.snap_m"]) == ("莲塘镇", 99)
        transaction.set_rollback(True)
    ref = reference.now()
    assert (ref.org.unit(city.lotus.pk).name, ref.parameters["place.snap_m"]) == ("莲花镇", 30)


def test_stamps_are_never_the_same_twice(city: City) -> None:
    seen = set()
    for _ in range(5):
        bump("grids", "organisation")
        seen.add((stamps()["grids"], stamps()["organisation"]))
    assert len(seen) == 5
