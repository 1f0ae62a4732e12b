"""Vector tiles of points, written as Mapbox Vector Tile 2.1 (protocol buffers by hand).

Our tiles hold points with plain properties and nothing else. A layer is given by columns, so that three thousand features take a
few milliseconds; general encoders take fifty and more (docs/adr/0023).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

EXTENT = 4096
"""Steps along one side of a tile."""
Value = str | int | float | bool

# Tags of the fields of the messages Tile, Layer, Feature and Value: number * 8 + wire type.
_TILE_LAYER = b"\x1a"
_NAME, _FEATURE, _KEY, _VALUE, _LAYER_EXTENT, _VERSION = b"\x0a", b"\x12", b"\x1a", b"\x22", b"\x28", b"\x78\x02"
_ID, _TAGS, _POINT, _GEOMETRY = b"\x08", b"\x12", b"\x18\x01", b"\x22"
_STRING, _DOUBLE, _UNSIGNED, _SIGNED, _BOOL = b"\x0a", b"\x19", b"\x28", b"\x30", b"\x38"
_MOVE_TO_ONE = b"\x09"


@dataclass(frozen=True)
class Layer:
    """Points of one kind. `xs` and `ys` count from the tile's north-west corner in steps of the extent; every column of
    `properties` and `ids` (where given: whole numbers from 0 on) has one entry for each point.
    """

    name: str
    xs: Sequence[int]
    ys: Sequence[int]
    properties: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    ids: Sequence[int] | None = None


def encode(layers: Sequence[Layer]) -> bytes:
    """The tile. Layers without points are left out; a tile without any is empty. Raises ValueError for columns of other lengths."""
    return b"".join(_TILE_LAYER + _sized(_layer(one)) for one in layers if len(one.xs))


def steps(lons: Sequence[float], lats: Sequence[float], z: int, x: int, y: int) -> tuple[list[int], list[int]]:
    """Places in WGS-84 degrees as steps within a tile; places beyond it come out below 0 or above the extent."""
    scale = (1 << z) * EXTENT
    left, top = x * EXTENT, y * EXTENT
    xs = [math.floor((lon + 180) / 360 * scale) - left for lon in lons]
    ys = [
        math.floor((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * scale) - top for lat in lats
    ]  # fmt: skip
    return xs, ys


def _layer(layer: Layer) -> bytes:
    many = len(layer.xs)
    columns = [layer.ys, *layer.properties.values(), *([] if layer.ids is None else [layer.ids])]
    if any(len(column) != many for column in columns):
        raise ValueError(f"layer {layer.name}: every column must have {many} entries")
    values: dict[tuple[type, Value], bytes] = {}
    tags = [b""] * many
    for number, column in enumerate(layer.properties.values()):
        marks = _marks(values, column, varint(number))
        tags = [tag + mark for tag, mark in zip(tags, marks, strict=True)]
    heads = [b""] * many if layer.ids is None else [_ID + varint(one) for one in layer.ids]
    parts = [_NAME, _text(layer.name)]
    for head, tag, x, y in zip(heads, tags, layer.xs, layer.ys, strict=True):
        place = _MOVE_TO_ONE + varint(x + x if x >= 0 else -x - x - 1) + varint(y + y if y >= 0 else -y - y - 1)
        body = head + _TAGS + varint(len(tag)) + tag + _POINT + _GEOMETRY + varint(len(place)) + place
        parts += (_FEATURE, varint(len(body)), body)
    for name in layer.properties:
        parts += (_KEY, _text(name))
    for kind, value in values:
        parts += (_VALUE, _sized(_written(kind, value)))
    return b"".join([*parts, _LAYER_EXTENT, varint(EXTENT), _VERSION])


def _marks(values: dict[tuple[type, Value], bytes], column: Sequence[Value], key: bytes) -> list[bytes]:
    """For each entry of a column the pair (key, value) as numbers; values met for the first time get the next number."""
    marks: dict[tuple[type, Value], bytes] = {}
    found = []
    for value in column:
        what = (type(value), value)
        mark = marks.get(what)
        if mark is None:
            number = values.get(what)
            if number is None:
                number = values[what] = varint(len(values))
            mark = marks[what] = key + number
        found.append(mark)
    return found


def _written(kind: type, value: Value) -> bytes:
    if kind is bool:
        return _BOOL + varint(int(value))
    if isinstance(value, str):
        return _STRING + _text(value)
    if isinstance(value, float):
        return _DOUBLE + struct.pack("<d", value)
    return _UNSIGNED + varint(value) if value >= 0 else _SIGNED + varint(-value - value - 1)


def varint(value: int) -> bytes:
    """A whole number from 0 on in groups of seven bits, the lowest first."""
    if value < len(_SMALL):
        return _SMALL[value]
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


_SMALL = [bytes([one]) if one < 128 else bytes([one & 127 | 128, one >> 7]) for one in range(1 << 14)]
"""Numbers of one or two bytes, which nearly all are."""


def _sized(body: bytes) -> bytes:
    return varint(len(body)) + body


def _text(text: str) -> bytes:
    return _sized(text.encode())
