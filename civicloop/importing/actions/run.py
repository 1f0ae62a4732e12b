"""The course of an import: read, judge and write in batches; a bad row stops nobody else.

Each batch is one transaction. When the database refuses a batch, its rows are tried one by one. What is committed stays,
so an import that was killed is finished by starting it again: rows that are here already are known by their key.
Judging writes the same batches and takes each back at once: the database judges as well, and nobody waits longer than for a batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.db import DatabaseError, OperationalError, transaction

from civicloop.importing import policy
from civicloop.importing.actions.cases import CaseBringer
from civicloop.importing.actions.judged import Judged
from civicloop.importing.actions.lean import lean_database
from civicloop.importing.actions.places import GridBringer, PointBringer, UnitBringer
from civicloop.importing.findings import CHANGED, ERROR, WARNING, Finding, Tally
from civicloop.importing.readers import Row, Table, open_table
from civicloop.importing.rules.mapping import MappingFile
from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, Refused
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person

Tell = Callable[[Finding], None]
MOST_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class Read:
    """A row understood: what is to be written, the key it goes by, and what is odd about it."""

    record: Any
    key: str
    warnings: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a row: new, same, changed or refused."""

    name: str
    refused: Refused | None = None


class Bringer(Protocol):
    """What one kind of thing needs: how a row is read, and how records are written."""

    batch: int
    # Whether rows lean on one another wherever they stand, so that all are judged in one transaction; such files are short.
    whole: bool

    def read(self, cells: Any) -> tuple[Any, str, tuple[Refused, ...]]:
        """The record, its key and its warnings. Raises Refused for a row that cannot be taken."""

    def write(self, records: Sequence[Any], *, by: Person | None, at: datetime) -> Sequence[tuple[str, Refused | None]]:
        """Write the records in one transaction; a verdict for each."""

    def judge(
        self, records: Sequence[Any], judged: Judged, *, by: Person | None, at: datetime
    ) -> Sequence[tuple[str, Refused | None]]:
        """The verdicts `write` would give if the rows in `judged` were there. What it writes is taken back."""

    def mark(self, record: Any) -> tuple[str, str]:
        """The key of a record ("" for none), and what tells the same row from a changed one."""


BRINGERS: dict[str, Callable[[MappingFile], Bringer]] = {
    "units": UnitBringer,
    "grids": GridBringer,
    "points": PointBringer,
    "cases": CaseBringer,
}


def run_import(
    *, path: Path, mapping: MappingFile, by: Person | None, at: datetime, tell: Tell, dry_run: bool = False,
    progress: Callable[[int, int, int], None] = lambda rows, done, size: None,
) -> Tally:  # fmt: skip
    """Bring a file in. `tell` hears of every finding as it is made; `progress` of rows, bytes read and bytes in all.

    With `dry_run` everything is written and taken back in one transaction, so that the database judges too. Raises
    Invalid when the file or the mapping as a whole cannot be used, NotAllowed when the person may not import this kind.
    """
    policy.require(by, mapping.kind, at=at)
    bringer = BRINGERS[mapping.kind](mapping)
    at_once = dry_run and bringer.whole
    whole = transaction.atomic() if at_once else nullcontext()
    kept = Judged() if dry_run and not at_once else nullcontext()
    with lean_database(), open_table(path, mapping.layout) as table, kept as judged, whole:
        work = _Work(bringer, mapping, by, at, tell, judged)
        _check_columns(table, mapping)
        for row in _until_broken(table, work):
            work.take(row)
            if work.tally.rows % 200 == 0:
                progress(work.tally.rows, table.position(), table.size)
        work.flush()
        if at_once:
            transaction.set_rollback(True)
        progress(work.tally.rows, table.size, table.size)
    if not dry_run:
        _write_down(path, mapping, work.tally, by, at)
    return work.tally


