"""The import page's course: receive a file, look at its columns, judge it, bring it in. Judging and bringing are jobs."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone, translation

from civicloop.importing import policy
from civicloop.importing.actions.run import run_import
from civicloop.importing.findings import Finding, ReportFile, Tally
from civicloop.importing.models import RUNNING, Upload
from civicloop.importing.readers import open_table
from civicloop.importing.rules.mapping import FIELDS, KINDS, Layout, parse_mapping
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused, TooLarge, as_record
from civicloop.kernel.text import safe_cell
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.photos.storage import put, storage

logger = logging.getLogger(__name__)
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".json", ".geojson")
MOST_BYTES = 100 * 1024 * 1024
MOST_SHOWN, SHOWN_ROWS, TOLD_EVERY = 200, 5, 2_000
MOST_NAME = 60
TYPES = {"upload": "application/octet-stream", "report": "text/csv"}


def receive(*, file: BinaryIO, name: str, kind: str, by: Person, at: datetime) -> Upload:
    """Keep a file. Raises NotAllowed, Invalid for a kind or ending nobody reads, TooLarge."""
    if kind not in KINDS:
        raise Invalid("kind", "unknown_choice", value=kind[:20])
    policy.require(by, kind, at=at)
    if Path(name).suffix.lower() not in SUFFIXES:
        raise Invalid("file", "file_kind_unknown", name=name[-60:], kinds=", ".join(SUFFIXES))
    digest, size = _digest(file)
    if size > MOST_BYTES:
        raise TooLarge("file", "too_large", megabytes=MOST_BYTES // 2**20)
    if not size:
        raise Invalid("file", "file_empty", file=Path(name).name[-60:])
    put(_address("upload", digest), file, size=size, media_type=TYPES["upload"])
    with transaction.atomic():
        made = Upload.objects.create(
            kind=kind, name=Path(name).name[-120:], sha256=digest, size=size, asked_by=by, asked_at=at
        )
        record("upload", made.uid, "upload.receive", by=by.uid, at=at, data={"kind": kind, "sha256": digest}, new=True)
    return made


def get(uid: Any, *, by: Person) -> Upload:
    """One's own upload. Raises NotFound."""
    found = Upload.objects.filter(uid=uid, asked_by=by).first()
    if found is None:
        raise NotFound("upload", uid)
    return found


def first_rows(upload: Upload, layout: Layout | None = None) -> tuple[list[str], list[list[str]]]:
    """The columns and the first rows. Raises Invalid when the file cannot be read."""
    with _local(upload) as path, open_table(path, layout or Layout()) as table:
        rows = list(islice(table.rows, SHOWN_ROWS))
        columns = list(table.columns) or list(dict.fromkeys(name for row in rows for name in row.cells))
        return columns, [[_short(row.cells.get(name)) for name in columns] for row in rows]


def set_mapping(*, upload: Upload, mapping: Mapping[str, Any], by: Person, at: datetime) -> Upload:
    """Say which column means what; the file is judged next. Raises Invalid with the place in the mapping that is wrong."""
    policy.require(by, upload.kind, at=at)
    parse_mapping(_texts(mapping), upload.kind)
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.state == "done" or (row.state in RUNNING and not row.stands_still(at)):
            raise Conflict("upload_under_way", state=row.state)
        row.mapping, row.state, row.rows, row.tally, row.findings, row.failure = dict(mapping), "judging", 0, {}, [], {}
        row.begun_at = at
        row.save()
    return row


def bring(*, upload: Upload, by: Person, at: datetime) -> Upload:
    """Say yes to what was judged, or once more to what was broken off. Raises Conflict unless it was."""
    policy.require(by, upload.kind, at=at)
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.state != "judged" and not (row.state == "bringing" and row.stands_still(at)):
            raise Conflict("upload_not_judged", state=row.state)
        row.state, row.rows, row.begun_at = "bringing", 0, at
        row.save()
    return row


