"""What comes in and goes out about inspection, as the OpenAPI description shows it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from civicloop.api.shapes import Key, Lat, Lon, Moment, Named, NamedUnit, PersonBrief, Sha256, Strict
from civicloop.inspection.models.draws import KIND_LABELS as DRAW_KINDS
from civicloop.inspection.models.draws import ROLE_LABELS
from civicloop.inspection.models.draws import STATE_LABELS as DRAW_STATES
from civicloop.inspection.models.rounds import KIND_LABELS as ROUND_KINDS
from civicloop.inspection.models.visits import ANSWER_LABELS, SUBMISSION_LABELS, VISIT_LABELS
from civicloop.inspection.rules.answers import (
    MOST_ANSWERS,
    MOST_EXTRA,
    MOST_OF_AN_ITEM,
    NOTE_LIMIT,
    PHOTO_KINDS,
)  # fmt: skip

AnswerWord: Any = Literal[tuple(ANSWER_LABELS)]
PhotoKind: Any = Literal[tuple(PHOTO_KINDS)]
VisitState: Any = Literal[tuple(VISIT_LABELS)]
SubmissionState: Any = Literal[tuple(SUBMISSION_LABELS)]
RoundKind: Any = Literal[tuple(ROUND_KINDS)]
DrawKind: Any = Literal[tuple(DRAW_KINDS)]
DrawState: Any = Literal[tuple(DRAW_STATES)]
DrawnRole: Any = Literal[tuple(ROLE_LABELS)]
FileName = Annotated[str, Field(min_length=1, max_length=200)]
ItemCode = Annotated[str, Field(min_length=1, max_length=40)]
Note = Annotated[str, Field(max_length=NOTE_LIMIT)]
Metres = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Count = Annotated[float, Field(ge=0, lt=1_000_000, allow_inf_nan=False)]


class SheetPhotoIn(Strict):
    """A photo of an answer: by the SHA-256 of bytes sent before, by a name under which it will be sent, or by both."""

    name: FileName | None = None
    sha256: Sha256 | None = None
    kind: PhotoKind = "near"  # type: ignore[valid-type]
    noted_at: Moment | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    accuracy_m: Metres | None = None


class AnswerIn(Strict):
    """One item answered."""

    item: ItemCode
    answer: AnswerWord  # type: ignore[valid-type]
    count: Count | None = Field(None, description="Where the item counts something; two decimals at most.")
    length_m: Count | None = Field(None, description="Metres walked while counting, where the item says per how many.")
    note: Note = ""
    commended: bool = Field(False, description="Done particularly well; only with met.")
    photos: list[SheetPhotoIn] = Field(default_factory=list, max_length=MOST_OF_AN_ITEM)


class ExtraIn(Strict):
    """A fault found beside the checklist."""

    category: ItemCode = Field(description="Code of a matter.")
    description: Note = ""
    lon: Lon | None = None
    lat: Lat | None = None
    photos: list[SheetPhotoIn] = Field(default_factory=list, max_length=MOST_OF_AN_ITEM)


class SubmissionIn(Strict):
    """The answers of a visit. `uid` is made by the device, once for this sheet, and makes sending safe to repeat."""

    uid: UUID
    started_at: Moment | None = None
    noted_at: Moment = Field(description="When the answers were noted, by the device; on the day of the visit.")
    lon: Lon | None = None
    lat: Lat | None = None
    accuracy_m: Metres | None = None
    note: Note = ""
    answers: list[AnswerIn] = Field(default_factory=list, max_length=MOST_ANSWERS)
    extra: list[ExtraIn] = Field(default_factory=list, max_length=MOST_EXTRA)


class MissingPhoto(Schema):
    name: str
    sha256: str


class OpenedCase(Schema):
    """A case that an answer opened, or (`known`) found open."""

    uid: UUID
    number: str
    category: Named
    items: list[str] = Field(description="The items it was opened for; empty for a fault beside the checklist.")
    known: bool
    url: str


class SubmissionOut(Schema):
    """How a submission stands. `waiting`: send the photos in `missing`. `refused`: `refusal` says why; send it corrected."""

    uid: UUID
    visit: UUID
    state: SubmissionState  # type: ignore[valid-type]
    state_label: str
    missing: list[MissingPhoto]
    refusal: dict[str, Any] | None
    received_at: AwareDatetime
    applied_at: AwareDatetime | None
    distance_m: float | None
    far: bool = Field(description="Noted farther from the point than the city expects; never a reason to refuse.")
    cases: list[OpenedCase]
    cases_hidden: int = Field(0, description="How many more were found open that the asker may not see.")
    url: str


class CountOut(Schema):
    """A number to reach: at least or at most `value` of `unit`, for every `per_m` metres where that is given."""

    what: str
    compare: Literal["at_least", "at_most"]
    value: float
    unit: str
    per_m: int | None


class ItemOut(Schema):
    """One item to answer."""

    code: str
    text: str
    how: str
    observe: str | None
    exceptions: list[str] = Field(description="What is no fault.")
    count: CountOut | None
    photo: Literal["never", "when_failed", "always"]
    aspect: str
    question: Named | None = Field(description="Which of the five questions it is part of.")
    checklist: Named | None
    becomes: str = Field(description="Code of the matter that is filed when it fails; empty where it is only noted.")
    disorder: str


class PlaceOut(Schema):
    """The point to visit; for a look-back the place of the closed case."""

    code: str
    name: str
    point_type: str
    address: str
    lon: float | None
    lat: float | None


class VisitBrief(Schema):
    """A visit in the list of a day, in the order of the route."""

    uid: UUID
    round: Named
    day: date
    order: int
    plan: dict[str, Any]
    state: VisitState  # type: ignore[valid-type]
    state_label: str
    place: PlaceOut
    case: str | None = Field(description="Number of the closed case that is looked at again.")
    url: str


class VisitList(Schema):
    day: date
    items: list[VisitBrief]


class ShownPhoto(Schema):
    sha256: str
    kind: str
    url: str


class ObservationOut(Schema):
    """One item as it was judged."""

    uid: UUID
    seq: int
    item: str
    answer: AnswerWord  # type: ignore[valid-type]
    count: float | None
    length_m: float | None
    note: str
    commended: bool
    case: str | None
    case_url: str | None
    case_hidden: bool = Field(False, description="It led to a case that the asker may not see.")
    case_known: bool
    photos: list[ShownPhoto]


class VisitDetail(VisitBrief):
    """A visit with what it asks, and once it is judged with what was seen."""

    edition: Named
    inspector: PersonBrief | None = Field(description="For the city's desks and himself; null for the unit visited.")
    items: list[ItemOut]
    judged_at: AwareDatetime | None
    noted_at: AwareDatetime | None
    distance_m: float | None
    far: bool
    note: str
    observations: list[ObservationOut]
    submissions: list[UUID]


class RoundOut(Named):
    uid: UUID
    kind: RoundKind  # type: ignore[valid-type]
    kind_label: str
    edition: Named
    organiser: NamedUnit | None
    starts_on: date
    ends_on: date
    closed_at: AwareDatetime | None
    visits: dict[str, int] = Field(description="How many visits stand in which state.")
    url: str


class RoundPage(Schema):
    items: list[RoundOut]
    next: str | None
    previous: str | None


class DrawBrief(Schema):
    """The promise of a draw: what was fixed beforehand, without what came out."""

    uid: UUID
    code: str
    kind: DrawKind  # type: ignore[valid-type]
    state: DrawState  # type: ignore[valid-type]
    design: dict[str, Any]
    frame_digest: str
    frame_size: int
    commitment: str
    beacon: str
    opens_on: date
    committed_at: AwareDatetime
    drawn_at: AwareDatetime | None
    published_at: AwareDatetime | None
    result_digest: str
    url: str


class RoundDetail(RoundOut):
    draws: list[DrawBrief]


class DrawnOut(Schema):
    """A place that came out. `chance` is the probability with which it could."""

    order: int
    point: str | None
    case: str | None
    stratum: str
    role: DrawnRole  # type: ignore[valid-type]
    chance: float
    double: bool
    in_use: bool
    replaces: int | None = Field(description="The order of the place it takes the place of.")
    reason: str


class DrawDetail(DrawBrief):
    round: str
    drawn: list[DrawnOut]


class PublishedDraw(DrawDetail):
    """Everything needed to draw again and compare."""

    secret: str
    frame: str = Field(description="The frozen frame, as it was hashed.")


class VisitDay(Schema):
    day: date | None = Field(None, description="Today, unless said otherwise.")


Code = Annotated[Key, Field(description="Code.")]
