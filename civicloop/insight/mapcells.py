"""Cases of a tile counted by cell: from the counts that are kept, or one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import Exact

from civicloop.cases.mapsql import UNSEEN
from civicloop.cases.models import Case, CaseReach
from civicloop.cases.models.map import CITY, FINEST, LEVELS
from civicloop.insight.mapshared import Shared, shared_cases
from civicloop.insight.mapsight import Sight
from civicloop.insight.mapstatements import asked_of_database, fetched, marks, moment
from civicloop.kernel.tilekey import KEY_ZOOM, tile_numbered, tile_range

SPLIT = 4
"""A tile has 2^SPLIT cells along a side."""
FROM_COUNTS = 15
"""The deepest zoom whose cells are read from the counts; further in cases are counted one by one."""
Numbers = tuple[int, int]
"""How many cases, and how many of them are overdue."""

_COUNTS = "open, late, closed, whole"
_SUMS = "sum(open), sum(late), sum(closed), sum(whole)"
_KEPT = f"SELECT unit, cell, {_COUNTS} FROM cases_mapcount WHERE level = %s AND unit IN ({{units}}) AND cell >= %s AND cell < %s"
_WAITING = (
    f"SELECT unit, cell >> %s, {_COUNTS} FROM cases_mapchange WHERE unit IN ({{units}}) AND cell >= %s AND cell < %s"
)
# The plus keeps both databases from walking through the place's cases: nearly always there are only few unseen.
LATE = f"SELECT tile_key >> %s FROM cases_case c WHERE {UNSEEN} AND act_by < %s AND +tile_key >= %s AND +tile_key < %s"
_REACHES = " AND EXISTS (SELECT 1 FROM cases_casereach r WHERE r.case_id = c.id AND r.unit_id IN ({units}))"
_COUNTED_FROM = ("pk", "tile_key", "state", "ended_at", "act_by", "late_for")
_NONE = (0, 0, 0, 0)


class Which(StrEnum):
    """Which cases a map shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"
    ALL = "all"


class Tile(NamedTuple):
    """A tile of the Web Mercator square."""

    z: int
    x: int
    y: int


@dataclass(frozen=True)
class Cells:
    """Tiles of a finer zoom with numbers of cases and, among these, of overdue ones."""

    zoom: int
    places: Sequence[tuple[int, int]]
    numbers: Sequence[int]
    overdue: Sequence[int]


def from_counts(tile: Tile, which: Which, sight: Sight, at: datetime) -> Cells:
    """Cells of a tile at most of zoom 15. Two statements, however many cases there are; two more for several units."""
    zoom, units = min(tile.z + SPLIT, FINEST), sight.counted_as
    if not units:
        return Cells(zoom, [], [], [])
    shared = shared_cases(units) if len(units) > 1 else {}
    if shared is None:
        return from_cases(tile, which, sight, at)
    level = next(one for one in LEVELS if one >= zoom)
    found: dict[int, list[int]] = {}
    for (_, cell), counts in _summed(tile, level, zoom, units).items():
        found[cell] = [one + more for one, more in zip(found.get(cell, _NONE), counts, strict=True)]
    for cell, times, counts in _counted_too_often(tile, zoom, shared):
        found[cell] = [one - times * more for one, more in zip(found.get(cell, _NONE), counts, strict=True)]
    for cell in _late_unseen(tile, zoom, units, at):
        # What ended between the two statements is not there any more; the next answer has another tag.
        if cell in found and found[cell][1] < found[cell][0]:
            found[cell][1] += 1
    return _cells(zoom, ((cell, _of(which, *counts)) for cell, counts in found.items()))


def from_cases(tile: Tile, which: Which, sight: Sight, at: datetime) -> Cells:
    """Cells of a tile, by counting its cases."""
    zoom = min(tile.z + SPLIT, KEY_ZOOM)
    rows = cases_in(tile, which, sight, at)
    late = Count("pk", filter=Q(ended_at=None, act_by__lt=at))
    cell = F("tile_key").bitrightshift(2 * (KEY_ZOOM - zoom))
    counted = rows.annotate(cell=cell).values("cell").annotate(many=Count("pk"), late=late)
    found = fetched(counted.order_by().values_list("cell", "many", "late"))
    return _cells(zoom, ((int(cell), (int(many), int(late))) for cell, many, late in found))


