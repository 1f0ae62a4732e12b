"""Whether the tile an asker has still holds, told in one statement.

Who asked for a tile asks for it again, at every move of the map. Working out who he is takes two or three statements, most of the
time such an answer needs. What was worked out is therefore kept under the key he comes with (a session, the digest of a token),
together with a proof: a statement and what it said. The next time the proof, the stamps of the books and the counters of the tile
are asked for at once. Nothing is taken on trust: a log-out, a token taken back, another password, another appointment or another
day makes the proof or the stamp another one, and the asker goes the ordinary way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any

from civicloop.insight.mapcells import Tile, Which
from civicloop.insight.mapsight import Sight
from civicloop.insight.mapstamps import (
    BOOKS_OF_CASES,
    BOOKS_OF_POINTS,
    Question,
    question_of_cases,
    question_of_points,
    tag_of_answer,
)
from civicloop.insight.mapstatements import asked_of_database, moment
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Revision
from civicloop.standards.reference import Reference

MOST_KEPT = 4_000
"""Askers kept by a process; the one who asked least lately goes first."""
_STAMP = f"(SELECT stamp FROM {Revision._meta.db_table} WHERE name = %s)"
_SIGHT_COMES_FROM = "organisation"


@dataclass(frozen=True, slots=True)
class Proof:
    """A statement of one value, asked anew each time: whoever it names is still let in. What it says now must be `told`.

    Its values are those `before` the moment of asking, that moment, and those `after` it.
    """

    statement: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    told: Any

    def values(self, at: datetime) -> list[Any]:
        """The values of the statement as of a moment."""
        return [*self.before, moment(at), *self.after]


def ask(proof: Proof, at: datetime) -> Any:
    """What a proof says now; None where nobody is named."""
    return asked_of_database(f"SELECT ({proof.statement})", proof.values(at))[0][0]


@dataclass(frozen=True, slots=True)
class _Kept:
    proof: Proof
    sight: Sight
    stamp: str
    day: date


class KnownAskers:
    """Those who asked a process before, by the key they come with."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()
        self._most = most

    def holds(self, key: str, at: datetime, ref: Reference) -> bool:
        """Whether what is kept under this key was worked out from the same books on the same day."""
        kept = self._kept.get(key)
        return kept is not None and (kept.stamp, kept.day) == (ref.stamps.get(_SIGHT_COMES_FROM), day_of(at))

    def keep(self, key: str, proof: Proof, sight: Sight, at: datetime, ref: Reference) -> None:
        """Remember what an asker may see, as it was worked out from these books."""
        stamp = ref.stamps.get(_SIGHT_COMES_FROM)
        if proof.told is None or stamp is None:
            return
        with self._lock:
            self._kept[key] = _Kept(proof, sight, stamp, day_of(at))
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def tag_of_cases(self, key: str, tile: Tile, which: Which, at: datetime) -> str | None:
        """The tag of a tile of cases for whoever comes with this key: one statement at most. None: he must go the ordinary way."""
        kept = self._kept.get(key)
        if kept is None or kept.day != day_of(at):
            return None
        return self._told(key, kept, at, BOOKS_OF_CASES, question_of_cases(tile, which, kept.sight, at))

    def tag_of_points(self, key: str, tile: Tile, at: datetime) -> str | None:
        """The same of a tile of points, which everybody who is let in sees alike."""
        kept = self._kept.get(key)
        return None if kept is None else self._told(key, kept, at, BOOKS_OF_POINTS, question_of_points(tile))

    def _told(self, key: str, kept: _Kept, at: datetime, books: Sequence[str], question: Question) -> str | None:
        columns = [f"({kept.proof.statement})", *[_STAMP] * (1 + len(books)), *question.columns]
        values = [*kept.proof.values(at), _SIGHT_COMES_FROM, *books, *question.params]
        ((proved, stamp, *rest),) = asked_of_database(f"SELECT {', '.join(columns)}", values)
        if proved != kept.proof.told or stamp != kept.stamp:
            with self._lock:
                self._kept.pop(key, None)
            return None
        return tag_of_answer(question, rest[len(books) :], [one or "" for one in rest[: len(books)]])


KNOWN = KnownAskers()
"""Those of this process, of all doors. Keys of different doors begin differently."""