@dataclass
class _Work:
    """An import under way. `judged` is there where it is only judged, in slices."""

    bringer: Bringer
    mapping: MappingFile
    by: Person | None
    at: datetime
    tell: Tell
    judged: Judged | None = None
    tally: Tally = field(default_factory=Tally)
    pending: list[tuple[int, Read]] = field(default_factory=list)

    def take(self, row: Row) -> None:
        """Read one row; a full batch is written."""
        self.tally.rows += 1
        try:
            if row.fault is not None:
                raise row.fault
            self.pending.append((row.number, Read(*self.bringer.read(row.cells))))
        except Refused as refused:
            self.refuse(row.number, refused)
        if len(self.pending) >= self.bringer.batch:
            self.flush()

    def flush(self) -> None:
        """Write what is pending."""
        pending, self.pending = self.pending, []
        if not pending:
            return
        try:
            verdicts = [Verdict(*one) for one in self._write([read.record for _, read in pending])]
        except (NotAllowed, OperationalError):  # nobody may, or a database that is busy or gone: no fault of a row
            raise
        except (Refused, DatabaseError):
            verdicts = [self._write_alone(read) for _, read in pending]
        for (number, read), verdict in zip(pending, verdicts, strict=True):
            self._count(number, read, verdict)

    def refuse(self, number: int, refused: Refused, key: str = "") -> None:
        """Count and tell a row that is not taken."""
        self.tally.refused += 1
        self.tell(Finding(number, ERROR, refused, key, self._column(refused)))

    def _write(self, records: Sequence[Any]) -> Sequence[tuple[str, Refused | None]]:
        with transaction.atomic():
            if self.judged is None:
                return self.bringer.write(records, by=self.by, at=self.at)
            verdicts = self.bringer.judge(records, self.judged, by=self.by, at=self.at)
            transaction.set_rollback(True)
        self.judged.add(
            (key, mark)
            for (key, mark), verdict in zip(map(self.bringer.mark, records), verdicts, strict=True)
            if key and verdict[0] == "new"
        )
        return verdicts

    def _write_alone(self, read: Read) -> Verdict:
        try:
            return Verdict(*self._write([read.record])[0])
        except Refused as refused:
            return Verdict("refused", refused)
        except OperationalError:
            raise
        except DatabaseError as fault:
            return Verdict("refused", Invalid("row", "database_refuses", why=str(fault).splitlines()[0][:200]))

    def _count(self, number: int, read: Read, verdict: Verdict) -> None:
        if verdict.name == "refused":
            self.refuse(number, verdict.refused or Invalid("row", "row_unreadable", why=""), read.key)
            return
        if verdict.name == "changed":
            self.tally.changed += 1
            self.tell(Finding(number, CHANGED, Conflict("known_with_other_content", key=read.key), read.key))
            return
        self.tally.added += verdict.name == "new"
        self.tally.known += verdict.name == "same"
        self.tally.warned += bool(read.warnings)
        for warning in read.warnings:
            self.tally.without_place += warning.code in ("no_place", "half_a_place", "null_island")
            self.tally.outside += warning.code in ("outside_grids", "wrong_datum")
            self.tell(Finding(number, WARNING, warning, read.key, self._column(warning)))

    def _column(self, refused: Refused) -> str:
        """The column of the file at fault, as far as the mapping knows."""
        name = getattr(refused, "field", "")
        if name == "place":
            names = [
                one for part in ("lon", "lat") if part in self.mapping.fields for one in self.mapping.fields[part].reads
            ]
            return ", ".join(names)
        value = self.mapping.fields.get(name) or (self.mapping.status if name == "status" else None)
        return ", ".join(value.reads) if value else str(refused.params.get("column", ""))


def _check_columns(table: Table, mapping: MappingFile) -> None:
    missing = sorted(mapping.columns() - set(table.columns)) if table.columns else []
    if missing:
        raise Invalid("mapping", "column_missing", columns=", ".join(missing), present=", ".join(table.columns[:60]))


def _until_broken(table: Table, work: _Work) -> Iterator[Row]:
    """The rows of the file up to where it breaks off, which is told."""
    last = 0
    try:
        for row in table.rows:
            last = row.number
            yield row
            if work.tally.rows >= MOST_ROWS:
                raise Invalid("file", "too_many_rows", limit=MOST_ROWS)
    except Refused as refused:
        work.tally.broken_off = True
        work.tell(Finding(last + 1, ERROR, refused))


def _write_down(path: Path, mapping: MappingFile, tally: Tally, by: Person | None, at: datetime) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    data = {"file": path.name, "sha256": digest, "mapping": mapping.digest, **tally.as_dict()}
    record("import", new_uid(), f"import.{mapping.kind}", by=by.uid if by else None, at=at, data=data, new=True)
