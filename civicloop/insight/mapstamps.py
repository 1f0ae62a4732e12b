"""Tags of tiles: whether anything that a tile shows has changed, told without making it.

A tile changes when a case in it does (the counters of change that triggers raise), when time passes the moment by which one of the
open cases had to be acted on (the latest such moment that has passed), and when the asker's sight or a book of the house does.
Whatever transaction commits last, the counters of a place are higher after it than before, so no change is ever overlooked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from civicloop.cases.mapcounts import STAMP
from civicloop.cases.models.map import LEVELS
from civicloop.insight.mapcells import Tile, Which, span
from civicloop.insight.mapsight import Sight
from civicloop.insight.mapstatements import asked_of_database, marks, moment
from civicloop.standards.reference import Reference

POINTS_FROM = 14
"""From this zoom on tiles show single cases, with how soon they are due."""
SOON = timedelta(days=1)
"""A case whose time ends within this is shown as soon due."""
FORMAT = "1"
"""To be raised when tiles are written otherwise, so that browsers ask for them anew."""
_PASSED = "SELECT max(act_by) FROM cases_case WHERE ended_at IS NULL AND act_by < %s"


BOOKS_OF_CASES = (STAMP, "standards")
BOOKS_OF_POINTS = ("organisation", "grids")


@dataclass(frozen=True)
class Question:
    """What a tag is made of: what was asked for, and the columns of a statement that say whether it has changed."""

    about: Sequence[Any]
    columns: Sequence[str]
    params: Sequence[Any]


def tag_of_cases(tile: Tile, which: Which, sight: Sight, at: datetime, ref: Reference) -> str:
    """The tag of a tile of cases as of a moment: one statement. Take it before the tile is made, never after."""
    question = question_of_cases(tile, which, sight, at)
    (told,) = asked_of_database(f"SELECT {', '.join(question.columns)}", question.params)
    return tag_of_answer(question, told, [ref.stamps.get(name, "") for name in BOOKS_OF_CASES])


def question_of_cases(tile: Tile, which: Which, sight: Sight, at: datetime) -> Question:
    """What the tag of a tile of cases is made of."""
    level = next((one for one in LEVELS if one >= tile.z), LEVELS[-1])
    units = sight.counters
    counted = f"SELECT coalesce(sum(touched), 0) FROM {{}} WHERE unit IN ({marks(units)}) AND cell >= %s AND cell < %s"
    kept, waiting = counted.format("cases_mapcount") + " AND level = %s", counted.format("cases_mapchange")
    soon = moment(at + SOON if tile.z >= POINTS_FROM else at)
    return Question(
        (*tile, which, sight),
        (f"({kept}) + ({waiting})", f"({_PASSED})", f"({_PASSED})"),
        (*units, *span(tile, level), level, *units, *span(tile, LEVELS[-1]), moment(at), soon),
    )


def tag_of_answer(question: Question, told: Sequence[Any], stamps: Sequence[str]) -> str:
    """The tag, from what the database said and the stamps of the books the tile is made with."""
    return tag([*question.about, *told, *stamps])


def tag_of_points(tile: Tile, ref: Reference) -> str:
    """The tag of a tile of inspection points: they change with the books of organisation and grids."""
    return tag_of_answer(question_of_points(tile), (), [ref.stamps.get(name, "") for name in BOOKS_OF_POINTS])


def question_of_points(tile: Tile) -> Question:
    """What the tag of a tile of points is made of: the books alone."""
    return Question(tile, (), ())


def tag(parts: Sequence[Any]) -> str:
    """A weak tag (the answer may be packed or not) of what an answer depends on."""
    told = "\x1f".join([FORMAT, *(str(part) for part in parts)])
    return f'W/"{sha256(told.encode()).hexdigest()[:20]}"'
