"""Grids drawn without a map: outlines on a plane, shaded in five steps by how many cases there are for each square kilometre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

WIDTH = 1000.0
STEPS = 5


@dataclass(frozen=True)
class Shape:
    """One grid: its outline as the path of a drawing, and the step of its shade (0: no case, or no ground)."""

    path: str
    step: int
    code: str


@dataclass(frozen=True)
class Heatmap:
    """The drawing and the upper ends of the steps."""

    shapes: Sequence[Shape]
    ends: Sequence[float]
    width: float
    height: float

    def step(self, rate: float | None) -> int:
        """The step a rate falls into."""
        return step_of(rate, self.ends)


def step_of(rate: float | None, ends: Sequence[float]) -> int:
    """1 to 5; 0 where there is nothing."""
    if not rate:
        return 0
    return next((number for number, end in enumerate(ends, 1) if rate <= end), STEPS)


def ends_of(rates: Sequence[float]) -> list[float]:
    """Upper ends of five steps, each with as many grids as the others; fewer where rates are the same."""
    known = sorted(one for one in rates if one)
    if not known:
        return []
    return sorted({known[min(len(known) * step // STEPS, len(known) - 1)] for step in range(1, STEPS)} | {known[-1]})


def heatmap(grids: Sequence[tuple[str, Mapping[str, Any], float | None]]) -> Heatmap | None:
    """The drawing of grids (code, GeoJSON outline, rate); None where no grid has an outline."""
    rings = [(code, _rings(outline), rate) for code, outline, rate in grids]
    places = [place for _, many, _ in rings for ring in many for place in ring]
    if not places:
        return None
    west, east = min(one[0] for one in places), max(one[0] for one in places)
    south, north = min(one[1] for one in places), max(one[1] for one in places)
    wide = cos(radians((south + north) / 2))
    across = max((east - west) * wide, north - south, 1e-9)
    scale = WIDTH / across
    ends = ends_of([rate for _, _, rate in rings if rate])

    def path(many: Sequence[Sequence[Sequence[float]]]) -> str:
        return "".join(
            _outline([(round((x - west) * wide * scale), round((north - y) * scale)) for x, y, *_ in ring])
            for ring in many
        )

    shapes = [Shape(path(many), step_of(rate, ends), code) for code, many, rate in rings if many]
    return Heatmap(shapes, ends, round((east - west) * wide * scale, 1), round((north - south) * scale, 1))


def _outline(ring: Sequence[tuple[int, int]]) -> str:
    """A closed line in whole units, each point told by its way from the last: a third of the bytes of places in full."""
    (x, y), told = ring[0], []
    start = f"M{x} {y}"
    for next_x, next_y in ring[1:-1]:
        if (next_x, next_y) != (x, y):
            told.append(f"{next_x - x} {next_y - y}".replace(" -", "-"))
            x, y = next_x, next_y
    return f"{start}l{' '.join(told)}Z".replace(" -", "-") if told else ""


def _rings(outline: Mapping[str, Any]) -> list[Sequence[Sequence[float]]]:
    if outline.get("type") == "MultiPolygon":
        return [ring for polygon in outline["coordinates"] for ring in polygon]
    return list(outline.get("coordinates", ()))
