"""The figures papers are written from, as plain frozen values. Readers in `documents.figures` fill them; sentences read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as lists and papers name it. Moments are local. `after` and `before` are photos by SHA-256, oldest first.

    `asked`: what closes it (结案条件); `limit`: the time the unit has, in words. `measures`: the plan agreed (joint plan, plan of a
    suspension), or what the unit wrote on accepting; `done`: what it wrote when it reported rectified. `verdict`: the checker's.
    """

    number: str
    place: str
    what: str
    category: str
    found_at: datetime
    source: str
    state: str
    unit: str = ""
    person: str = ""
    point_type: str = ""
    asked: str = ""
    limit: str = ""
    due_at: datetime | None = None
    measures: str = ""
    done: str = ""
    rectified_at: datetime | None = None
    checker: str = ""
    verdict: str = ""
    closed_at: datetime | None = None
    supervised: bool = False
    repeated: bool = False
    sent_back: int = 0
    overdue_days: int = 0
    note: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Of the problems found in a period (voided and merged left out): how many, and where they stand at the moment asked for.

    open = found − closed − suspended; `overdue` of the open ones are past the time the unit had.
    """

    found: int = 0
    rectified: int = 0
    closed: int = 0
    suspended: int = 0
    overdue: int = 0
    repeated: int = 0
    supervised: int = 0

    @property
    def rate(self) -> float | None:
        """Closed of found (销号率)."""
        return self.closed / self.found if self.found else None

    @property
    def open(self) -> int:
        """Still to be done, suspended ones apart."""
        return self.found - self.closed - self.suspended

    def plus(self, other: Found) -> Found:
        """Both together."""
        return Found(*(getattr(self, name) + getattr(other, name) for name in FOUND))


FOUND = ("found", "rectified", "closed", "suspended", "overdue", "repeated", "supervised")


@dataclass(frozen=True, slots=True)
class FoundIn:
    """Problems found, told for one thing: a category, a source, a unit, a town."""

    key: str
    name: str
    numbers: Found


@dataclass(frozen=True, slots=True)
class Ratio:
    """A rate with what it is made of."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None where there was nothing to judge."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class UnitRates:
    """A unit's handling in a period, by due time (docs/explanation/rates.md)."""

    name: str
    kind: str
    rates: Mapping[str, Ratio] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rated:
    """An estimate in points of 100 with its 95 % interval; value None where nothing is known."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    how: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit's place in its group: from the best to the worst it could be. `tied`: not to be told apart from a neighbour."""

    name: str
    rated: Rated
    first: int
    last: int
    tied: bool
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Units that may be compared with each other, best first."""

    key: str
    name: str
    rows: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the whole that is rated too: a question, a type of point."""

    key: str
    name: str
    rated: Rated
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """What scoring says of a period: the city, its groups, the five questions, the types of point; by which edition and rules.

    `before`, `year_before`: the city's score of the earlier periods; `before_how` says in words where `before` is from.
    """

    city: Rated
    before: float | None
    year_before: float | None
    groups: tuple[Group, ...]
    questions: tuple[Part, ...]
    types: tuple[Part, ...]
    edition: str
    rule: str
    target: float
    observations: int
    points: int
    visits: int
    before_how: str = ""


@dataclass(frozen=True, slots=True)
class ItemFaults:
    """An item of a checklist: at how many points judged, and at how many it failed. `where`: the name of the checklist."""

    code: str
    text: str
    question: str
    judged: int
    failed: int
    where: str = ""


@dataclass(frozen=True, slots=True)
class TypeSeen:
    """A type of point: points visited, judgements, and how many failed."""

    code: str
    name: str
    points: int
    judged: int
    failed: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What visits of a period saw. `judged` counts answers met or not met; `cases` the problems they opened or met again."""

    visits: int = 0
    points: int = 0
    inspectors: int = 0
    missed: int = 0
    judged: int = 0
    met: int = 0
    failed: int = 0
    not_applicable: int = 0
    cannot_tell: int = 0
    commended: int = 0
    cases: int = 0
    known: int = 0
    rounds: tuple[str, ...] = ()
    round_kinds: Mapping[str, int] = field(default_factory=dict)
    types: tuple[TypeSeen, ...] = ()
    items: tuple[ItemFaults, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A typical find, good or bad: where, what, and the pictures that show it."""

    place: str
    what: str
    unit: str
    pictures: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Called:
    """A unit that was called by a whistle."""

    unit: str
    arrive_by: datetime
    arrived_at: datetime | None
    person: str
    score: int | None
    remark: str

    @property
    def late(self) -> bool | None:
        """Whether it came after the time; None when it has not come."""
        return None if self.arrived_at is None else self.arrived_at > self.arrive_by


@dataclass(frozen=True, slots=True)
class Joint:
    """A whistle (吹哨报到) with everything its record tells."""

    kind: str
    by: str
    place: str
    blown_at: datetime
    meet_at: datetime
    plan: str
    outcome: str
    ended_at: datetime | None
    calls: tuple[Called, ...]
    problem: Problem


@dataclass(frozen=True, slots=True)
class Demand:
    """A supervision of one problem: what is demanded, by when an answer is due, and the answer."""

    level: str
    demand: str
    at: datetime
    answer_by: datetime | None
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who answers for something. The phone is masked unless reading it was allowed and written to the ledger."""

    unit: str
    role: str
    name: str
    phone: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """How many places or units of a kind there are; `measure` is the counting word (家, 块, 个, 条)."""

    key: str
    name: str
    measure: str
    many: int


@dataclass(frozen=True, slots=True)
class Duties:
    """Who answers for what: units, grids, areas and points, and how many of them have a person."""

    departments: int = 0
    towns: int = 0
    communities: int = 0
    companies: int = 0
    teams: int = 0
    task_forces: int = 0
    grids: int = 0
    grids_manned: int = 0
    duty_grids: int = 0
    areas: int = 0
    areas_manned: int = 0
    points: int = 0
    points_manned: int = 0
    sponsors: int = 0
    grid_workers: int = 0
    people: int = 0
