"""What counts as a picture, judged by its bytes: a file's name and the type its sender claims are never asked.

The header is read first, so that a picture with too many pixels is refused before one of them is unpacked.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import tzinfo
from typing import BinaryIO

from PIL import Image
from pillow_heif import register_heif_opener

from civicloop.kernel.refusal import Invalid, TooLarge
from civicloop.photos.rules.address import Size
from civicloop.photos.rules.exif import Told, read_exif
from civicloop.photos.rules.upright import upright

register_heif_opener()

MEGABYTE = 1024 * 1024
MAX_MEGABYTES = 30
MAX_MEGAPIXELS = 50
# Pillow's names of the kinds we take. MPO is a JPEG with a second picture behind it, as many phones write.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that could be read to its end. `width` and `height` are as people see it, in pixels of the original.

    `image` is at most as large as the larger public copy, upright, RGB, without metadata.
    """

    media_type: str
    width: int
    height: int
    told: Told
    image: Image.Image


def read_picture(file: BinaryIO, *, zone: tzinfo) -> Picture:
    """Read the whole picture. Raises Invalid for what is none or is broken, TooLarge for too many pixels."""
    with _open(file) as opened:
        kind, (width, height) = opened.format or "", opened.size
        told = read_exif(opened, zone=zone)
        try:
            image = upright(opened, longest=Size.PAGE.pixels, orientation=told.orientation)
        except Exception as problem:
            raise _broken(problem) from problem
    if told.orientation >= 5:  # lies on its side
        width, height = height, width
    return Picture(MEDIA_TYPES[kind], width, height, told, image)


def _open(file: BinaryIO) -> Image.Image:
    file.seek(0)
    _refuse_bomb(*_webp_extent(file.read(30)))
    file.seek(0)
    try:
        opened = Image.open(file, formats=("JPEG", "PNG", "WEBP", "HEIF"))
    except Image.UnidentifiedImageError as problem:
        raise Invalid("photo", "photo_unknown_kind", kinds=("JPEG", "PNG", "WebP", "HEIC")) from problem
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise _too_many_pixels() from problem
    except Exception as problem:
        raise _broken(problem) from problem
    _refuse_bomb(*opened.size)
    return opened


def _refuse_bomb(width: int, height: int) -> None:
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise _too_many_pixels()


def _too_many_pixels() -> TooLarge:
    return TooLarge("photo", "photo_too_many_pixels", megapixels=MAX_MEGAPIXELS)


def _broken(problem: Exception) -> Exception:
    """Decoders meet bad pictures with every kind of error. What is the machine's fault stays its error."""
    if isinstance(problem, MemoryError) or (isinstance(problem, OSError) and problem.errno is not None):
        return problem
    return Invalid("photo", "photo_broken")


def _webp_extent(head: bytes) -> tuple[int, int]:
    """Width and height in the header of a WebP, else 0, 0: Pillow's reader makes its canvas as soon as it opens one.

    RFC 9649, 2.5 (lossy), 2.6 (lossless), 2.7 (extended).
    """
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0, 0
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    return 0, 0
