"""Tiles at both doors: who gets them, how they are packed, and when they are not sent again."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import mapbox_vector_tile
import pytest
from django.test import Client

from civicloop.cases import actions
from civicloop.kernel.tilekey import tile_of
from tests.api.conftest import Program
from tests.api.town import INSIDE, Town

NOW = datetime.now(UTC)


def address(z: int, kind: str = "cases", which: str = "") -> str:
    x, y = tile_of(INSIDE["lon"], INSIDE["lat"], z)
    return f"/tiles/{kind}/{z}/{x}/{y}.mvt{f'?which={which}' if which else ''}"


def layers(body: bytes) -> dict[str, Any]:
    return mapbox_vector_tile.decode(body) if body else {}


@pytest.fixture
def page(town: Town) -> Callable[[str], Client]:
    """The browser of a person of the town."""

    def logged_in(name: str) -> Client:
        client = Client()
        client.force_login(town.people[name])
        return client

    return logged_in


def test_both_doors_hand_out_the_same_tile(town: Town, program: Callable[..., Program], page: Any) -> None:
    case = town.report(NOW)
    for z in (3, 14):
        ours, theirs = page("supervisor").get(address(z)), program("supervisor").get(f"/api{address(z)}")
        assert ours.status_code == theirs.status_code == 200
        assert ours.content == theirs.content
        assert ours["Content-Type"] == theirs["Content-Type"] == "application/vnd.mapbox-vector-tile"
    (found,) = layers(ours.content)["cases"]["features"]
    assert found["properties"]["uid"] == str(case.uid)


def test_a_tile_is_private_and_differs_by_who_asks_and_how_it_is_packed(town: Town, program: Any, page: Any) -> None:
    town.report(NOW)
    for answer, who in (
        (page("supervisor").get(address(9)), "Cookie"),
        (program("supervisor").get(f"/api{address(9)}"), "Authorization"),
    ):
        assert answer["Cache-Control"] == "private, no-cache"
        assert answer["ETag"].startswith('W/"')
        assert {who, "Accept-Encoding"} <= {one.strip() for one in answer["Vary"].split(",")}


def test_what_the_asker_has_is_not_sent_again_until_a_step_is_taken(town: Town, program: Any, page: Any) -> None:
    case = town.report(NOW - timedelta(hours=1))
    for ask in (
        page("supervisor").get,
        lambda path, **how: program("supervisor").get(f"/api{path}", **how.get("headers", {})),
    ):
        for z in (0, 8, 13, 14, 20):
            first = ask(address(z))
            again = ask(address(z), headers={"If-None-Match": f'"x", {first["ETag"]}'})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
            comment = {"note": "seen"}
            actions.take(case.uid, "comment", by=town.people["supervisor"], at=NOW, given=comment)
            assert ask(address(z), headers={"If-None-Match": first["ETag"]}).status_code == 304
    before = page("supervisor").get(address(14))["ETag"]
    actions.take(case.uid, "file", by=town.people["filer"], at=NOW, given={"category": str(town.rubbish.uid)})
    after = page("supervisor").get(address(14), headers={"If-None-Match": before})
    assert after.status_code == 200
    assert layers(after.content)["cases"]["features"][0]["properties"]["state"] == "filed"


def test_large_tiles_are_packed_for_whoever_takes_it(town: Town, page: Any) -> None:
    for number in range(12):
        town.report(NOW, lon=INSIDE["lon"] + number * 1e-4, description=str(number))
    plain = page("supervisor").get(address(14))
    packed = page("supervisor").get(address(14), headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] == plain["ETag"]


def test_strangers_get_nothing_and_are_not_led_to_a_page(town: Town, program: Any) -> None:
    for path in (
        address(9),
        address(14, "points"),
        "/map/grids.json",
        "/map/rates.json",
        f"/map/case/{town.report(NOW).uid}",
    ):
        assert Client().get(path).status_code == 401
    for path in (address(9), address(14, "points")):
        answer = Client().get(f"/api{path}")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic")
        assert Program("no-such-token").get(f"/api{path}").status_code == 401


def test_a_unit_finds_its_own_cases_alone(town: Town, program: Any, page: Any) -> None:
    town.report(NOW, by="filer")
    for who, many in (("supervisor", 1), ("other", 0), ("keeper", 0)):
        for z in (4, 14):
            answer = page(who).get(address(z))
            assert (answer.status_code == 200) == bool(many)
            assert answer.content == program(who).get(f"/api{address(z)}").content


def test_a_tile_without_anything_has_no_content_but_a_tag(town: Town, page: Any) -> None:
    answer = page("supervisor").get(address(9))
    assert (answer.status_code, answer.content) == (204, b"")
    assert page("supervisor").get(address(9), headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/tiles/cases/21/0/0.mvt", "/tiles/cases/3/8/0.mvt", "/tiles/points/0/0/99999999999999999999.mvt"]
)
def test_tiles_that_cannot_be_are_not_found(town: Town, program: Any, page: Any, path: str) -> None:
    assert page("supervisor").get(path).status_code == 404
    assert program("supervisor").get(f"/api{path}").status_code == 404


def test_what_cannot_be_read_is_refused(town: Town, program: Any, page: Any) -> None:
    for path in (address(9, which="some"),):
        assert page("supervisor").get(path).status_code == 400
        assert program("supervisor").get(f"/api{path}").status_code == 400
    assert program("supervisor").get(f"/api{address(9)}?witch=open").status_code == 400
    assert page("supervisor").post(address(9)).status_code == 405
    assert program("supervisor").post(f"/api{address(9)}").status_code == 405


def test_points_are_told_by_name_close_by_and_counted_from_afar(town: Town, page: Any) -> None:
    (found,) = layers(page("walker").get(address(13, "points")).content)["points"]["features"]
    assert {name: found["properties"][name] for name in ("code", "name", "type")} == {
        "code": "P1", "name": "第一市场", "type": "market",
    }  # fmt: skip
    (cell,) = layers(page("walker").get(address(5, "points")).content)["cells"]["features"]
    assert cell["properties"]["n"] == 1


def test_grids_come_with_their_outlines_and_are_not_sent_twice(town: Town, page: Any) -> None:
    answer = page("walker").get("/map/grids.json")
    found = {one["id"]: one for one in answer.json()["features"]}
    assert sorted(found) == ["350212001001001", "350212001001002"]
    first = found["350212001001001"]
    assert first["properties"]["class"] == "A"
    assert first["properties"]["unit_name"] == "指挥中心"
    assert first["geometry"]["type"] == "Polygon"
    west, south = first["properties"]["centre"]
    assert (118.15 < west < 118.16, 24.72 < south < 24.73) == (True, True)
    assert page("walker").get("/map/grids.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_rates_say_what_they_rest_on(town: Town, page: Any) -> None:
    town.report(NOW)
    found = page("supervisor").get("/map/rates.json?rate=open").json()
    assert found["grids"] == {"350212001001001": {"value": 1, "n": 1, "low": None, "high": None}}
    assert (found["rule"], found["better"]) == ("open", "low")
    other = page("other").get("/map/rates.json?rate=open").json()
    assert other["grids"] == {}
    rates = page("supervisor").get("/map/rates.json?rate=on_time&month=2026-10").json()
    assert rates["rule"] == "on_time_rate"
    assert rates["period"]["from"].startswith("2026-10-01T00:00")
    assert rates["period"]["to"].startswith("2026-11-01T00:00")
    assert rates["total"] == {"value": None, "n": 0, "low": None, "high": None}
    for wrong in ("rate=best", "rate=open&month=2026-13", "month=soon"):
        assert page("supervisor").get(f"/map/rates.json?{wrong}").status_code == 400


def test_a_popup_shows_a_case_only_to_those_who_may_see_it(town: Town, page: Any) -> None:
    case = town.report(NOW, by="filer")
    answer = page("supervisor").get(f"/map/case/{case.uid}")
    assert answer.status_code == 200
    assert case.number in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert page("other").get(f"/map/case/{case.uid}").status_code == 404


def test_the_list_says_what_the_map_shows(town: Town, page: Any) -> None:
    case = town.report(NOW)
    inside, outside = "118.15,24.72,118.16,24.73", "100,20,101,21"
    client = page("supervisor")
    assert case.number in client.get(f"/map/list?bbox={inside}").content.decode()
    assert case.number not in client.get(f"/map/list?bbox={outside}").content.decode()
    assert case.number not in client.get("/map/list?which=closed").content.decode()
    part = client.get(f"/map/list?bbox={inside}", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="map-list">')
    assert client.get("/map/list?bbox=1,2,3").status_code == 422
    assert page("other").get(f"/map/list?bbox={inside}").status_code == 200
