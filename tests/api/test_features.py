"""OGC API – Features, read by GDAL and by hand."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import Program
from tests.api.town import INSIDE, Town, build_town
from tests.kept import kept

ROOT = "/api/features"
NOW = datetime.now(UTC)
GeoJSON = dict[str, Any]


@pytest.fixture
def ask(town: Town, program: Callable[[str], Program]) -> Callable[..., GeoJSON]:
    def answer(path: str, who: str = "supervisor", status: int = 200) -> GeoJSON:
        response = program(who).get(path if path.startswith("/api") else ROOT + path)
        assert response.status_code == status, response.content
        return json.loads(response.content)

    return answer


def link(body: GeoJSON, rel: str) -> str:
    (found,) = [one["href"] for one in body["links"] if one["rel"] == rel]
    return str(found).partition("testserver")[2]


def test_from_the_landing_page_everything_is_found_by_links(ask: Any) -> None:
    landing = ask("")
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in ask(link(landing, "conformance"))["conformsTo"]
    )
    described = ask(link(landing, "service-desc"))
    assert described["openapi"].startswith("3.0")
    assert "/collections/cases/items" in described["paths"]
    collections = ask(link(landing, "data"))["collections"]
    assert [one["id"] for one in collections] == ["cases", "grids", "points"]
    for one in collections:
        assert ask(link(one, "self"))["id"] == one["id"]
        assert ask(link(one, "items"))["type"] == "FeatureCollection"
        assert one["extent"]["spatial"]["bbox"][0] == [118.15, 24.72, 118.17, 24.73]


def test_pages_lead_on_by_links_until_everything_was_told_once(town: Town, ask: Any) -> None:
    cases = [town.report(NOW - timedelta(minutes=number)) for number in range(7)]
    body = ask("/collections/cases/items?limit=3")
    found = [one["id"] for one in body["features"]]
    while any(one["rel"] == "next" for one in body["links"]):
        body = ask(link(body, "next"))
        assert body["numberReturned"] == len(body["features"]) <= 3
        found += [one["id"] for one in body["features"]]
    assert found == [str(one.uid) for one in cases]


def test_a_case_tells_nothing_of_a_person(town: Town, ask: Any) -> None:
    case = town.report(NOW, description="李四 13800001234", address="西湖路 12 号 李宅")
    (found,) = ask("/collections/cases/items")["features"]
    assert found == {
        name: value for name, value in ask(f"/collections/cases/items/{case.uid}").items() if name != "links"
    }
    assert found["geometry"] == {"type": "Point", "coordinates": [INSIDE["lon"], INSIDE["lat"]]}
    assert set(found["properties"]) == {
        "number", "state", "overdue", "urgent", "category", "category_name", "unit", "unit_name", "grid", "class", "reported_at",
        "due_at", "act_by", "closed_at",
    }  # fmt: skip
    assert "李" not in json.dumps(found, ensure_ascii=False)


def test_filters_narrow(town: Town, ask: Any) -> None:
    town.report(NOW)
    day = NOW.date()
    for query, many in {
        "bbox=118.15,24.72,118.16,24.73": 1, "bbox=118.15,24.72,0,118.16,24.73,9": 1, "bbox=118.16,24.72,118.17,24.73": 0,
        "state=reported": 1, "state=closed": 0, "state=closed&state=reported": 1, "category=06010": 1,
        f"datetime={day - timedelta(days=1)}/{day + timedelta(days=1)}": 1, f"datetime=../{day - timedelta(days=2)}": 0,
        f"datetime={day + timedelta(days=2)}/": 0,
        "bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84": 1, "f=json": 1, "limit=100000": 1,
    }.items():  # fmt: skip
        assert len(ask(f"/collections/cases/items?{query}")["features"]) == many, query
    assert len(ask("/collections/grids/items?bbox=118.161,24.721,118.162,24.722")["features"]) == 1
    assert len(ask("/collections/grids/items?class=A")["features"]) == 1
    assert len(ask("/collections/points/items?bbox=118.15,24.72,118.16,24.73")["features"]) == 1
    assert len(ask("/collections/points/items?type=school")["features"]) == 0


def test_a_box_across_the_180th_meridian_holds_both_sides_of_it_and_nothing_between(town: Town, ask: Any) -> None:
    town.report(NOW)
    for collection, many in (("cases", 1), ("grids", 2), ("points", 1)):
        for box, found in (
            ("100,24,-170,25", many),
            ("170,24,120,25", many),
            ("119,24,118,25", 0),
            ("170,24,-170,25", 0),
        ):
            assert len(ask(f"/collections/{collection}/items?bbox={box}")["features"]) == found, (collection, box)


def test_what_a_program_has_is_not_sent_again_until_it_changes(town: Town, program: Any) -> None:
    town.report(NOW, by="filer")
    paths = ["", "/conformance", "/api", "/collections", "/collections/cases", "/collections/grids/items",
             "/collections/points/items", "/collections/cases/items?limit=5"]  # fmt: skip
    tags = {path: program("supervisor").get(ROOT + path)["ETag"] for path in paths}
    for path, tag in tags.items():
        again = program("supervisor").get(ROOT + path, **{"If-None-Match": tag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag), path
    cases = ROOT + paths[-1]
    others = program("other").get(cases, **{"If-None-Match": tags[paths[-1]]})
    assert (others.status_code, others.json()["features"]) == (200, [])
    town.report(NOW, description="another")
    assert program("supervisor").get(cases, **{"If-None-Match": tags[paths[-1]]}).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=many", "bbox=1,2,3", "bbox=1,9,3,2", "bbox=a,b,c,d", "datetime=soon", "datetime=2026-11-23/2026-11-22",
     "colour=red", "state=lost", "f=html", "bbox-crs=EPSG:4326", "cursor=x", "category=nothing", "datetime=../..",
     "state=%00", "datetime=9999-12-31", "datetime=0001-01-01T00:00:00%2B14:00", "datetime=../9999-12-31T23:59:59.999999Z",
     "cursor=WyJuIiwgIjAwMDEtMDEtMDFUMDA6MDA6MDArMTQ6MDAiLCAiMSJd"],
)  # fmt: skip
def test_what_cannot_be_read_is_answered_with_400(town: Town, ask: Any, query: str) -> None:
    town.report(NOW)
    assert ask(f"/collections/cases/items?{query}", status=400)["status"] == 400


def test_what_is_not_there_is_not_found(town: Town, ask: Any) -> None:
    case = town.report(NOW, by="filer")
    assert ask(f"/collections/cases/items/{case.uid}")["id"] == str(case.uid)
    ask(f"/collections/cases/items/{case.uid}", who="other", status=404)
    for path in ("/collections/cases/items/x", "/collections/people", "/collections/people/items", "/collections/grids/items/x",
                 "/collections/points/items/6a7c0a53-8f0e-4d27-9f2d-111111111111"):  # fmt: skip
        ask(path, status=404)
    assert ask("/collections/cases/items", who="other")["features"] == []


def test_a_token_is_asked_for_and_may_be_a_password(town: Town) -> None:
    answer = Client().get(ROOT)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic ")
    told = base64.b64encode(f"anybody:{town.tokens['walker']}".encode()).decode()
    assert Client().get(ROOT, headers={"Authorization": f"Basic {told}"}).status_code == 200
    for wrong in ("Basic !!!", "Basic " + base64.b64encode(b"walker:secret").decode(), "Bearer nothing", "Digest x"):
        assert Client().get(ROOT, headers={"Authorization": wrong}).status_code == 401


# A program of its own: GDAL holds the interpreter while it waits, and the server lives in ours.
GDAL = """
import json, sys
import pyogrio

