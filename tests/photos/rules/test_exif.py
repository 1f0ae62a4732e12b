"""What is read from EXIF, and that junk in it never hinders."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from civicloop.photos.rules.exif import Told, read_exif
from tests.photos.pictures import as_bytes, camera_exif, street

EAST_EIGHT = timezone(timedelta(hours=8))


def told(data: bytes) -> Told:
    with Image.open(BytesIO(data)) as image:
        return read_exif(image, zone=EAST_EIGHT)


def told_with(*, camera: dict[int, Any] | None = None, gps: dict[int, Any] | None = None) -> Told:
    exif = camera_exif()
    exif.get_ifd(IFD.Exif).update(camera or {})
    exif.get_ifd(IFD.GPSInfo).update(gps or {})
    return told(as_bytes(street((64, 48)), exif=exif))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_time_place_and_device_are_read_from_every_kind(kind: str) -> None:
    found = told(as_bytes(street((64, 48)), kind, exif=camera_exif()))

    assert found.taken_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert (found.lon, found.lat) == (118.15, 24.725)
    assert (found.fields["make"], found.fields["model"], found.fields["software"]) == (
        "Lotus", "Phone 9", "PictureEditor 3",
    )  # fmt: skip


def test_a_time_without_offset_is_the_citys() -> None:
    found = told(as_bytes(street((64, 48)), exif=camera_exif(offset=None)))

    assert found.taken_at == datetime(2026, 11, 23, 9, tzinfo=EAST_EIGHT)


def test_the_offset_counts_where_it_is_written() -> None:
    assert told_with(camera={Base.OffsetTimeOriginal: "-05:30"}).taken_at == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2026:13:45 09:00:00", "1826:11:23 09:00:00", "noon", ""]
)
def test_a_time_that_cannot_be_is_none(text: str) -> None:
    assert told_with(camera={Base.DateTimeOriginal: text}).taken_at is None


def test_the_time_of_editing_is_not_taken_for_the_time_of_the_picture() -> None:
    exif = Image.Exif()
    exif[Base.DateTime] = "2026:11:24 10:00:00"
    found = told(as_bytes(street((64, 48)), exif=exif))

    assert found.taken_at is None
    assert found.fields["modified"] == "2026:11:24 10:00:00"


def test_south_and_west_are_negative() -> None:
    found = told_with(gps={GPS.GPSLatitudeRef: "S", GPS.GPSLongitudeRef: "W"})

    assert (found.lon, found.lat) == (-118.15, -24.725)


@pytest.mark.parametrize(
    "gps",
    [
        {GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)},
        {GPS.GPSLatitude: (91.0, 0.0, 0.0)},
        {GPS.GPSLongitude: (180.0, 0.0, 1.0)},
        {GPS.GPSLongitudeRef: "?"},
        {GPS.GPSLatitude: (24.0, 43.0)},
    ],
    ids=["0/0", "beyond the pole", "beyond the date line", "no side", "half"],
)
def test_a_place_that_cannot_be_is_none(gps: dict[int, Any]) -> None:
    found = told_with(gps=gps)

    assert (found.lon, found.lat) == (None, None)


def test_texts_lose_what_databases_and_pages_cannot_bear() -> None:
    exif = camera_exif()
    exif[Base.Software] = "Edit\x00or\x1b[31m" + "x" * 5000
    found = told(as_bytes(street((64, 48)), exif=exif))

    text = json.dumps(dict(found.fields))
    assert "\\u0000" not in text
    assert "\\u001b" not in text
    assert len(found.fields["software"]) <= 200


def test_orientation_out_of_range_is_upright() -> None:
    exif = camera_exif(orientation=77)

    assert told(as_bytes(street((64, 48)), exif=exif)).orientation == 1


def test_a_picture_without_exif_tells_nothing() -> None:
    assert told(as_bytes(street((64, 48)))) == Told()


@given(junk=st.binary(max_size=300), start=st.integers(0, 250))
@settings(max_examples=200)
def test_junk_never_hinders(junk: bytes, start: int) -> None:
    exif = bytearray(camera_exif().tobytes())
    exif[6 + start : 6 + start + len(junk)] = junk
    found = told(as_bytes(street((16, 16)), exif=bytes(exif)))

    assert (found.lon is None) == (found.lat is None)
    assert found.taken_at is None or found.taken_at.tzinfo is not None
    assert json.loads(json.dumps(dict(found.fields), allow_nan=False)) == found.fields
    assert "\x00" not in json.dumps(dict(found.fields), ensure_ascii=False)
