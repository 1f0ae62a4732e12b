"""GeoReport Bulk: what GET requests shows, for longer stretches of time, as one file that is written while it is read."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from civicloop.api.open311 import limits
from civicloop.api.open311.asked import Span, wrong
from civicloop.api.open311.door import Asked, opened
from civicloop.api.open311.finding import narrowed, public, within
from civicloop.api.open311.rows import Row, rows_of
from civicloop.api.open311.showing import requests_of
from civicloop.api.open311.writing import CONTENT_TYPES, HEAD, xml_of
from civicloop.cases.models import Case
from civicloop.kernel.text import safe_cell
from civicloop.residents.rules.open311 import ONE_WORD, w3c, w3c_second

LONGEST, USUAL = timedelta(days=366), timedelta(days=90)
FILES = 6
"""Files a minute of one network address."""
PIECE = 1000
# The columns of the specification in its order, then what GeoReport v2 has besides.
FIELDS = (
    "service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status_description", "status_notes", "source",
    "service_name", "service_subtype", "description", "agency_responsible", "address", "lat", "long", "status", "service_code",
    "expected_datetime", "media_url",
)  # fmt: skip


@opened("GET", "HEAD")
def bulk(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """The file. `start_date` and `end_date` may lie a year apart; the filters are those of GET requests."""
    limits.count(f"bulk:{limits.address_of(request)}", FILES)
    end = asked.args.moment("end_date") or asked.at
    span = Span(asked.args.moment("start_date") or end - USUAL, end)
    if not timedelta(0) <= span.end - span.start <= LONGEST:
        raise wrong("end_date", _("at most %(days)s days at once") % {"days": LONGEST.days})
    cases = narrowed(within(public(asked.ref, asked.where), span), asked.args, asked.ref).order_by(
        "-reported_at", "-id"
    )
    rows = _told(request, asked, cases, translation.get_language() or "")
    response = StreamingHttpResponse(WRITTEN[asked.form](rows))
    response["Content-Type"] = CONTENT_TYPES.get(asked.form, "text/csv; charset=utf-8")
    name = f"requests-{w3c(span.start, timezone.get_default_timezone())[:10]}.{asked.form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _told(request: HttpRequest, asked: Asked, cases: QuerySet[Case], language: str) -> Iterator[dict[str, Any]]:
    """The rows, a thousand at a time, each piece taken up where the last one ended: by keys, not by counting. They are read when
    the view has ended long ago: the reader's language is taken along.
    """
    place: tuple[Any, int] | None = None
    while True:
        with translation.override(language):
            rows = rows_of(_after(cases, place)[:PIECE], extended=True)
            told = requests_of(request, rows, asked.ref)
        yield from (_row(row, one) for row, one in zip(rows, told, strict=True))
        if len(rows) < PIECE:
            return
        place = rows[-1]["reported_at"], rows[-1]["id"]


def _after(cases: QuerySet[Case], place: tuple[Any, int] | None) -> QuerySet[Case]:
    if place is None:
        return cases
    at, number = place
    return cases.filter(Q(reported_at__lt=at) | Q(pk__lt=number), reported_at__lte=at)


def _row(row: Row, told: dict[str, Any]) -> dict[str, Any]:
    zone, ended = timezone.get_default_timezone(), row["ended"]
    more = {
        "closed_date": None if ended is None else w3c_second(ended, zone),
        "status_description": ONE_WORD[row["state"]],
        "source": row["source"],
        "service_subtype": None,
    }
    return {name: more[name] if name in more else told[name] for name in FIELDS}


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """With a mark at the beginning, so that a spreadsheet reads UTF-8; formulas are made harmless."""
    table = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + table.writerow(FIELDS)
    for row in rows:
        yield table.writerow([_cell(value) for value in row.values()])


def _cell(value: Any) -> Any:
    return safe_cell(" ".join(value) if isinstance(value, list) else value)


def _json(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    before = b"["
    for row in rows:
        yield before + orjson.dumps(row)
        before = b",\n"
    yield b"[]" if before == b"[" else b"]"


def _xml(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f"{HEAD}<service_requests>"
    for row in rows:
        yield xml_of("request", row)
    yield "</service_requests>"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


WRITTEN: Mapping[str, Callable[[Iterable[dict[str, Any]]], Iterator[Any]]] = {"csv": _csv, "json": _json, "xml": _xml}
