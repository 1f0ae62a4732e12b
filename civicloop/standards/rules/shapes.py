"""What a pack holds, as frozen values. Every list is ordered by key, so that equal packs compare equal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from civicloop.kernel.worktime import Limit
from civicloop.standards.rules.assessment import (
    AssessmentSample,
    BigQuestion,
    Disorder,
    NegativeClause,
    Project,
    ScoringRules,
)  # fmt: skip
from civicloop.standards.rules.words import Text as Text

AREA_CLASSES = ("A", "B", "C")
MATTER = "matter"
COMPONENT = "component"


@dataclass(frozen=True, slots=True)
class Line:
    """A function of departments (条), such as sanitation; a city says which unit holds it."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class Major:
    """A major class (大类) of matters or components."""

    kind: str
    code: str
    name: Text
    sure: str


@dataclass(frozen=True, slots=True)
class Condition:
    """When a matter is filed (立案条件), what closes it (结案条件), and how long each class of area has.

    `limits` has the keys A, B and C. `sure` says how well the values are founded: read, high, medium or low.
    """

    code: str
    when: Text
    closing: Text
    limits: Mapping[str, Limit]
    sure: str


@dataclass(frozen=True, slots=True)
class Photos:
    """Which steps need a photo. Photos are asked only where a step needs them."""

    report: bool
    rectify: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """Easily confused: `text` says when the category `code` is meant instead."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a list question."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class Question:
    """An extra question at intake; `datatype` is one of Open311's six."""

    code: str
    question: Text
    datatype: str
    required: bool
    help: Text | None = None
    values: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class StandardText:
    """A text offered to whoever brings a case into `state`; may hold {number}, {category}, {place}, {unit}, {due}."""

    code: str
    state: str
    title: Text
    body: Text


@dataclass(frozen=True, slots=True)
class Category:
    """A matter (事项) or component (部件) with everything a city may set for it.

    `radius_m`, `duplicate_days` and `recurrence_days` are None where the city's own parameters hold.
    """

    kind: str
    code: str
    name: Text
    major: str
    line: str
    conditions: tuple[Condition, ...]
    photos: Photos
    sure: str
    radius_m: int | None = None
    duplicate_days: int | None = None
    recurrence_days: int | None = None
    hints: tuple[Hint, ...] = ()
    questions: tuple[Question, ...] = ()
    texts: tuple[StandardText, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Kind and code: a matter and a component may share a code."""
        return (self.kind, self.code)


@dataclass(frozen=True, slots=True)
class Target:
    """A category of another pack."""

    pack: str
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """An old name and what it is called now. By name, since the numbers of the two standards do not correspond."""

    kind: str
    name: str
    code: str
    match: str
    to: tuple[Target, ...]
    sure: str


@dataclass(frozen=True, slots=True)
class PointType:
    """A kind of place that is inspected (点位类型); `like` names the type whose checklists it shares."""

    code: str
    name: Text
    list: str
    sure: str
    like: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A number that has to be reached: `value` of `unit`, for every `per_m` metres walked where that is given."""

    what: Text
    compare: str
    value: float
    unit: str
    per_m: int | None = None


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing to judge at a place. `exceptions` are not faults; `becomes` is the matter filed when it fails.

    `observe` says in words how to look; `photo` whether a picture is asked for: never, when_failed or always.
    """

    code: str
    text: Text
    how: str
    aspect: str
    sure: str
    counts: Count | None = None
    exceptions: tuple[Text, ...] = ()
    becomes: str = ""
    disorder: str = ""
    weight: float = 1.0
    photo: str = "when_failed"
    observe: Text | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """What is looked at in the point types of `applies_to`."""

    code: str
    name: Text
    applies_to: tuple[str, ...]
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure a city has to reach. `value` is in `unit`; a grade letter where `compare` is grade_or_better."""

    code: str
    section: str
    name: Text
    compare: str
    value: float | str
    unit: str
    source: Text
    year: int
    sure: str
    or_else: Text | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class CitySize:
    """A band of city sizes: from `from_people` up to, not including, `below_people`."""

    key: str
    name: Text
    from_people: int
    below_people: int | None = None


@dataclass(frozen=True, slots=True)
class SamplingRow:
    """How many sites are drawn in a city of each size; `complete` says whether the rows under it are all known."""

    code: str
    name: Text
    sites: Mapping[str, int]
    complete: bool
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class Sampling:
    """The table of sites by size of city."""

    sizes: tuple[CitySize, ...]
    rows: tuple[SamplingRow, ...]
    source: Text
    year: int
    sure: str


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the escalation ladder: at `fraction` of the time, or `after_due`, tell `tell`."""

    key: str
    name: Text
    tell: str
    fraction: float | None = None
    after_due: Limit | None = None


@dataclass(frozen=True, slots=True)
class Whistle:
    """A kind of whistle (吹哨) and the time in which departments must arrive, within its customary bounds."""

    kind: str
    name: Text
    arrive: Limit
    sure: str
    shortest: Limit | None = None
    longest: Limit | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers a city may set for its loops. Factors multiply a category's limit; radii are metres."""

    stages: Mapping[str, Limit]
    escalation: tuple[Rung, ...]
    return_within: Limit
    return_at_most: int
    duplicate_radius_m: int
    duplicate_days: int
    recurrence_radius_m: int
    recurrence_window_days: int
    recurrence_limit_factor: float
    whistles: tuple[Whistle, ...]
    appeal_within: Limit
    extend_at_most: int
    extend_limit_factor: float
    suspend_review_days: int


@dataclass(frozen=True, slots=True)
class Pack:
    """A standard, read and checked. Edit the files, never this value."""

    name: str
    edition: str
    title: Text
    source: Text
    standard: str = ""
    in_force: str = ""
    replaces: str = ""
    uses: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    majors: tuple[Major, ...] = ()
    categories: tuple[Category, ...] = ()
    crosswalk: tuple[Crossing, ...] = ()
    point_types: tuple[PointType, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    sampling: Sampling | None = None
    projects: tuple[Project, ...] = ()
    questions: tuple[BigQuestion, ...] = ()
    disorders: tuple[Disorder, ...] = ()
    sample: AssessmentSample | None = None
    scoring: ScoringRules | None = None
    negative_list: tuple[NegativeClause, ...] = ()
    parameters: Parameters | None = None
    texts: tuple[StandardText, ...] = ()
    _by_key: Mapping[tuple[str, str], Category] = field(default_factory=dict, repr=False, compare=False)

    def category(self, code: str, kind: str = MATTER) -> Category:
        """The category with this code. Raises KeyError."""
        return self._by_key[(kind, code)]

    def of_kind(self, kind: str) -> tuple[Category, ...]:
        """All matters, or all components, by code."""
        return tuple(category for category in self.categories if category.kind == kind)
