"""What scoring takes in and gives out, as frozen values. Scores are points of 100; a score that nobody knows is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

# How an estimate came about; "none": nothing is known.
HOWS = ("direct", "census", "smoothed", "collapsed", "none")
KINDS = (
    "city", "method", "question", "type", "area", "unit", "deduction", "point", "visit", "item", "observation",
)  # fmt: skip
# Units are compared within their group only.
GROUPS = ("districts", "towns", "departments", "communities", "companies")
SITE = "site"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is judged together: the rounds with these numbers, or every visit between two days (both count), or both.

    None leaves that side open.
    """

    rounds: tuple[int, ...] | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score with its 95 % interval. `n` of `population` places were judged; `df` are the degrees of freedom of `se`.

    `how`: direct (weighted by stratum), collapsed (a stratum had one place, its spread was taken from its type or the city),
    census (all places were judged: nothing is left to chance), smoothed (a small cell leant on the others; `shrinkage` is
    the share taken from them, 0 to 1, and `direct` the value of its own places), none (value None).
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    df: float | None = None
    n: int = 0
    population: int = 0
    how: str = "direct"
    shrinkage: float | None = None
    direct: float | None = None

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree of a score. `key` is stable (code or uid), `name` is for reading.

    `weight` is the share of the parent's value that this child carries (1 for the root). `possible` and `got` are points of
    items, summed below; they are zero above the point where values are estimates. `before` is the value before adjustments
    by appeals where they changed it, else None. `refs` lead on: visit, observation, case (uids), photos (sha256 each).
    `said` holds what a reader must be told, by name: answer, weighs, repeated, capped_by, left_out, empty, before_deductions …
    Children that are many (points and below) are left to `queries.node`; `below` says how many there are.
    """

    kind: str
    key: str
    name: str
    estimate: Estimate
    weight: float = 1.0
    possible: float = 0.0
    got: float = 0.0
    before: float | None = None
    children: tuple[Node, ...] = ()
    refs: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)
    below: int = 0

    @property
    def value(self) -> float | None:
        """The score."""
        return self.estimate.value


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit in its group. With 95 % certainty for all units of the group together, its rank lies in `rank_low`–`rank_high`.

    `tied_with` are the units (ids) it cannot be told apart from. `estimate` carries the joint interval in `joint_low` and
    `joint_high` beside its own one. It stands after deductions; `deducted` is how many points they and the negative list took.
    """

    unit_id: int
    name: str
    estimate: Estimate
    rank_low: int
    rank_high: int
    tied_with: tuple[int, ...] = ()
    code: str = ""
    joint_low: float = 0.0
    joint_high: float = 100.0
    deducted: float = 0.0


@dataclass(frozen=True, slots=True)
class GroupRanking:
    """Units of one group by value, highest first. `unranked` (ids) had no place judged and are not compared."""

    key: str
    name: str
    rows: tuple[Ranked, ...]
    unranked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Deducted:
    """What one rule of deduction takes from a unit: `count` events at `points` in all. `cases` are uids, in order of time."""

    unit_id: int
    key: str
    name: str
    event: str
    count: int
    points: float
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Negative:
    """An event of the negative list that is in force on the day of the score. `unit_id` None: the whole city's.

    `points` is 0 unless the consequence is deduct. `until` is the first day on which it no longer counts.
    """

    uid: str
    clause: str
    text: str
    consequence: str
    unit_id: int | None
    happened_on: date
    until: date
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class ScoreBook:
    """Everything a score says of a scope as of a moment, with the edition it was judged by.

    `edition` is the standards.editions.StandardBook of the newest round in the scope; older rounds' points were judged by
    their own. `rule_digest` names the rules exactly. `observations`, `points` and `visits` count what entered.
    `types` are the children of the method "site" in `city`; `questions` see the same places by the five questions.
    `left_out` says what did not enter and why: pairs of a reason and how many.
    """

    scope: Scope
    as_of: datetime
    edition: Any
    rule_digest: str
    observations: int
    points: int
    visits: int
    city: Node
    units: tuple[Node, ...]
    groups: tuple[GroupRanking, ...]
    types: tuple[Node, ...]
    questions: tuple[Node, ...]
    deductions: tuple[Deducted, ...] = ()
    negative: tuple[Negative, ...] = ()
    left_out: tuple[tuple[str, int], ...] = field(default=())
    target: float = 90.0

    def unit(self, unit_id: int) -> Node | None:
        """The node of a unit; None when it had no place in the frame."""
        return next((node for node in self.units if node.said.get("unit_id") == unit_id), None)
