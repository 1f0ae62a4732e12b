"""One sortable number for a place: its Web Mercator tile at zoom 26, x and y interleaved (a quadkey as an integer).

A map tile of any zoom is then one range of keys, a box or a circle is a few ranges, on any database with a plain index.
Keys have 52 bits, so they are positive in a signed 64-bit column; a tile of zoom 26 is at most 0.6 m wide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from civicloop.kernel.geo import Box, box_around
from civicloop.kernel.refusal import Invalid

KEY_ZOOM = 26
MOST_LAT = 85.05112877980659
"""Where the Web Mercator square ends; places beyond are kept on its edge."""

Range = tuple[int, int]
"""First key and the key after the last."""

_SIDE = 1 << KEY_ZOOM
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def tile_key(lon: float, lat: float) -> int:
    """The key of a WGS-84 place in degrees."""
    x, y = tile_of(lon, lat, KEY_ZOOM)
    return _interleave(x, y)


def tile_keys(lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int64]:
    """The keys of many places at once."""
    lon = np.asarray(lons, dtype=np.float64)
    phi = np.radians(np.clip(np.asarray(lats, dtype=np.float64), -MOST_LAT, MOST_LAT))
    x = _whole((lon + 180) / 360)
    y = _whole((1 - np.arcsinh(np.tan(phi)) / math.pi) / 2)
    spread_x, spread_y = (_spread_array(value) for value in (x, y))
    return (spread_x | (spread_y << np.uint64(1))).astype(np.int64)


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Column and row of the tile of zoom ``z`` (0 to 26) that holds a place; rows count from the north."""
    _check_zoom(z)
    phi = math.radians(min(MOST_LAT, max(-MOST_LAT, lat)))
    x = int((lon + 180) / 360 * _SIDE)
    y = int((1 - math.asinh(math.tan(phi)) / math.pi) / 2 * _SIDE)
    return _clamp(x) >> KEY_ZOOM - z, _clamp(y) >> KEY_ZOOM - z


def tile_bounds(z: int, x: int, y: int) -> Box:
    """West, south, east and north of a tile."""
    _check_tile(z, x, y)
    side = 1 << z
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / side)))) for row in (y, y + 1))
    return Box(x / side * 360 - 180, south, (x + 1) / side * 360 - 180, north)


def tile_range(z: int, x: int, y: int) -> Range:
    """The keys of a tile: ``lo <= key < hi``."""
    _check_tile(z, x, y)
    shift = 2 * (KEY_ZOOM - z)
    key = _interleave(x, y)
    return key << shift, key + 1 << shift


def tile_numbered(number: int) -> tuple[int, int]:
    """Column and row of the tile whose keys all begin with `number`: a key shifted right by two for each zoom above the tile's."""
    return _gathered(number), _gathered(number >> 1)


def ranges_for_bbox(w: float, s: float, e: float, n: float, max_ranges: int = 16) -> list[Range]:
    """At most ``max_ranges`` ranges, in order and apart, that hold every place of the box; they may hold some more.

    A box whose west is greater than its east crosses the 180th meridian.
    """
    if not all(map(math.isfinite, (w, s, e, n))) or s > n:
        raise Invalid("bbox", "bad_box", bbox=[str(side) for side in (w, s, e, n)])
    if max_ranges < 1:
        raise ValueError("max_ranges must be at least 1")
    boxes = [(w, e)] if w <= e else [(w, 180.0), (-180.0, e)]
    finest: list[Range] = []
    for west, east in boxes:
        cells = _Cells(*tile_of(west, n, KEY_ZOOM), *tile_of(east, s, KEY_ZOOM))
        finest += _cover(cells, 3 * max_ranges)
    return _close_gaps(_merged(finest), max_ranges)


def ranges_around(lon: float, lat: float, metres: float) -> list[Range]:
    """At most four ranges that hold every place within ``metres``; measure the distance of what they find."""
    return ranges_for_bbox(*box_around(lon, lat, metres), max_ranges=4)


