"""Vector tiles of the points (点位) that are inspected: each point where a street can be told, else counts by cell."""

from __future__ import annotations

from collections import Counter
from typing import Any

from civicloop.insight.mapcells import SPLIT, Cells, Tile
from civicloop.insight.maptiles import layer_of_cells, with_hyphens
from civicloop.kernel import mvt
from civicloop.kernel.tilekey import KEY_ZOOM, tile_numbered, tile_range
from civicloop.organisation.models import Point

POINTS_FROM = 12
MOST_POINTS = 3_000


def tile_of_points(tile: Tile) -> bytes:
    """The tile as MVT; empty bytes when there is nothing in it. One statement."""
    low, high = tile_range(*tile)
    rows = Point.objects.filter(active=True, tile_key__gte=low, tile_key__lt=high).order_by()
    if tile.z >= POINTS_FROM:
        found = list(rows.values_list("pk", "uid", "code", "name", "point_type", "lon", "lat")[: MOST_POINTS + 1])
        if len(found) <= MOST_POINTS:
            return mvt.encode([_layer(tile, found)]) if found else b""
    zoom = min(tile.z + SPLIT, KEY_ZOOM)
    shift = 2 * (KEY_ZOOM - zoom)
    numbers = Counter((key or 0) >> shift for key in rows.values_list("tile_key", flat=True).iterator())
    cells = sorted(numbers)
    places = [tile_numbered(cell) for cell in cells]
    return mvt.encode([layer_of_cells(tile, Cells(zoom, places, [numbers[cell] for cell in cells], []))])


def _layer(tile: Tile, rows: list[Any]) -> mvt.Layer:
    ids, uids, codes, names, kinds, lons, lats = zip(*rows, strict=True)
    xs, ys = mvt.steps(lons, lats, *tile)
    properties = {"uid": [with_hyphens(one) for one in uids], "code": codes, "name": names, "type": kinds}
    return mvt.Layer("points", xs, ys, properties, ids)
