"""Grids, duty grids, areas and points."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from shapely.geometry import shape

from civicloop.bus import announce
from civicloop.kernel import geo
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.tilekey import tile_key
from civicloop.ledger.actions import Entry, record, record_many
from civicloop.organisation.actions.units import clean, insert
from civicloop.organisation.facts import GridsChanged
from civicloop.organisation.models import Area, DutyGrid, Grid, Person, Point, Unit
from civicloop.organisation.policy import require
from civicloop.organisation.revisions import bump, hold


@dataclass(frozen=True, slots=True)
class GridRow:
    """A unit grid as an importer gives it; `unit_id` is the block that answers for it. The outline is GeoJSON in WGS-84."""

    code: str
    name: str
    outline: Mapping[str, Any]
    unit_id: int | None = None
    area_class: str = "B"


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point as an importer gives it, already in WGS-84."""

    code: str
    name: str
    point_type: str
    lon: float | None = None
    lat: float | None = None
    datum: str = "wgs84"
    unit_id: int | None = None
    grid_id: int | None = None
    area_id: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area as an importer gives it. `kind` is a word of the city's own: estate, shop_front, publicity_board …"""

    code: str
    name: str
    kind: str = ""
    unit_id: int | None = None
    area_class: str = ""
    outline: Mapping[str, Any] | None = None


@transaction.atomic
def bring_in_grids(*, rows: Sequence[GridRow], by: Person | None, at: datetime) -> dict[str, int]:
    """Add grids, or give known ones a new outline, unit or class. Outlines must be polygons; see `kernel.locate.check_rings`.

    A grid that was split or merged does not come back: its successors hold the ground. Raises Invalid, Conflict("code_taken").
    """
    require(by, "grid.bring_in", at=at)
    hold("grids")
    known = {grid.code: grid for grid in Grid.objects.filter(code__in=[row.code for row in rows])}
    for code in sorted(code for code, grid in known.items() if not grid.active):
        raise Conflict("code_taken", code=code)
    fresh, changed = [], []
    for row in {row.code: row for row in rows}.values():  # of a code given twice the last row counts
        grid = known.get(row.code)
        before = _content(grid) if grid else None
        made = _fill(grid or Grid(code=row.code), row)
        if grid is None:
            fresh.append(made)
        elif _content(made) != before:
            changed.append(made)
    Grid.objects.bulk_create(fresh, batch_size=200)
    fields = ["name", "unit", "area_class", "outline", "west", "south", "east", "north", "active"]
    Grid.objects.bulk_update(changed, fields, batch_size=100)
    uid = by.uid if by else None
    record_many(
        [Entry("grid", g.uid, "grid.add", uid, at, _told(g), new=True) for g in fresh]
        + [Entry("grid", g.uid, "grid.change", uid, at, _told(g)) for g in changed]
    )
    bump("grids")
    announce(GridsChanged(len(fresh), len(changed)))
    return {"added": len(fresh), "changed": len(changed)}


def _fill(grid: Grid, row: GridRow) -> Grid:
    try:
        outline = shape(row.outline)
        if outline.is_empty or outline.geom_type not in ("Polygon", "MultiPolygon"):
            raise ValueError(outline.geom_type)
    except Exception as fault:  # shapely raises many kinds for what is no geometry
        raise Invalid("outline", "not_a_polygon", code=row.code, why=str(fault)[:200]) from fault
    grid.name, grid.unit_id, grid.area_class, grid.active = row.name, row.unit_id, row.area_class, True
    grid.outline = dict(row.outline)
    grid.west, grid.south, grid.east, grid.north = outline.bounds
    clean(grid)
    return grid


def _content(grid: Grid) -> tuple[Any, ...]:
    return (grid.name, grid.unit_id, grid.area_class, grid.active, json.dumps(grid.outline, sort_keys=True))


def _told(grid: Grid) -> dict[str, Any]:
    return {"code": grid.code, "name": grid.name, "unit": grid.unit_id, "area_class": grid.area_class}


@transaction.atomic
def add_duty_grid(
    *, code: str, name: str, unit: Unit, grids: Iterable[Grid], by: Person | None, at: datetime
) -> DutyGrid:
    """A set of unit grids that one grid worker answers for."""
    require(by, "duty_grid.add", at=at)
    made = DutyGrid(code=code, name=name, unit=unit)
    clean(made)
    insert(made)
    members = list(grids)
    made.grids.set(members)
    data = {"code": code, "grids": [grid.code for grid in members]}
    record("duty_grid", made.uid, "duty_grid.add", by=by.uid if by else None, at=at, data=data, new=True)
    bump("organisation")
    return made


@transaction.atomic
def add_area(
    *, code: str, name: str, unit: Unit | None, kind: str = "", area_class: str = "",
    outline: Mapping[str, Any] | None = None, by: Person | None, at: datetime,
) -> Area:  # fmt: skip
    """A named stretch of the city with one responsible unit."""
    require(by, "area.add", at=at)
    made = Area(code=code, name=name, unit=unit, kind=kind, area_class=area_class, outline=outline)
    clean(made)
    insert(made)
    data = {"code": code, "name": name, "unit": unit.code if unit else None}
    record("area", made.uid, "area.add", by=by.uid if by else None, at=at, data=data, new=True)
    bump("organisation")
    return made


@transaction.atomic
def bring_in_areas(*, rows: Sequence[AreaRow], by: Person | None, at: datetime) -> dict[str, int]:
    """Add many areas; those whose code is known stay as they are."""
    require(by, "area.add", at=at)
    known = set(Area.objects.filter(code__in=[row.code for row in rows]).values_list("code", flat=True))
    fresh = []
    for row in {row.code: row for row in rows if row.code not in known}.values():
        area = Area(
            code=row.code, name=row.name, kind=row.kind, unit_id=row.unit_id, area_class=row.area_class, outline=row.outline
        )  # fmt: skip
        clean(area)
        fresh.append(area)
    Area.objects.bulk_create(fresh, batch_size=500)
    uid = by.uid if by else None
    record_many([Entry("area", a.uid, "area.add", uid, at, {"code": a.code, "name": a.name}, new=True) for a in fresh])
    bump("organisation")
    return {"added": len(fresh), "known": len(rows) - len(fresh)}


@transaction.atomic
def bring_in_points(*, rows: Sequence[PointRow], by: Person | None, at: datetime) -> dict[str, int]:
    """Add points; those whose code is known stay as they are."""
    require(by, "point.bring_in", at=at)
    known = set(Point.objects.filter(code__in=[row.code for row in rows]).values_list("code", flat=True))
    fresh = []
    for row in rows:
        if row.code in known:
            continue
        known.add(row.code)
        key = None
        if row.lon is not None and row.lat is not None:
            geo.validate(row.lon, row.lat)
            key = tile_key(row.lon, row.lat)
        point = Point(
            code=row.code, name=row.name, point_type=row.point_type, unit_id=row.unit_id, grid_id=row.grid_id,
            area_id=row.area_id, address=row.address, lon=row.lon, lat=row.lat, datum=row.datum, tile_key=key,
        )  # fmt: skip
        clean(point)
        fresh.append(point)
    Point.objects.bulk_create(fresh, batch_size=500)
    uid = by.uid if by else None
    record_many(
        [Entry("point", p.uid, "point.add", uid, at, {"code": p.code, "name": p.name}, new=True) for p in fresh]
    )
    bump("organisation")
    return {"added": len(fresh), "known": len(rows) - len(fresh)}
