"""Tiles of cases: they say what the rows say at every zoom, at every moment, and nobody's holds a case he may not see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import mapbox_vector_tile
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicloop.cases.mapcounts import count_anew, fold, keep_counts, mark_late
from civicloop.cases.models import Case, CaseReach, MapChange, MapCount
from civicloop.cases.reach import reach_upwards
from civicloop.insight import mapshared, maptiles
from civicloop.insight.mapcells import LATE, Tile, Which
from civicloop.insight.mapsight import Sight, sight_of
from civicloop.insight.mapstamps import tag_of_cases
from civicloop.insight.maptiles import Question, cells_of, tile_of_cases
from civicloop.kernel.tilekey import tile_key, tile_of
from civicloop.organisation.actions import add_person, appoint, change_unit
from civicloop.organisation.models import Person
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SIDE, SOUTH, WEST, City, hours

NOW = MONDAY_NINE + timedelta(days=2)
STATES = ("reported", "accepted", "closed", "voided")


@dataclass(frozen=True)
class Made:
    """A case as a law wants it: where, in which state, by when to act, and whom it reaches (by place in a list of units)."""

    lon: float
    lat: float
    state: str
    act_by: datetime
    reach: frozenset[int]


@st.composite
def made_cases(draw: st.DrawFn) -> list[Made]:
    # A few places, so that some lie together, and gaps of a day around the moment that is asked for.
    some = st.tuples(st.floats(WEST, WEST + 2 * SIDE), st.floats(SOUTH, SOUTH + 2 * SIDE))
    places = draw(st.lists(some, min_size=1, max_size=4))
    one = st.builds(
        lambda place, state, gap, reach: Made(*place, state, NOW + timedelta(minutes=gap), reach),
        st.sampled_from(places), st.sampled_from(STATES), st.integers(-1500, 1500), st.frozensets(st.integers(0, 2)),
    )  # fmt: skip
    return draw(st.lists(one, min_size=1, max_size=12))


def write(city: City, one: Made, units: list[Any]) -> Case:
    """The rows of a case, past the house's verbs: a law holds for whatever is written."""
    ended = one.state in ("closed", "voided")
    case = Case.objects.create(
        state=one.state, category=city.litter, lon=one.lon, lat=one.lat, tile_key=tile_key(one.lon, one.lat),
        owner=city.office, unit=city.lotus, due_at=one.act_by, act_by=None if ended else one.act_by,
        ended_at=one.act_by if ended else None, closed_at=one.act_by if one.state == "closed" else None,
        reported_at=MONDAY_NINE, received_at=MONDAY_NINE,
    )  # fmt: skip
    for number in sorted(one.reach):
        CaseReach.objects.create(case=case, unit=units[number], reported_at=MONDAY_NINE)
    return case


def belongs(case: Case, which: Which, at: datetime) -> bool:
    late = case.ended_at is None and case.act_by is not None and case.act_by < at
    return {"open": case.ended_at is None, "overdue": late, "closed": case.state == "closed", "all": True}[which]


def wanted(which: Which, sight: Sight, at: datetime) -> list[Case]:
    """The cases a map should show, found one by one."""
    reach = {(one.case_id, one.unit_id) for one in CaseReach.objects.all()}
    seen = (
        case for case in Case.objects.filter(lon__isnull=False).order_by("pk")
        if sight.city or any((case.pk, unit) in reach for unit in sight.units)
    )  # fmt: skip
    return [case for case in seen if belongs(case, which, at)]


