"""Lists taken home as workbooks: asked for, written by a job row by row with its progress, kept for some days."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from civicloop.documents.files import address, file_name, keep
from civicloop.documents.models import Export, PaperState
from civicloop.documents.rules.sheets import Cell, Workbook
from civicloop.kernel.refusal import NotFound, Refused, as_record
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.photos.storage import storage

KEPT_FOR = timedelta(days=7)
# A sheet of a workbook holds 1 048 576 lines; head and notes need some.
MOST_ROWS = 1_000_000
TOLD_EVERY = 2_000
LONGEST_QUERY = 2_000


@transaction.atomic
def ask(*, kind: str, query: str, language: str, by: Person, at: datetime) -> Export:
    """Write down that somebody wants a list. The job that writes it is queued by the caller, in this transaction."""
    query = clean_text(query, limit=LONGEST_QUERY, field="query")
    made = Export.objects.create(kind=kind, query=query, language=language, asked_by=by, asked_at=at)
    record("export", made.uid, "export.ask", by=by.uid, at=at, data={"kind": kind, "query": query}, new=True)
    return made


def get(uid: UUID, by: Person) -> Export:
    """One's own export. Raises NotFound."""
    found = Export.objects.filter(uid=uid, asked_by=by).first()
    if found is None:
        raise NotFound("export", uid)
    return found


def write(uid: UUID, compose: Callable[[Export], tuple[Workbook, int | None]], *, at: datetime) -> None:
    """Write the file of an export. `compose` gives the workbook and how many rows it will have, where that is known.

    Safe to run twice: what is ready is left alone, and a job killed in the middle left no file that is offered. A refusal is kept
    and shown; what else goes wrong is raised, so that the job library tries again.
    """
    export = Export.objects.select_related("asked_by").filter(uid=uid).first()
    if export is None or export.state in (PaperState.READY, PaperState.FAILED):
        return
    Export.objects.filter(pk=export.pk).update(state=PaperState.BUILDING, rows=0)
    try:
        workbook, whole = compose(export)
        Export.objects.filter(pk=export.pk).update(whole=min(whole, MOST_ROWS) if whole is not None else None)
        rows, kept = _file(export, workbook)
    except Refused as refused:
        Export.objects.filter(pk=export.pk).update(
            state=PaperState.FAILED, failure=dict(as_record(refused)), ended_at=at
        )
        return
    now = timezone.localtime(export.asked_at)
    Export.objects.filter(pk=export.pk).update(
        state=PaperState.READY, rows=rows, whole=rows, sha256=kept.sha256, size=kept.size, ended_at=at, expires_at=at + KEPT_FOR,
        name=file_name("", f"{workbook.title} {now:%Y-%m-%d %H%M}", "xlsx"),
    )  # fmt: skip


def _file(export: Export, workbook: Workbook) -> tuple[int, Any]:
    from civicloop.documents import xlsx  # noqa: PLC0415  (slow import)

    counted = _Counted(export.pk)
    sheets = tuple(replace(sheet, rows=counted.through(sheet.rows)) for sheet in workbook.sheets)
    with tempfile.TemporaryFile() as file:
        xlsx.write(replace(workbook, sheets=sheets), file, zone=timezone.get_current_timezone())
        return counted.rows, keep(file, "xlsx")


class _Counted:
    """Counts rows as they pass, tells the page now and then, and ends before a sheet is full."""

    def __init__(self, pk: int) -> None:
        self.pk, self.rows = pk, 0

    def through(self, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        for row in rows:
            if self.rows >= MOST_ROWS:
                return
            yield row
            self.rows += 1
            if self.rows % TOLD_EVERY == 0:
                Export.objects.filter(pk=self.pk).update(rows=self.rows)


def drop_old(*, at: datetime, most: int = 500) -> int:
    """Take the files away whose time is over. A file that another export or paper still offers stays."""
    gone = 0
    for export in Export.objects.filter(expires_at__lt=at).exclude(sha256="").order_by("expires_at")[:most]:
        if not Export.objects.filter(sha256=export.sha256).exclude(pk=export.pk).exists():
            storage().delete(address(export.sha256, "xlsx"))
        Export.objects.filter(pk=export.pk).update(
            sha256="", state=PaperState.FAILED, expires_at=None, failure={"code": "file_expired"}
        )
        gone += 1
    return gone


def open_export(export: Export) -> Any:
    """The file's bytes. Raises NotFound when it is gone."""
    if not export.sha256:
        raise NotFound("export", export.uid)
    try:
        return storage().open(address(export.sha256, "xlsx"))
    except FileNotFoundError as problem:
        raise NotFound("export", export.uid) from problem
