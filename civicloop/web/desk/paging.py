"""Pages of a list by key, not by number: the last page costs what the first one costs, and no row slips by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from civicloop.kernel.refusal import Invalid

SIZE = 50
MOST_COUNTED = 1_000
WALK = ("walk0", "walk1")


@dataclass(frozen=True)
class Page:
    """Rows in the order of the list, and the queries of the pages around them (None where there is none)."""

    rows: Sequence[Any]
    first: str | None
    previous: str | None
    next: str | None
    last: str | None


@dataclass(frozen=True)
class Many:
    """How many rows there are. Beyond `MOST_COUNTED` nobody needs to know, and counting on would cost more with every row."""

    n: int

    def __str__(self) -> str:
        return str(self.n) if self.n <= MOST_COUNTED else f"{MOST_COUNTED}+"

    def __bool__(self) -> bool:
        return self.n > 0


def many_of(rows: QuerySet[Any]) -> Many:
    """Counts as far as it is told. One statement."""
    return Many(rows.order_by()[: MOST_COUNTED + 1].count())


@dataclass(frozen=True)
class Order:
    """A list's order by a moment and a number, both one way: the fields, and the attributes of a row that hold them."""

    fields: tuple[str, str]
    attributes: tuple[str, str]
    newest_first: bool


def page_of(rows: QuerySet[Any], order: Order, query: QueryDict, size: int = SIZE) -> Page:
    """The page that the query asks for with `after`, `before` or `end`. One statement."""
    after, before, end = query.get("after"), query.get("before"), query.get("end")
    backwards = bool(before or end)
    key = _read(after or before, "after" if after else "before") if after or before else None
    ahead = order.newest_first == backwards  # whether values grow in the direction we read
    # Aliases reuse the joins that the rows are walked along already; a plain filter would join anew.
    walked = [str(term).lstrip("-") for term in rows.query.order_by] or list(order.fields)
    rows = rows.alias(walk0=F(walked[0]), walk1=F(walked[1]))
    wanted = rows if key is None else rows.filter(_beyond(WALK, key, ahead))
    sign = "" if ahead else "-"
    found = list(wanted.order_by(*(sign + field for field in WALK))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous = more if backwards else after is not None
    has_next = (before is not None) if backwards else more
    return _page(found, order, query, has_previous, has_next)


def _page(found: list[Any], order: Order, query: QueryDict, has_previous: bool, has_next: bool) -> Page:
    def link(**marks: str) -> str:
        kept = query.copy()
        for name in ("after", "before", "end"):
            kept.pop(name, None)
        kept.update(marks)
        return "?" + kept.urlencode()

    return Page(
        rows=found,
        first=link() if has_previous else None,
        previous=link(before=_write(found[0], order)) if has_previous and found else None,
        next=link(after=_write(found[-1], order)) if has_next and found else None,
        last=link(end="1") if has_next else None,
    )


def _beyond(fields: tuple[str, str], key: tuple[datetime, int], ahead: bool) -> Q:
    """Rows after the key. The plain bound comes first, so that the database can start within the index."""
    side = "gt" if ahead else "lt"
    moment, number = fields
    return Q(**{f"{moment}__{side}e": key[0]}) & (
        Q(**{f"{moment}__{side}": key[0]}) | Q(**{f"{number}__{side}": key[1]})
    )


def _write(row: Any, order: Order) -> str:
    moment, number = (getattr(row, name) for name in order.attributes)
    return f"{moment.isoformat()}~{number}"


def _read(text: str | None, field: str) -> tuple[datetime, int]:
    from_text = (text or "").split("~")
    try:
        moment, number = from_text
        key = datetime.fromisoformat(moment), int(number)
    except (ValueError, OverflowError):
        raise Invalid(field, "bad_cursor") from None
    # What no row can have: a moment without a zone, one at the ends of the calendar, a number larger than the database's.
    if key[0].tzinfo is None or not 1900 <= key[0].year < 2200 or abs(key[1]) >= 2**63:
        raise Invalid(field, "bad_cursor")
    return key