@contextmanager
def undone() -> Iterator[None]:
    """One example of a law; what it writes is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    mapshared.forget()  # of these numbers the next example has other cases


def sights(city: City, units: list[Any]) -> list[Sight]:
    first, second = units[0].pk, units[1].pk
    return [Sight(True), Sight(False, (first,)), Sight(False, (second,)), Sight(False, (first, second)), Sight(False)]


law = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@law
@given(made=made_cases(), which=st.sampled_from(list(Which)), keep=st.sampled_from(["nothing", "mark", "fold", "both"]),
       who=st.integers(0, 4), z=st.integers(0, 20))  # fmt: skip
def test_the_cells_of_a_tile_sum_to_the_cases_inside_whatever_the_zoom(
    city: City, made: list[Made], which: Which, keep: str, who: int, z: int
) -> None:
    units = [city.lotus, city.willow, city.command]
    with undone():
        for one in made:
            write(city, one, units)
        if keep in ("mark", "both"):
            mark_late(at=NOW - timedelta(hours=4))
        if keep in ("fold", "both"):
            fold(3)
            fold()
        sight = sights(city, units)[who]
        cases = wanted(which, sight, NOW)
        for place in {tile_of(one.lon, one.lat, z) for one in made}:
            cells = cells_of(Question(Tile(z, *place), which, sight, NOW))
            inside = [case for case in cases if tile_of(case.lon, case.lat, z) == place]
            assert sum(cells.numbers) == len(inside)
            assert sum(cells.overdue) == sum(belongs(case, Which.OVERDUE, NOW) for case in inside)
            assert all((x >> cells.zoom - z, y >> cells.zoom - z) == place for x, y in cells.places)


@law
@given(made=made_cases(), which=st.sampled_from(list(Which)), who=st.integers(0, 4), z=st.integers(0, 20))
def test_nobodys_tile_holds_a_case_he_may_not_see_and_every_case_he_may_see_is_there(
    city: City, made: list[Made], which: Which, who: int, z: int
) -> None:
    units = [city.lotus, city.willow, city.command]
    with undone():
        for one in made:
            write(city, one, units)
        sight, ref = sights(city, units)[who], reference.now()
        found: list[Any] = []
        counted = 0
        for place in {tile_of(one.lon, one.lat, z) for one in made}:
            tile = read(tile_of_cases(Question(Tile(z, *place), which, sight, NOW), ref))
            found += [one["properties"] for one in tile.get("cases", {}).get("features", [])]
            counted += sum(one["properties"]["n"] for one in tile.get("cells", {}).get("features", []))
        cases = wanted(which, sight, NOW)
        if z < maptiles.POINTS_FROM:
            assert (found, counted) == ([], len(cases))
            return
        assert counted == 0
        assert sorted(one["uid"] for one in found) == sorted(str(case.uid) for case in cases)
        told = {one["uid"]: one for one in found}
        for case in cases:
            said = told[str(case.uid)]
            assert (said["number"], said["state"], said["cat"]) == (case.number, case.state, city.litter.code)
            assert (said["late"] == 2) == belongs(case, Which.OVERDUE, NOW)
            assert (said["late"] == 0) == (case.ended_at is not None or case.act_by >= NOW + timedelta(days=1))


def read(body: bytes) -> dict[str, Any]:
    return mapbox_vector_tile.decode(body, default_options={"y_coord_down": True}) if body else {}


def counts() -> dict[tuple[int, int, int], tuple[int, ...]]:
    rows = MapCount.objects.values_list("level", "unit", "cell", "open", "late", "closed", "whole")
    return {row[:3]: tuple(row[3:]) for row in rows if any(row[3:])}


def test_after_a_whole_life_the_counts_are_those_of_counting_anew(city: City) -> None:
    city.walk("closed")
    city.walk("accepted", lon=WEST + SIDE * 1.5, lat=SOUTH + 0.001)
    city.walk("dispatched", unit="willow")
    city.report(address="somewhere without a place")
    keep_counts(at=NOW)
    assert not MapChange.objects.exists()
    kept = counts()
    assert kept
    assert count_anew() == 0
    assert counts() == kept


def test_more_time_takes_the_mark_away_and_the_next_delay_is_counted_again(city: City) -> None:
    case = city.walk("accepted")
    sight, tile = Sight(True), Tile(5, *tile_of(case.lon, case.lat, 5))

    def late(at: datetime) -> list[int]:
        return list(cells_of(Question(tile, Which.OPEN, sight, at)).overdue)

    assert late(NOW) == [1]
    assert mark_late(at=NOW) == 1
    assert late(NOW) == [1]
    Case.objects.filter(pk=case.pk).update(act_by=NOW + hours(1))
    assert late(NOW) == [0]
    assert late(NOW + hours(2)) == [1]
    assert mark_late(at=NOW + hours(2)) == 1
    assert mark_late(at=NOW + hours(2)) == 0
    assert late(NOW + hours(2)) == [1]


def test_posts_below_another_of_his_add_nothing_and_are_counted_as_one(city: City) -> None:
    units = [city.lotus, city.lotus_north, city.willow]
    reaches = [{0, 1}, {0}, {2}, {0, 2}]
    rows = [write(city, Made(WEST, SOUTH, "accepted", NOW, frozenset(reach)), units) for reach in reaches]
    add_person(username="both", name="双岗", by=None, at=NOW)
    both = Person.objects.get(username="both")
    for unit in (city.lotus, city.lotus_north):
        appoint(person=both, role="unit_handler", unit=unit, starts_on=MONDAY_NINE.date(), by=None, at=NOW)
    actor = reference.now().actor(both, NOW.date())

    sight = sight_of(actor)

    assert actor.sight_units == {city.lotus.pk, city.lotus_north.pk}
    assert sight.units == sight.counted_as == (city.lotus.pk,)
    seen = set(Case.objects.visible_to(actor).values_list("pk", flat=True))
    assert seen == {case.pk for case in wanted(Which.ALL, sight, NOW)} == {rows[0].pk, rows[1].pk, rows[3].pk}


def test_a_case_that_comes_to_reach_a_second_unit_of_a_person_stays_one_case(city: City) -> None:
    mapshared.forget()
    units = [city.lotus, city.willow, city.command]
    case = write(city, Made(WEST, SOUTH, "accepted", NOW, frozenset({0})), units)
    write(city, Made(WEST, SOUTH, "accepted", NOW, frozenset({1})), units)
    sight, tile = Sight(False, (city.lotus.pk, city.willow.pk)), Tile(5, *tile_of(WEST, SOUTH, 5))

    def numbers(which: Which = Which.OPEN) -> list[int]:
        return list(cells_of(Question(tile, which, sight, NOW + hours(1))).numbers)

    assert numbers() == [2]
    CaseReach.objects.create(case=case, unit=city.willow, reported_at=MONDAY_NINE)
    assert numbers() == numbers(Which.OVERDUE) == [2]
    keep_counts(at=NOW + hours(1))
    assert numbers() == numbers(Which.OVERDUE) == [2]
    Case.objects.filter(pk=case.pk).update(state="closed", ended_at=NOW, closed_at=NOW, act_by=None)
    assert (numbers(), numbers(Which.CLOSED), numbers(Which.ALL)) == ([1], [1], [2])


def test_where_units_share_very_many_cases_these_are_counted_one_by_one(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapshared.forget()
    monkeypatch.setattr(mapshared, "MOST_SHARED", 1)
    units = [city.lotus, city.willow, city.command]
    for _ in range(3):
        write(city, Made(WEST, SOUTH, "accepted", NOW, frozenset({0, 1})), units)
    pair = (city.lotus.pk, city.willow.pk)
    assert mapshared.shared_cases(pair) is None
    tile = Tile(5, *tile_of(WEST, SOUTH, 5))
    assert list(cells_of(Question(tile, Which.OPEN, Sight(False, pair), NOW)).numbers) == [3]


def test_sight_given_later_moves_the_tag_and_the_numbers_of_that_unit_alone(city: City) -> None:
    case = city.walk("accepted", unit="sanitation")
    tile = Tile(12, *tile_of(case.lon, case.lat, 12))
    sight = Sight(False, (city.urban.pk,))

    def numbers() -> list[int]:
        return list(cells_of(Question(tile, Which.OPEN, sight, NOW)).numbers)

    assert numbers() == []
    before = tag_of_cases(tile, Which.OPEN, sight, NOW, reference.now())
    change_unit(unit=city.sanitation, changes={"parent": city.urban}, by=None, at=NOW)
    reach_upwards(city.sanitation.pk)
    assert numbers() == [1]
    assert tag_of_cases(tile, Which.OPEN, sight, NOW, reference.now()) != before


def test_a_crowded_tile_shows_cells_at_any_zoom(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maptiles, "MOST_POINTS", 3)
    ref = reference.now()
    cases = [city.report(lon=WEST + 0.005 + 0.00001 * number, lat=SOUTH + 0.005) for number in range(5)]
    handler = sight_of(ref.actor(city.people["handler"], NOW.date()))
    for sight in (Sight(True), handler):
        for z in range(14, 21):
            tile = Tile(z, *tile_of(cases[0].lon, cases[0].lat, z))
            there = sum(tile_of(case.lon, case.lat, z) == tile[1:] for case in cases)
            found = read(tile_of_cases(Question(tile, Which.OPEN, sight, NOW), ref))
            layer = "cells" if there > 3 else "cases"
            assert list(found) == [layer]
            if layer == "cells":
                assert sum(one["properties"]["n"] for one in found["cells"]["features"]) == there


def test_a_unit_among_very_many_cases_of_others_is_shown_cells(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maptiles, "MOST_CANDIDATES", 3)
    ref = reference.now()
    cases = [city.report() for _ in range(5)]
    tile = Tile(14, *tile_of(cases[0].lon, cases[0].lat, 14))
    mine = Question(tile, Which.OPEN, Sight(False, (city.lotus.pk,)), NOW)
    assert list(read(tile_of_cases(mine, ref))) == ["cells"]
    assert list(read(tile_of_cases(Question(tile, Which.OPEN, Sight(True), NOW), ref))) == ["cases"]


def test_a_tile_of_counts_takes_few_statements(city: City, django_assert_max_num_queries: Any) -> None:
    case = city.walk("accepted")
    ref = reference.now()
    tile = Tile(8, *tile_of(case.lon, case.lat, 8))
    with django_assert_max_num_queries(3):
        tag_of_cases(tile, Which.ALL, Sight(True), NOW, ref)
        tile_of_cases(Question(tile, Which.ALL, Sight(True), NOW), ref)


def test_a_case_that_moves_is_counted_where_it_went(city: City) -> None:
    case = city.report()
    keep_counts(at=NOW)
    lon, lat = WEST + 1.0, SOUTH + 1.0
    Case.objects.filter(pk=case.pk).update(lon=lon, lat=lat, tile_key=tile_key(lon, lat))
    for sight in (Sight(True), Sight(False, (city.lotus.pk,))):
        there = cells_of(Question(Tile(14, *tile_of(lon, lat, 14)), Which.OPEN, sight, NOW))
        gone = cells_of(Question(Tile(14, *tile_of(case.lon, case.lat, 14)), Which.OPEN, sight, NOW))
        assert (list(there.numbers), list(gone.numbers)) == ([1], [])
    Case.objects.filter(pk=case.pk).update(lon=None, lat=None, tile_key=None)
    assert list(cells_of(Question(Tile(0, 0, 0), Which.ALL, Sight(True), NOW)).numbers) == []


def test_rows_written_in_bulk_are_counted_like_others(city: City) -> None:
    rows = [
        Case(
            uid=uuid4(), state="reported", category=city.litter, lon=WEST, lat=SOUTH, tile_key=tile_key(WEST, SOUTH),
            owner=city.office, act_by=NOW, reported_at=MONDAY_NINE, received_at=MONDAY_NINE,
        )
        for _ in range(7)
    ]  # fmt: skip
    Case.objects.bulk_create(rows)
    CaseReach.objects.bulk_create(
        [CaseReach(case=one, unit=city.lotus, reported_at=MONDAY_NINE) for one in Case.objects.all()]
    )
    CaseReach.objects.bulk_create(
        [CaseReach(case=one, unit=city.lotus, reported_at=MONDAY_NINE) for one in Case.objects.all()],
        ignore_conflicts=True,
    )
    for sight in (Sight(True), Sight(False, (city.lotus.pk,))):
        assert list(cells_of(Question(Tile(3, *tile_of(WEST, SOUTH, 3)), Which.ALL, sight, NOW)).numbers) == [7]


def test_the_statement_behind_late_cases_walks_along_its_own_index(city: City) -> None:
    """Otherwise a tile of the whole city reads every open case."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by how many rows there are; the benchmark looks at that")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {LATE}", [10, "2026-11-23", 0, 2**52])
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "case_late_unseen" in plan
