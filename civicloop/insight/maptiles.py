"""Vector tiles of the cases a person may see: cells with counts where there are many, points where there are few.

Cells come from the counts that triggers keep (cases/mapsql.py), corrected by what has become overdue since they were marked:
they are right at every moment. Points come from the index over tile keys. The tag of a tile is made from counters of change alone:
docs/adr/0023.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Value, When

from civicloop.cases.models.map import FINEST
from civicloop.insight import mapcells
from civicloop.insight.mapcells import Cells, Tile, Which
from civicloop.insight.mapsight import Sight
from civicloop.insight.mapstamps import POINTS_FROM, SOON
from civicloop.insight.mapstatements import fetched
from civicloop.kernel import mvt
from civicloop.standards.reference import Reference

MOST_POINTS = 1_000
"""Points in a tile; above that it shows cells."""
MOST_CANDIDATES = 3_000
"""Cases of the city in a tile that are looked through for those of one unit; above that its tile shows cells."""
DEEPEST = 20
FIELDS = ("id", "uid", "state", "category_id", "urgent", "lon", "lat")


@dataclass(frozen=True)
class Question:
    """A tile as it is asked for: which cases, by whom, at what moment."""

    tile: Tile
    which: Which
    sight: Sight
    at: datetime


def tile_of_cases(asked: Question, ref: Reference) -> bytes:
    """The tile as MVT; empty bytes when there is nothing in it."""
    if asked.tile.z >= POINTS_FROM and _few(asked):
        rows = _points(asked)
        if len(rows) <= MOST_POINTS:
            return mvt.encode([_layer_of_points(asked, rows, ref)])
    return mvt.encode([layer_of_cells(asked.tile, cells_of(asked))])


def cells_of(asked: Question) -> Cells:
    """The cells of a tile, each with the number of cases and of overdue ones."""
    tile = asked.tile
    if tile.z <= mapcells.FROM_COUNTS:
        return mapcells.from_counts(tile, asked.which, asked.sight, asked.at)
    return mapcells.from_cases(tile, asked.which, asked.sight, asked.at)


def _few(asked: Question) -> bool:
    """Whether it is worth while to look for points. For a unit the cases of the whole city in the tile are looked through."""
    if asked.tile.z > FINEST:
        return True
    mine, everybody = mapcells.totals(asked.tile, asked.which, asked.sight)
    return mine <= MOST_POINTS and (asked.sight.city or everybody <= MOST_CANDIDATES)


def _points(asked: Question) -> list[Sequence[Any]]:
    """The columns of FIELDS and how late each case is: 2 overdue, 1 within a day, 0 otherwise."""
    rows = mapcells.cases_in(asked.tile, asked.which, asked.sight, asked.at)
    late = Choice(
        When(ended_at=None, act_by__lt=asked.at, then=Value(2)),
        When(ended_at=None, act_by__lt=asked.at + SOON, then=Value(1)),
        default=Value(0),
    )
    return fetched(rows.annotate(late=late).order_by().values_list(*FIELDS, "late")[: MOST_POINTS + 1])


def _layer_of_points(asked: Question, rows: Sequence[Sequence[Any]], ref: Reference) -> mvt.Layer:
    tile, codes = asked.tile, ref.categories.categories
    if not rows:
        return mvt.Layer("cases", [], [])
    ids, uids, states, categories, urgent, lons, lats, late = zip(*rows, strict=True)
    xs, ys = mvt.steps(lons, lats, *tile)
    return mvt.Layer(
        "cases", xs, ys,
        {
            "uid": [with_hyphens(one) for one in uids],
            "number": [f"A{one:06d}" for one in ids],
            "state": states,
            "late": late,
            "cat": [codes[one].code if one in codes else "" for one in categories],
            "urgent": [int(one) for one in urgent],
        },
        ids,
    )  # fmt: skip


def with_hyphens(value: Any) -> str:
    """A public id as it is written everywhere; SQLite keeps its digits alone."""
    text = str(value)
    return text if len(text) == 36 else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def layer_of_cells(tile: Tile, cells: Cells) -> mvt.Layer:
    """Cells as points in their middle."""
    side = mvt.EXTENT >> max(0, cells.zoom - tile.z)
    left, top = tile.x << cells.zoom - tile.z, tile.y << cells.zoom - tile.z
    xs = [(x - left) * side + side // 2 for x, _ in cells.places]
    ys = [(y - top) * side + side // 2 for _, y in cells.places]
    keys = [f"{cells.zoom}/{x}/{y}" for x, y in cells.places]
    numbers: dict[str, Sequence[mvt.Value]] = {"n": cells.numbers, "key": keys}
    return mvt.Layer("cells", xs, ys, numbers | {"overdue": cells.overdue} if cells.overdue else numbers)
