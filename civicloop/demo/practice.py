"""The five levels of civilisation practice (新时代文明实践) in the demo city, as places of the organisation: centre, institutes,
stations, and the posts in them. The numbers are those of the published report: 1, 8, 139, more than 1 000, more than 3 000.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import cycle

from civicloop.demo.settle import City
from civicloop.organisation import actions as organisation
from civicloop.organisation.actions.places import AreaRow
from civicloop.organisation.models import Unit

INSTITUTES, STATIONS, POSITION_POSTS, PRACTICE_POSTS = 8, 139, 1026, 3048
CENTRE_UNIT = "CJB"


def settle_practice(city: City, at: datetime) -> None:
    """Add the five levels; each belongs to the unit on whose ground it stands."""
    organisation.bring_in_areas(rows=list(_rows(city)), by=None, at=at)


def _rows(city: City) -> Iterator[AreaRow]:
    towns = [unit for unit in city.units.values() if unit.kind == "town"]
    ground = [unit for unit in city.units.values() if unit.kind in ("town", "community")]
    yield AreaRow("WMZX", "同安区新时代文明实践中心（演示）", "practice_centre", city.units[CENTRE_UNIT].pk)
    yield from _some("WMSJS", "文明实践所{n}（演示）", "practice_institute", INSTITUTES, towns)
    yield from _some("WMSJZ", "文明实践站{n}（演示）", "practice_station", STATIONS, ground)
    yield from _some("ZDG", "阵地岗{n}（演示）", "position_post", POSITION_POSTS, ground)
    yield from _some("SJG", "实践岗{n}（演示）", "practice_post", PRACTICE_POSTS, ground)


def _some(prefix: str, name: str, kind: str, many: int, units: list[Unit]) -> Iterator[AreaRow]:
    for number, unit in zip(range(1, many + 1), cycle(units), strict=False):
        yield AreaRow(f"{prefix}{number:04d}", name.format(n=number), kind, unit.pk)
