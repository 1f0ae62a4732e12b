"""The outlines of the unit grids as GeoJSON."""

from __future__ import annotations

from typing import Any

import orjson
from shapely import get_coordinates, point_on_surface
from shapely.geometry import shape

from civicloop.insight.mapstamps import tag
from civicloop.organisation.gridbook import GridInfo
from civicloop.organisation.models import Grid
from civicloop.standards.reference import Reference

DIGITS = 6
"""Of a degree: a tenth of a metre."""


def tag_of_grids(ref: Reference) -> str:
    """The outlines change with the book of grids, the names of units with that of the organisation."""
    return tag(["grids", *(ref.stamps.get(name, "") for name in ("grids", "organisation"))])


def grids_as_geojson(ref: Reference) -> bytes:
    """All active grids: one statement, for the outlines."""
    outlines = dict(Grid.objects.filter(pk__in=ref.grids.grids).values_list("pk", "outline"))
    features = [_feature(grid, outlines[grid.id], ref) for grid in ref.grids.grids.values() if grid.id in outlines]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _feature(grid: GridInfo, outline: dict[str, Any], ref: Reference) -> dict[str, Any]:
    inside = get_coordinates(point_on_surface(shape(outline)))[0]
    return {
        "type": "Feature",
        "id": grid.code,
        "geometry": {"type": outline["type"], "coordinates": _rounded(outline["coordinates"])},
        "properties": {**properties_of(grid, ref), "centre": [round(float(one), DIGITS) for one in inside]},
    }


def properties_of(grid: GridInfo, ref: Reference) -> dict[str, Any]:
    """What is said of a grid."""
    unit = None if grid.unit_id is None else ref.org.units.get(grid.unit_id)
    return {
        "code": grid.code, "name": grid.name, "unit": unit.code if unit else None, "unit_name": unit.name if unit else None,
        "class": grid.area_class,
    }  # fmt: skip


def _rounded(part: Any) -> Any:
    return round(part, DIGITS) if isinstance(part, (int, float)) else [_rounded(one) for one in part]
