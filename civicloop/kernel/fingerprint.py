"""Perceptual fingerprints of pictures: near pictures have fingerprints that differ in few of their 64 bits.

The two hashes are those of Zauner (2010, pHash: low frequencies of the cosine transform against their median) and of
Krawetz (2013, dHash: is each cell brighter than its left neighbour), bit for bit in the order ImageHash uses. Give them
a picture that is already decoded within the pixel limit and turned upright; shrinking it first changes next to nothing.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BITS = 64

_CELLS = 8
_PIXELS = 32
_WRAP = 1 << BITS


def phash64(image: Image.Image) -> int:
    """The pHash of a picture, 0 to 2^64 - 1; steady under scaling, recompression, brightness and slight blur."""
    waves = _LOW_WAVES @ _grey(image, _PIXELS, _PIXELS) @ _LOW_WAVES.T
    return _pack(waves > np.median(waves))


def dhash64(image: Image.Image) -> int:
    """The dHash of a picture, 0 to 2^64 - 1; looks at neighbouring cells, so it errs in other places than pHash."""
    cells = _grey(image, _CELLS + 1, _CELLS)
    return _pack(cells[:, 1:] > cells[:, :-1])


def hamming(a: int, b: int) -> int:
    """In how many of the 64 bits two fingerprints differ; signed and unsigned forms may be mixed."""
    return ((a ^ b) % _WRAP).bit_count()


def to_signed64(value: int) -> int:
    """A fingerprint as databases keep it, in a signed 64-bit column."""
    if not 0 <= value < _WRAP:
        raise ValueError("not a 64-bit fingerprint")
    return value - _WRAP if value >> BITS - 1 else value


def from_signed64(value: int) -> int:
    """A fingerprint read back from a signed 64-bit column."""
    if not -(_WRAP >> 1) <= value < _WRAP >> 1:
        raise ValueError("not a signed 64-bit number")
    return value % _WRAP


def _grey(image: Image.Image, width: int, height: int) -> NDArray[np.float64]:
    small = image.convert("L").resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(small, dtype=np.float64)


def _pack(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _cosines(waves: int, pixels: int) -> NDArray[np.float64]:
    """The first rows of the DCT-II matrix, not normalised."""
    wave, pixel = np.ogrid[:waves, :pixels]
    return np.asarray(2 * np.cos(math.pi * wave * (2 * pixel + 1) / (2 * pixels)), dtype=np.float64)


_LOW_WAVES = _cosines(_CELLS, _PIXELS)
