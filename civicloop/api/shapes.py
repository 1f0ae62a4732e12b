"""What comes in and what goes out, as the OpenAPI description shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.cases.rules.lifecycle import State
from civicloop.kernel.geo import Datum

Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Key = Annotated[str, Field(min_length=1, max_length=100)]
# No clock counts outside these years, and moments near the ends of the calendar cannot be put into another zone.
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))]
Source: Any = Literal[tuple(SOURCE_LABELS)]


class Strict(Schema):
    """What comes in: a field nobody reads is refused."""

    model_config = ConfigDict(extra="forbid")


class PhotoGiven(Strict):
    """A photo that was sent before with PUT /photos/{sha256}."""

    sha256: Sha256
    kind: Literal["near", "far", "reference", "before", "after"] = "near"
    noted_at: Moment | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None


class ReportIn(Strict):
    """A problem as it is reported."""

    category: Key = Field(description="Code or public id of a category.")
    pack: Key | None = Field(None, description="Code of the standard pack, where a code stands in several.")
    description: str = Field("", max_length=4000)
    answers: dict[str, Any] = Field(default_factory=dict, description="Answers to the category's questions, by code.")
    lon: Annotated[float, Field(allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(allow_inf_nan=False)] | None = None
    datum: Datum = Datum.WGS84
    address: str = Field("", max_length=200)
    point: Key | None = Field(None, description="Code of a point.")
    photos: list[PhotoGiven] = Field(default_factory=list, max_length=12)
    source: Source = "patrol"  # type: ignore[valid-type]
    external_key: Key | None = Field(None, description="The key of the case where it comes from; unique.")
    urgent: bool = False
    noted_at: Moment | None = Field(None, description="When the problem was seen, by the device.")
    suggestion: UUID | None = Field(
        None, description="The part of a text (`parts[].id` of POST /texts) that it tells of."
    )


class FieldError(Schema):
    field: str
    code: str
    detail: str


class Problem(Schema):
    """RFC 9457. `code` is for programs, `detail` for people, `errors` names the fields at fault."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError]
    params: dict[str, Any]


class Named(Schema):
    code: str
    name: str


class NamedUnit(Named):
    uid: UUID


class CaseBrief(Schema):
    """A case as lists show it."""

    uid: UUID
    number: str
    state: State
    state_label: str
    category: Named
    description: str
    address: str
    lon: float | None
    lat: float | None
    grid: Named | None
    area_class: str
    unit: NamedUnit | None
    owner: NamedUnit
    urgent: bool
    supervised: bool
    overdue: bool
    source: str
    external_key: str | None
    reported_at: AwareDatetime
    received_at: AwareDatetime
    act_by: AwareDatetime | None
    due_at: AwareDatetime | None
    due_provisional: bool
    closed_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    version: int
    url: str


class CasePage(Schema):
    items: list[CaseBrief]
    next: str | None
    previous: str | None


class NearCase(Schema):
    """An open case of the same category close by: probably the same problem."""

    uid: UUID
    number: str
    state: State
    state_label: str
    category: Named
    description: str
    address: str
    lon: float | None
    lat: float | None
    unit: NamedUnit | None
    reported_at: AwareDatetime
    act_by: AwareDatetime | None
    due_at: AwareDatetime | None
    metres: float
    url: str


class StepOpen(Schema):
    """A step the asker may take now. `needs` must be given, `asks` may be."""

    name: str
    to: State | None
    needs: list[str]
    asks: list[str]
    url: str


class PersonBrief(Schema):
    uid: UUID
    name: str


class PhotoShown(Schema):
    sha256: str
    kind: str
    noted_at: AwareDatetime | None
    url: str


class VoiceShown(Schema):
    """A voice note: that it is there and how long, not what was said. Heard on the page of the case."""

    sha256: str
    media_type: str
    seconds: float | None
    noted_at: AwareDatetime | None
    removed_at: AwareDatetime | None = Field(description="From then on the recording is gone: its time was over.")


class StoryStep(Schema):
    """One step that was taken."""

    seq: int
    name: str
    at: AwareDatetime
    noted_at: AwareDatetime | None
    by: PersonBrief | None
    unit: NamedUnit | None
    state_before: str
    state_after: str
    note: str
    data: dict[str, Any]
    photos: list[PhotoShown]
    voices: list[VoiceShown]


class Story(Schema):
    items: list[StoryStep]


class CaseDetail(CaseBrief):
    """A case with everything the asker may know of it."""

    answers: dict[str, Any]
    condition: Named | None
    datum: str
    given_lon: float | None
    given_lat: float | None
    reporter: PersonBrief | None
    filed_at: AwareDatetime | None
    dispatched_at: AwareDatetime | None
    accepted_at: AwareDatetime | None
    rectified_at: AwareDatetime | None
    verified_at: AwareDatetime | None
    returned_count: int
    sent_back_count: int
    reopened_count: int
    excused: bool
    recurrence_of: UUID | None
    merged_into: UUID | None
    parent: UUID | None
    proposal: dict[str, Any] | None
    steps: list[StepOpen]


class ReportedOut(Schema):
    """The new case, open cases that may be the same problem, and the closed one it repeats: those the asker may see."""

    case: CaseBrief
    duplicates: list[NearCase]
    duplicates_hidden: int = Field(0, description="How many more lie near that the asker may not see.")
    recurrence_of: UUID | None


class LimitOut(Schema):
    amount: float
    unit: str


class ConditionOut(Schema):
    id: int = Field(description="What steps name as `condition`.")
    code: str
    text: str
    closing: str
    limits: dict[str, LimitOut]


class QuestionOut(Schema):
    code: str
    text: str
    datatype: str
    required: bool
    values: list[dict[str, Any]]


class CategoryBrief(Named):
    uid: UUID
    name_en: str
    pack: str
    kind: str
    major: str
    line: str
    needs_report_photo: bool
    needs_rectify_photo: bool


class CategoryDetail(CategoryBrief):
    radius_m: int
    duplicate_days: int
    recurrence_days: int
    conditions: list[ConditionOut]
    questions: list[QuestionOut]


class CategoryPage(Schema):
    items: list[CategoryBrief]
    next: str | None
    previous: str | None


class UnitOut(NamedUnit):
    kind: str
    parent: str | None
    lines: list[str]
    active: bool


class UnitPage(Schema):
    items: list[UnitOut]
    next: str | None
    previous: str | None


class GridOut(Named):
    uid: UUID
    unit: NamedUnit | None
    area_class: str


class GridPage(Schema):
    items: list[GridOut]
    next: str | None
    previous: str | None


class PointOut(Named):
    uid: UUID
    point_type: str
    address: str
    lon: float | None
    lat: float | None
    grid: Named | None
    unit: NamedUnit | None
    active: bool


class PointPage(Schema):
    items: list[PointOut]
    next: str | None
    previous: str | None


class PostOut(Schema):
    role: str
    role_label: str
    unit: NamedUnit
    grid: Named | None


class PersonOut(PersonBrief):
    phone: str = Field(description="Masked.")
    posts: list[PostOut]


class PersonPage(Schema):
    items: list[PersonOut]
    next: str | None
    previous: str | None


class PhotoOut(Schema):
    sha256: str
    media_type: str
    size: int
    width: int
    height: int
    taken_at: AwareDatetime | None
    url: str
