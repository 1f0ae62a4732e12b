"""Counts per square kilometre that small grids do not shout down: each leans on the city as far as its own ground is small.

Empirical Bayes with method-of-moments variance (Marshall 1991, Applied Statistics 40:283): cases are Poisson with a rate of the
grid, rates of grids differ; a grid of little ground, where one case more or less makes much of the rate, is pulled to the mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

KM_PER_DEGREE = 111.195  # mean of the sphere of 6 371.0 km


@dataclass(frozen=True, slots=True)
class Heat:
    """One grid: cases counted, ground in km², cases per km² as counted and smoothed. `leans` is the share taken from the city."""

    key: int
    count: int
    km2: float
    per_km2: float | None
    smoothed: float | None
    leans: float


def smoothed(counts: Mapping[int, int], grounds: Mapping[int, float]) -> tuple[Heat, ...]:
    """Every grid with its rate, in order of key. Grids without ground have no rate."""
    total = sum(grounds.values())
    if total <= 0:
        return tuple(Heat(key, counts.get(key, 0), 0.0, None, None, 1.0) for key in sorted(grounds))
    rows = {key: (counts.get(key, 0), ground) for key, ground in grounds.items()}
    with_ground = [row for row in rows.values() if row[1] > 0]
    mean = sum(count for count, _ in with_ground) / total
    off = sum(ground * (count / ground - mean) ** 2 for count, ground in with_ground) / total
    between = max(off - mean * len(with_ground) / total, 0.0)
    return tuple(_one(key, *rows[key], mean, between) for key in sorted(rows))


def _one(key: int, count: int, ground: float, mean: float, between: float) -> Heat:
    if ground <= 0:
        return Heat(key, count, 0.0, None, None, 1.0)
    own = between / (between + mean / ground) if between > 0 else 0.0
    rate = count / ground
    return Heat(key, count, ground, rate, mean + own * (rate - mean), 1 - own)


def ground_km2(outline: Mapping[str, Any]) -> float:
    """The ground of a GeoJSON Polygon or MultiPolygon in WGS-84, holes taken off; exact enough below some tens of kilometres."""
    polygons = outline["coordinates"] if outline["type"] == "MultiPolygon" else [outline["coordinates"]]
    return sum(abs(_ring(rings[0])) - sum(abs(_ring(hole)) for hole in rings[1:]) for rings in polygons if rings)


def _ring(ring: Sequence[Sequence[float]]) -> float:
    """Shoelace on a plane that touches the ring's middle latitude."""
    wide = KM_PER_DEGREE * cos(radians(sum(place[1] for place in ring) / len(ring)))
    west, south = ring[0][0], ring[0][1]
    flat = [((place[0] - west) * wide, (place[1] - south) * KM_PER_DEGREE) for place in ring]
    pairs = zip(flat, [*flat[1:], flat[0]], strict=True)
    return sum(one[0] * two[1] - two[0] * one[1] for one, two in pairs) / 2
