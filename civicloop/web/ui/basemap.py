"""The ground under our own map: none, a PMTiles file, Tianditu, or any tiles by address. One line of the settings says which.

    none                                   own grids on empty ground (the default: nothing is fetched from anybody)
    pmtiles:/srv/city.pmtiles              a file of this server, handed out in ranges under /map/base.pmtiles
    pmtiles:https://host/city.pmtiles      a file elsewhere that answers ranges
    tianditu:KEY  ·  tianditu-img:KEY      天地图: streets, or pictures from the air, with labels; KEY is the browser key (tk)
    xyz:https://host/{z}/{x}/{y}.png       pictures by column and row

Plain Python without models: the settings read it for the content security policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DATUMS = ("wgs84", "cgcs2000", "gcj02")
TIANDITU_HOSTS = tuple(f"https://t{number}.tianditu.gov.cn" for number in range(8))
TIANDITU_LAYERS = {"tianditu": ("vec", "cva"), "tianditu-img": ("img", "cia")}
WMTS = (
    "{host}/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default&TILEMATRIXSET=w"
    "&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
MOST_ZOOM = 18


class BadBaseMap(ValueError):
    """The setting cannot be read. Raised when the program starts, so that nobody finds an empty map later."""


@dataclass(frozen=True)
class BaseMap:
    """What the browser needs to draw the ground, and which hosts it may ask.

    `datum` is what the ground is drawn in: CGCS2000 differs from WGS-84 by centimetres and is taken as equal; ground in GCJ-02 is
    moved back under our data by the browser. `file` is set where we hand the file out ourselves.
    """

    kind: str
    datum: str = "wgs84"
    note: str = ""
    sources: tuple[Mapping[str, Any], ...] = ()
    hosts: tuple[str, ...] = ()
    file: Path | None = field(default=None)

    def described(self, url_of_file: str) -> dict[str, Any]:
        """The JSON of /map/base.json; `url_of_file` is where we hand out a file of our own."""
        sources = [dict(one) for one in self.sources]
        for one in sources:
            if self.file is not None:
                one["url"] = url_of_file
        return {"kind": self.kind, "datum": self.datum, "note": self.note, "sources": sources}


def base_map(setting: str, datum: str = "", note: str = "") -> BaseMap:
    """Read the settings CIVICLOOP_BASE_MAP, CIVICLOOP_BASE_MAP_DATUM and CIVICLOOP_BASE_MAP_NOTE. Raises BadBaseMap."""
    kind, _colon, rest = (setting.strip() or "none").partition(":")
    if datum and datum not in DATUMS:
        raise BadBaseMap(f"CIVICLOOP_BASE_MAP_DATUM: {datum!r} is none of {', '.join(DATUMS)}")
    if kind == "none":
        return BaseMap("none", note=note)
    if not rest:
        raise BadBaseMap(f"CIVICLOOP_BASE_MAP: nothing after {kind!r}")
    if kind == "pmtiles":
        return _pmtiles(rest, datum or "wgs84", note)
    if kind in TIANDITU_LAYERS:
        return _tianditu(kind, rest, note)
    if kind == "xyz":
        return _xyz(rest, datum or "wgs84", note)
    raise BadBaseMap(f"CIVICLOOP_BASE_MAP: {kind!r} is none of none, pmtiles, tianditu, tianditu-img, xyz")


def _pmtiles(rest: str, datum: str, note: str) -> BaseMap:
    if datum == "gcj02":
        raise BadBaseMap("CIVICLOOP_BASE_MAP_DATUM: a PMTiles file in GCJ-02 cannot be moved; convert it to WGS-84")
    if rest.startswith(("https://", "http://")):
        return BaseMap("pmtiles", datum, note, ({"type": "pmtiles", "url": rest},), (_host(rest),))
    return BaseMap("pmtiles", datum, note, ({"type": "pmtiles"},), (), Path(rest))


def _tianditu(kind: str, key: str, note: str) -> BaseMap:
    if not key.isalnum():
        raise BadBaseMap("CIVICLOOP_BASE_MAP: a Tianditu key has letters and digits only")
    sources = tuple(
        {
            "type": "raster", "tileSize": 256, "maxzoom": MOST_ZOOM,
            "tiles": [WMTS.format(host=host, layer=layer, key=key) for host in TIANDITU_HOSTS],
        }
        for layer in TIANDITU_LAYERS[kind]
    )  # fmt: skip
    return BaseMap("tianditu", "cgcs2000", note or "天地图", sources, TIANDITU_HOSTS)


def _xyz(url: str, datum: str, note: str) -> BaseMap:
    if not all(mark in url for mark in ("{z}", "{x}", "{y}")):
        raise BadBaseMap("CIVICLOOP_BASE_MAP: xyz needs an address with {z}, {x} and {y}")
    source = {"type": "raster", "tileSize": 256, "maxzoom": MOST_ZOOM, "tiles": [url]}
    hosts = () if url.startswith("/") else (_host(url),)
    return BaseMap("xyz", datum, note, (source,), hosts)


def _host(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or set(parts.netloc) & set(" ;,'\""):
        raise BadBaseMap(f"CIVICLOOP_BASE_MAP: {url!r} is no address")
    return f"{parts.scheme}://{parts.netloc}"
