"""Places: the four datums met in Chinese cities, distances, and what is probably wrong with a place that does not fit.

Everything is kept as WGS-84 longitude and latitude in degrees; other datums are converted at the door. CGCS2000
differs from WGS-84 by centimetres and is taken as equal. The formulas of GCJ-02 and BD-09 are those of prcoords
(docs/adr/0003).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from prcoords import Coords, gcj_bd, sanity_in_china_p, wgs_gcj

from civicloop.kernel.refusal import Invalid

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth, IUGG 1980."""
METRES_PER_DEGREE = math.pi * EARTH_RADIUS_M / 180

_CLOSE_ENOUGH = 1e-11
_MOST_ROUNDS = 30


class Datum(StrEnum):
    """The coordinate systems a place may arrive in."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Problem(StrEnum):
    """What is probably wrong with a place that does not lie in the city."""

    OUT_OF_RANGE = "out_of_range"
    SWAPPED = "swapped"
    WRONG_DATUM = "wrong_datum"
    OUTSIDE = "outside"


class LonLat(NamedTuple):
    """Longitude and latitude in degrees, in this order everywhere."""

    lon: float
    lat: float


class Box(NamedTuple):
    """West, south, east and north in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place lies in the box or on its edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def validate(lon: float, lat: float, *, field: str = "place") -> LonLat:
    """The place, or Invalid: not a number, out of range, or 0,0 (what a device sends when it knows nothing)."""
    try:
        place = LonLat(float(lon), float(lat))
    except (TypeError, ValueError):
        raise Invalid(field, "not_a_number", lon=str(lon), lat=str(lat)) from None
    if not (math.isfinite(place.lon) and math.isfinite(place.lat)):
        raise Invalid(field, "not_a_number", lon=str(lon), lat=str(lat))
    if abs(place.lon) > 180 or abs(place.lat) > 90:
        raise Invalid(field, "out_of_range", lon=place.lon, lat=place.lat)
    if place == (0, 0):
        raise Invalid(field, "null_island", lon=place.lon, lat=place.lat)
    return place


def to_wgs84(lon: float, lat: float, datum: Datum) -> LonLat:
    """A place given in ``datum``, as WGS-84; exact to less than a millimetre against ``from_wgs84``.

    GCJ-02 shifts only places within the rectangle that map providers use for China; others come back as they are.
    """
    match Datum(datum):
        case Datum.GCJ02:
            return _undo(_wgs_to_gcj, LonLat(lon, lat))
        case Datum.BD09:
            return _undo(_wgs_to_gcj, _undo(_gcj_to_bd, LonLat(lon, lat)))
        case _:
            return LonLat(lon, lat)


def from_wgs84(lon: float, lat: float, datum: Datum) -> LonLat:
    """A WGS-84 place in ``datum``, for handing to a map or a phone that speaks it."""
    match Datum(datum):
        case Datum.GCJ02:
            return _wgs_to_gcj(LonLat(lon, lat))
        case Datum.BD09:
            return _gcj_to_bd(_wgs_to_gcj(LonLat(lon, lat)))
        case _:
            return LonLat(lon, lat)


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Metres along the great circle (haversine, sphere of mean radius; within 0.5 % of the ellipsoid)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def box_around(lon: float, lat: float, metres: float) -> Box:
    """The box that holds every place within ``metres``; west exceeds east where it crosses the 180th meridian."""
    angle = metres / EARTH_RADIUS_M * (1 + 1e-9) + 1e-12
    south, north = lat - math.degrees(angle), lat + math.degrees(angle)
    if south <= -90 or north >= 90:
        return Box(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
    wide = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(lat)))))
    return Box(_wrapped(lon - wide), south, _wrapped(lon + wide), north)


def looks_swapped(lon: float, lat: float, bbox: tuple[float, float, float, float]) -> bool:
    """Whether the place lies outside the city's box, but inside it with longitude and latitude exchanged."""
    box = Box(*bbox)
    return not box.holds(lon, lat) and box.holds(lat, lon)


def guess_problem(
    lon: float,
    lat: float,
    bbox: tuple[float, float, float, float],
    *,
    inside: Callable[[float, float], bool] | None = None,
) -> Problem | None:
    """What is probably wrong with a WGS-84 place, or None when it lies in the city.

    ``inside`` says more exactly than the box whether a place is in the city, e.g. whether a grid holds it. A guess of
    ``wrong_datum`` means: outside as given, inside if it was GCJ-02 or BD-09.
    """
    holds = inside or Box(*bbox).holds
    if looks_swapped(lon, lat, bbox):
        return Problem.SWAPPED
    try:
        validate(lon, lat)
    except Invalid:
        return Problem.OUT_OF_RANGE
    if holds(lon, lat):
        return None
    # The shifted datums are used in China alone.
    shifted = sanity_in_china_p(Coords(lat=lat, lon=lon))
    if shifted and any(holds(*to_wgs84(lon, lat, datum)) for datum in (Datum.GCJ02, Datum.BD09)):
        return Problem.WRONG_DATUM
    return Problem.OUTSIDE


def _wgs_to_gcj(place: LonLat) -> LonLat:
    there = Coords(lat=place.lat, lon=place.lon)
    if not sanity_in_china_p(there):
        return place
    moved = wgs_gcj(there, check_china=False)
    return LonLat(moved.lon, moved.lat)


def _gcj_to_bd(place: LonLat) -> LonLat:
    moved = gcj_bd((place.lat, place.lon))
    return LonLat(moved.lon, moved.lat)


def _undo(shift: Callable[[LonLat], LonLat], shifted: LonLat) -> LonLat:
    """The place that ``shift`` moves to ``shifted``.

    Fixed point iteration: the shift changes by less than a hundredth of the distance, so each round gains digits.
    Where no place is moved to ``shifted`` (the rim of the rectangle) the last round stands, right to half a kilometre.
    """
    guess = shifted
    for _ in range(_MOST_ROUNDS):
        reached = shift(guess)
        off_lon, off_lat = reached.lon - shifted.lon, reached.lat - shifted.lat
        guess = LonLat(guess.lon - off_lon, guess.lat - off_lat)
        if abs(off_lon) < _CLOSE_ENOUGH and abs(off_lat) < _CLOSE_ENOUGH:
            break
    return guess


def _wrapped(lon: float) -> float:
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180
