#!/usr/bin/env python3
"""Draw the icons of the phone program: the mark of the house as PNG, plain and with the margin that phones cut away.

Usage: .venv/bin/python scripts/field_icons.py      (writes civicloop/web/static/field/icons/; the files are committed)
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "civicloop/web/static/field/icons"
TEAL, WHITE = (10, 90, 94), (255, 255, 255)
FINER = 4
"""Drawn so many times larger and shrunk, for smooth edges."""
# The mark in a square of 32, as in mark.svg: an open ring with round ends, and a dot.
RADIUS, STROKE, DOT = 10.0, 5.0, 3.5
OPENING = (-53.13, 0.0)
"""Degrees clockwise from east between which the ring is open."""


def draw(size: int, *, share: float, round_corners: bool) -> Image.Image:
    """The mark in white on teal; `share` is how much of the side the mark's square takes."""
    side = size * FINER
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    if round_corners:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side * 0.2, fill=TEAL)
    else:
        pen.rectangle((0, 0, side, side), fill=TEAL)
    unit, middle = side * share / 32, side / 2
    outer = (RADIUS + STROKE / 2) * unit
    pen.arc(
        (middle - outer, middle - outer, middle + outer, middle + outer),
        OPENING[1], 360 + OPENING[0], fill=WHITE, width=round(STROKE * unit),
    )  # fmt: skip
    for angle in OPENING:
        x = middle + RADIUS * unit * math.cos(math.radians(angle))
        y = middle + RADIUS * unit * math.sin(math.radians(angle))
        _dot(pen, x, y, STROKE / 2 * unit)
    _dot(pen, middle, middle, DOT * unit)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _dot(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=WHITE)


def main() -> None:
    """Write the three files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, size, share, round_corners in (
        ("192", 192, 0.86, True),
        ("512", 512, 0.86, True),
        ("maskable", 512, 0.62, False),
    ):
        image = draw(size, share=share, round_corners=round_corners)
        image.quantize(colors=64).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
