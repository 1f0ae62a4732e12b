"""The neutral form of a workbook: ledgers and problem lists as offices keep them.

Rows may be a generator: they are written one by one and memory stays flat.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Thumb:
    """A photo in a cell, by its SHA-256; the writer is given a small copy. The row grows to hold it."""

    sha256: str


Cell = Thumb | str | int | float | bool | date | datetime | None
Form = Literal["text", "wrap", "int", "number", "percent", "date", "datetime", "photo"]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its head, its width in characters, how its values are written. `number` has one decimal; percent takes 0.912.

    `photo` takes a Thumb or nothing.
    """

    name: str
    width: float = 12
    form: Form = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: a title over all columns, the head (frozen, repeated on every printed page), the rows, a note under the title.

    Moments are aware and are written in local time. `title` and `note` may be empty.
    """

    name: str
    columns: tuple[SheetColumn, ...]
    rows: Iterable[Sequence[Cell]]
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A whole workbook."""

    kind: str
    title: str
    sheets: tuple[Sheet, ...]
