"""The filters of the case list, as parameters of an address."""

from __future__ import annotations

import math
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import Field

from civicloop.api.asking import Asked
from civicloop.api.shapes import Moment
from civicloop.cases.queries import CaseFilters
from civicloop.cases.rules.lifecycle import State
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.book import UnitInfo
from civicloop.standards.reference import Reference

T = TypeVar("T")
Word = Annotated[str, Field(min_length=1, max_length=100)]


class CaseQuestions(Schema):
    """Filters; several that are given must all hold."""

    state: list[State] = Field(default_factory=list, description="May be repeated.")
    category: list[Word] = Field(default_factory=list, description="Code or public id; may be repeated.")
    unit: Word | None = Field(None, description="Code or public id of the responsible unit; units below it count.")
    grid: Word | None = Field(None, description="Code or public id of a grid.")
    bbox: Annotated[str, Field(max_length=120)] | None = Field(
        None, description="west,south,east,north in WGS-84 degrees."
    )
    due_after: Moment | None = Field(None, description="Due at or after this moment.")
    due_before: Moment | None = Field(None, description="Due before this moment.")
    overdue: bool | None = Field(None, description="true: open and past the time to act.")
    urgent: bool | None = None
    reporter: Literal["me"] | None = Field(None, description="me: what I reported.")
    q: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="Words in number, place, category and text."
    )


class Paged(Schema):
    """Which page of a list."""

    limit: int = Field(50, ge=1, le=100)
    cursor: Annotated[str, Field(max_length=500)] | None = Field(None, description="From `next` or `previous`.")
    page: Literal["last"] | None = Field(None, description="last: the end of the list.")


class CaseListing(CaseQuestions, Paged):
    """Filters and page."""


def filters_of(asked: Asked, given: CaseQuestions) -> CaseFilters:
    """The filters by number. Raises Invalid for a code that does not exist, with the parameter's name."""
    ref = asked.ref
    return CaseFilters(
        states=[str(state) for state in given.state],
        category_ids=[number for code in given.category for number in categories_of(ref, code)],
        unit_id=None if given.unit is None else unit_of(ref, given.unit).id,
        grid_id=None if given.grid is None else grid_of(ref, given.grid),
        bbox=None if given.bbox is None else _box(given.bbox),
        due_from=given.due_after,
        due_to=given.due_before,
        overdue_at=asked.at if given.overdue else None,
        text=(given.q or "").strip(),
        reporter_id=asked.person.pk if given.reporter else None,
        urgent=given.urgent,
    )


def categories_of(ref: Reference, word: str) -> list[int]:
    """The category with this public id, or the one that this code names when a problem is reported."""
    uid = uid_of(word)
    found = (ref.categories.by_uid(uid) if uid else None) or ref.categories.by_code(word)
    return [found.id] if found else _none("category", word)


def unit_of(ref: Reference, word: str, field: str = "unit") -> UnitInfo:
    """The unit with this code or public id."""
    uid = uid_of(word)
    return ref.org.by_code(word) or (ref.org.by_uid(uid) if uid else None) or _none(field, word)


def grid_of(ref: Reference, word: str) -> int:
    """The grid with this code or public id."""
    uid = uid_of(word)
    grid = ref.grids.by_code(word) or (ref.grids.by_uid(uid) if uid else None) or _none("grid", word)
    return int(grid.id)


def uid_of(word: str) -> UUID | None:
    """The word as a public id, when it is one."""
    try:
        return UUID(word) if len(word) in (32, 36) else None
    except ValueError:
        return None


def _none(field: str, value: str) -> T:  # type: ignore[type-var,misc]
    raise Invalid(field, "no_such_value", value=value)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid("bbox", "bad_bbox") from None
    whole = all(map(math.isfinite, (west, south, east, north)))
    if not whole or south > north or not (-180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90):
        raise Invalid("bbox", "bad_bbox")
    return west, south, east, north
