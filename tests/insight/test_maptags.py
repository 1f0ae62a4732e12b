"""Whether the tile somebody has still holds: a tag moves with whatever the tile shows and nothing else; and how tiles are sent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from civicloop.cases import actions
from civicloop.cases.mapcounts import count_anew, fold
from civicloop.insight.mapanswers import packed
from civicloop.insight.mapcells import Tile, Which
from civicloop.insight.mapsight import sight_of
from civicloop.insight.mapstamps import tag_of_cases
from civicloop.kernel.tilekey import tile_of
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, hours

NOW = MONDAY_NINE + timedelta(days=2)


def tag(city: City, person: str, tile: Tile, which: Which = Which.OPEN, at: datetime = NOW) -> str:
    ref = reference.now()
    return tag_of_cases(tile, which, sight_of(ref.actor(city.people[person], at.date())), at, ref)


@pytest.mark.parametrize("z", [0, 7, 10, 13, 14, 16, 18, 20])
def test_every_step_moves_the_tag_of_every_tile_the_case_lies_in(city: City, z: int) -> None:
    case = city.report()
    tile = Tile(z, *tile_of(case.lon, case.lat, z))
    tags = {tag(city, "supervisor", tile)}
    for step, by, what in (
        ("file", "filer", {"category": str(city.litter.uid)}),
        ("dispatch", "dispatcher", {"unit": "LOTUS"}),
        ("accept", "handler", {}),
        ("rectify", "handler", {"note": "cleared", "photos": [city.photo()]}),
        ("verify", "verifier", {"note": "it is clean"}),
        ("close", "filer", {}),
    ):
        actions.take(case.uid, step, by=city.people[by], at=MONDAY_NINE + hours(1), given=what)
        tags.add(tag(city, "supervisor", tile))
    city.report(description="another")
    tags.add(tag(city, "supervisor", tile))
    assert len(tags) == 8


def test_a_tile_elsewhere_keeps_its_tag(city: City) -> None:
    city.report()
    far = Tile(14, *tile_of(WEST + 3, SOUTH + 3, 14))
    before = tag(city, "supervisor", far)
    city.report()
    assert tag(city, "supervisor", far) == before


def test_folding_moves_no_tag_and_counting_anew_moves_them_all(city: City) -> None:
    case = city.report()
    tile = Tile(12, *tile_of(case.lon, case.lat, 12))
    before = tag(city, "supervisor", tile)
    assert fold() > 0
    assert tag(city, "supervisor", tile) == before
    count_anew()
    assert tag(city, "supervisor", tile) != before


def test_the_tag_moves_when_time_makes_a_case_overdue(city: City) -> None:
    case = city.walk("accepted")
    tile = Tile(9, *tile_of(case.lon, case.lat, 9))
    just_before, just_after = case.act_by, case.act_by + timedelta(seconds=1)
    assert tag(city, "supervisor", tile, at=just_before) == tag(
        city, "supervisor", tile, at=just_before - timedelta(seconds=9)
    )
    assert tag(city, "supervisor", tile, at=just_after) != tag(city, "supervisor", tile, at=just_before)
    assert tag(city, "supervisor", tile, at=just_after) == tag(city, "supervisor", tile, at=just_after + hours(5))


def test_two_people_have_different_tags_for_the_same_tile(city: City) -> None:
    case = city.walk("accepted")
    tile = Tile(12, *tile_of(case.lon, case.lat, 12))
    assert len({tag(city, person, tile) for person in ("supervisor", "handler", "other_handler", "system_admin")}) == 4


@pytest.mark.parametrize(
    ("accepted", "packs"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=1.0", True), ("gzip;q=0", False), ("gzip; q=0.0, br", False),
     ("br", False), ("", False), ("xgzip", False)],
)  # fmt: skip
def test_a_tile_is_packed_only_for_whoever_takes_it(accepted: str, packs: bool) -> None:
    body, headers = packed(b"x" * 1000, accepted)
    assert (len(body) < 1000, headers.get("Content-Encoding")) == (packs, "gzip" if packs else None)
