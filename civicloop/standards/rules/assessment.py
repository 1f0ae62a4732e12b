"""How a standard judges a city, as frozen values: the tree of criteria, the sample, the rules of scoring, the negative list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civicloop.standards.rules.words import Text

METHODS = ("site", "document", "survey")
PHOTO_RULES = ("never", "when_failed", "always")


@dataclass(frozen=True, slots=True)
class Criterion:
    """A standard (测评标准): one thing asked of the city. `items` are the checklist items that judge it on site."""

    code: str
    text: Text
    method: str
    weight: float
    sure: str
    items: tuple[str, ...] = ()
    line: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A content (测评内容) of a project."""

    code: str
    name: Text
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """A project (测评项目), the top of the tree. Weights of projects are shares of one; `sure` says how well founded."""

    code: str
    name: Text
    weight: float
    sure: str
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class BigQuestion:
    """One of the five questions leaders ask: public order, environment, service windows, facilities, civic practice."""

    key: str
    name: Text
    aspects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disorder:
    """One of the ten disorders (十乱)."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class SampleRow:
    """How many points of a type the assessors draw; `weight` is the share of the type in the score on site."""

    point_type: str
    points: int
    weight: float
    sure: str


@dataclass(frozen=True, slots=True)
class AssessmentSample:
    """The sample the assessors are expected to draw."""

    rows: tuple[SampleRow, ...]
    source: Text
    sure: str


@dataclass(frozen=True, slots=True)
class LadderStep:
    """From the `from_count`-th occurrence on, each takes `points`."""

    from_count: int
    points: float


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points a unit loses. `event` is what is counted: found, overdue, repeated, sent_back, supervised, false_evidence.

    `source` narrows it to cases of one source, "" takes all. `at_most` caps the sum; None: no cap.
    """

    key: str
    name: Text
    event: str
    ladder: tuple[LadderStep, ...]
    sure: str
    source: str = ""
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A fault found again at the same point within `within_days` weighs `factor` times its item."""

    within_days: int
    factor: float


@dataclass(frozen=True, slots=True)
class Veto:
    """A failed key item caps the score of its point (一票否决 in its mild form): at most `cap` of 100."""

    item: str
    cap: float


@dataclass(frozen=True, slots=True)
class NegativeClause:
    """A clause of the negative list. Consequences: deduct, no_nomination, suspend, revoke. `points` only with deduct."""

    code: str
    text: Text
    consequence: str
    window_months: int
    sure: str
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """The rules of scoring. `methods` are shares of one; methods without data are left out and the rest scaled, and said so.

    `floor` and `cap` bound every score; `target` is what the city wants to reach.
    """

    methods: Mapping[str, float]
    sure: str
    floor: float = 0.0
    cap: float = 100.0
    target: float = 90.0
    repeat: Repeat | None = None
    vetoes: tuple[Veto, ...] = ()
    deductions: tuple[Deduction, ...] = ()
