"""What an import says of single rows, and the file it is written to."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

from civicloop.kernel.refusal import Refused
from civicloop.kernel.text import safe_cell
from civicloop.sentences import sentence

HEADER = ("row", "level", "key", "column", "code", "sentence", "value")
ERROR, WARNING, CHANGED = "error", "warning", "changed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one row.

    `level`: error (not taken), changed (known with other content, not taken), warning (taken all the same).
    """

    row: int
    level: str
    refused: Refused
    key: str = ""
    column: str = ""

    def cells(self) -> tuple[object, ...]:
        """The finding as a line of the report, in the active language; formulas are made harmless."""
        value = self.refused.params.get("value", "")
        told = (
            self.row,
            self.level,
            self.key,
            self.column,
            self.refused.code,
            sentence(self.refused),
            str(value)[:500],
        )
        return tuple(safe_cell(cell) for cell in told)


@dataclass(slots=True)
class Tally:
    """How an import went, in rows."""

    rows: int = 0
    added: int = 0
    known: int = 0
    changed: int = 0
    refused: int = 0
    warned: int = 0
    without_place: int = 0
    outside: int = 0
    broken_off: bool = False

    def as_dict(self) -> Mapping[str, int]:
        """The figures by name."""
        return {one.name: int(getattr(self, one.name)) for one in fields(self)}


class ReportFile:
    """The report of an import as CSV, with a mark for Excel; every line is on disk before the next batch begins."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, finding: Finding) -> None:
        """Write one finding."""
        self._writer.writerow(finding.cells())
        self._file.flush()
