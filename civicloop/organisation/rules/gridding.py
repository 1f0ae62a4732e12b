"""Redrawing grids: splitting by a line, merging neighbours, fitting to neighbours, and what overlaps or is left over.

Outlines are GeoJSON polygons in WGS-84 degrees. Geometry is done in degrees, where cutting and joining are exact; ground is told
in square metres by scaling with the latitude, right to 1 % for a grid. Rules of unit grids (no gaps, no overlaps, inside one
community, numbered from left to right and top to bottom): CJ/T 213, CJ/T 349, GB/T 30428.1.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape
from shapely.ops import polygonize

from civicloop.kernel.geo import METRES_PER_DEGREE
from civicloop.kernel.refusal import Invalid

Outline = Mapping[str, Any]
MOST_VERTICES = 5000
MOST_PARTS = 8
# Less ground than this is rounding, not a gap or an overlap; a part of a split must be larger too.
TOLERANCE_M2 = 1.0
# How far apart edges drawn by hand may lie and still be meant as one.
FIT_M = 2.0
_SAME_EDGE = 1e-8
"""A millimetre in degrees: edges computed twice differ by less."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Ground held twice (`overlap`, by two codes) or by nobody (`gap`, enclosed by grids), with its outline and square metres."""

    kind: str
    codes: tuple[str, ...]
    outline: Outline
    area_m2: float


def polygon(outline: Any, *, field: str = "outline") -> Any:
    """The shapely polygon of an outline. Raises Invalid: no polygon, edges that cross, out of range, or too many vertices."""
    try:
        made = shapely.force_2d(shape(outline))
        known = made.geom_type in ("Polygon", "MultiPolygon") and not made.is_empty
    except Exception:  # shapely raises many kinds for what is no geometry
        known = False
    if not known:
        raise Invalid(field, "outline_no_polygon")
    west, south, east, north = made.bounds
    if not all(map(math.isfinite, made.bounds)) or west < -180 or east > 180 or south < -90 or north > 90:
        raise Invalid(field, "out_of_range")
    if shapely.get_num_coordinates(made) > MOST_VERTICES:
        raise Invalid(field, "too_many", limit=MOST_VERTICES)
    if not made.is_valid:
        raise Invalid(field, "outline_crosses_itself", why=shapely.is_valid_reason(made)[:120])
    if ground_m2(made) <= TOLERANCE_M2:
        raise Invalid(field, "outline_too_small")
    return made


def split(outline: Outline, line: Any) -> tuple[dict[str, Any], ...]:
    """The parts of a grid along a line, from north to south and west to east. Together they are the grid; they share no ground.

    A piece of a grid in several pieces that the line does not touch goes to the part nearest to it. Raises Invalid where the line
    is none, does not cross the grid, or makes slivers or too many parts.
    """
    ground, blade = polygon(outline), _line(line)
    parts: list[Any] = []
    untouched: list[Any] = []
    for piece in _pieces(ground):
        found = [one for one in polygonize(shapely.union_all([piece.boundary, blade])) if _lies_in(one, piece)]
        (parts.extend if len(found) > 1 else untouched.extend)(found)
    if not parts:
        raise Invalid("line", "line_does_not_split")
    for piece in untouched:
        nearest = min(range(len(parts)), key=lambda at: parts[at].distance(piece))
        parts[nearest] = parts[nearest].union(piece)
    if len(parts) > MOST_PARTS or any(ground_m2(one) <= TOLERANCE_M2 for one in parts):
        raise Invalid("line", "line_makes_slivers", limit=MOST_PARTS)
    return tuple(plain(one) for one in sorted(parts, key=_reading_order))


def merge(outlines: Sequence[Outline]) -> dict[str, Any]:
    """The union of neighbours. Raises Invalid for fewer than two, or where one shares no edge with the others."""
    grounds = [polygon(one) for one in outlines]
    if len(grounds) < 2:
        raise Invalid("codes", "merge_needs_two")
    joined, waiting = grounds[0], grounds[1:]
    while waiting:
        beside = next((one for one in waiting if _share_edge(joined, one)), None)
        if beside is None:
            raise Invalid("codes", "not_neighbours")
        waiting = [one for one in waiting if one is not beside]
        together = joined.union(beside)
        if len(_pieces(together)) > len(_pieces(joined)) + len(_pieces(beside)) - 1:
            # Edges drawn twice may miss each other by less than a millimetre.
            together = shapely.union(joined, beside, grid_size=_SAME_EDGE)
        joined = together
    return plain(joined)


def fitted(outline: Outline, others: Iterable[Outline], *, within_m: float = FIT_M) -> dict[str, Any]:
    """The outline drawn to its neighbours' edges where they are near, and without ground that they hold.

    Raises Invalid where nothing is left.
    """
    ground = polygon(outline)
    around = [polygon(one) for one in others]
    if around:
        held = shapely.union_all(np.array(around, dtype=object))
        snapped = shapely.snap(ground, held, within_m / METRES_PER_DEGREE)
        ground = snapped if snapped.is_valid else ground
        ground = _largest(ground.difference(held))
    if ground.is_empty or ground_m2(ground) <= TOLERANCE_M2:
        raise Invalid("outline", "nothing_left")
    return plain(ground)


