"""The ground of the demo city: the real outline, cut into towns, villages and unit grids without gaps or overlaps.

Only the outline and the codes are real. Villages and grids are computed, always in the same way: the map does not depend on
the seed, so that pictures and documents stay true.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import mapping, shape

from civicloop.kernel.geo import distance_m

Points = NDArray[np.float64]
DATA = files("civicloop.demo") / "data" / "tongan"
LAND_SEED = 350212
SAMPLES = 24_000
GRIDS = 700
FEWEST_GRIDS, MOST_GRIDS = 3, 9
# Borders are noded on a net of a tenth of a millimetre, on which the outline lies already: multiples of 1/1024 degree.
SNAP = 2.0**-30
CENTRE = (118.152041, 24.723234)
# Shares of the grids, from the centre outwards, that are managed as class A and B; the rest is C.
CLASS_A, CLASS_B = 0.22, 0.58


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community: the 12-digit code, and the town it belongs to."""

    code: str
    name: str
    town: str

    @property
    def short(self) -> str:
        """The name as people say it: 同新社区, 军村村."""
        name = self.name.removesuffix("居委会")
        return name.removesuffix("村委会") if name.endswith("村村委会") else name.removesuffix("委会")


@dataclass(frozen=True)
class Plot:
    """A unit grid: its 15-digit code, the village it lies in, its class and its outline."""

    code: str
    village: Village
    area_class: str
    ground: Any

    @property
    def outline(self) -> Mapping[str, Any]:
        """GeoJSON geometry."""
        return json.loads(json.dumps(mapping(self.ground)))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Land:
    """The district: towns by code, villages and plots in order of code."""

    district: str
    name: str
    towns: Mapping[str, str]
    villages: tuple[Village, ...]
    plots: tuple[Plot, ...]
    outline: Any


@cache
def land() -> Land:
    """The land of the demo city; the same every time."""
    rows = _table("divisions.csv")
    district = next(row for row in rows if row["level"] == "district")
    towns = {row["code"]: row["name"] for row in rows if row["level"] == "town"}
    villages = tuple(
        Village(row["code"], row["name"], row["parent"])
        for row in sorted(rows, key=lambda row: row["code"])
        if row["level"] == "village" and row["parent"] in towns
    )
    outline = _outline()
    sites, owners = _sites(outline, towns, villages)
    grounds = _cut(outline, sites)
    plots = _plots(grounds, owners, villages)
    # The same ground as `outline`, with the corners of the grids in its ring.
    return Land(district["code"], district["name"], towns, villages, plots, shapely.unary_union(grounds))


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _outline() -> Any:
    """The largest polygon of the outline; as it comes, its ring touches itself."""
    with (DATA / "district.geojson").open(encoding="utf-8") as file:
        given = shape(json.load(file)["features"][0]["geometry"])
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(given)))  # a collection of multipolygons
    return max((part for part in parts if part.geom_type == "Polygon"), key=lambda part: part.area)


def _sites(outline: Any, towns: Mapping[str, str], villages: Sequence[Village]) -> tuple[Points, list[int]]:
    """A site for every grid, and the number of the village it belongs to: towns, then villages, then grids by k-means."""
    rng = np.random.default_rng(LAND_SEED)
    ground = _sample(outline, rng)
    seats = {row["code"]: (float(row["lon"]), float(row["lat"])) for row in _table("seats.csv")}
    codes = sorted(towns)
    town_of = _nearest(ground, np.array([seats[code] for code in codes]))
    sites: list[tuple[float, float]] = []
    owners: list[int] = []
    for number, code in enumerate(codes):
        mine = [index for index, village in enumerate(villages) if village.town == code]
        of_town = ground[town_of == number]
        middles = _kmeans(of_town, len(mine), rng)
        village_of = _nearest(of_town, middles)
        for place, index in enumerate(_by_distance(middles, seats[code])):
            of_village = of_town[village_of == index]
            many = _how_many(of_village, villages)
            sites += [tuple(site) for site in _kmeans(of_village, many, rng)]
            owners += [mine[place]] * many
    return np.array(sites), owners


