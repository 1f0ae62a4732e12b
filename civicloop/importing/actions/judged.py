"""What the rows of a file that were judged already would have left behind, had they been written.

Judging writes each slice and takes it back at once, so that nobody else waits for a large file; a later row must all the same meet
the earlier ones. They are kept in a file of its own that is gone when the work ends: a million keys are too many for the memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from types import TracebackType
from typing import Self

ASKED_AT_ONCE = 900


class Judged:
    """Keys that would be new by now, each with what tells the same row from a changed one."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)  # no name: a temporary file that SQLite removes itself
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE judged (key TEXT PRIMARY KEY, mark TEXT NOT NULL) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Remember rows that would have been written."""
        self._file.execute("BEGIN")
        self._file.executemany("INSERT OR IGNORE INTO judged VALUES (?, ?)", rows)
        self._file.execute("COMMIT")

    def marks(self, keys: Iterable[str]) -> dict[str, str]:
        """Of these keys those that would be there, with their marks."""
        wanted, found = sorted(set(keys)), dict[str, str]()
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            part = wanted[start : start + ASKED_AT_ONCE]
            places = ", ".join("?" * len(part))
            found.update(self._file.execute(f"SELECT key, mark FROM judged WHERE key IN ({places})", part).fetchall())
        return found
