"""What counts as a picture, by its bytes alone."""

from __future__ import annotations

import struct
import tracemalloc
from datetime import UTC
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from civicloop.kernel.refusal import Invalid, TooLarge
from civicloop.photos.rules.picture import Picture, read_picture
from civicloop.photos.rules.upright import as_jpeg
from tests.photos.pictures import as_bytes, camera_exif, jpeg_bomb, png_bomb, street, webp_bomb


def read(data: bytes) -> Picture:
    return read_picture(BytesIO(data), zone=UTC)


def outcome(data: bytes) -> str:
    """What became of it: "read", or the code of the refusal; any other error fails the test."""
    try:
        read(data)
    except Invalid as refused:
        return refused.code
    return "read"


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpegs_of_all_colours_are_read(mode: str) -> None:
    assert read(as_bytes(street(mode=mode))).image.mode == "RGB"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_pngs_of_all_colours_are_read(mode: str) -> None:
    drawn = (
        street(mode="L").convert("I").point(lambda v: v * 256).convert(mode) if mode == "I;16" else street(mode=mode)
    )
    image = read(as_bytes(drawn, "PNG")).image

    brightness = image.convert("L").getpixel((400, 220))
    assert isinstance(brightness, (int, float))
    assert brightness > 150, "the yellow ball stays bright"


def test_what_is_transparent_becomes_white() -> None:
    image = read(as_bytes(Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "PNG")).image

    assert image.getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_kind_stands_upright_however_it_was_held(kind: str, orientation: int) -> None:
    turned = {
        1: [], 2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4],
    }[orientation]  # fmt: skip
    held = street()
    for turn in turned:
        held = held.transpose(Image.Transpose(turn))
    found = read(as_bytes(held, kind, exif=camera_exif(orientation=orientation)))

    assert (found.width, found.height) == (640, 480) == found.image.size
    red, green, _ = found.image.getpixel((20, 20))  # type: ignore[misc]
    assert red > 180 > green


@pytest.mark.parametrize(
    "bomb",
    [png_bomb(10_000, 5_001), png_bomb(50_000, 50_000), webp_bomb(16_000, 16_000), jpeg_bomb(60_000, 60_000)],
    ids=["png just over", "png", "webp", "jpeg"],
)
def test_too_many_pixels_are_refused_from_the_header(bomb: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(TooLarge, match="photo_too_many_pixels"):
        read(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize(
    "header",
    [
        webp_bomb(16_000, 16_000)[:30],
        b"RIFF\xff\xff\0\0WEBPVP8 \xff\xff\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 16_000, 16_000),
        b"RIFF\xff\xff\0\0WEBPVP8L\xff\xff\0\0\x2f" + struct.pack("<I", 15_999 | 15_999 << 14) + bytes(5),
    ],
    ids=["extended", "lossy", "lossless"],
)
def test_the_header_of_a_webp_is_enough_to_refuse_it(header: bytes) -> None:
    with pytest.raises(TooLarge, match="photo_too_many_pixels"):
        read(header)


def test_a_heic_that_promises_too_many_pixels_is_refused() -> None:
    data = as_bytes(street(), "HEIF")
    told, promised = struct.pack(">II", 640, 480), struct.pack(">II", 30_000, 30_000)

    with pytest.raises(TooLarge, match="photo_too_many_pixels"):
        read(data.replace(b"ispe" + bytes(4) + told, b"ispe" + bytes(4) + promised))


def test_fifty_megapixels_are_taken() -> None:
    found = read(as_bytes(Image.new("L", (10_000, 5_000), 128), "PNG"))

    assert (found.width, found.height, found.image.size) == (10_000, 5_000, (1600, 800))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(kind: str, share: float) -> None:
    data = as_bytes(Image.effect_noise((400, 300), 80).convert("RGB"), kind)

    with pytest.raises(Invalid):
        read(data[: int(len(data) * share)])


def test_a_truncated_large_jpeg_is_refused_although_it_is_decoded_smaller() -> None:
    data = as_bytes(Image.effect_noise((4000, 3000), 80).convert("RGB"))

    with pytest.raises(Invalid, match="photo_broken"):
        read(data[: len(data) * 9 // 10])


@given(data=st.binary(max_size=200), kind=st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF"]), at=st.integers(0, 600))
@settings(max_examples=300)
def test_broken_bytes_are_read_or_refused_and_nothing_else(data: bytes, kind: str, at: int) -> None:
    whole = bytearray(as_bytes(street((48, 48)), kind))
    whole[at : at + len(data)] = data
    codes = {"photo_unknown_kind", "photo_broken", "photo_too_many_pixels"}

    assert outcome(bytes(whole)) in codes | {"read"}


def test_a_phones_double_picture_is_a_jpeg() -> None:
    data = as_bytes(street(), "MPO", save_all=True, append_images=[street((320, 240))])

    found = read(data)

    assert (found.media_type, found.width) == ("image/jpeg", 640)


def test_a_copy_carries_no_profile_comment_or_text() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = as_bytes(street(), icc_profile=profile, comment=b"my secret address", exif=camera_exif())

    copy = as_jpeg(read(data).image, longest=320)

    with Image.open(BytesIO(copy)) as image:
        assert image.size == (320, 240)
        assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert b"secret" not in copy


def test_a_colour_profile_that_is_junk_is_ignored() -> None:
    assert read(as_bytes(street(), icc_profile=b"junk" * 50)).image.size == (640, 480)


def test_small_pictures_are_not_blown_up() -> None:
    with Image.open(BytesIO(as_jpeg(read(as_bytes(street((100, 80)))).image, longest=320))) as image:
        assert image.size == (100, 80)
