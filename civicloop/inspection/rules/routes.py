"""The data of routes: stops, crews, calls. Plain values; solvers stand in `inspection.routing`.

Times are minutes of the day (540 is nine o'clock), ways are kilometres.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from civicloop.kernel.geo import EARTH_RADIUS_M, LonLat

# How much longer streets are than straight lines, where nobody has measured: between 1.2 and 1.4 in cities with a grid.
DETOUR = 1.3
TOO_FAR, WINDOW, DAY_FULL, NOBODY, NO_PLACE = "too_far", "window", "day_full", "nobody_eligible", "no_place"

Kilometres = NDArray[np.float64]
Matrix = Callable[[Sequence[LonLat]], Kilometres]
"""From n places to their n × n distances in km, not necessarily the same both ways."""


@dataclass(frozen=True)
class Stop:
    """A visit to be made. The visit begins within `window`; `allowed` are the crews that may make it, None is everybody."""

    key: str
    lon: float
    lat: float
    minutes: float
    window: tuple[float, float] | None = None
    allowed: frozenset[int] | None = None

    def may(self, crew: int) -> bool:
        """Whether this crew may make the visit."""
        return self.allowed is None or crew in self.allowed


@dataclass(frozen=True)
class Crew:
    """An inspector's day: from where, from when to when, how long at most. Without a depot it begins and ends at a stop."""

    key: int
    depot: LonLat | None = None
    starts: float = 8 * 60
    ends: float = 18 * 60
    most_minutes: float = 9 * 60


@dataclass(frozen=True)
class Call:
    """A stop as it stands in a route. `km` is the way from the stop before."""

    key: str
    arrive: float
    begin: float
    leave: float
    km: float


@dataclass(frozen=True)
class Route:
    """One crew's day in order."""

    crew: int
    leaves: float
    back: float
    km: float
    calls: tuple[Call, ...]

    @property
    def minutes(self) -> float:
        """How long the day is."""
        return self.back - self.leaves


@dataclass(frozen=True)
class Unserved:
    """A stop that could not be fitted, and why: too_far, window, day_full, nobody_eligible, no_place."""

    key: str
    why: str


@dataclass(frozen=True)
class Plan:
    """All routes, and what was left out."""

    routes: tuple[Route, ...]
    left: tuple[Unserved, ...]

    @property
    def km(self) -> float:
        """All ways together."""
        return sum(route.km for route in self.routes)


def late(plan: Plan, stops: Sequence[Stop]) -> int:
    """How many visits of a plan begin after their window (more than a second)."""
    windows = {stop.key: stop.window for stop in stops}
    begun = [(call.begin, windows[call.key]) for route in plan.routes for call in route.calls]
    return sum(window is not None and begin > window[1] + 1 / 60 for begin, window in begun)


def straight_line(places: Sequence[LonLat], detour: float = DETOUR) -> Kilometres:
    """Great-circle kilometres between all pairs, times `detour`."""
    if not places:
        return np.zeros((0, 0))
    lon, lat = np.radians(np.asarray(places, dtype=np.float64)).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M / 1000 * np.arcsin(np.minimum(1.0, np.sqrt(half))) * detour)


@dataclass(frozen=True)
class Ground:
    """What a solver works on: stops first, then the depots of the crews, and all distances between them."""

    stops: tuple[Stop, ...]
    crews: tuple[Crew, ...]
    km: Kilometres
    speed_kmh: float

    def between(self, crew: int, one: int | None, other: int | None) -> float:
        """Kilometres between two stops for the crew at this place of the list; None is its depot, 0 where it has none."""
        if self.crews[crew].depot is None and (one is None or other is None):
            return 0.0
        base = len(self.stops) + crew
        return float(self.km[base if one is None else one, base if other is None else other])

    def minutes(self, km: float) -> float:
        """How long a way takes."""
        return km / self.speed_kmh * 60


def ground(stops: Sequence[Stop], crews: Sequence[Crew], speed_kmh: float, matrix: Matrix = straight_line) -> Ground:
    """Measure all ways once. A crew without a depot stands where the first stop is; its own ways count as nothing."""
    anywhere = LonLat(stops[0].lon, stops[0].lat) if stops else LonLat(0.0, 0.0)
    places = [LonLat(stop.lon, stop.lat) for stop in stops] + [crew.depot or anywhere for crew in crews]
    return Ground(tuple(stops), tuple(crews), matrix(places), speed_kmh)


def walk(land: Ground, crew: int, order: Sequence[int], leaves: float) -> Route:
    """The times of a route, given the order of its stops and when it leaves."""
    calls, now, km, before = [], leaves, 0.0, None
    for stop in order:
        way = land.between(crew, before, stop)
        arrive = now + land.minutes(way)
        window = land.stops[stop].window
        begin = max(arrive, window[0]) if window else arrive
        now = begin + land.stops[stop].minutes
        calls.append(Call(land.stops[stop].key, arrive, begin, now, way))
        km, before = km + way, stop
    home = land.between(crew, before, None) if order else 0.0
    return Route(land.crews[crew].key, leaves, now + land.minutes(home), km + home, tuple(calls))


def why_not(land: Ground, stop: int) -> str:
    """Why a stop stays out, judged by the crews that may go there, each with an empty day."""
    able = [place for place, crew in enumerate(land.crews) if land.stops[stop].may(crew.key)]
    if not able:
        return NOBODY
    verdicts = {_alone(land, crew, stop) for crew in able}
    for why in (DAY_FULL, WINDOW):
        if why in verdicts:
            return why
    return TOO_FAR


def _alone(land: Ground, crew: int, stop: int) -> str:
    one, own = land.stops[stop], land.crews[crew]
    way, home = (land.minutes(land.between(crew, *pair)) for pair in ((None, stop), (stop, None)))
    if way + one.minutes + home > min(own.most_minutes, own.ends - own.starts):
        return TOO_FAR
    arrive = own.starts + way
    if one.window:
        if arrive > one.window[1] or max(arrive, one.window[0]) + one.minutes + home > own.ends:
            return WINDOW
    elif arrive + one.minutes + home > own.ends:
        return TOO_FAR
    return DAY_FULL


def clock(minutes: float) -> str:
    """A minute of the day as it is written: 549.6 is 09:10."""
    whole = round(minutes)
    return f"{whole // 60:02d}:{whole % 60:02d}"


@dataclass(frozen=True)
class Limits:
    """What an inspector's day allows. `depots` by user name, `windows` and `minutes` by code of the point, before the design's.

    `way_minutes` is what one way is reckoned at when visits are shared out, before any route is known.
    """

    starts: float = 8 * 60
    ends: float = 18 * 60
    most_minutes: float = 9 * 60
    speed_kmh: float = 20.0
    way_minutes: float = 8.0
    depots: Mapping[str, LonLat] = field(default_factory=dict)
    windows: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    minutes: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 1.0
