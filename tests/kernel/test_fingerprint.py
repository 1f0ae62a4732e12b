"""Perceptual fingerprints, checked against ImageHash and against what they are for."""

import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance

from civicloop.kernel.fingerprint import dhash64, from_signed64, hamming, phash64, to_signed64

bits = st.integers(0, 2**64 - 1)


def picture(seed: int, mode: str = "RGB") -> Image.Image:
    """A made-up scene: soft light and some blocks, like a street seen through frosted glass."""
    rng = np.random.default_rng(seed)
    light = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)).resize(
        (320, 240), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(light)
    for _ in range(8):
        x, y, w, h = rng.integers(0, (280, 200, 90, 70)).tolist()
        draw.rectangle((x, y, x + w, y + h), fill=tuple(rng.integers(0, 255, 3).tolist()))
    return light.convert(mode)


def reference(found: imagehash.ImageHash) -> int:
    return int(str(found), 16)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "CMYK"])
@pytest.mark.parametrize("seed", range(8))
def test_our_hashes_are_those_of_imagehash(seed, mode):
    seen = picture(seed, mode)

    assert hamming(phash64(seen), reference(imagehash.phash(seen))) <= 2
    assert hamming(dhash64(seen), reference(imagehash.dhash(seen))) <= 2


@pytest.mark.parametrize("hash64", [phash64, dhash64])
def test_the_same_scene_smaller_and_brighter_stays_near(hash64):
    for seed in range(8):
        seen = picture(seed)
        again = ImageEnhance.Brightness(seen.resize((160, 120))).enhance(1.1)
        assert hamming(hash64(seen), hash64(again)) <= 8


@pytest.mark.parametrize("hash64", [phash64, dhash64])
def test_different_scenes_are_far_apart(hash64):
    hashes = [hash64(picture(seed)) for seed in range(12)]

    assert min(hamming(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) > 10


def test_a_picture_of_one_pixel_has_a_fingerprint():
    assert dhash64(Image.new("RGB", (1, 1))) == 0
    assert 0 <= phash64(Image.new("RGB", (1, 1))) < 2**64


@given(bits)
def test_a_fingerprint_survives_a_signed_column(value):
    assert -(2**63) <= to_signed64(value) < 2**63
    assert from_signed64(to_signed64(value)) == value


@given(bits, bits)
def test_distance_may_mix_signed_and_unsigned(a, b):
    assert hamming(a, b) == hamming(to_signed64(a), b) == bin(a ^ b).count("1")


@pytest.mark.parametrize("value", [-1, 2**64])
def test_more_than_64_bits_are_refused(value):
    with pytest.raises(ValueError, match="64-bit"):
        to_signed64(value)


@pytest.mark.parametrize("value", [-(2**63) - 1, 2**63])
def test_what_no_signed_column_holds_is_refused(value):
    with pytest.raises(ValueError, match="64-bit"):
        from_signed64(value)
