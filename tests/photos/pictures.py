"""Pictures drawn for tests, and bytes that are none."""

from __future__ import annotations

import hashlib
import struct
import zlib
from io import BytesIO, RawIOBase
from typing import Any

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

from civicloop.photos.rules import picture as _picture  # noqa: F401  teaches Pillow to write HEIC


def street(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Sky, road and a red bin in the upper left corner, so that every turn of it looks different."""
    width, height = size
    image = Image.new("RGB", size, (120, 170, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height // 2, width, height), fill=(90, 90, 90))
    draw.rectangle((0, 0, width // 4, height // 4), fill=(220, 30, 30))
    draw.ellipse((width // 2, height // 3, width * 3 // 4, height * 3 // 4), fill=(240, 220, 60))
    return image.convert(mode)


def as_bytes(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    if kind == "HEIF" and "exif" in options:
        options["exif"] = options["exif"].tobytes()  # only from bytes does the encoder learn how the camera was held
    image.save(out, kind, **options)
    return out.getvalue()


def camera_exif(*, orientation: int = 1, offset: str | None = "+08:00") -> Image.Exif:
    """What a phone writes that stood in Tong'an at nine on Monday morning."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Lotus", "Phone 9"
    exif[Base.Software], exif[Base.Orientation] = "PictureEditor 3", orientation
    camera: dict[int, Any] = {Base.DateTimeOriginal: "2026:11:23 09:00:00"}
    if offset:
        camera[Base.OffsetTimeOriginal] = offset
    exif.get_ifd(IFD.Exif).update(camera)
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (24.0, 43.0, 30.0),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (118.0, 9.0, 0.0),
        }
    )
    return exif


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG whose header promises that many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((width // 8 + 1) * min(height, 1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def webp_bomb(width: int, height: int) -> bytes:
    """An animated WebP whose extended header promises that many pixels."""
    frames = [street((32, 32)), street((32, 32)).rotate(90)]
    data = bytearray(as_bytes(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    assert data[12:16] == b"VP8X"
    data[24:27], data[27:30] = (width - 1).to_bytes(3, "little"), (height - 1).to_bytes(3, "little")
    return bytes(data)


def jpeg_bomb(width: int, height: int) -> bytes:
    """A JPEG whose frame header promises that many pixels."""
    data = bytearray(as_bytes(street((64, 64))))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Zeros(RawIOBase):
    """An upload of so many zeros. `taken` counts what was read."""

    def __init__(self, size: int) -> None:
        self.size, self.taken = size, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = min(self.size - self.taken, size if size >= 0 else self.size)
        self.taken += piece
        return bytes(piece)
