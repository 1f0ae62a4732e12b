"""Where a problem is: from what came in to WGS-84, tile key, grid and area class."""

from __future__ import annotations

from dataclasses import dataclass

from civicloop.kernel import geo
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.tilekey import tile_key
from civicloop.organisation.gridbook import GridInfo
from civicloop.standards.reference import Reference


@dataclass(frozen=True, slots=True)
class Located:
    """A place made whole; all None where only an address is known."""

    lon: float | None = None
    lat: float | None = None
    given_lon: float | None = None
    given_lat: float | None = None
    datum: str = "wgs84"
    tile_key: int | None = None
    grid: GridInfo | None = None

    @property
    def area_class(self) -> str:
        """The grid's class; B where there is no grid."""
        return self.grid.area_class if self.grid else "B"


def locate(lon: float | None, lat: float | None, datum: str, ref: Reference) -> Located:
    """The place in WGS-84 with its grid. Raises Invalid for half a place, swapped axes, a wrong datum, or outside every grid.

    A place just outside the outermost grid (parameter `place.snap_m`) belongs to the nearest: phones are that inexact.
    """
    if lon is None and lat is None:
        return Located()
    if lon is None or lat is None:
        raise Invalid("place", "half_a_place")
    try:
        lon, lat = float(lon), float(lat)
    except (TypeError, ValueError, OverflowError) as fault:
        raise Invalid("place", "not_a_number", value=f"{lon}, {lat}"[:40]) from fault
    try:
        kind = geo.Datum(datum)
    except ValueError as fault:
        raise Invalid("datum", "unknown_choice", value=str(datum)[:20]) from fault
    box = ref.grids.box
    if box is not None and geo.looks_swapped(lon, lat, box):
        raise Invalid("place", "swapped", lon=lon, lat=lat)
    geo.validate(lon, lat)
    here = geo.to_wgs84(lon, lat, kind)
    grid = ref.grids.locate(here.lon, here.lat) or _nearby(here.lon, here.lat, ref)
    if grid is None and box is not None:
        raise Invalid("place", _what_is_wrong(here.lon, here.lat, ref), lon=lon, lat=lat)
    return Located(here.lon, here.lat, lon, lat, kind.value, tile_key(here.lon, here.lat), grid)


def _nearby(lon: float, lat: float, ref: Reference) -> GridInfo | None:
    near = (
        ref.grids.index.nearest(lon, lat, within_m=float(ref.parameters["place.snap_m"])) if ref.grids.grids else None
    )
    return ref.grids.info(near.id) if near is not None else None


def _what_is_wrong(lon: float, lat: float, ref: Reference) -> str:
    def inside(x: float, y: float) -> bool:
        return ref.grids.locate(x, y) is not None

    assert ref.grids.box is not None
    problem = geo.guess_problem(lon, lat, ref.grids.box, inside=inside)
    return "wrong_datum" if problem is geo.Problem.WRONG_DATUM else "outside_grids"
