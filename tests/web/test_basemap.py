"""The ground under the map: what the setting says, who is asked, and a PMTiles file handed out in ranges."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from django.test import Client

from civicloop.kernel import geo
from civicloop.web.ui.basemap import BadBaseMap, base_map
from tests.environment import ROOT

Visit = Callable[..., Any]
DATUM_JS = ROOT / "civicloop" / "web" / "static" / "civicloop" / "map" / "datum.js"
BYTES = bytes(range(256)) * 40


@pytest.fixture
def city_file(tmp_path: Path, settings: Any) -> Path:
    """A file as the base map of this server."""
    path = tmp_path / "city.pmtiles"
    path.write_bytes(BYTES)
    settings.BASE_MAP = base_map(f"pmtiles:{path}", note="审图号 示例")
    return path


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_without_a_setting_nobody_is_asked_for_a_map() -> None:
    found = base_map("")
    assert (found.kind, found.hosts, found.sources) == ("none", (), ())


def test_tianditu_is_asked_at_its_own_hosts_with_streets_and_labels() -> None:
    found = base_map("tianditu:abc123")
    assert found.datum == "cgcs2000"
    assert "https://t0.tianditu.gov.cn" in found.hosts
    streets, labels = found.sources
    assert "LAYER=vec&" in streets["tiles"][0]
    assert "LAYER=cva&" in labels["tiles"][7]
    assert all("tk=abc123" in one and "{z}" in one and "{x}" in one and "{y}" in one for one in streets["tiles"])
    assert "LAYER=img&" in base_map("tianditu-img:abc123").sources[0]["tiles"][0]


def test_any_tiles_by_address_may_be_in_gcj02_and_then_say_so() -> None:
    found = base_map("xyz:https://maps.example:8443/t/{z}/{x}/{y}.png", datum="gcj02")
    assert found.hosts == ("https://maps.example:8443",)
    assert found.described("/x")["datum"] == "gcj02"
    assert base_map("xyz:/tiles/{z}/{x}/{y}.png").hosts == ()


@pytest.mark.parametrize(
    ("setting", "datum"),
    [
        ("google:abc", ""), ("pmtiles:", ""), ("tianditu:a b; script-src *", ""), ("xyz:https://a.example/{z}/{x}", ""),
        ("xyz:ftp://a.example/{z}/{x}/{y}", ""), ("none", "bd09"), ("pmtiles:/srv/a.pmtiles", "gcj02"),
        ("xyz:https://a.example;script-src/{z}/{x}/{y}", ""),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_read_stops_the_start(setting: str, datum: str) -> None:
    with pytest.raises(BadBaseMap):
        base_map(setting, datum)


def test_the_policy_of_the_pages_names_the_hosts_of_the_base_map_and_no_others() -> None:
    program = (
        "import django; django.setup(); from django.conf import settings; import json; "
        "d = settings.CONTENT_SECURITY_POLICY['DIRECTIVES']; print(json.dumps([d['connect-src'], d['img-src']]))"
    )
    environ = {"DJANGO_SETTINGS_MODULE": "civicloop.settings", "CIVICLOOP_SECRET_KEY": "x"}
    for setting, wanted in (("", []), ("xyz:https://maps.example/{z}/{x}/{y}.png", ["https://maps.example"])):
        done = subprocess.run(
            [str(ROOT / ".venv/bin/python"), "-c", program], env={**environ, "CIVICLOOP_BASE_MAP": setting}, cwd=ROOT,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        connect, img = json.loads(done.stdout)
        assert connect == ["'self'", *wanted]
        assert img == ["'self'", "data:", "blob:", *wanted]


def test_base_json_says_where_our_own_file_is(city: Any, visitor: Visit, city_file: Path) -> None:
    told = json.loads(visitor("handler").get("/map/base.json")[1])
    assert told == {
        "kind": "pmtiles", "datum": "wgs84", "note": "审图号 示例",
        "sources": [{"type": "pmtiles", "url": "/map/base.pmtiles"}],
    }  # fmt: skip
    assert str(city_file) not in json.dumps(told)


def test_strangers_get_no_map(db: None, city_file: Path) -> None:
    assert Client().get("/map/base.json").status_code == 401
    assert Client().get("/map/base.pmtiles").status_code == 401


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-126", 0, 126), ("bytes=5000-5999", 5000, 5999), ("bytes=10000-", 10000, len(BYTES) - 1),
        ("bytes=10200-99999", 10200, len(BYTES) - 1), ("bytes=-40", len(BYTES) - 40, len(BYTES) - 1),
        ("bytes=-99999", 0, len(BYTES) - 1),
    ],
)  # fmt: skip
def test_a_range_is_answered_with_those_bytes(
    city: Any, visitor: Visit, city_file: Path, asked: str, first: int, last: int
) -> None:
    answer = visitor("handler").client.get("/map/base.pmtiles", headers={"Range": asked})
    assert answer.status_code == 206
    assert body(answer) == BYTES[first : last + 1]
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(BYTES)}"
    assert int(answer["Content-Length"]) == last - first + 1
    assert answer["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("asked", ["", "bytes=0-5,10-20", "lines=1-2", "bytes=-", "bytes=x-y"])
def test_what_is_no_single_range_gets_the_whole_file(city: Any, visitor: Visit, city_file: Path, asked: str) -> None:
    answer = visitor("handler").client.get("/map/base.pmtiles", headers={"Range": asked})
    assert (answer.status_code, body(answer)) == (200, BYTES)


@pytest.mark.parametrize("asked", [f"bytes={len(BYTES)}-", "bytes=99999-100000", "bytes=-0", "bytes=9-3"])
def test_a_range_outside_the_file_is_refused(city: Any, visitor: Visit, city_file: Path, asked: str) -> None:
    answer = visitor("handler").client.get("/map/base.pmtiles", headers={"Range": asked})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(BYTES)}"


def test_a_file_that_has_changed_since_is_not_mixed_with_the_old_one(
    city: Any, visitor: Visit, city_file: Path
) -> None:
    client = visitor("handler").client
    tag = client.head("/map/base.pmtiles")["ETag"]
    known = {"Range": "bytes=0-9", "If-Range": tag}
    assert client.get("/map/base.pmtiles", headers=known).status_code == 206
    assert client.get("/map/base.pmtiles", headers={"If-None-Match": tag}).status_code == 304

    city_file.write_bytes(BYTES + b"more")
    answer = client.get("/map/base.pmtiles", headers=known)
    assert (answer.status_code, body(answer)) == (200, BYTES + b"more")


def test_without_a_file_of_our_own_there_is_none_to_hand_out(city: Any, visitor: Visit) -> None:
    assert visitor("handler").get("/map/base.pmtiles")[0] == 404


@pytest.mark.skipif(which("node") is None, reason="no node on this machine")
def test_the_browser_moves_places_as_the_server_does() -> None:
    """datum.js and kernel.geo agree to a millimetre; a tile is put together from the tiles that hold its ground."""
    places = [(118.15, 24.73), (103.7, 27.3), (116.391, 39.907), (87.6, 43.8), (2.35, 48.85)]
    program = f"""
      import {{ gcj02, pieces, tileAt, placeAt }} from {json.dumps(DATUM_JS.as_uri())};
      const places = {json.dumps(places)};
      const covered = [];
      for (const [lon, lat] of places) for (const zoom of [8, 12, 16, 18]) {{
        const [x, y] = tileAt(lon, lat, zoom).map(Math.floor);
        let ground = 0;
        for (const one of pieces(zoom, x, y)) ground += (1 - Math.abs(one.left)) * (1 - Math.abs(one.top));
        covered.push(ground);
      }}
      const back = placeAt(...tileAt(118.15, 24.73, 14), 14);
      console.log(JSON.stringify({{ moved: places.map((one) => gcj02(...one)), covered, back }}));
    """
    done = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    for (lon, lat), moved in zip(places, told["moved"], strict=True):
        wanted = geo.from_wgs84(lon, lat, geo.Datum.GCJ02)
        assert geo.distance_m(*moved, *wanted) < 0.001
    assert told["covered"] == pytest.approx([1.0] * len(told["covered"]))
    assert told["back"] == pytest.approx([118.15, 24.73])
