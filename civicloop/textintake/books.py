"""What reading a text needs and no text changes: lexicon, gazetteer, classifier; kept in memory and read anew by stamps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

import yaml

from civicloop.organisation.book import OrgBook
from civicloop.organisation.models import Area, Point, Unit
from civicloop.organisation.rules.roles import BLOCKS
from civicloop.standards.categories import MATTER, CategoryInfo
from civicloop.standards.reference import Reference
from civicloop.textintake.models import TextModel
from civicloop.textintake.rules.gazetteer import Gazetteer, Spot
from civicloop.textintake.rules.linear import Linear, from_bytes
from civicloop.textintake.rules.words import Lexicon, Named, clues_of

T = TypeVar("T")
STAMP = "texts"
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_LEVEL = re.compile(r"(?:社区|街道|村|镇|乡|区|县|市)$")
_ENDINGS = (
    "社区居民委员会",
    "社区居委会",
    "居民委员会",
    "村民委员会",
    "居委会",
    "村委会",
    "人民政府",
    "街道办事处",
    "办事处",
)


class Remembered(Generic[T]):
    """One value for one set of stamps. Where one of them was never set, the value is made anew each time."""

    def __init__(self, *names: str, needed: str | None = None) -> None:
        self.names, self.needed = names, needed or names[0]
        self._key: tuple[str | None, ...] | None = None
        self._value: T | None = None

    def get(self, stamps: Mapping[str, str], load: Callable[[], T]) -> T:
        """The value as of these stamps."""
        key = tuple(stamps.get(name) for name in self.names)
        if stamps.get(self.needed) is None:
            return load()
        if self._value is None or key != self._key:
            self._value, self._key = load(), key
        return self._value


_lexicons: Remembered[Lexicon] = Remembered("standards")
_gazetteers: Remembered[Gazetteer] = Remembered("organisation", "grids", STAMP)
_models: Remembered[tuple[Linear | None, float]] = Remembered(STAMP)


def lexicon_of(ref: Reference) -> Lexicon:
    """The words of the city's categories."""
    return _lexicons.get(ref.stamps, lambda: _lexicon(ref))


def gazetteer_of(ref: Reference) -> Gazetteer:
    """The names of the city's places."""
    return _gazetteers.get(ref.stamps, lambda: Gazetteer.of(_spots(ref), _above(ref.org)))


def model_of(ref: Reference) -> tuple[Linear | None, float]:
    """The newest classifier and how often it is right at first, as measured; none where the city has trained none."""
    return (None, 0.0) if STAMP not in ref.stamps else _models.get(ref.stamps, _newest)


def matters(ref: Reference) -> list[CategoryInfo]:
    """The categories a text may be about: active matters, of several with one name that of the pack with most of them."""
    found = [one for one in ref.categories.all() if one.kind == MATTER]
    many = Counter(one.pack for one in found)
    by_name: dict[str, CategoryInfo] = {}
    for one in sorted(found, key=lambda one: (-many[one.pack], one.pack, one.code)):
        by_name.setdefault(one.name, one)
    return sorted(by_name.values(), key=lambda one: one.code)


@cache
def _written() -> Mapping[str, Any]:
    text = (files("civicloop.textintake") / "data" / "lexicon.yaml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.CSafeLoader)  # type: ignore[no-any-return]


def _lexicon(ref: Reference) -> Lexicon:
    told = _written()
    named = [Named(one.id, one.name) for one in matters(ref)]
    return Lexicon(clues_of(named, told["clues"], told["faults"], told["things"]))


def _newest() -> tuple[Linear | None, float]:
    row = TextModel.objects.order_by("-id").values_list("weights", "top1", "held").first()
    if row is None or not row[0]:
        return None, 0.0
    weights, top1, held = row
    return from_bytes(bytes(weights)), top1 if held else 0.0


def _above(org: OrgBook) -> dict[int, tuple[int, ...]]:
    return {unit: org.above(unit) for unit in org.units}


def _spots(ref: Reference) -> Iterator[Spot]:
    yield from _divisions()
    for grid in ref.grids.grids.values():
        yield Spot("grid", grid.name, grid.unit_id, grid.id)
    for name, unit in Area.objects.filter(active=True).values_list("name", "unit"):
        yield Spot("area", name, unit)
    roads = TextModel.objects.order_by("-id").values_list("roads", flat=True).first() or {}
    for name, places in roads.items():
        for one in places:
            yield Spot("road", name, one["unit"], one["grid"], lon=one["lon"], lat=one["lat"])
    yield from _points(ref)


def _points(ref: Reference) -> Iterator[Spot]:
    fields = ("pk", "name", "grid", "unit", "lon", "lat")
    for pk, name, grid, unit, lon, lat in Point.objects.filter(active=True).values_list(*fields):
        info = ref.grids.info(grid) if grid else None
        yield Spot("point", name, info.unit_id if info else unit, grid, pk, lon, lat)


def _divisions() -> Iterator[Spot]:
    rows = Unit.objects.filter(active=True).values_list("pk", "name", "short_name", "kind", "parent")
    for pk, name, short, kind, parent in rows:
        # The root is the district only where it bears its name; a command post is no place.
        if kind in BLOCKS or (parent is None and name.endswith(("区", "县", "市"))):
            level = kind if kind in BLOCKS else "district"
            for form, weak in forms_of(name, short):
                yield Spot(level, form, pk, weak=weak)


def forms_of(name: str, short: str = "") -> list[tuple[str, bool]]:
    """How a division is named: 同新社区居委会, 同新社区 and, where the rest of the text makes it plain, 同新."""
    full: set[str] = set()
    for given in {_BRACKETS.sub("", name), _BRACKETS.sub("", short)}:
        full |= _whole(given)
    weak = {stem for one in full if len(stem := _LEVEL.sub("", one)) >= 2} | ({short} if len(short) >= 2 else set())
    return [*((one, False) for one in sorted(full)), *((one, True) for one in sorted(weak - full))]


def _whole(name: str) -> set[str]:
    """The forms that mean the division by themselves; none of a name that does not say its level."""
    ending = next((one for one in _ENDINGS if name.endswith(one) and len(name) > len(one)), "")
    bare = name.removesuffix(ending)
    if ending.startswith("社区"):
        bare += "社区"
    elif ending in ("街道办事处", "办事处"):
        bare = f"{bare.removesuffix('街道')}街道"
    elif ending in ("居委会", "居民委员会"):
        bare = bare if _LEVEL.search(bare) else f"{bare}社区"
    elif ending in ("村委会", "村民委员会"):
        bare = bare if _LEVEL.search(bare) else f"{bare}村"
    return {one for one in (name, bare) if len(one) >= 3 and (ending or _LEVEL.search(one))}
