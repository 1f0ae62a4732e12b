"""GeoJSON, feature by feature.

Properties are columns; the geometry is the column `geometry`, that of a point also the columns `lon` and `lat`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from civicloop.importing.readers.table import Row, Table
from civicloop.kernel.refusal import Invalid

GEOMETRY = "geometry"
# Old files may name another system than WGS 84; CGCS2000 (4490) differs by centimetres.
NAMED_SYSTEM = re.compile(rb'"crs"\s*:\s*\{.*?"name"\s*:\s*"([^"]*)"', re.DOTALL)
KNOWN_SYSTEM = re.compile(rb"(CRS84|EPSG:{1,2}4326|EPSG:{1,2}4490)$")
HEAD = 65_536


@contextmanager
def open_geojson(path: Path) -> Iterator[Table]:
    """The features of a FeatureCollection."""
    with path.open("rb") as file:
        named = NAMED_SYSTEM.search(file.read(HEAD))
        if named and not KNOWN_SYSTEM.search(named.group(1)):
            raise Invalid("file", "crs_unsupported", crs=named.group(1).decode(errors="replace"))
        file.seek(0)
        yield Table((), _rows(file, path), path.stat().st_size, file.tell)


def _rows(file: BinaryIO, path: Path) -> Iterator[Row]:
    number = 0
    features = ijson.items(file, "features.item", use_float=True)
    while True:
        try:
            feature = next(features)
        except StopIteration:
            break
        except (ijson.JSONError, ValueError, UnicodeDecodeError) as fault:
            raise Invalid("file", "broken_json", file=path.name, after=number, why=str(fault)[:200]) from fault
        number += 1
        yield _row(number, feature)
    if number == 0:
        raise Invalid("file", "no_features", file=path.name)


def _row(number: int, feature: Any) -> Row:
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties") or {}, Mapping):
        return Row(number, {}, Invalid("row", "not_a_feature"))
    cells = {str(name): _plain(value) for name, value in (feature.get("properties") or {}).items()}
    if feature.get("id") is not None:
        cells.setdefault("id", feature["id"])
    geometry = feature.get(GEOMETRY)
    cells[GEOMETRY] = geometry
    if isinstance(geometry, Mapping) and geometry.get("type") == "Point":
        place = geometry.get("coordinates")
        if isinstance(place, list) and len(place) >= 2:
            cells.update(lon=place[0], lat=place[1])
    return Row(number, cells)


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
