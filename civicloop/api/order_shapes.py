"""What orders of voluntary services look like coming in and going out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field, create_model

from civicloop.api.filters import Paged, Word
from civicloop.api.shapes import Key, Moment, Named, NamedUnit, PersonBrief, PhotoGiven, StoryStep, Strict
from civicloop.api.stepping import PlaceGiven, Text
from civicloop.kernel.geo import Datum
from civicloop.volunteers.given import FIELDS
from civicloop.volunteers.models.orders import SOURCE_LABELS
from civicloop.volunteers.rules.lifecycle import OrderState


class ServedGiven(Strict):
    """One member of the team and a time he served in the order; hours are recorded from it."""

    volunteer: UUID = Field(description="Public id of a volunteer who serves in the team.")
    starts_at: Moment
    ends_at: Moment
    hours: Annotated[Decimal, Field(max_digits=4, decimal_places=1)] | None = Field(
        None, description="Hours between the two moments, in halves, where there were pauses."
    )


Source: Any = Literal[tuple(SOURCE_LABELS)]
TYPES: dict[str, Any] = {
    "text": Text,
    "service": Annotated[Key, Field(description="Code or public id of a service.")],
    "team": Annotated[Key, Field(description="Code or public id of the team's unit.")],
    "boolean": bool,
    "photos": Annotated[list[PhotoGiven], Field(max_length=12)],
    "served": Annotated[list[ServedGiven], Field(max_length=200)],
    "place": PlaceGiven,
    "datetime": Moment,
}
ASKED: dict[str, Any] = {
    name: ((Literal[field.choices] if field.choices else TYPES[field.kind]) | None, None)
    for name, field in FIELDS.items()
}
OrderStepIn: Any = create_model(
    "OrderStepIn",
    __base__=Strict,
    __doc__="What steps need and ask for. Give those that this step names in `steps` of the order, and no others.",
    noted_at=(Moment | None, Field(None, description="When it was done, by the device.")),
    **ASKED,
)


class OrderListing(Paged):
    """Filters, all of which must hold, and the page."""

    state: list[OrderState] = Field(default_factory=list, description="May be repeated.")
    service: Word | None = Field(None, description="Code or public id of a service.")
    team: Word | None = Field(None, description="Code or public id of the unit of a team.")
    urgent: bool | None = None
    overdue: bool | None = Field(None, description="true: open and past the time to act.")
    q: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="The number, or words of service, place or text."
    )


class RequesterIn(Strict):
    """Who asks; given with that person's consent, shown masked, taken away when its time is over."""

    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=30)
    consent: bool = Field(
        description="That person was asked and agrees that name and phone are kept; false is refused."
    )


class OrderIn(Strict):
    """A service somebody asks for."""

    service: Key = Field(description="Code or public id of a service of the menu.")
    description: str = Field("", max_length=4000)
    requester: RequesterIn | None = None
    source: Source = "api"  # type: ignore[valid-type]
    external_key: Key | None = Field(None, description="The key of the order where it comes from; unique.")
    urgent: bool = False
    weight: Literal[1, 2, 4] | None = None
    people: Annotated[int, Field(ge=1, le=200)] | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    lon: Annotated[float, Field(allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(allow_inf_nan=False)] | None = None
    datum: Datum = Datum.WGS84
    address: str = Field("", max_length=200)
    wanted_from: Moment | None = None
    wanted_to: Moment | None = None
    submit: bool = Field(True, description="false: it stays a draft.")


class OrderBrief(Schema):
    """An order as lists show it: nothing of who asks, and no address of a home."""

    uid: UUID
    number: str
    state: OrderState
    state_label: str
    service: Named
    team: NamedUnit | None
    owner: NamedUnit
    grid: Named | None
    urgent: bool
    weight: int
    people: int
    minutes: int
    source: str
    wanted_from: AwareDatetime | None
    wanted_to: AwareDatetime | None
    act_by: AwareDatetime | None
    due_at: AwareDatetime | None
    overdue: bool
    score: int | None
    rated_by_time: bool
    as_asked: bool | None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None
    version: int
    url: str


class OrderPage(Schema):
    items: list[OrderBrief]
    next: str | None
    previous: str | None


class OrderStepOpen(Schema):
    """A step the asker may take now. `needs` must be given, `asks` may be."""

    name: str
    to: OrderState | None
    needs: list[str]
    asks: list[str]
    url: str


class ContactOut(Schema):
    name: str = Field(description="Masked.")
    phone: str = Field(description="Masked.")


class OrderDetail(OrderBrief):
    """An order with everything the asker may know of it. Numbers of phones and identity cards in texts are masked."""

    description: str
    address: str
    lon: float | None
    lat: float | None
    requester: ContactOut | None
    made_by: PersonBrief | None
    submitted_at: AwareDatetime | None
    approved_at: AwareDatetime | None
    assigned_at: AwareDatetime | None
    accepted_at: AwareDatetime | None
    begun_at: AwareDatetime | None
    served_at: AwareDatetime | None
    rated_at: AwareDatetime | None
    steps: list[OrderStepOpen]


class OrderStory(Schema):
    items: list[StoryStep]


class ServiceOut(Named):
    uid: UUID
    group: str
    description: str
    skills: list[str]
    minutes: int
    people: int


class Menu(Schema):
    items: list[ServiceOut]
