"""The case list as CSV, written row by row: memory stays flat however many rows there are.

Opens in a spreadsheet as it is: UTF-8 with its mark (BOM), local times, no cell that it would take for a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, tzinfo
from io import StringIO
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.cases.models import Case
from civicloop.cases.models.case import SOURCE_LABELS, STATE_LABELS
from civicloop.standards.reference import Reference

AT_ONCE = 2000
"""Rows fetched and written together."""
MOST_HOURS = 50_000
BOM = "\ufeff"
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
MOMENTS = (
    "act_by", "ended_at", "reported_at", "filed_at", "dispatched_at", "accepted_at", "due_at", "rectified_at",
    "verified_at", "closed_at",
)  # fmt: skip
FIELDS = (
    "id", "state", "category_id", "description", "address", "grid_id", "area_class", "unit_id", "owner_id",
    "source", "external_key", "urgent", "supervised", *(f"{name}_text" for name in MOMENTS), "returned_count",
    "sent_back_count", "reopened_count", "lon", "lat", "uid",
)  # fmt: skip


def head() -> list[str]:
    """The first line, in the active language."""
    return [
        _("number"), _("state"), _("category code"), _("category"), _("what is wrong"), _("place"), _("grid code"),
        _("grid"), _("area class"), _("responsible unit"), _("owner"), _("source"), _("key of the source"),
        _("urgent"), _("supervised"), _("overdue"), _("reported at"), _("filed at"), _("dispatched at"),
        _("accepted at"), _("due"), _("rectified at"), _("verified at"), _("closed at"), _("times returned"),
        _("times sent back"), _("times reopened"), _("longitude"), _("latitude"), _("public id"),
    ]  # fmt: skip


def lines(cases: QuerySet[Case], *, ref: Reference, at: datetime) -> Iterator[bytes]:
    """The cases as pieces of one CSV file, in the queryset's order and the language that is active now.

    Nothing is read before the first piece is asked for. Who asks has narrowed the cases to what the reader may see.
    """
    return _pieces(cases, head(), _line_writer(ref, at))


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: a leading sign gets an apostrophe before it."""
    return "'" + text if text[:1] in FORMULA_STARTS and text else text


def _pieces(cases: QuerySet[Case], first: list[str], line: Callable[[tuple[Any, ...]], list[Any]]) -> Iterator[bytes]:
    buffer = StringIO()
    write = csv.writer(buffer).writerow
    buffer.write(BOM)
    write(first)
    # In a transaction PostgreSQL streams from its cursor; outside of one it would first write the whole result down.
    # SQLite streams anyway, and a transaction would hold its only write lock.
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        # Moments come as text, in UTC: making a million datetimes to write them down again costs more than all the rest.
        texts = {f"{name}_text": Cast(name, TextField()) for name in MOMENTS}
        rows = cases.annotate(**texts).values_list(*FIELDS).iterator(chunk_size=AT_ONCE)
        for number, row in enumerate(rows, 1):
            write(line(row))
            if number % AT_ONCE == 0:
                yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: StringIO) -> bytes:
    piece = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return piece


def _line_writer(ref: Reference, at: datetime) -> Callable[[tuple[Any, ...]], list[Any]]:
    """A function from a row of FIELDS to a line; every name is looked up before the first row."""
    states = {state: str(label) for state, label in STATE_LABELS.items()}
    sources = {source: str(label) for source, label in SOURCE_LABELS.items()}
    categories = {number: (safe(one.code), safe(one.label)) for number, one in ref.categories.categories.items()}
    units = {number: safe(unit.name) for number, unit in ref.org.units.items()}
    grids = {number: (grid.code, safe(grid.name)) for number, grid in ref.grids.grids.items()}
    yes_no = (_("no"), _("yes"))
    local = _local_writer(timezone.get_current_timezone())
    now = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    nothing = ("", "")

    def line(row: tuple[Any, ...]) -> list[Any]:
        (
            number, state, category, description, address, grid, area_class, unit, owner, source,
            external_key, urgent, supervised, act_by, ended_at, *moments, returned, sent_back, reopened, lon, lat, uid,
        ) = row  # fmt: skip
        return [
            f"A{number:06d}", states[state], *categories.get(category, nothing), safe(description), safe(address),
            *grids.get(grid, nothing), area_class, units.get(unit, ""), units.get(owner, ""),
            sources.get(source, source), safe(external_key) if external_key else "", yes_no[urgent], yes_no[supervised],
            yes_no[ended_at is None and act_by is not None and act_by[:19] < now], *map(local, moments),
            returned, sent_back, reopened, lon, lat, uid,
        ]  # fmt: skip

    return line


def _local_writer(zone: tzinfo) -> Callable[[str | None], str]:
    """From a moment as the database writes it in UTC (`2026-11-23 01:00:00…`) to local minutes.

    The hours met so far are kept, so that a zone is asked once for each hour. Only zones that stand off by whole hours can be
    told by the hour; others are asked for each moment.
    """
    hours: dict[str, str] = {}

    def asked(text: str) -> str:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).astimezone(zone)
        return moment.isoformat(" ", "minutes")[:16]

    def local(text: str | None) -> str:
        if text is None:
            return ""
        hour = hours.get(text[:13])
        if hour is None:
            on_the_hour = asked(f"{text[:13]}:00")
            hour = hours[text[:13]] = on_the_hour[:13] if on_the_hour.endswith(":00") else ""
            if len(hours) > MOST_HOURS:
                hours.clear()
        return hour + text[13:16] if hour else asked(text[:16])

    return local