def faults(grids: Iterable[tuple[str, Outline]], *, tolerance_m2: float = TOLERANCE_M2) -> list[Fault]:
    """Ground held twice and ground enclosed by grids that nobody holds, the largest first. Broken outlines are mended before."""
    pairs = sorted(grids, key=lambda pair: pair[0])
    if not pairs:
        return []
    shapes = np.array([_mended(one) for _, one in pairs], dtype=object)
    found = [
        Fault("overlap", (pairs[one][0], pairs[other][0]), plain(ground), ground_m2(ground))
        for one, other in _touching(shapes)
        if not (ground := _areal(shapes[one].intersection(shapes[other]))).is_empty
    ]
    whole = shapely.union_all(shapes)
    for piece in _pieces(whole):
        for ring in piece.interiors:
            hole = shapely.Polygon(ring)
            found.append(Fault("gap", (), plain(hole), ground_m2(hole)))
    return sorted((one for one in found if one.area_m2 > tolerance_m2), key=lambda one: (-one.area_m2, one.codes))


def neighbours(outline: Outline, others: Iterable[tuple[str, Outline]]) -> tuple[str, ...]:
    """Codes of the grids that share an edge (not a corner alone) with an outline."""
    ground = _mended(outline)
    return tuple(sorted(code for code, other in others if _share_edge(ground, _mended(other))))


def free_codes(prefix: str, taken: Iterable[str], many: int) -> tuple[str, ...]:
    """The next codes of a community: its 12 characters and three digits after the highest in use. Raises Invalid when full."""
    numbers = [int(code[12:]) for code in taken if code.startswith(prefix) and code[12:].isdigit()]
    first = max(numbers, default=0) + 1
    if len(prefix) != 12 or first + many - 1 > 999:
        raise Invalid("code", "no_free_code", prefix=prefix)
    return tuple(f"{prefix}{number:03d}" for number in range(first, first + many))


def ground_m2(ground: Any) -> float:
    """Square metres of a shapely polygon in degrees, by the latitude of its middle."""
    _, south, _, north = ground.bounds
    return float(ground.area) * METRES_PER_DEGREE**2 * math.cos(math.radians((south + north) / 2))


def seen(outline: Outline) -> str:
    """A short name of an outline as it was read, so that an editor can tell whether somebody else has changed it since."""
    text = json.dumps(outline, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plain(ground: Any) -> dict[str, Any]:
    """GeoJSON with lists, as the database keeps it. No digit is rounded away: rounding would open gaps."""
    found: dict[str, Any] = json.loads(json.dumps(mapping(ground)))
    return found


def _line(given: Any) -> Any:
    try:
        with np.errstate(invalid="ignore"):  # what is not finite is refused below
            made = shapely.force_2d(shape(given))
        sound = made.geom_type == "LineString" and made.length > 0 and all(map(math.isfinite, made.bounds))
    except Exception:  # shapely raises many kinds for what is no geometry
        sound = False
    if not sound:
        raise Invalid("line", "not_a_line")
    if shapely.get_num_coordinates(made) > MOST_VERTICES:
        raise Invalid("line", "too_many", limit=MOST_VERTICES)
    return made


def _lies_in(part: Any, piece: Any) -> bool:
    """Cutting closes every ring there is, holes too: a part is what lies in the piece."""
    return bool(piece.contains(part.representative_point()))


def _reading_order(part: Any) -> tuple[float, float]:
    middle = part.representative_point()
    return (-round(middle.y, 4), middle.x)


def _share_edge(one: Any, other: Any) -> bool:
    near = one.buffer(_SAME_EDGE)
    return bool(near.intersects(other) and near.intersection(other.boundary).length > 8 * _SAME_EDGE)


def _pieces(ground: Any) -> list[Any]:
    return list(getattr(ground, "geoms", [ground]))


def _largest(ground: Any) -> Any:
    """Without the crumbs that cutting leaves; pieces of real size stay."""
    pieces = [one for one in _pieces(ground) if one.geom_type == "Polygon"]
    kept = [one for one in pieces if ground_m2(one) > TOLERANCE_M2]
    return shapely.union_all(np.array(kept, dtype=object)) if kept else shapely.Polygon()


def _touching(shapes: Any) -> list[tuple[int, int]]:
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    return [(int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b]


def _areal(ground: Any) -> Any:
    """What of an intersection is ground: edges and corners in common are none."""
    pieces = [one for one in _pieces(ground) if one.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(np.array(pieces, dtype=object)) if pieces else shapely.Polygon()


def _mended(outline: Outline) -> Any:
    made = shapely.force_2d(shape(outline))
    return made if made.is_valid else shapely.make_valid(made)
