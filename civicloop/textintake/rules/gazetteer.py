"""The names of a city's places, and how a place is found in a text: divisions, roads, points, areas and grids.

The longest name at each position counts. Of several places with one name those stay that lie in a division the text names. A road
that nobody knows is still an address: it is told as one, with little certainty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from civicloop.textintake.rules.dictionary import Dictionary

HAN = r"\u4e00-\u9fff"
# The more exact the kind, the more it says about where to go; the second number is how sure a lone name makes.
SURE = {
    "point": 0.95,
    "area": 0.85,
    "crossing": 0.85,
    "road": 0.7,
    "grid": 0.8,
    "community": 0.6,
    "town": 0.4,
    "district": 0.2,
}
EXACT = list(SURE)
DIVISIONS = ("community", "town", "district")
UNKNOWN_ROAD = 0.25
NEAR_M = 500.0
MOST_SEEN = 40
"""A text that names more places than this is a list of places; its first ones count."""
_JOIN = re.compile(r"^(?:的|的?[是在]?)?[ ]?$")
_AND = re.compile(r"^[ ]?(?:与|和|跟|同|及|、|/|交|-)[ ]?$")
_MEET = re.compile(r"^(?:的)?(?:相交|交叉口|交叉路口|交汇处|交汇|交界处|交界|路口|十字路口|转角|拐角|口)")
_TAIL = re.compile(
    rf"^(?:[{HAN}]{{1,3}}[一二三四五六七八九十]里)?"
    rf"(?:[ ]?(?:第)?[0-9一二三四五六七八九十]{{1,5}}(?:-\d{{1,4}})?(?:号楼下|号楼|号院|号店|号|弄|巷|里|栋|幢|期))*"
    rf"(?:[{HAN}]{{0,6}}?(?:对面|旁边|旁|附近|门口|路口|口|路段|中段|东段|西段|南段|北段|北侧|南侧|东侧|西侧|东门|西门|南门|北门|桥头|桥下|转角|拐角|背后|后面|后门|楼下|前|入口|出口))?"
)
_ROAD = re.compile(
    rf"[{HAN}]{{1,6}}?(?:大道|大街|胡同|路|街|巷)(?![道面上灯人况过基缘牌砖障线程由途径费标坊]|沿(?!街))"
)
_HOUSE = re.compile(r"^[ ]?\d{1,5}(?:-\d{1,4})?号")
_NO_ROAD = re.compile(
    r"(?:马|道|公|铁|半|走|修|问|占|一|这条|那条|该|本|整条|小|条|岔|字|堵|拦|让|过|上|下|沿|临|靠|网|线|电|思|出|逛|老|全|各|主|大|沿路|逐|破|挖|掘|着|了|在|的|里|住|到|成|停|挡|是|有)[路街巷]$"
)
_BEFORE = re.compile(
    rf"^.*(?:位于|地址|来电|反映|投诉|发现|[在于到从至沿近靠与跟和及的是有里个着了条把往由说称：:我们市区县镇村道])(?=[{HAN}]{{2,}})"
)
_LEADS = re.compile(r"(?:^|[在于到从：:，,。；\s（(【]|位于|地址|我们|反映|住)$")
# 潘涂中路, 三秀路, 阳翟一里: behind a short name these make the name of a road or estate, not of the division.
_STREET = re.compile(r"^[东西南北中一二三四五六七八九十]{0,2}(?:大道|路|街|巷|里)(?![面口上])")
_FOLLOWS = re.compile(r"^(?:社区|村|街道|镇|乡|片区|小区|这边|这里|附近|主街|老街|环村|农贸|市场|小学|路|\d)")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with a name. `unit` is the block it lies in; `weight` how often a road was named in past cases."""

    kind: str
    name: str
    unit: int | None = None
    grid: int | None = None
    point: int | None = None
    lon: float | None = None
    lat: float | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text says a problem is: the best spot, how sure (0 to 1), the words that said so, and the address in words."""

    kind: str
    name: str
    address: str
    sure: float
    words: tuple[str, ...]
    unit: int | None = None
    grid: int | None = None
    point: int | None = None
    lon: float | None = None
    lat: float | None = None
    borrowed: bool = False
    """Taken from what stood before a list or in an earlier part, not said in this part itself."""


@dataclass(frozen=True, slots=True)
class _Seen:
    begin: int
    end: int
    word: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class Gazetteer:
    """All names with their places. `above` gives the units over a unit, nearest first."""

    spots: Mapping[str, tuple[Spot, ...]]
    above: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    _dictionary: Dictionary = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_dictionary", Dictionary(self.spots))

    @classmethod
    def of(cls, spots: Iterable[Spot], above: Mapping[int, tuple[int, ...]]) -> Gazetteer:
        """The gazetteer of these places. A name that is sure for one place is not weak for another."""
        named: dict[str, list[Spot]] = {}
        for spot in spots:
            if len(spot.name) >= 2 and spot not in named.setdefault(spot.name, []):
                named[spot.name].append(spot)
        return cls({name: tuple(found) for name, found in named.items()}, above)

    def find(self, text: str) -> Place | None:
        """Where the text says it is; None when it names no place at all."""
        seen = self._seen(text)
        if not seen:
            return None
        divisions = [one for one in seen if one.spots[0].kind in DIVISIONS]
        named = {spot.unit for one in divisions for spot in one.spots if spot.unit is not None}
        best: Place | None = _crossing(seen, text)
        for one in seen:
            place = self._judged(one, seen, named, text)
            if best is None or _rank(place) < _rank(best):
                best = place
        return best

    def roads_of(self, address: str) -> list[str]:
        """The names of roads in an address, without the divisions that stand before them."""
        rest = address
        for _, end, word in self._dictionary.longest(address):
            weak = all(spot.weak for spot in self.spots[word]) and _STREET.match(address[end : end + 5])
            if not weak and any(spot.kind in DIVISIONS for spot in self.spots[word]):
                rest = rest.replace(word, "，", 1)
        return [name for name, _, _ in roads_in(rest)]

    def _seen(self, text: str) -> list[_Seen]:
        found: list[_Seen] = []
        for begin, end, word in self._dictionary.longest(text):
            spots = self.spots[word]
            if all(spot.weak for spot in spots):
                if _STREET.match(text[end : end + 5]):
                    continue
                spots = self._meant(spots, found, text, begin, end)
            if spots:
                found.append(_Seen(begin, end, word, spots))
            if len(found) >= MOST_SEEN:
                break
        return sorted([*found, *_unknown(text, found)], key=lambda one: one.begin)

    def _meant(
        self, spots: Sequence[Spot], found: Sequence[_Seen], text: str, begin: int, end: int
    ) -> tuple[Spot, ...]:
        """Whether a bare short name means the division: behind its own town, or where a place is told."""
        if found and found[-1].end == begin:
            over = {spot.unit for spot in found[-1].spots}
            return tuple(spot for spot in spots if over & {spot.unit, *self.above.get(spot.unit or 0, ())})
        told = _LEADS.search(text[max(0, begin - 3) : begin]) and _FOLLOWS.match(text[end : end + 3])
        return tuple(spots) if told else ()

    def _judged(self, one: _Seen, seen: Sequence[_Seen], named: set[int], text: str) -> Place:
        others: set[int | None] = {*named} if one.spots[0].kind not in DIVISIONS else set()
        inside = [spot for spot in one.spots if not others or others & {spot.unit, *self.above.get(spot.unit or 0, ())}]
        spots = inside or list(one.spots)
        spot = spots[0]
        known = spot.unit is not None or spot.grid is not None or spot.point is not None or spot.lon is not None
        sure = SURE[spot.kind] if known else UNKNOWN_ROAD
        if others and known:
            sure = min(0.98, sure + 0.03) if inside else sure * 0.5
        if spot.kind == "road" and _HOUSE.match(text[one.end :]):
            sure = min(0.98, sure + 0.08)
        spot, shared = _common(spots, self.above)
        sure /= 1 if shared else len(spots) ** 0.5
        address, words = _address(one, seen, text)
        # An unknown road inside a known division: the block is known, the road is in the words.
        unit = spot.unit if known else self._block(seen)
        return Place(
            spot.kind, one.word, address, round(sure, 2), words, unit, spot.grid, spot.point, spot.lon, spot.lat
        )

    def _block(self, seen: Sequence[_Seen]) -> int | None:
        """The smallest division named, where it is one alone."""
        for kind in DIVISIONS:
            units = {spot.unit for one in seen for spot in one.spots if spot.kind == kind}
            if units:
                return units.pop() if len(units) == 1 else None
        return None


def _rank(place: Place) -> tuple[int, float]:
    """The most exact first; what is hardly sure comes after a division that is."""
    exact = EXACT.index(place.kind) if place.sure > UNKNOWN_ROAD else len(EXACT) if place.unit is None else 5
    return exact, -place.sure


def _common(spots: Sequence[Spot], above: Mapping[int, tuple[int, ...]]) -> tuple[Spot, bool]:
    """The one place, or what several of one name have in common: the grid, the block, or the unit over all of them."""
    if len(spots) == 1:
        return spots[0], True
    first = spots[0]
    grids = {spot.grid for spot in spots}
    units = {spot.unit for spot in spots}
    if len(units) == 1 and None not in units:
        grid = first.grid if len(grids) == 1 else None
        middle = replace(first, point=None, grid=grid)
        return (middle if grid is not None else replace(middle, lon=None, lat=None)), True
    shared = set.intersection(*({*above.get(unit or 0, ()), unit} for unit in units)) - {None}
    over = next((unit for unit in (first.unit, *above.get(first.unit or 0, ())) if unit in shared), None)
    return replace(first, unit=over, grid=None, point=None, lon=None, lat=None), False


def _crossing(seen: Sequence[_Seen], text: str) -> Place | None:
    """X路与Y路路口: the corner of two roads."""
    roads = [one for one in seen if one.spots[0].kind == "road"]
    for one, other in pairwise(roads):
        if not _AND.match(text[one.end : other.begin]):
            continue
        meet = _MEET.match(text[other.end : other.end + 6])
        if meet is None:
            continue
        said = text[one.begin : other.end + meet.end()]
        near = _nearest(one.spots, other.spots)
        if near is None:
            unit = one.spots[0].unit if {s.unit for s in (*one.spots, *other.spots)} == {one.spots[0].unit} else None
            sure = 0.6 if unit is not None else 0.3
            return Place("crossing", said, _before(one, seen, text) + said, sure, (one.word, other.word), unit)
        unit, grid, lon, lat = near
        return Place(
            "crossing", said, _before(one, seen, text) + said, SURE["crossing"], (one.word, other.word), unit, grid,
            lon=lon, lat=lat,
        )  # fmt: skip
    return None


def _nearest(some: Sequence[Spot], others: Sequence[Spot]) -> tuple[int | None, int | None, float, float] | None:
    best: tuple[float, Spot, float, float] | None = None
    for one in some:
        for other in others:
            if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
                continue
            east = (one.lon - other.lon) * 111_320 * math.cos(math.radians(one.lat))
            apart = math.hypot(east, (one.lat - other.lat) * 110_574)
            if apart <= NEAR_M and (best is None or apart < best[0]):
                best = apart, one, (one.lon + other.lon) / 2, (one.lat + other.lat) / 2
    return None if best is None else (best[1].unit, best[1].grid, round(best[2], 6), round(best[3], 6))


def _address(one: _Seen, seen: Sequence[_Seen], text: str) -> tuple[str, tuple[str, ...]]:
    """The address in words: the names that stand side by side around this one, with house number and 对面, 门口 and the like."""
    run = [one]
    at = seen.index(one)
    for other in reversed(seen[:at]):
        if not _JOIN.match(text[other.end : run[0].begin]) or other.end > run[0].begin:
            break
        run.insert(0, other)
    for other in seen[at + 1 :]:
        if not _JOIN.match(text[run[-1].end : other.begin]) or other.begin < run[-1].end:
            break
        run.append(other)
    tail = _TAIL.match(text[run[-1].end : run[-1].end + 16])
    return text[run[0].begin : run[-1].end + (tail.end() if tail else 0)].strip()[:200], tuple(s.word for s in run)


def _before(one: _Seen, seen: Sequence[_Seen], text: str) -> str:
    at = seen.index(one)
    if at and _JOIN.match(text[seen[at - 1].end : one.begin]):
        return text[seen[at - 1].begin : one.begin]
    return ""


def _unknown(text: str, known: Sequence[_Seen]) -> list[_Seen]:
    """What reads like a road and is in no list."""
    found = []
    for name, begin, end in roads_in(text):
        if not any(one.begin < end and begin < one.end for one in known):
            found.append(_Seen(begin, end, name, (Spot("road", name),)))
    return found[:MOST_SEEN]


def roads_in(text: str) -> list[tuple[str, int, int]]:
    """What reads like the name of a road: the name, its begin and end."""
    found = []
    for match in _ROAD.finditer(text):
        before = _BEFORE.match(match[0])
        begin = match.start() + (before.end() if before else 0)
        name = text[begin : match.end()]
        if len(name) >= 3 and not _NO_ROAD.search(name):
            found.append((name, begin, match.end()))
    return found
