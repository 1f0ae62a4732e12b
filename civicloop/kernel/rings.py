"""What is wrong with a set of grids: broken rings, doubles, overlaps and gaps."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from civicloop.kernel.geo import EARTH_RADIUS_M, LonLat

Geometry = Mapping[str, Any]


class RingFault(StrEnum):
    """Kinds of problems, worst first."""

    NOT_A_POLYGON = "not_a_polygon"
    BAD_COORDINATE = "bad_coordinate"
    TOO_FEW_POINTS = "too_few_points"
    UNCLOSED = "unclosed"
    INVALID = "invalid"
    DUPLICATE_ID = "duplicate_id"
    DUPLICATE_SHAPE = "duplicate_shape"
    OVERLAP = "overlap"
    GAP = "gap"


@dataclass(frozen=True)
class RingProblem:
    """One problem: of which grid (None for a gap), with which other, about how much ground, and where."""

    fault: RingFault
    id: Hashable | None = None
    other: Hashable | None = None
    detail: str = ""
    area_m2: float = 0.0
    at: LonLat | None = None


def check_rings(
    features: Iterable[tuple[Hashable, Geometry]], *, tolerance_m2: float = 1.0, outline: Geometry | None = None
) -> list[RingProblem]:
    """All problems of grids given as ``(id, GeoJSON geometry)``; an empty list when they are sound.

    Overlaps and gaps up to ``tolerance_m2`` are taken for rounding. A gap is ground of ``outline`` that no grid holds;
    without an outline it is a hole enclosed by grids. Areas are square metres on an equal-area projection.
    """
    grids = list(features)
    problems = [RingProblem(RingFault.DUPLICATE_ID, id=key) for key in _twice([key for key, _ in grids])]
    sound: list[tuple[Hashable, Any]] = []
    for key, geometry in grids:
        found, made = _read(key, geometry)
        problems += found
        if made is not None:
            sound.append((key, made))
    if sound:
        projection = _EqualArea([made for _, made in sound])
        shapes = np.array([projection.flat(made) for _, made in sound], dtype=object)
        problems += _overlaps([key for key, _ in sound], shapes, projection, tolerance_m2)
        problems += _gaps(shapes, outline, projection, tolerance_m2)
    return problems


def area_m2(geometry: Geometry) -> float:
    """Square metres of a GeoJSON polygon."""
    made = shape(geometry)
    return float(_EqualArea([made]).flat(made).area)


class _EqualArea:
    """Lambert's cylindrical equal-area projection, standard parallel in the middle, so that metres are near metres."""

    def __init__(self, shapes: Sequence[Any]) -> None:
        _, south, _, north = shapely.total_bounds(shapes)
        self._narrow = math.cos(math.radians((south + north) / 2))

    def flat(self, made: Any) -> Any:
        return shapely.transform(made, self._project)

    def place(self, point: Any) -> LonLat:
        lon = math.degrees(point.x / (EARTH_RADIUS_M * self._narrow))
        return LonLat(lon, math.degrees(math.asin(point.y * self._narrow / EARTH_RADIUS_M)))

    def _project(self, degrees: Any) -> Any:
        lon, lat = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
        return np.column_stack([lon * EARTH_RADIUS_M * self._narrow, np.sin(lat) * EARTH_RADIUS_M / self._narrow])


def _read(key: Hashable, geometry: Geometry) -> tuple[list[RingProblem], Any]:
    """The problems of one geometry, and its shape (mended where need be) if it has any."""
    faults = list(_ring_faults(key, geometry))
    if faults:
        return faults, None
    made = shapely.force_2d(shape(geometry))
    if made.is_valid:
        return [], made
    reason = shapely.is_valid_reason(made)
    mended = shapely.make_valid(made)
    problem = RingProblem(RingFault.INVALID, id=key, detail=reason, at=_place_in(reason))
    return [problem], mended if mended.area > 0 else None


def _ring_faults(key: Hashable, geometry: Geometry) -> Iterator[RingProblem]:
    try:
        kind, coordinates = geometry["type"], geometry["coordinates"]
        polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        rings = [[tuple(point[:2]) for point in ring] for polygon in polygons for ring in polygon]
    except (KeyError, TypeError, IndexError):
        yield RingProblem(RingFault.NOT_A_POLYGON, id=key)
        return
    if not rings:
        yield RingProblem(RingFault.NOT_A_POLYGON, id=key)
    for ring in rings:
        if not all(_is_place(point) for point in ring):
            yield RingProblem(RingFault.BAD_COORDINATE, id=key, detail=str(next(p for p in ring if not _is_place(p))))
        elif len(set(ring)) < 3:
            yield RingProblem(RingFault.TOO_FEW_POINTS, id=key, detail=str(len(set(ring))))
        elif ring[0] != ring[-1]:
            yield RingProblem(RingFault.UNCLOSED, id=key, at=LonLat(*ring[-1]))


def _is_place(point: tuple[Any, ...]) -> bool:
    numbers = len(point) == 2 and all(isinstance(n, int | float) and not isinstance(n, bool) for n in point)
    return numbers and math.isfinite(sum(point)) and abs(point[0]) <= 180 and abs(point[1]) <= 90


def _overlaps(
    keys: Sequence[Hashable], shapes: Any, projection: _EqualArea, tolerance_m2: float
) -> Iterator[RingProblem]:
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first = one < other
    one, other = one[first], other[first]
    shared = shapely.intersection(shapes[one], shapes[other])
    for at in np.flatnonzero(shapely.area(shared) > tolerance_m2):
        a, b, ground = one[at], other[at], shared[at]
        same = shapes[a].symmetric_difference(shapes[b]).area <= tolerance_m2
        fault = RingFault.DUPLICATE_SHAPE if same else RingFault.OVERLAP
        place = projection.place(ground.representative_point())
        yield RingProblem(fault, id=keys[a], other=keys[b], area_m2=float(ground.area), at=place)


def _gaps(shapes: Any, outline: Geometry | None, projection: _EqualArea, tolerance_m2: float) -> Iterator[RingProblem]:
    covered = shapely.union_all(shapes)
    if outline is None:
        rings = shapely.get_parts(covered)
        empty = [shapely.Polygon(hole) for ring in rings for hole in getattr(ring, "interiors", ())]
    else:
        whole = projection.flat(shapely.make_valid(shapely.force_2d(shape(outline))))
        empty = list(shapely.get_parts(whole.difference(covered)))
    for ground in sorted(empty, key=lambda part: -part.area):
        if ground.area > tolerance_m2:
            place = projection.place(ground.representative_point())
            yield RingProblem(RingFault.GAP, area_m2=float(ground.area), at=place)


def _twice(keys: Sequence[Hashable]) -> list[Hashable]:
    seen: set[Hashable] = set()
    doubles: dict[Hashable, None] = {}
    for key in keys:
        if key in seen:
            doubles[key] = None
        seen.add(key)
    return list(doubles)


def _place_in(reason: str) -> LonLat | None:
    """The place that GEOS writes behind its reason: ``Self-intersection[118.1 24.7]``."""
    try:
        lon, lat = reason.partition("[")[2].rstrip("]").split()
        return LonLat(float(lon), float(lat))
    except ValueError:
        return None
