"""`civicloop map recount`: what was changed with the triggers off is put right, and a second run finds nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.db import connection

from civicloop.cases.commands import map_group
from civicloop.cases.mapcounts import keep_counts
from civicloop.cases.models import Case, MapCount
from civicloop.insight.mapcells import Tile, Which
from civicloop.insight.mapsight import Sight
from civicloop.insight.maptiles import Question, cells_of
from civicloop.kernel.tilekey import tile_key, tile_of
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, hours

pytestmark = pytest.mark.django_db
NOW = MONDAY_NINE + hours(1)


def recounted() -> str:
    done = CliRunner().invoke(map_group, ["recount"])
    assert done.exit_code == 0, done.exception
    return done.output.strip()


def with_triggers_off(statement: str, *params: object) -> None:
    """As a bulk load by hand does it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while its keys wait to be looked at
            cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER cases_map_changed")
            cursor.execute(statement, params)
            cursor.execute("ALTER TABLE cases_case ENABLE TRIGGER cases_map_changed")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN ('cases_map_changed', 'cases_map_moved')"
        )
        triggers = cursor.fetchall()
        assert len(triggers) == 2
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement, params)
        for _, sql in triggers:
            cursor.execute(sql)


def counted_at(lon: float, lat: float) -> list[int]:
    return list(cells_of(Question(Tile(12, *tile_of(lon, lat, 12)), Which.OPEN, Sight(True), NOW)).numbers)


def test_what_was_moved_with_the_triggers_off_is_counted_where_it_lies(city: City) -> None:
    case = city.report()
    city.report(description="another")
    keep_counts(at=NOW)
    assert recounted() == "0 counts were other than before"
    lon, lat = WEST + 1.0, SOUTH + 1.0
    with_triggers_off(
        "UPDATE cases_case SET lon = %s, lat = %s, tile_key = %s WHERE id = %s", lon, lat, tile_key(lon, lat), case.pk
    )
    assert (counted_at(lon, lat), counted_at(case.lon, case.lat)) == ([], [2])  # type: ignore[arg-type]

    assert int(recounted().split()[0]) > 0

    assert (counted_at(lon, lat), counted_at(case.lon, case.lat)) == ([1], [1])  # type: ignore[arg-type]
    assert recounted() == "0 counts were other than before"
    Case.objects.filter(pk=case.pk).update(
        lon=case.lon, lat=case.lat, tile_key=case.tile_key
    )  # the triggers are on again
    assert counted_at(case.lon, case.lat) == [2]  # type: ignore[arg-type]


def test_counts_that_went_wrong_are_forgotten(city: City) -> None:
    city.report()
    keep_counts(at=NOW)
    MapCount.objects.update(open=99)
    assert int(recounted().split()[0]) > 0
    assert set(MapCount.objects.values_list("open", flat=True)) == {1}
