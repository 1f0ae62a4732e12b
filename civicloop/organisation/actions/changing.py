"""Changing points, areas and duty grids one by one. Grids have their own rules (`gridding`): their ground is others' neighbour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from civicloop.kernel import geo
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.tilekey import tile_key
from civicloop.ledger.actions import record
from civicloop.organisation.actions.units import clean, insert
from civicloop.organisation.models import Area, DutyGrid, Grid, Person, Point, Unit
from civicloop.organisation.policy import require
from civicloop.organisation.revisions import bump

POINT_FIELDS = frozenset({"name", "point_type", "unit", "grid", "area", "address", "lon", "lat", "datum", "active"})
AREA_FIELDS = frozenset({"name", "kind", "unit", "area_class", "outline", "active"})
DUTY_GRID_FIELDS = frozenset({"name", "unit", "grids", "active"})

Row = TypeVar("Row", Point, Area, DutyGrid)


@transaction.atomic
def add_point(
    *, code: str, name: str, point_type: str, unit: Unit | None = None, grid: Grid | None = None, area: Area | None = None,
    address: str = "", lon: float | None = None, lat: float | None = None, datum: str = "wgs84", by: Person | None,
    at: datetime,
) -> Point:  # fmt: skip
    """A point that will be inspected. `lon` and `lat` are WGS-84; `datum` says what they were given in."""
    require(by, "point.bring_in", at=at)
    made = Point(
        code=code, name=name, point_type=point_type, unit=unit, grid=grid, area=area, address=address, lon=lon, lat=lat,
        datum=datum,
    )  # fmt: skip
    _place(made)
    clean(made)
    insert(made)
    _kept("point", made, "point.add", by, at, {"code": code, "name": name}, new=True)
    return made


@transaction.atomic
def change_point(*, point: Point, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Point:
    """Change a point. Visits made there keep what was true on their day."""
    require(by, "point.change", at=at)
    row, before = _changed(Point.objects.select_for_update().get(pk=point.pk), changes, POINT_FIELDS)
    _place(row)
    clean(row)
    row.save()
    _kept("point", row, "point.change", by, at, _difference(before, changes))
    return row


@transaction.atomic
def change_area(*, area: Area, changes: Mapping[str, Any], by: Person | None, at: datetime) -> Area:
    """Change an area: name, kind, unit, class, outline, whether it is in use."""
    require(by, "area.change", at=at)
    row, before = _changed(Area.objects.select_for_update().get(pk=area.pk), changes, AREA_FIELDS)
    clean(row)
    row.save()
    _kept("area", row, "area.change", by, at, _difference(before, changes))
    return row


@transaction.atomic
def change_duty_grid(*, duty_grid: DutyGrid, changes: Mapping[str, Any], by: Person | None, at: datetime) -> DutyGrid:
    """Change a duty grid; `grids` are all unit grids it is to have from now on."""
    require(by, "duty_grid.change", at=at)
    row = DutyGrid.objects.select_for_update().get(pk=duty_grid.pk)
    plain = {key: value for key, value in changes.items() if key != "grids"}
    row, before = _changed(row, plain, DUTY_GRID_FIELDS)
    told = _difference(before, plain)
    if "grids" in changes:
        members: Iterable[Grid] = changes["grids"]
        told["before"]["grids"] = sorted(row.grids.values_list("code", flat=True))
        told["after"]["grids"] = sorted(grid.code for grid in members)
        row.grids.set(members)
    clean(row)
    row.save()
    _kept("duty_grid", row, "duty_grid.change", by, at, told)
    return row


def _changed(row: Row, changes: Mapping[str, Any], editable: frozenset[str]) -> tuple[Row, dict[str, Any]]:
    """The locked row with the changes put in, and what stood there before."""
    for name in changes:
        if name not in editable:
            raise Invalid(name, "not_editable", field=name)
    before = {name: _plain(getattr(row, name)) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    return row, before


def _difference(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {"before": dict(before), "after": {name: _plain(value) for name, value in changes.items()}}


def _place(point: Point) -> None:
    """A point has both coordinates or none, and the key that goes with them."""
    if (point.lon is None) != (point.lat is None):
        raise Invalid("place", "half_a_place")
    if point.lon is None or point.lat is None:
        point.tile_key = None
        return
    geo.validate(point.lon, point.lat)
    point.tile_key = tile_key(point.lon, point.lat)


def _kept(
    kind: str, row: Any, verb: str, by: Person | None, at: datetime, data: dict[str, Any], *, new: bool = False
) -> None:
    record(kind, row.uid, verb, by=by.uid if by else None, at=at, data=data, new=new)
    bump("organisation")


def _plain(value: Any) -> Any:
    return getattr(value, "code", value)
