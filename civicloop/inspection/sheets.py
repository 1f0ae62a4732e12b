"""What a visit asks, from the edition its round was planned with, and how its answer sheet is written down."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from civicloop.inspection.models import Visit
from civicloop.inspection.rules.answers import Sheet
from civicloop.inspection.rules.judging import LOOK_BACK_ITEM
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.standards.rules.shapes import ChecklistItem


def items_of(visit: Visit, book: StandardBook | None = None) -> tuple[ChecklistItem, ...]:
    """The items a visit answers: those of the point's type in the round's edition; one question where a closed case is
    looked at again. A type the edition does not have asks nothing.
    """
    if visit.case_id is not None:
        return (LOOK_BACK_ITEM,)
    book = book or editions.book(visit.round.edition_id)
    kind = visit.point_type or (visit.point.point_type if visit.point else "")
    return book.items_for(kind) if kind in book.point_types else ()


def written(sheet: Sheet) -> dict[str, Any]:
    """The sheet as plain data, always the same for the same answers; `rules.answers.read_sheet` reads it back."""
    told: dict[str, Any] = _plain(dataclasses.asdict(sheet))
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
