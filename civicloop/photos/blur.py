"""Copies for the public: faces and number plates made unreadable, made once and kept beside the other copies.

Nothing is published unblurred because a model is missing: then the copy is refused (`blur_models_missing`). No network finds every
face; `extra_boxes` hides what somebody saw, and docs/howto/papers.md says that a person looks before a paper is issued.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO

from django.core.files.base import File
from PIL import Image

from civicloop.kernel.refusal import Conflict
from civicloop.photos import finding
from civicloop.photos.copies import open_copy
from civicloop.photos.rules.address import Size, is_address
from civicloop.photos.rules.hiding import hide, shares_to_box
from civicloop.photos.rules.upright import as_jpeg
from civicloop.photos.storage import put, storage

# Part of every name. Raise it when models or recipe change, and all copies are made anew.
RECIPE = 1
Boxes = Sequence[tuple[float, float, float, float]]


def open_blurred(sha256: str, *, extra_boxes: Boxes = ()) -> File[bytes]:
    """The blurred copy, as large as the page copy, made now when nobody has made it.

    `extra_boxes`: more places to hide, as shares of width and height (x, y, width, height). Raises NotFound when the original is
    lost, Conflict `blur_models_missing` when it cannot be blurred here.
    """
    name = blurred_name(sha256, extra_boxes)
    try:
        return storage().open(name)
    except FileNotFoundError:
        make(sha256, extra_boxes=extra_boxes)
        return storage().open(name)


def make(sha256: str, *, extra_boxes: Boxes = ()) -> None:
    """Make the blurred copy. Two who do it at once write the same bytes."""
    if not finding.available():
        raise Conflict("blur_models_missing")
    with open_copy(sha256, Size.PAGE) as file:
        image = Image.open(BytesIO(file.read())).convert("RGB")
    data = as_jpeg(blurred(image, extra_boxes=extra_boxes), longest=Size.PAGE.pixels)
    put(blurred_name(sha256, extra_boxes), BytesIO(data), size=len(data), media_type="image/jpeg")


def blurred(image: Image.Image, *, extra_boxes: Boxes = ()) -> Image.Image:
    """The picture with faces, plates and the extra places hidden."""
    extra = [shares_to_box(share, image.size) for share in extra_boxes]
    return hide(image, [*finding.faces(image), *finding.plates(image), *extra])


def blurred_names(sha256: str) -> list[str]:
    """The names of all blurred copies there are of a picture, those with more places hidden and those of older recipes too."""
    found = []
    for recipe in range(1, RECIPE + 1):
        folder = f"copies/blurred-{recipe}/{sha256[:2]}"
        try:
            names = storage().listdir(folder)[1]
        except FileNotFoundError:
            continue
        found += [f"{folder}/{name}" for name in sorted(names) if name.startswith(sha256)]
    return found


def blurred_name(sha256: str, extra_boxes: Boxes = ()) -> str:
    """The name of the blurred copy in the store."""
    if not is_address(sha256):
        raise ValueError("not a SHA-256")
    mark = ""
    if extra_boxes:
        told = repr(sorted(tuple(round(part, 4) for part in box) for box in extra_boxes))
        mark = "-" + hashlib.sha256(told.encode()).hexdigest()[:12]
    return f"copies/blurred-{RECIPE}/{sha256[:2]}/{sha256}{mark}.jpg"