def work(uid: Any, *, at: datetime) -> None:
    """Judge a file, or bring it in, whichever its state asks for. Safe to run twice: known rows are known by their key. Whatever
    goes wrong, the file ends as failed with a reason, and can be judged again.
    """
    upload = Upload.objects.select_related("asked_by").filter(uid=uid).first()
    if upload is None or upload.state not in RUNNING:
        return
    Upload.objects.filter(pk=upload.pk, state=upload.state).update(begun_at=at)
    dry = upload.state == "judging"
    with translation.override(upload.asked_by.language or "zh-hans"), tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.csv"
        try:
            tally, findings = _run(upload, report, dry=dry, at=at)
            with report.open("rb") as file:
                digest, size = _digest(file)
                put(_address("report", digest), file, size=size, media_type=TYPES["report"])
        except Refused as refused:
            _fail(upload, refused)
            return
        except (
            SystemExit
        ):  # so the job library ends what takes too long: judging would again, bringing in goes on from there
            if dry:
                _fail(upload, Conflict("upload_too_long"))
            raise
        except Exception:  # whatever it is, whoever waits must be told, and the log keeps it
            logger.exception("work on the uploaded file %s broke off", upload.uid)
            _fail(upload, Conflict("upload_broke"))
            return
    Upload.objects.filter(pk=upload.pk, state=upload.state).update(
        state="judged" if dry else "done",
        tally=dict(tally.as_dict()),
        findings=findings,
        report=digest,
        rows=tally.rows,
    )


def _fail(upload: Upload, refused: Refused) -> None:
    Upload.objects.filter(pk=upload.pk, state=upload.state).update(state="failed", failure=dict(as_record(refused)))


def _run(upload: Upload, report: Path, *, dry: bool, at: datetime) -> tuple[Tally, list[list[str]]]:
    shown: list[list[str]] = []
    with ReportFile(report) as kept, _local(upload) as path:

        def tell(finding: Finding) -> None:
            kept.add(finding)
            if len(shown) < MOST_SHOWN:
                shown.append([str(cell) for cell in finding.cells()])

        def progress(rows: int, _done: int, _size: int) -> None:
            if rows % TOLD_EVERY == 0:
                Upload.objects.filter(pk=upload.pk).update(rows=rows)

        mapping = parse_mapping(_texts(upload.mapping), upload.kind)
        tally = run_import(
            path=path, mapping=mapping, by=upload.asked_by, at=at, tell=tell, dry_run=dry, progress=progress
        )
    return tally, shown


def mapping_of(kind: str, chosen: Mapping[str, str], *, datum: str = "wgs84") -> dict[str, Any]:
    """The mapping that a table of choices says: for each field the column chosen for it."""
    fields = {name: column for name, column in chosen.items() if column and name in FIELDS[kind]}
    return {
        "kind": kind,
        "title": "page",
        "datum": datum,
        "dates": ["%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M"],
        "fields": fields,
    }


def open_report(upload: Upload) -> Any:
    """The report of all findings as CSV. Raises NotFound before there is one."""
    if not upload.report:
        raise NotFound("report", upload.uid)
    return storage().open(_address("report", upload.report))


@contextmanager
def _local(upload: Upload) -> Iterator[Path]:
    """The file under its own name on this machine, for as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="civicloop-import-") as folder:
        # Of a long name only the end: a file system counts bytes, and a Chinese character has three.
        path = Path(folder) / upload.name.replace("/", "_")[-MOST_NAME:]
        with storage().open(_address("upload", upload.sha256)) as kept, path.open("wb") as copy:
            shutil.copyfileobj(kept, copy)
        yield path


def _address(kind: str, digest: str) -> str:
    return f"imports/{digest[:2]}/{digest}.{kind}"


def _digest(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(256 * 1024):
        digest.update(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            break
    file.seek(0)
    return digest.hexdigest(), size


def _texts(mapping: Any) -> Any:
    """As YAML's plain reader gives it: every scalar is text."""
    if isinstance(mapping, Mapping):
        return {str(key): _texts(value) for key, value in mapping.items()}
    if isinstance(mapping, list):
        return [_texts(one) for one in mapping]
    if isinstance(mapping, bool):
        return "true" if mapping else "false"
    return str(mapping)


def _short(cell: Any) -> str:
    text = (
        ""
        if cell is None
        else str(safe_cell(timezone.localtime(cell) if isinstance(cell, datetime) and cell.tzinfo else cell))
    )
    return text[:60]