def _sample(outline: Any, rng: np.random.Generator) -> Points:
    """Random places inside the outline; degrees of longitude and latitude are taken as they are, which is good enough."""
    west, south, east, north = outline.bounds
    places = np.column_stack([rng.uniform(west, east, SAMPLES * 2), rng.uniform(south, north, SAMPLES * 2)])
    inside: Points = places[shapely.contains_xy(outline, places[:, 0], places[:, 1])]
    return inside


def _kmeans(places: Points, many: int, rng: np.random.Generator) -> Points:
    """`many` middles of the places, after some rounds of Lloyd's algorithm."""
    middles = places[rng.choice(len(places), many, replace=False)]
    for _ in range(12):
        owner = _nearest(places, middles)
        middles = np.array(
            [places[owner == k].mean(axis=0) if (owner == k).any() else middles[k] for k in range(len(middles))]
        )
    return middles


def _nearest(places: Points, middles: Points) -> NDArray[np.intp]:
    return ((places[:, None, :] - middles[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)


def _by_distance(middles: Points, seat: tuple[float, float]) -> list[int]:
    """Middles from the seat outwards: the villages with the lowest codes lie nearest to it."""
    return sorted(range(len(middles)), key=lambda k: float(((middles[k] - seat) ** 2).sum()))


def _how_many(of_village: Points, villages: Sequence[Village]) -> int:
    """Grids of a village: about five, more near the centre, where the work is."""
    lon, lat = of_village.mean(axis=0)
    far_km = distance_m(float(lon), float(lat), *CENTRE) / 1000
    wanted = round(GRIDS / len(villages) * (1.55 if far_km < 4 else 1.1 if far_km < 8 else 0.75))
    return max(FEWEST_GRIDS, min(MOST_GRIDS, wanted, len(of_village)))


def _cut(outline: Any, sites: Points) -> list[Any]:
    """The outline cut into one polygon per site.

    The edges between sites and the outline are noded together once and the faces taken from that net, so that neighbours share
    their borders exactly. A bend of the outline may cut a cell in two; the lesser part goes to the neighbour it touches most.
    """
    edges = shapely.voronoi_polygons(shapely.MultiPoint(sites), extend_to=outline, only_edges=True)
    net = shapely.unary_union([outline.boundary, edges], grid_size=SNAP)
    faces = [
        face for face in shapely.get_parts(shapely.polygonize([net])) if outline.covers(face.representative_point())
    ]
    middles = np.array([shapely.get_coordinates(face.representative_point())[0] for face in faces])
    owner = _nearest(middles, sites)
    own: list[list[Any]] = [[] for _ in sites]
    for face, site in zip(faces, owner, strict=True):
        own[site].append(face)
    grounds = [max(parts, key=lambda part: part.area) for parts in own]
    left = [part for parts, kept in zip(own, grounds, strict=True) for part in parts if part is not kept]
    return _given_away(left, grounds)


def _given_away(left: list[Any], grounds: list[Any]) -> list[Any]:
    """The grounds, each part left over joined to the one with which it shares the longest border."""
    while left:
        still: list[Any] = []
        for part in left:
            shared = [part.boundary.intersection(ground.boundary).length for ground in grounds]
            best = int(np.argmax(shared))
            if shared[best] > 0:
                grounds[best] = shapely.unary_union([grounds[best], part])
            else:
                still.append(part)
        if len(still) == len(left):
            raise ValueError("a piece of ground touches no grid")
        left = still
    return grounds


def _plots(grounds: Sequence[Any], owners: Sequence[int], villages: Sequence[Village]) -> tuple[Plot, ...]:
    """Grids numbered within their village from north-west to south-east, with their class."""
    middle = [shapely.get_coordinates(ground.centroid)[0] for ground in grounds]
    outwards = sorted(range(len(grounds)), key=lambda k: distance_m(float(middle[k][0]), float(middle[k][1]), *CENTRE))
    rank = {k: place / len(grounds) for place, k in enumerate(outwards)}
    plots: list[Plot] = []
    for number, village in enumerate(villages):
        mine = [k for k, owner in enumerate(owners) if owner == number]
        for seq, k in enumerate(sorted(mine, key=lambda k: (-middle[k][1], middle[k][0])), start=1):
            area_class = "A" if rank[k] < CLASS_A else "B" if rank[k] < CLASS_B else "C"
            plots.append(Plot(f"{village.code}{seq:03d}", village, area_class, grounds[k]))
    return tuple(plots)
