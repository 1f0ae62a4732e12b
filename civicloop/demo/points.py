"""The points (点位) of the demo city: 1 200 places of the types that the civilised-city pack names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import shapely

from civicloop.demo.land import Land, Plot

POINTS = 1200
# Types that every village has, by how many; what is not named is rare. In class A there are three times as many as in C.
OFTEN = {
    "WM03": 6, "WM05": 12, "WM09": 12, "WM10": 14, "WM11": 7, "WM12": 7, "WM17": 5, "WM18": 10, "WM19": 4, "WM20": 5, "WM21": 9,
    "WM23": 4, "WM24": 4, "WM25": 5, "WM26": 4, "WM08": 5, "WM36": 5,
}  # fmt: skip
BY_CLASS = {"A": 3.0, "B": 1.6, "C": 1.0}
# Points nobody answers for, on purpose.
GAPS_IN = 60


@dataclass(frozen=True, slots=True)
class Spot:
    """A point: its code, name, type, the grid it lies in, and whether somebody answers for it."""

    code: str
    name: str
    point_type: str
    plot: Plot
    lon: float
    lat: float
    owned: bool


def spots(land: Land, types: Sequence[tuple[str, str]], rng: Random) -> list[Spot]:
    """1 200 points; `types` are the codes and names of the pack."""
    plots = rng.choices(land.plots, [BY_CLASS[plot.area_class] for plot in land.plots], k=POINTS)
    kinds = rng.choices(types, [OFTEN.get(code, 0.4) for code, _ in types], k=POINTS)
    found: list[Spot] = []
    count: dict[tuple[str, str], int] = {}
    for number, (plot, (code, name)) in enumerate(zip(plots, kinds, strict=True), start=1):
        key = (plot.village.code, code)
        count[key] = count.get(key, 0) + 1
        lon, lat = place_in(plot, rng)
        label = f"{plot.village.short}{name.split('（')[0].split('、')[0]}{count[key]}号"
        found.append(Spot(f"DW{number:04d}", label, code, plot, lon, lat, owned=number % GAPS_IN != 0))
    return found


def place_in(plot: Plot, rng: Random) -> tuple[float, float]:
    """A random place in a grid, to the sixth decimal (about a tenth of a metre)."""
    west, south, east, north = plot.ground.bounds
    for _ in range(200):
        lon, lat = round(rng.uniform(west, east), 6), round(rng.uniform(south, north), 6)
        if shapely.contains_xy(plot.ground, lon, lat):
            return lon, lat
    middle = plot.ground.representative_point()
    return round(middle.x, 6), round(middle.y, 6)
