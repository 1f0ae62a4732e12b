"""What a step may be given, made from the table that the steps themselves are read by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from civicloop.api.shapes import Key, Moment, PhotoGiven, Strict
from civicloop.cases.given import FIELDS
from civicloop.cases.given import Field as StepField
from civicloop.kernel.geo import Datum


class PlaceGiven(Strict):
    """A place, in the datum it is known in."""

    lon: Annotated[float, Field(allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(allow_inf_nan=False)] | None = None
    datum: Datum = Datum.WGS84
    address: str = Field("", max_length=200)


Text = Annotated[str, Field(max_length=4000)]
TYPES: dict[str, Any] = {
    "text": Text,
    "decimal": Annotated[Decimal, Field(max_digits=8, decimal_places=2)],
    "integer": Annotated[int, Field(ge=-(10**9), le=10**9)],
    "datetime": Moment,
    "date": date,
    "unit": Annotated[Key, Field(description="Public id or code of a unit.")],
    "units": Annotated[list[Key], Field(max_length=50, description="Public ids or codes of units.")],
    "person": Annotated[Key, Field(description="Public id or user name of a person.")],
    "category": Annotated[Key, Field(description="Public id or code of a category.")],
    "condition": Annotated[int, Field(ge=1, le=2**53, description="The id of one of the category's conditions.")],
    "grid": Annotated[Key, Field(description="Public id or code of a grid.")],
    "case": Annotated[Key, Field(description="Public id or number of a case.")],
    "line": Annotated[str, Field(max_length=200)],
    "forward": Annotated[Key, Field(description="Public id of a question to an outside party.")],
    "photos": Annotated[list[PhotoGiven], Field(max_length=12)],
    # A whistle's place is words, a case's is coordinates.
    "place": PlaceGiven | Text,
}


def _type_of(field: StepField) -> Any:
    kind: Any = Literal[field.choices] if field.kind == "choice" else TYPES[field.kind]
    return kind | None


ASKED: dict[str, Any] = {name: (_type_of(field), None) for name, field in FIELDS.items()}
StepIn: Any = create_model(
    "StepIn",
    __base__=Strict,
    __doc__="What steps need and ask for. Give those that this step names in `steps` of the case, and no others.",
    noted_at=(Moment | None, Field(None, description="When it was done, by the device.")),
    **ASKED,
)
