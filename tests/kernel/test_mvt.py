"""Vector tiles of points: what two other programs read from them is what was written."""

from __future__ import annotations

import math
from pathlib import Path

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.mvt import EXTENT, Layer, encode, steps, varint
from civicloop.kernel.tilekey import tile_bounds

WORDS = st.text(max_size=40)
NUMBERS = st.integers(-(2**62), 2**62)
VALUES = st.one_of(WORDS, NUMBERS, st.booleans(), st.floats(allow_nan=False))
PLACES = st.integers(-EXTENT, 2 * EXTENT)


@st.composite
def layers(draw: st.DrawFn, name: str = "cases") -> Layer:
    many = draw(st.integers(1, 30))
    names = draw(st.lists(st.text(min_size=1, max_size=10), unique=True, max_size=4))
    column = st.lists(VALUES, min_size=many, max_size=many)
    places = st.lists(PLACES, min_size=many, max_size=many)
    ids = draw(st.none() | st.lists(st.integers(0, 2**53), min_size=many, max_size=many))
    return Layer(name, draw(places), draw(places), {one: draw(column) for one in names}, ids)


def read(body: bytes) -> dict:
    return mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})


@given(layers())
def test_another_reader_finds_every_point_with_its_properties(layer: Layer) -> None:
    found = read(encode([layer]))
    assert list(found) == ["cases"]
    assert found["cases"]["extent"] == EXTENT
    assert found["cases"]["version"] == 2
    features = found["cases"]["features"]
    assert [one["geometry"]["coordinates"] for one in features] == [
        list(at) for at in zip(layer.xs, layer.ys, strict=True)
    ]
    for number, one in enumerate(features):
        wanted = {name: column[number] for name, column in layer.properties.items()}
        assert one["properties"] == wanted
        assert {name: type(value) for name, value in one["properties"].items()} == {
            name: type(value) for name, value in wanted.items()
        }
        if layer.ids is not None:
            assert one.get("id", 0) == layer.ids[number]


def test_one_and_true_and_one_point_nought_are_three_values() -> None:
    found = read(encode([Layer("a", [1, 2, 3], [1, 2, 3], {"p": [1, True, 1.0]})]))
    values = [one["properties"]["p"] for one in found["a"]["features"]]
    assert [type(one) for one in values] == [int, bool, float]


def test_a_tile_without_points_is_empty() -> None:
    assert encode([]) == b""
    assert encode([Layer("a", [], [])]) == b""


def test_several_layers_stand_side_by_side() -> None:
    found = read(encode([Layer("a", [1], [2]), Layer("b", [3], [4], {"n": [5]})]))
    assert found["a"]["features"][0]["geometry"]["coordinates"] == [1, 2]
    assert found["b"]["features"][0]["properties"] == {"n": 5}


@pytest.mark.parametrize(
    "layer", [Layer("a", [1], []), Layer("a", [1], [1], {"n": []}), Layer("a", [1], [1], {}, [1, 2])]
)
def test_columns_of_other_lengths_are_refused(layer: Layer) -> None:
    with pytest.raises(ValueError, match="every column"):
        encode([layer])


@given(st.integers(0, 2**64))
def test_a_number_is_read_back_from_groups_of_seven_bits(value: int) -> None:
    body = varint(value)
    assert sum((byte & 127) << 7 * place for place, byte in enumerate(body)) == value
    assert all(byte & 128 for byte in body[:-1])
    assert not body[-1] & 128


@given(st.integers(0, 20), st.floats(-179, 179), st.floats(-80, 80))
def test_a_place_lies_where_its_share_of_the_tile_says(z: int, lon: float, lat: float) -> None:
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    (px,), (py,) = steps([lon], [lat], z, x, y)
    west, _, east, north = tile_bounds(z, x, y)
    assert 0 <= px < EXTENT
    assert 0 <= py < EXTENT
    assert abs(west + (east - west) * px / EXTENT - lon) <= (east - west) / EXTENT + 1e-9
    assert north >= lat - 1e-9


def test_gdal_reads_the_tile_too(tmp_path: Path) -> None:
    pyogrio = pytest.importorskip("pyogrio")
    if "MVT" not in pyogrio.list_drivers():
        pytest.skip("this GDAL has no driver for vector tiles")
    layer = Layer("cases", [0, 4095], [0, 4095], {"number": ["A000001", "创建-2"], "late": [0, 2]}, [1, 2])
    (tmp_path / "0.mvt").write_bytes(encode([layer]))
    assert [str(name) for name, _ in pyogrio.list_layers(tmp_path / "0.mvt")] == ["cases"]
    meta, _, places, columns = pyogrio.raw.read(tmp_path / "0.mvt", layer="cases")
    found = dict(zip(meta["fields"], columns, strict=True))
    assert list(found["number"]) == ["A000001", "创建-2"]
    assert list(found["late"]) == [0, 2]
    assert len(places) == 2
