"""Photos as papers print them: the public copy, blurred where the paper is for the public, no larger than print needs."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

from civicloop.documents.rules.body import Picture
from civicloop.kernel.refusal import NotFound
from civicloop.photos import blur
from civicloop.photos.copies import open_copy
from civicloop.photos.rules.address import Size, is_address

DOTS_PER_MM = 200 / 25.4
QUALITY = 82
CELL_MM = 32.0


def bytes_of(one: Picture) -> bytes:
    """The picture as JPEG, at 200 dots per inch of its printed width at most.

    A photo whose file is lost is shown as an empty frame that says so. Raises Conflict `blur_models_missing` where the picture must
    be blurred and cannot be.
    """
    try:
        with _opened(one) as image:
            return _fitted(image, one.width_mm)
    except NotFound:
        return _lost(one.width_mm)


def small(sha256: str) -> bytes:
    """The photo as a small JPEG for a cell of a workbook; a lost one is an empty frame."""
    try:
        if not is_address(sha256):
            raise NotFound("photo", sha256)
        with open_copy(sha256, Size.THUMB) as file, Image.open(BytesIO(file.read())) as image:
            return _fitted(image, CELL_MM)
    except NotFound:
        return _lost(CELL_MM)


def remembered() -> Callable[[Picture], bytes]:
    """`bytes_of`, each picture read once: DOCX and PDF of a paper are written from the same bytes."""
    known: dict[Picture, bytes] = {}

    def one(picture: Picture) -> bytes:
        if picture not in known:
            known[picture] = bytes_of(picture)
        return known[picture]

    return one


def _opened(one: Picture) -> Image.Image:
    if not is_address(one.sha256):
        raise NotFound("photo", one.sha256)
    file = (
        blur.open_blurred(one.sha256, extra_boxes=one.extra_boxes) if one.blurred else open_copy(one.sha256, Size.PAGE)
    )
    with file:
        return Image.open(BytesIO(file.read()))


def _fitted(image: Image.Image, width_mm: float) -> bytes:
    most = round(width_mm * DOTS_PER_MM)
    if image.width > most:
        image.draft("RGB", (most, round(image.height * most / image.width)))  # a JPEG is unpacked smaller, and faster
        image = image.resize((most, round(image.height * most / image.width)), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _lost(width_mm: float) -> bytes:
    """An empty frame with a cross: what is not there is not made up."""
    size = (round(width_mm * 4), round(width_mm * 3))
    image = Image.new("RGB", size, "#f4f4f2")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, size[0] - 1, size[1] - 1), outline="#999")
    pen.line((0, 0, *size), fill="#ccc", width=2)
    pen.line((0, size[1], size[0], 0), fill="#ccc", width=2)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
