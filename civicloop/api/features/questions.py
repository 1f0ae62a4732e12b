"""What may stand in the address of a list of features, and how it is read. Whatever cannot be read is Invalid (400)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest

from civicloop.api.reading import check_names
from civicloop.kernel.refusal import Invalid

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
USUAL, MOST = 100, 1000
YEARS = range(1900, 2200)
COMMON = ("f", "limit", "bbox", "bbox-crs", "datetime", "cursor")
Box = tuple[float, float, float, float]
_FLAT, _SOLID = 4, 6


@dataclass(frozen=True)
class Span:
    """Moments from `start` to `end`, both of them in it; None where it is open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Question:
    """What a list of features is asked for."""

    limit: int = USUAL
    box: Box | None = None
    span: Span | None = None
    cursor: str | None = None


def read(request: HttpRequest, own: Iterable[str]) -> Question:
    """The parameters every collection has; `own` are the names of those it has besides."""
    check_names(request, [*COMMON, *own])
    check_form(request)
    asked = request.GET
    for name, values in asked.lists():
        if not all(value.isprintable() for value in values):
            raise Invalid(name, "control_characters")
    if asked.get("bbox-crs", CRS84) != CRS84:
        raise Invalid("bbox-crs", "unknown_choice", value=asked["bbox-crs"][:100])
    box, span = asked.get("bbox"), asked.get("datetime")
    return Question(
        _limit(asked.get("limit")), None if box is None else read_box(box), None if span is None else read_span(span),
        asked.get("cursor"),
    )  # fmt: skip


def check_form(request: HttpRequest) -> None:
    """There is one form of answer: JSON."""
    if request.GET.get("f", "json") not in ("json", "geojson"):
        raise Invalid("f", "unknown_choice", value=request.GET["f"][:20])


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0):
        raise Invalid("limit", "unknown_choice", value=text[:20])
    return min(MOST, int(text[:9]))


def read_box(text: str) -> Box:
    """Four numbers, or six of which the heights are passed over. West may exceed east only where the box crosses 180°."""
    try:
        sides = [float(part) for part in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) == _SOLID:
        sides = [sides[0], sides[1], sides[3], sides[4]]
    if len(sides) != _FLAT or not all(map(math.isfinite, sides)):
        raise Invalid("bbox", "bad_bbox")
    west, south, east, north = sides
    if south > north or max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise Invalid("bbox", "bad_bbox")
    return west, south, east, north


def read_span(text: str) -> Span:
    """A moment or a day, or two with a slash between, of which one may be left open (`..` or nothing)."""
    start, slash, end = text.partition("/")
    if not slash:
        return Span(_moment(start, last=False), _moment(start, last=True))
    span = Span(*(None if one in ("", "..") else _moment(one, last=one is end) for one in (start, end)))
    if span == Span() or (span.start and span.end and span.start > span.end):
        raise Invalid("datetime", "bad_moment", value=text[:60])
    return span


def _moment(text: str, *, last: bool) -> datetime:
    """RFC 3339; of a bare day its first or last moment, in UTC as OGC has it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("datetime", "bad_moment", value=text[:60]) from None
    if found.year not in YEARS:  # at the ends of the calendar, other zones and a day more are no moments
        raise Invalid("datetime", "bad_moment", value=text[:60])
    if len(text) == len("2026-11-23"):
        found = found.replace(tzinfo=UTC)
        return found + timedelta(days=1) - timedelta(microseconds=1) if last else found
    return found if found.tzinfo else found.replace(tzinfo=UTC)
