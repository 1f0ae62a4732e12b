"""Making parts of a picture unreadable for good, and what counts as the text of a number plate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

CELLS = 4
"""A hidden part is replaced by so many mean colours each way: a face of 16 plain patches is nobody's face."""
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SPECIAL = "使领挂学警港澳试超应急"
# GA 36-2018: province, letter of the city, five (or six, green plates) letters and digits; the reader may take the first sign for
# another or lose the dot.
PLATE = re.compile(rf"[{PROVINCES}][A-Z][A-Z0-9{SPECIAL}]{{4,6}}|^.?[A-Z][A-Z0-9]{{5,6}}[{SPECIAL}]?$")
_NOT_SIGNS = re.compile(r"[^0-9A-Z\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture in pixels: left, top, right, bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    def padded(self, share: float, size: tuple[int, int]) -> Box:
        """Larger by a share of its sides, within the picture of that size."""
        dx, dy = round(self.width * share) + 2, round(self.height * share) + 2
        wide, high = size
        return Box(
            max(0, self.left - dx), max(0, self.top - dy), min(wide, self.right + dx), min(high, self.bottom + dy)
        )


def is_plate_text(text: str) -> bool:
    """Whether a text reads like a number plate: province, letter, four to six letters and digits."""
    bare = _NOT_SIGNS.sub("", text.upper())
    return PLATE.search(bare) is not None and any(char.isdigit() for char in bare)


def hide(image: Image.Image, boxes: Iterable[Box]) -> Image.Image:
    """A copy in which every box is a mosaic of its mean colours. What was there cannot be brought back."""
    done = image.copy()
    for box in boxes:
        if box.width < 1 or box.height < 1:
            continue
        area = (box.left, box.top, box.right, box.bottom)
        few = image.crop(area).resize((CELLS, CELLS), Image.Resampling.BOX)
        done.paste(few.resize((box.width, box.height), Image.Resampling.NEAREST), area)
    return done


def shares_to_box(share: tuple[float, float, float, float], size: tuple[int, int]) -> Box:
    """A place given as shares of width and height (x, y, width, height) in pixels."""
    x, y, width, height = (min(max(part, 0.0), 1.0) for part in share)
    return Box(
        int(x * size[0]),
        int(y * size[1]),
        min(size[0], round((x + width) * size[0])),
        min(size[1], round((y + height) * size[1])),
    )
