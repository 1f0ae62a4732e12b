"""What scoring reads, as plain values: places of the frozen frames, judged visits, units, events of cases.

The database side (`scoring.rows`) fills these; tests make them by hand. Nothing here knows where they came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from civicloop.standards.rules.book import StandardBook


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the frame as it was frozen. Its stratum is type × area (the town's code); `unit_id` answers for it, `town_id`
    is its block."""

    code: str
    point_type: str
    area: str
    unit_id: int | None = None
    town_id: int | None = None

    @property
    def stratum(self) -> tuple[str, str]:
        """Type and area."""
        return (self.point_type, self.area)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judged observation that enters. `answer` is the one in force; `answer_before` the inspector's where an appeal changed it.

    `edition_id` is that of its round. `point` is the code of the place; `stands_for` that of the
    place a reserve took, else the same.
    """

    uid: str
    visit: str
    point: str
    stands_for: str
    item: str
    answer: str
    judged_at: datetime
    edition_id: int
    round_id: int
    case: str = ""
    answer_before: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """An earlier fault at a point, which may make a later one a repeat."""

    point: str
    item: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit as ranks need it."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened with a unit's case: found, overdue, repeated, sent_back, supervised."""

    unit_id: int
    event: str
    source: str
    at: datetime
    case: str


@dataclass(frozen=True, slots=True)
class NegativeFact:
    """An event of the negative list, recorded and not revoked. `unit_id` None: the whole city's."""

    uid: str
    clause: str
    unit_id: int | None
    happened_on: date


@dataclass(frozen=True, slots=True)
class UnitPoints:
    """Points given back to a unit by a granted appeal against what a rule (`deduction`, its key) took."""

    unit_id: int
    points: float
    appeal: str
    deduction: str


@dataclass(frozen=True)
class Material:
    """Everything one score is made of. `books` has the edition of every round; `ruling` is the newest's, whose rules sum up.

    `earlier` are faults before the scope, as far back as repeats look. `day` is the day of the score, for the negative list.
    """

    places: Mapping[str, Place]
    judgements: tuple[Judgement, ...]
    books: Mapping[int, StandardBook]
    ruling: StandardBook
    units: Mapping[int, UnitCard]
    day: date
    area_names: Mapping[str, str] = field(default_factory=dict)
    earlier: tuple[Fault, ...] = ()
    events: tuple[CaseEvent, ...] = ()
    negative: tuple[NegativeFact, ...] = ()
    given_back: tuple[UnitPoints, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
