"""Texts in, suggested cases out. Nothing is filed here: whoever reads the suggestions reports with POST /cases."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from civicloop.api.asking import Asked, asked
from civicloop.api.describing import PROBLEMS, takes
from civicloop.api.once import Answer, once
from civicloop.api.reading import check_names, dumps
from civicloop.api.shapes import Strict
from civicloop.textintake import actions
from civicloop.textintake.models import Suggestion
from civicloop.textintake.reading import MOST_CHARACTERS

router = Router(tags=["texts"])


class TextIn(Strict):
    """A hotline order, a message or a briefing, as it came."""

    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


class SuggestedCategory(Schema):
    """`words` and `learned` are the pieces of the text that led to it: from the list of words, and from the classifier."""

    code: str
    pack: str
    uid: UUID
    name: str
    name_en: str
    score: float
    words: list[str]
    learned: list[str]


class SuggestedPlace(Schema):
    """`sure` is between 0 and 1; `borrowed` says that another part of the text named it. Coordinates are WGS-84."""

    kind: str
    name: str
    address: str
    sure: float
    words: list[str]
    borrowed: bool
    lon: float | None
    lat: float | None
    grid: str | None
    block: str | None
    block_name: str | None


class SuggestedUnit(Schema):
    code: str
    name: str


class SuggestedPart(Schema):
    """One problem of the text, masked. `sure` is sure, likely or unsure: at unsure somebody has to choose. `source` is where the
    text seems to come from, as `source` of POST /cases takes it."""

    id: UUID
    part: int
    text: str
    sure: Literal["sure", "likely", "unsure"]
    categories: list[SuggestedCategory]
    place: SuggestedPlace | None
    unit: SuggestedUnit | None
    reasons: list[dict[str, object]]
    urgent: bool
    urgent_words: list[str]
    source: str


class TextOut(Schema):
    id: UUID
    at: datetime
    parts: list[SuggestedPart]


@router.post(
    "/texts", response={200: TextOut, **PROBLEMS}, operation_id="suggest_cases", openapi_extra=takes("Idempotency-Key")
)
def suggest_cases(request: HttpRequest, given: TextIn) -> HttpResponse:
    """Have a text read: the problems it tells of with categories, place, unit and urgency. No case is opened."""
    check_names(request, [])
    who = asked(request)
    return once(request, lambda: _suggest(who, given), by=who.person, at=who.at)


def _suggest(who: Asked, given: TextIn) -> Answer:
    rows = actions.take_in(text=given.text, by=who.person, at=who.at, door="api", ref=who.ref)
    return Answer(200, dumps({"id": rows[0].intake, "at": who.at, "parts": [_part(row) for row in rows]}))


def _part(row: Suggestion) -> dict[str, object]:
    said = dict(row.suggested)
    if said["place"] is not None:
        said["place"] = {key: value for key, value in said["place"].items() if key != "point"}
    return {"id": row.uid, "part": row.seq, "text": row.text, **said}