def totals(tile: Tile, which: Which, sight: Sight) -> Numbers:
    """How many cases of a tile (at most of zoom 18) a person sees at most, and how many the city has. Of the overdue, and of cases
    that reach several of his units, there may be fewer.
    """
    units = sight.counted_as
    kind = Which.OPEN if which is Which.OVERDUE else which
    sums = _summed(tile, FINEST, tile.z, tuple({CITY, *units}))
    found = {key[0]: _of(kind, *counts)[0] for key, counts in sums.items()}
    return sum(found.get(unit, 0) for unit in units), found.get(CITY, 0)


def cases_in(tile: Tile, which: Which, sight: Sight, at: datetime) -> QuerySet[Case]:
    """The cases of a tile that a person may see."""
    low, high = tile_range(*tile)
    rows = Case.objects.filter(tile_key__gte=low, tile_key__lt=high)
    match which:
        case Which.OPEN:
            rows = rows.filter(ended_at=None)
        case Which.OVERDUE:
            rows = rows.filter(ended_at=None, act_by__lt=at)
        case Which.CLOSED:
            rows = rows.filter(state="closed")
    if sight.city:
        return rows
    if not sight.units:
        return rows.none()
    # From each case of the tile to its reach. Asked by EXISTS, PostgreSQL may read all that ever reached the units and join it.
    reached = CaseReach.objects.filter(case=OuterRef("pk"), unit__in=sight.units)
    return rows.filter(Exact(Subquery(reached.values(one=Value(1))[:1]), 1))


def span(tile: Tile, level: int) -> tuple[int, int]:
    """The cells of a zoom that lie in a tile, `low <= cell < high`; of a deeper tile the one cell it lies in."""
    low, high = tile_range(*tile)
    shift = 2 * (KEY_ZOOM - level)
    return low >> shift, (high - 1 >> shift) + 1


def _summed(tile: Tile, level: int, zoom: int, units: Sequence[int]) -> dict[tuple[int, int], list[int]]:
    """By unit and cell of `zoom`: open, late, closed and all, counted at `level` and waiting to be folded."""
    told = f"{_KEPT} UNION ALL {_WAITING}".replace("{units}", marks(units))
    statement = f"SELECT unit, cell >> %s, {_SUMS} FROM ({told}) AS told GROUP BY 1, 2"
    params = [2 * (level - zoom), level, *units, *span(tile, level)]
    params += [2 * (FINEST - level), *units, *span(tile, FINEST)]
    return {
        (int(unit), int(cell)): [int(n) for n in sums] for unit, cell, *sums in asked_of_database(statement, params)
    }


def _counted_too_often(tile: Tile, zoom: int, shared: Shared) -> Iterable[tuple[int, int, list[int]]]:
    """The cell, how many times too often, and the open, late, closed and all of each case that is counted under several units."""
    low, high = tile_range(*tile)
    rows = (
        Case.objects.filter(pk__in=list(shared), tile_key__gte=low, tile_key__lt=high)
        if shared
        else Case.objects.none()
    )
    shift = 2 * (KEY_ZOOM - zoom)
    for pk, key, state, ended, act_by, late_for in fetched(rows.order_by().values_list(*_COUNTED_FROM)):
        still_open = int(ended is None)
        late = int(ended is None and late_for is not None and late_for == act_by)
        yield int(key) >> shift, shared[pk], [still_open, late, int(state == "closed"), 1]


def _late_unseen(tile: Tile, zoom: int, units: Sequence[int], at: datetime) -> Iterable[int]:
    """The cells of the cases that are overdue but not counted so yet: one entry for each case."""
    params: list[Any] = [2 * (KEY_ZOOM - zoom), moment(at), *tile_range(*tile)]
    if CITY in units:
        rows = asked_of_database(LATE, params)
    else:
        rows = asked_of_database(LATE + _REACHES.replace("{units}", marks(units)), [*params, *units])
    return (int(cell) for (cell,) in rows)


def _of(which: Which, still_open: int, late: int, closed: int, whole: int) -> Numbers:
    match which:
        case Which.OPEN:
            return still_open, late
        case Which.OVERDUE:
            return late, late
        case Which.CLOSED:
            return closed, 0
        case Which.ALL:
            return whole, late


def _cells(zoom: int, counted: Iterable[tuple[int, Numbers]]) -> Cells:
    there = sorted((cell, numbers) for cell, numbers in counted if numbers[0] > 0)
    return Cells(
        zoom, [tile_numbered(cell) for cell, _ in there], [n for _, (n, _) in there], [late for _, (_, late) in there]
    )