source, told = sys.argv[1], {}
told["layers"] = sorted(str(name) for name, _ in pyogrio.list_layers(source))
for layer in told["layers"]:
    meta, _, shapes, columns = pyogrio.raw.read(source, layer=layer, PAGE_SIZE="10")
    fields = {name: [str(one) for one in column] for name, column in zip(meta["fields"], columns)}
    told[layer] = {"crs": meta["crs"], "shapes": sum(map(bool, shapes)), "fields": fields}
_, _, shapes, _ = pyogrio.raw.read(source, layer="cases", bbox=(118.16, 24.72, 118.17, 24.73))
told["elsewhere"] = len(shapes)
print(json.dumps(told))
"""


@pytest.mark.django_db(transaction=True)
def test_gdal_reads_all_three_collections(live_server: Any) -> None:
    pyogrio = pytest.importorskip("pyogrio")
    if "OAPIF" not in pyogrio.list_drivers():
        pytest.skip("this GDAL has no driver for OGC API – Features")
    town = kept(build_town)
    for number in range(25):
        town.report(NOW - timedelta(minutes=number))
    environ = {**os.environ, "GDAL_HTTP_USERPWD": f"qgis:{town.tokens['supervisor']}", "NO_PROXY": "*"}
    done = subprocess.run(
        [sys.executable, "-c", GDAL, f"OAPIF:{live_server.url}{ROOT}"],
        env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["layers"] == ["cases", "grids", "points"]
    assert [told[layer]["shapes"] for layer in told["layers"]] == [25, 2, 1]
    assert len(set(told["cases"]["fields"]["number"])) == 25
    assert set(told["cases"]["fields"]["state"]) == {"reported"}
    assert told["points"]["fields"]["name"] == ["第一市场"]
    assert told["cases"]["crs"] in ("EPSG:4326", "OGC:CRS84")
    assert told["elsewhere"] == 0
