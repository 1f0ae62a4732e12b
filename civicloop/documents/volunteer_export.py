"""Volunteers and their hours as the national platform takes them in, as XLSX or CSV.

Personal data in full: the door asks `volunteers.actions.exporting.begin` first, which asks policy and writes the ledger's line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import BinaryIO

from django.utils import timezone

from civicloop.documents.rules import volunteers as fields
from civicloop.documents.rules.certificates import PAPERS
from civicloop.documents.rules.sheets import Cell, Sheet, Workbook
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import safe_cell
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.volunteers import sealing
from civicloop.volunteers.actions import exporting
from civicloop.volunteers.models import ServiceRecord, Volunteer

AT_ONCE = 2000


def export(
    *, kind: str, purpose: str, form: str, file: BinaryIO, by: Person | None, at: datetime, start: date | None = None,
    end: date | None = None,
) -> int:  # fmt: skip
    """Write `people` or `records` into a file, as `xlsx` or `csv`, and give the number of rows.

    Permission is asked and the ledger's line written before the first row is read. Raises NotAllowed, Invalid.
    """
    if form not in ("xlsx", "csv"):
        raise Invalid("form", "unknown_choice", value=form[:40])
    exporting.begin(kind=kind, purpose=purpose, by=by, at=at)
    made = people_workbook() if kind == "people" else records_workbook(start=start, end=end)
    if form == "csv":
        return write_csv(made.sheets[0], file)
    from civicloop.documents import xlsx  # noqa: PLC0415  (slow import)

    return xlsx.write(made, file, zone=timezone.get_current_timezone(), made_at=at)


def people_workbook() -> Workbook:
    """All volunteers who have not left."""
    sheet = Sheet(fields.PEOPLE_TITLE, fields.PEOPLE, _people(), title=fields.PEOPLE_TITLE)
    return Workbook("volunteers", fields.PEOPLE_TITLE, (sheet,))


def records_workbook(*, start: date | None = None, end: date | None = None) -> Workbook:
    """All valid records of service, of a period where one is given."""
    sheet = Sheet(fields.RECORDS_TITLE, fields.RECORDS, _records(start, end), title=fields.RECORDS_TITLE)
    return Workbook("service_records", fields.RECORDS_TITLE, (sheet,))


def write_csv(sheet: Sheet, file: BinaryIO) -> int:
    """The sheet as CSV for Excel: UTF-8 with a mark at the beginning, and no cell that a spreadsheet takes for a formula."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow([column.name for column in sheet.columns])
        count = 0
        for row in sheet.rows:
            writer.writerow([_plain(cell) for cell in row])
            count += 1
        return count
    finally:
        text.detach()


def _people() -> Iterator[Sequence[Cell]]:
    rows = Volunteer.objects.filter(left_at=None).select_related("home").prefetch_related("skills").order_by("id")
    for one in rows.iterator(chunk_size=AT_ONCE):
        yield (
            one.name, fields.SEXES[one.sex], one.birth_on, PAPERS[one.id_type] if one.id_sealed else "",
            sealing.unseal(one.id_sealed), one.home.name if one.home else "", one.phone,
            "、".join(skill.name for skill in one.skills.all()), one.registered_on,
        )  # fmt: skip


def _records(start: date | None, end: date | None) -> Iterator[Sequence[Cell]]:
    rows = ServiceRecord.objects.filter(state="valid").select_related("volunteer", "unit").order_by("starts_at", "id")
    zone = timezone.get_default_timezone()
    if start is not None:
        rows = rows.filter(starts_at__gte=datetime(start.year, start.month, start.day, tzinfo=zone))
    if end is not None:
        after = end + timedelta(days=1)
        rows = rows.filter(starts_at__lt=datetime(after.year, after.month, after.day, tzinfo=zone))
    for one in rows.iterator(chunk_size=AT_ONCE):
        person = one.volunteer
        yield (
            person.name, PAPERS[person.id_type] if person.id_sealed else "", sealing.unseal(person.id_sealed), one.title,
            day_of(one.starts_at), one.place, one.content, float(one.hours), one.unit.name, one.in_charge,
        )  # fmt: skip


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return str(safe_cell(f"{cell:g}" if isinstance(cell, float) else str(cell)))
