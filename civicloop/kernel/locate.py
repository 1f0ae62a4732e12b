"""Which grid holds a place: polygons in memory behind shapely's STRtree."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import shape

from civicloop.kernel.geo import METRES_PER_DEGREE, box_around
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.rings import RingFault, RingProblem, check_rings

__all__ = ["GridIndex", "Near", "RingFault", "RingProblem", "check_rings"]

Key = TypeVar("Key", bound=Hashable)
Geometry = Mapping[str, Any]
"""A GeoJSON geometry as a plain dict."""

_NOWHERE = np.iinfo(np.intp).max


class Near(NamedTuple, Generic[Key]):
    """A grid that does not hold a place but lies near it."""

    id: Key
    metres: float


class GridIndex(Generic[Key]):
    """Finds the grid of a place. Built once from ``(id, GeoJSON geometry)`` pairs; ids must be of one sortable kind.

    Every place belongs to one grid at most: where grids touch or overlap, to the one with the lowest id, whatever the
    order they came in. An invalid ring is mended as well as can be, so that one bad grid never blinds a whole city; say
    what is wrong with it with ``civicloop.kernel.rings.check_rings`` when it comes in.
    """

    def __init__(self, grids: Iterable[tuple[Key, Geometry]]) -> None:
        pairs = sorted(grids, key=lambda pair: pair[0])  # type: ignore[arg-type, return-value]
        self.ids: tuple[Key, ...] = tuple(key for key, _ in pairs)
        self._shapes: NDArray[np.object_] = np.array([_polygon(key, geometry) for key, geometry in pairs], dtype=object)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)

    def __len__(self) -> int:
        return len(self.ids)

    def locate(self, lon: float, lat: float) -> Key | None:
        """The id of the grid that holds a WGS-84 place, its edge included; None outside all grids."""
        found = self._tree.query(shapely.Point(lon, lat))
        hits = found[shapely.intersects_xy(self._shapes[found], lon, lat)]
        return self.ids[int(hits.min())] if len(hits) else None

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> list[Key | None]:
        """The grid ids of many places, in their order, each the same as ``locate`` would say."""
        rows = self.locate_rows(lons, lats)
        return self._names[rows].tolist()  # type: ignore[no-any-return]

    def locate_rows(self, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.intp]:
        """As ``locate_many``, but positions in ``ids``, -1 for none."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        place, grid = self._tree.query(shapely.points(x, y))
        held = shapely.intersects_xy(self._shapes[grid], x[place], y[place])
        lowest = np.full(len(x), _NOWHERE, dtype=np.intp)
        np.minimum.at(lowest, place[held], grid[held])
        return np.where(lowest == _NOWHERE, -1, lowest)

    def nearest(self, lon: float, lat: float, within_m: float) -> Near[Key] | None:
        """The grid nearest to a place, no farther than ``within_m`` metres; 0 m when it holds the place."""
        box = box_around(lon, lat, within_m)
        found = np.sort(self._tree.query(shapely.box(*box)))
        if not len(found):
            return None
        wide = METRES_PER_DEGREE * math.cos(math.radians(lat))
        local = shapely.transform(self._shapes[found], lambda xy: (xy - (lon, lat)) * (wide, METRES_PER_DEGREE))
        metres = shapely.distance(local, shapely.Point(0, 0))
        best = int(metres.argmin())
        return Near(self.ids[int(found[best])], float(metres[best])) if metres[best] <= within_m else None

    @cached_property
    def _names(self) -> NDArray[np.object_]:
        """The ids with None at the end, where position -1 finds it."""
        names = np.empty(len(self.ids) + 1, dtype=object)
        names[:-1] = self.ids
        return names


def _polygon(key: object, geometry: Geometry) -> Any:
    """The shapely polygon of a GeoJSON geometry, or Invalid."""
    try:
        made = shapely.force_2d(shape(geometry))
    except Exception:  # whatever shapely meets in foreign data: the reason is the same for the asker
        raise Invalid("geometry", "not_a_polygon", id=str(key)) from None
    if made.geom_type not in ("Polygon", "MultiPolygon") or made.is_empty:
        raise Invalid("geometry", "not_a_polygon", id=str(key))
    return made if made.is_valid else shapely.make_valid(made)
