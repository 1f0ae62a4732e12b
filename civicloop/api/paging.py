"""Pages by cursor: where a page begins is told by the keys of the row before it, so rows that arrive move nothing.

A page costs one statement, however deep it lies: there is no OFFSET and no COUNT.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from civicloop.kernel.refusal import Invalid

FORWARD, BACK = "n", "p"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after (going back: before) the row with these keys. Without keys: at that end."""

    direction: str = FORWARD
    keys: tuple[str, ...] = ()

    def written(self) -> str:
        """The cursor as it stands in an address."""
        return base64.urlsafe_b64encode(orjson.dumps([self.direction, *self.keys])).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and where the pages beside them begin."""

    rows: list[Row]
    next: Place | None
    previous: Place | None

    def body(self, request: HttpRequest, show: Callable[[Row], Mapping[str, Any]]) -> dict[str, Any]:
        """What a list answers with."""
        return {
            "items": [show(row) for row in self.rows],
            "next": _address(request, self.next),
            "previous": _address(request, self.previous),
        }


def place_of(cursor: str | None, last: bool = False) -> Place:
    """The place a request asks for. Raises Invalid when the cursor is not one of ours."""
    if cursor is None:
        return Place(BACK) if last else Place()
    try:
        direction, *keys = orjson.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
    except (binascii.Error, ValueError, TypeError):
        raise Invalid("cursor", "bad_cursor") from None
    if direction not in (FORWARD, BACK) or not all(isinstance(key, str) for key in keys):
        raise Invalid("cursor", "bad_cursor")
    return Place(direction, tuple(keys))


def page_of(rows: QuerySet[Any], fields: Sequence[str], *, place: Place, limit: int) -> Page:
    """One page of an ordered queryset, as dicts of `fields`. The order ends in a unique column and holds no nulls."""
    order = [str(term) for term in rows.query.order_by or rows.model._meta.ordering]
    falling = [term.startswith("-") for term in order]
    # Aliases reuse the joins that the order already walks along; a plain filter would join anew.
    rows = rows.annotate(**{f"k{number}": F(term.lstrip("-")) for number, term in enumerate(order)})
    back = place.direction == BACK
    if place.keys:
        rows = rows.filter(_beyond(rows, place.keys, [fall != back for fall in falling]))
    rows = rows.order_by(*(f"{'-' if fall != back else ''}k{number}" for number, fall in enumerate(falling)))
    names = [f"k{number}" for number in range(len(order))]
    found: list[Row] = list(rows.values(*fields, *names)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()
    if not found:
        return Page([], None, None)
    first, last = (tuple(_written(row[name]) for name in names) for row in (found[0], found[-1]))
    return Page(
        found,
        Place(FORWARD, last) if (more if not back else bool(place.keys)) else None,
        Place(BACK, first) if (more if back else bool(place.keys)) else None,
    )


def listed(items: Sequence[Any], key: Callable[[Any], str], *, place: Place, limit: int) -> tuple[list[Any], Page]:
    """One page of a list held in memory, sorted by a unique text key."""
    back = place.direction == BACK
    if place.keys:
        mark = place.keys[0]
        items = [one for one in items if (key(one) < mark if back else key(one) > mark)]
    more = len(items) > limit
    found = list(items[-limit:] if back else items[:limit])
    if not found:
        return [], Page([], None, None)
    nxt = Place(FORWARD, (key(found[-1]),)) if (more if not back else bool(place.keys)) else None
    previous = Place(BACK, (key(found[0]),)) if (more if back else bool(place.keys)) else None
    return found, Page([], nxt, previous)


def _beyond(rows: QuerySet[Any], keys: Sequence[str], falling: Sequence[bool]) -> Q:
    """Rows after the keys in the order read: bounded by the first key, so that an index on the order serves it."""
    if len(keys) != len(falling):
        raise Invalid("cursor", "bad_cursor")
    values = [_read(rows, f"k{number}", key) for number, key in enumerate(keys)]
    beyond = Q()
    for number in reversed(range(len(values))):
        name = f"k{number}__{'lt' if falling[number] else 'gt'}"
        here = Q(**{name: values[number]})
        beyond = here | (Q(**{f"k{number}": values[number]}) & beyond) if beyond else here
    if len(values) == 1:
        return beyond
    return Q(**{f"k0__{'lte' if falling[0] else 'gte'}": values[0]}) & beyond


def _read(rows: QuerySet[Any], name: str, text: str) -> Any:
    field = rows.query.annotations[name].output_field
    try:
        value = field.to_python(text)
    except (ValidationError, ValueError, OverflowError):
        raise Invalid("cursor", "bad_cursor") from None
    # At the ends of the calendar a moment of another zone cannot be told in ours.
    wrong = isinstance(value, datetime) and (value.tzinfo is None or not 1900 <= value.year < 2200)
    if wrong or (isinstance(value, int) and abs(value) >= 2**63) or "\x00" in text:
        raise Invalid("cursor", "bad_cursor")
    return value


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _address(request: HttpRequest, place: Place | None) -> str | None:
    if place is None:
        return None
    kept = [(name, value) for name, values in request.GET.lists() if name not in ("cursor", "page") for value in values]
    return f"{request.path}?{urlencode([*kept, ('cursor', place.written())])}"
