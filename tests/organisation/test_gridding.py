"""Redrawing grids: who may, what follows, what stays as history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.cases.models import Case
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, Stale
from civicloop.ledger.queries import history
from civicloop.organisation import actions
from civicloop.organisation.actions.places import GridRow, PointRow
from civicloop.organisation.models import Appointment, Grid, Point
from civicloop.organisation.queries import in_force, owner_gaps
from civicloop.organisation.rules import gridding
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SIDE, SOUTH, WEST, City

pytestmark = pytest.mark.django_db
MIDDLE = WEST + SIDE / 2
UPRIGHT = {"type": "LineString", "coordinates": [[MIDDLE, SOUTH - 0.01], [MIDDLE, SOUTH + SIDE + 0.01]]}


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def split_first(city: City, **given: Any) -> tuple[Grid, ...]:
    return actions.split_grid(code=city.grids[0].code, line=UPRIGHT, by=city.system_admin, at=MONDAY_NINE, **given)


def test_a_split_grid_becomes_history_and_its_parts_go_on(city: City) -> None:
    old = city.grids[0]

    west, east = split_first(city)

    old.refresh_from_db()
    assert not old.active
    assert (west.code, east.code) == ("350212001001005", "350212001001006")
    assert {(one.unit_id, one.area_class) for one in (west, east)} == {(old.unit_id, old.area_class)}
    assert [line.verb for line in history("grid", old.uid)] == ["grid.add", "grid.split"]
    assert history("grid", west.uid)[0].data["from"] == [old.code]
    ref = reference.now()
    assert ref.grids.locate(WEST + 0.001, SOUTH + 0.001).code == west.code  # type: ignore[union-attr]
    assert ref.grids.locate(WEST + SIDE - 0.001, SOUTH + 0.001).code == east.code  # type: ignore[union-attr]


def test_cases_and_points_are_located_again_also_those_that_have_ended(city: City) -> None:
    in_west, in_east = city.report(), city.walk("closed", lon=WEST + SIDE - 0.004, lat=SOUTH + 0.004)
    rows = [
        PointRow("P1", "market", "T", WEST + 0.004, SOUTH + 0.004, grid_id=city.grids[0].pk),
        PointRow("P2", "nowhere", "T", grid_id=city.grids[0].pk),
    ]
    actions.bring_in_points(rows=rows, by=None, at=MONDAY_NINE)

    west, east = split_first(city)

    moved = dict(Case.objects.values_list("pk", "grid"))
    assert moved == {in_west.pk: west.pk, in_east.pk: east.pk}
    assert dict(Point.objects.values_list("code", "grid")) == {"P1": west.pk, "P2": city.grids[0].pk}
    line = list(history("case", in_east.uid))[-1]
    assert (line.verb, line.data) == ("case.locate", {"before": city.grids[0].code, "after": east.code})


TODAY = MONDAY_NINE.date()
ONE_DAY = timedelta(days=1)


def name_for(
    city: City, person: Any, grid: Grid, role: str = "grid_worker", since: Any = TODAY, **given: Any
) -> Appointment:
    return actions.appoint(
        person=person, role=role, unit=city.lotus_north, grid=grid, starts_on=since, by=None, at=MONDAY_NINE, **given
    )  # fmt: skip


def answering(on: Any) -> set[tuple[str, str, str]]:
    """Who answers for which grid on a day, as what."""
    rows = Appointment.objects.filter(in_force(on), grid__active=True)
    return set(rows.values_list("person__username", "grid__code", "role"))


def without_person() -> set[str]:
    return {gap.code for gap in owner_gaps(TODAY) if gap.kind == "grid" and gap.missing == "person"}


def test_duty_grids_follow(city: City) -> None:
    duty = actions.add_duty_grid(
        code="D1", name="one", unit=city.lotus_north, grids=[city.grids[0]], by=None, at=MONDAY_NINE
    )
    parts = split_first(city)
    assert set(duty.grids.all()) == set(parts)


def test_whoever_answered_for_a_grid_answers_for_each_of_its_parts_from_that_day_on(city: City) -> None:
    begun = name_for(city, city.grid_worker, city.grids[0], since=TODAY - 9 * ONE_DAY, ends_on=TODAY + 30 * ONE_DAY)
    over = name_for(
        city, city.handler, city.grids[0], since=TODAY - 9 * ONE_DAY, ends_on=TODAY - ONE_DAY
    )  # fmt: skip
    to_come = name_for(city, city.handler, city.grids[0], since=TODAY + 5 * ONE_DAY)

    west, east = split_first(city)

    worker, handler = city.grid_worker.username, city.handler.username
    assert answering(TODAY) == {(worker, one.code, "grid_worker") for one in (west, east)}
    assert {one for one in answering(TODAY + 6 * ONE_DAY) if one[0] == handler} == {
        (handler, one.code, "grid_worker") for one in (west, east)
    }
    assert answering(TODAY + 31 * ONE_DAY) == {(handler, one.code, "grid_worker") for one in (west, east)}
    begun.refresh_from_db()
    over.refresh_from_db()
    assert (begun.grid_id, begun.ends_on) == (city.grids[0].pk, TODAY - ONE_DAY)
    assert over.ends_on == TODAY - ONE_DAY
    assert not Appointment.objects.filter(pk=to_come.pk).exists()
    assert without_person().isdisjoint({west.code, east.code})
    line = list(history("person", city.grid_worker.uid))[-1]
    assert line.verb == "appointment.follow"
    assert line.data == {"role": "grid_worker", "from": [city.grids[0].code], "to": [west.code, east.code]}
    posts = reference.now().actor(city.grid_worker, TODAY).posts
    assert {one.grid_id for one in posts if one.grid_id} == {west.pk, east.pk}


def test_a_grid_nobody_answered_for_leaves_parts_that_stand_in_the_list_of_gaps(city: City) -> None:
    before = without_person()
    assert city.grids[0].code in before

    parts = split_first(city)

    assert without_person() == before - {city.grids[0].code} | {one.code for one in parts}


def test_a_merged_grid_has_whoever_answered_for_one_of_the_old_ones_and_nobody_twice(city: City) -> None:
    west, east = split_first(city)
    name_for(city, city.grid_worker, west)
    name_for(city, city.grid_worker, east, since=TODAY - 3 * ONE_DAY)
    name_for(city, city.handler, east, role="sponsor")

    made = actions.merge_grids(codes=[west.code, east.code], by=city.system_admin, at=MONDAY_NINE)

    assert answering(TODAY) == {
        (city.grid_worker.username, made.code, "grid_worker"), (city.handler.username, made.code, "sponsor"),
    }  # fmt: skip
    assert Appointment.objects.filter(grid=made).count() == 2


def test_the_parts_take_the_codes_that_were_typed(city: City) -> None:
    codes = ["350212001001201", "350212001001202"]
    assert [one.code for one in split_first(city, codes=codes)] == codes

    made = actions.merge_grids(codes=codes, code="350212001001300", by=city.system_admin, at=MONDAY_NINE)
    assert made.code == "350212001001300"


def test_codes_that_cannot_be_are_refused_and_nothing_is_split(city: City) -> None:
    free, other, taken = "350212001001201", "350212001001202", city.grids[1].code
    for codes, refusal, code in (
        ([free], Invalid, "codes_for_parts"), ([free, ""], Invalid, "codes_for_parts"), ([free, free], Invalid, "new_code_twice"),
        ([free, taken], Conflict, "code_taken"), ([free, "12"], Invalid, "code"), ([free, other, free], Invalid, "codes_for_parts"),
        ([free, city.grids[0].code], Conflict, "code_taken"),
    ):  # fmt: skip
        with pytest.raises(refusal, match=code):
            split_first(city, codes=codes)
    assert Grid.objects.filter(active=True).count() == 4


def test_merging_the_parts_gives_one_grid_with_the_old_ground(city: City) -> None:
    ground = city.grids[0].outline
    parts = split_first(city)
    case = city.report(at=MONDAY_NINE + timedelta(hours=1))

    made = actions.merge_grids(codes=[one.code for one in parts], name="whole", by=city.system_admin, at=MONDAY_NINE)

    assert gridding.polygon(made.outline).symmetric_difference(gridding.polygon(ground)).area < 1e-12
    assert made.code not in {one.code for one in parts}
    case.refresh_from_db()
    assert case.grid_id == made.pk
    assert Grid.objects.filter(active=True).count() == 4


def test_grids_of_two_units_or_without_a_common_edge_are_not_merged(city: City) -> None:
    one, two, three, four = (grid.code for grid in city.grids)
    with pytest.raises(Invalid, match="grids_of_two_units"):
        actions.merge_grids(codes=[one, two], by=None, at=MONDAY_NINE)
    for code in (one, four):
        actions.edit_grid(code=code, changes={"unit": city.lotus_north}, by=None, at=MONDAY_NINE)
    with pytest.raises(Invalid, match="not_neighbours"):
        actions.merge_grids(codes=[one, four], by=None, at=MONDAY_NINE)
    with pytest.raises(NotFound):
        actions.merge_grids(codes=[one, "350212001001999"], by=None, at=MONDAY_NINE)
    assert three


def test_a_grid_takes_no_ground_from_its_neighbours_unless_told_to(city: City) -> None:
    wide = box(WEST, SOUTH, WEST + SIDE + 0.005, SOUTH + SIDE)

    kept = actions.edit_grid(code=city.grids[0].code, changes={"outline": wide}, by=city.system_admin, at=MONDAY_NINE)
    assert kept.east == pytest.approx(WEST + SIDE)

    forced = actions.edit_grid(
        code=kept.code, changes={"outline": wide}, fit=False, by=city.system_admin, at=MONDAY_NINE
    )
    assert forced.east == pytest.approx(WEST + SIDE + 0.005)
    assert [one.kind for one in gridding.faults(Grid.objects.values_list("code", "outline"))] == ["overlap"]


def test_a_reshaped_grid_takes_its_cases_with_it(city: City) -> None:
    case = city.report(lon=WEST + SIDE - 0.002, lat=SOUTH + 0.004)
    narrow = box(WEST, SOUTH, WEST + SIDE - 0.005, SOUTH + SIDE)
    actions.edit_grid(code=city.grids[0].code, changes={"outline": narrow}, by=None, at=MONDAY_NINE)
    assert Case.objects.get(pk=case.pk).grid_id == city.grids[0].pk  # nobody holds the place now: it stays

    wider = box(WEST + SIDE - 0.005, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE)
    actions.edit_grid(code=city.grids[1].code, changes={"outline": wider}, by=None, at=MONDAY_NINE)
    assert Case.objects.get(pk=case.pk).grid_id == city.grids[1].pk


def test_a_drawn_grid_gets_the_next_code_of_its_community_or_the_one_typed(city: City) -> None:
    east = box(WEST + 2 * SIDE, SOUTH, WEST + 3 * SIDE, SOUTH + SIDE)
    with pytest.raises(Invalid, match="no_free_code"):  # LOTUS_NORTH is no 12-digit code
        actions.draw_grid(outline=east, name="new", unit=city.lotus_north, by=city.system_admin, at=MONDAY_NINE)

    made = actions.draw_grid(
        outline=east, name="new", unit=city.lotus_north, code="350212001001050", by=city.system_admin, at=MONDAY_NINE
    )
    assert reference.now().grids.by_code(made.code) is not None

    with pytest.raises(Conflict, match="code_taken"):
        actions.draw_grid(outline=east, name="x", unit=city.lotus_north, code=made.code, by=None, at=MONDAY_NINE)
    with pytest.raises(Invalid, match="nothing_left"):
        actions.draw_grid(
            outline=east, name="x", unit=city.lotus_north, code=made.code[:-1] + "1", by=None, at=MONDAY_NINE
        )


def test_who_read_the_grid_before_somebody_else_redrew_it_is_told_so(city: City) -> None:
    code, read = city.grids[0].code, gridding.seen(city.grids[0].outline)
    narrow = {"outline": box(WEST, SOUTH, WEST + 0.01, SOUTH + SIDE)}
    actions.edit_grid(code=code, changes=narrow, seen=read, by=city.system_admin, at=MONDAY_NINE)

    with pytest.raises(Stale):
        actions.edit_grid(code=code, changes=narrow, seen=read, by=city.system_admin, at=MONDAY_NINE)
    with pytest.raises(Stale):
        split_first(city, seen=read)


@pytest.mark.parametrize("name", ["supervisor", "dispatcher", "grid_worker", "security_admin"])
def test_only_the_system_administrator_redraws_grids(city: City, name: str) -> None:
    by = city.people[name]
    tries: list[Any] = [
        lambda: actions.split_grid(code=city.grids[0].code, line=UPRIGHT, by=by, at=MONDAY_NINE),
        lambda: actions.merge_grids(codes=[one.code for one in city.grids], by=by, at=MONDAY_NINE),
        lambda: actions.edit_grid(code=city.grids[0].code, changes={"name": "mine"}, by=by, at=MONDAY_NINE),
        lambda: actions.draw_grid(outline={}, name="", unit=city.lotus, by=by, at=MONDAY_NINE),
    ]
    for one in tries:
        with pytest.raises(NotAllowed):
            one()


def test_what_a_grid_is_not_cannot_be_changed(city: City) -> None:
    with pytest.raises(Invalid, match="not_editable"):
        actions.edit_grid(code=city.grids[0].code, changes={"code": "350212001001099"}, by=None, at=MONDAY_NINE)


def test_a_grid_that_was_split_does_not_come_back_with_the_file_it_came_from(city: City) -> None:
    old = city.grids[0]
    split_first(city)
    row = GridRow(old.code, "renamed since", old.outline, old.unit_id, old.area_class)
    with pytest.raises(Conflict, match="code_taken"):
        actions.bring_in_grids(rows=[row], by=None, at=MONDAY_NINE)
    assert gridding.faults(Grid.objects.filter(active=True).values_list("code", "outline")) == []