class _Cells(NamedTuple):
    """A rectangle of key cells, edges included."""

    left: int
    top: int
    right: int
    bottom: int

    def tiles(self, z: int) -> list[tuple[int, int]]:
        """All tiles of a zoom that the rectangle touches."""
        shift = KEY_ZOOM - z
        columns = range(self.left >> shift, (self.right >> shift) + 1)
        return [(x, y) for x in columns for y in range(self.top >> shift, (self.bottom >> shift) + 1)]

    def holds(self, z: int, x: int, y: int) -> bool:
        shift = KEY_ZOOM - z
        wide = self.left <= x << shift and (x + 1 << shift) - 1 <= self.right
        return wide and self.top <= y << shift and (y + 1 << shift) - 1 <= self.bottom

    def split(self, z: int, x: int, y: int) -> list[tuple[int, int]]:
        """The quarters of a tile of zoom ``z`` that the rectangle touches."""
        shift = KEY_ZOOM - z - 1
        columns = range(max(2 * x, self.left >> shift), min(2 * x + 1, self.right >> shift) + 1)
        rows = range(max(2 * y, self.top >> shift), min(2 * y + 1, self.bottom >> shift) + 1)
        return [(column, row) for column in columns for row in rows]


def _cover(cells: _Cells, enough: int) -> list[Range]:
    """Tiles over a rectangle: up to four about as large as it, then those sticking out are split."""
    zoom = KEY_ZOOM - max(cells.right - cells.left, cells.bottom - cells.top).bit_length()
    rim = cells.tiles(zoom)
    whole: list[Range] = []
    while rim:
        whole += [tile_range(zoom, *part) for part in rim if cells.holds(zoom, *part)]
        rim = [part for part in rim if not cells.holds(zoom, *part)]
        parts = [quarter for part in rim for quarter in cells.split(zoom, *part)]
        if len(whole) + len(parts) > enough:
            break
        rim, zoom = parts, zoom + 1
    return whole + [tile_range(zoom, *part) for part in rim]


def _merged(ranges: Iterable[Range]) -> list[Range]:
    merged: list[Range] = []
    for lo, hi in sorted(ranges):
        if merged and lo <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(hi, merged[-1][1]))
        else:
            merged.append((lo, hi))
    return merged


def _close_gaps(ranges: list[Range], most: int) -> list[Range]:
    """Bridge the smallest gaps, which add the least ground, until few enough ranges are left."""
    spare = len(ranges) - most
    if spare <= 0:
        return ranges
    gaps = sorted(range(1, len(ranges)), key=lambda i: ranges[i][0] - ranges[i - 1][1])[:spare]
    bridged = set(gaps)
    kept = [ranges[0]]
    for i, (lo, hi) in enumerate(ranges[1:], 1):
        if i in bridged:
            kept[-1] = (kept[-1][0], hi)
        else:
            kept.append((lo, hi))
    return kept


def _interleave(x: int, y: int) -> int:
    return _spread(x) | _spread(y) << 1


def _spread(value: int) -> int:
    for shift, mask in _SPREAD:
        value = (value | value << shift) & mask
    return value


def _gathered(value: int) -> int:
    value &= _SPREAD[-1][1]
    for (shift, _), (_, mask) in zip(reversed(_SPREAD), [*reversed(_SPREAD[:-1]), (0, 0xFFFFFFFF)], strict=True):
        value = (value | value >> shift) & mask
    return value


def _spread_array(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    for shift, mask in _SPREAD:
        value = (value | (value << np.uint64(shift))) & np.uint64(mask)
    return value


def _whole(share: NDArray[np.float64]) -> NDArray[np.uint64]:
    return np.clip((share * _SIDE).astype(np.int64), 0, _SIDE - 1).astype(np.uint64)


def _clamp(value: int) -> int:
    return min(_SIDE - 1, max(0, value))


def _check_zoom(z: int) -> None:
    if not 0 <= z <= KEY_ZOOM:
        raise Invalid("tile", "no_such_tile", z=z)


def _check_tile(z: int, x: int, y: int) -> None:
    _check_zoom(z)
    if not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Invalid("tile", "no_such_tile", z=z, x=x, y=y)
