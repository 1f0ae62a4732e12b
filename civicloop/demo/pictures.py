"""Drawn street scenes, before and after: nobody's street and nobody's face."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 360
GROUND = 210
Colour = tuple[int, int, int]
WALLS: tuple[Colour, ...] = ((222, 206, 186), (201, 210, 214), (216, 196, 190), (206, 214, 196), (228, 220, 204))
RUBBISH: tuple[Colour, ...] = (
    (84, 98, 84),
    (120, 104, 88),
    (62, 72, 96),
    (150, 140, 130),
    (170, 60, 50),
    (230, 226, 214),
)


def picture(place: str, theme: str, *, after: bool, far: bool = False) -> bytes:
    """A JPEG of a place. The same place always looks the same; `theme` is what is wrong there until it is put right.

    `far` shows the same view from farther away, with more of the sky.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), (206, 222, 234))
    draw = ImageDraw.Draw(image)
    _street(draw, Random(f"street:{place}"))
    if not after:
        _trouble(draw, theme, Random(f"trouble:{place}:{theme}"))
    if far:
        small = image.resize((WIDTH * 2 // 3, HEIGHT * 2 // 3))
        image.paste((206, 222, 234), (0, 0, WIDTH, HEIGHT))
        image.paste((120, 122, 126), (0, HEIGHT * 3 // 4, WIDTH, HEIGHT))
        image.paste(small, (WIDTH // 6, HEIGHT // 4))
    ImageDraw.Draw(image).text((8, HEIGHT - 18), "CivicLoop demo, drawn", fill=(250, 250, 250))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=78)
    return file.getvalue()


def _street(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Houses with windows and doors, a pavement, a kerb and a road, perhaps a tree."""
    x = 0
    while x < WIDTH:
        wide, top = rng.randint(70, 130), rng.randint(40, 110)
        draw.rectangle((x, top, x + wide, GROUND), fill=rng.choice(WALLS), outline=(150, 144, 138))
        for left in range(x + 12, x + wide - 18, 28):
            for upper in range(top + 14, GROUND - 46, 34):
                draw.rectangle((left, upper, left + 14, upper + 18), fill=(112, 134, 150))
        draw.rectangle((x + wide // 2 - 10, GROUND - 36, x + wide // 2 + 10, GROUND), fill=(108, 84, 66))
        x += wide
    draw.rectangle((0, GROUND, WIDTH, GROUND + 60), fill=(188, 184, 178))
    for line in range(0, WIDTH, 24):
        draw.line((line, GROUND, line - 14, GROUND + 60), fill=(172, 168, 162))
    draw.rectangle((0, GROUND + 60, WIDTH, GROUND + 66), fill=(148, 144, 140))
    draw.rectangle((0, GROUND + 66, WIDTH, HEIGHT), fill=(104, 106, 110))
    for line in range(rng.randint(0, 40), WIDTH, 80):
        draw.rectangle((line, GROUND + 106, line + 40, GROUND + 110), fill=(222, 222, 216))
    if rng.random() < 0.7:
        trunk = rng.randint(30, WIDTH - 60)
        draw.rectangle((trunk, GROUND - 40, trunk + 8, GROUND + 20), fill=(96, 78, 60))
        draw.ellipse((trunk - 34, GROUND - 120, trunk + 42, GROUND - 30), fill=(92, 132, 84))


def _trouble(draw: ImageDraw.ImageDraw, theme: str, rng: Random) -> None:
    match theme[:2]:
        case "09":
            _vehicles(draw, rng)
        case "07":
            _stickers(draw, rng)
        case "01" | "02":
            _hole(draw, rng)
        case _:
            _heap(draw, rng)


def _heap(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A pile of things on the pavement."""
    middle = rng.randint(110, WIDTH - 110)
    for _ in range(rng.randint(22, 40)):
        x, y = middle + rng.gauss(0, 38), GROUND + 50 - abs(rng.gauss(0, 18))
        size = rng.randint(8, 24)
        draw.polygon([(x, y), (x + size, y - rng.randint(2, size)), (x + size + 6, y + 6), (x + 4, y + size // 2)],
                     fill=rng.choice(RUBBISH), outline=(60, 58, 54))  # fmt: skip


def _vehicles(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Bicycles and scooters all over the pavement."""
    for _ in range(rng.randint(5, 9)):
        x, y = rng.randint(20, WIDTH - 90), GROUND + rng.randint(14, 44)
        colour = rng.choice(RUBBISH)
        for wheel in (0, 40):
            draw.ellipse((x + wheel, y, x + wheel + 24, y + 24), outline=(40, 40, 42), width=3)
        draw.line((x + 12, y + 12, x + 26, y - 6, x + 52, y + 12), fill=colour, width=4)
        draw.line((x + 26, y - 6, x + 22, y - 16), fill=(40, 40, 42), width=3)


def _stickers(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Bills stuck on the walls."""
    for _ in range(rng.randint(14, 26)):
        x, y = rng.randint(10, WIDTH - 40), rng.randint(GROUND - 90, GROUND - 20)
        draw.rectangle(
            (x, y, x + rng.randint(10, 26), y + rng.randint(8, 18)), fill=(242, 236, 206), outline=(190, 60, 50)
        )


def _hole(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Broken ground."""
    x, y = rng.randint(120, WIDTH - 200), GROUND + rng.randint(22, 90)
    draw.ellipse(
        (x, y, x + rng.randint(60, 110), y + rng.randint(20, 34)), fill=(58, 56, 54), outline=(150, 146, 140), width=4
    )
    for _ in range(6):
        ends = (x + rng.randint(-60, 150), y + rng.randint(-16, 46))
        draw.line((x + 40, y + 14, *ends), fill=(70, 68, 66), width=2)
