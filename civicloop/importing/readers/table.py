"""What every reader gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civicloop.kernel.refusal import Invalid, Refused, TooLarge

MOST_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, its cells by column, and what is wrong with the row as such."""

    number: int
    cells: Mapping[str, Any]
    fault: Refused | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file being read.

    `columns` is empty where every row names its own. `position` of `size` bytes are read so far; 0 where nobody can tell.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    size: int
    position: Callable[[], int]


def header(cells: Sequence[Any]) -> tuple[str, ...]:
    """Column names from a header row: trimmed, unnamed ones at the end left out. Raises Invalid for doubles."""
    names = [str(cell).replace("\n", " ").strip() if cell is not None else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Invalid("file", "header_empty")
    if len(names) > MOST_COLUMNS:
        raise TooLarge("file", "too_many_columns", limit=MOST_COLUMNS, found=len(names))
    doubles = sorted({name for name in names if name and names.count(name) > 1})
    if doubles:
        raise Invalid("file", "column_twice", column=doubles[0])
    return tuple(names)


def as_row(number: int, names: Sequence[str], cells: Sequence[Any]) -> Row:
    """A row under its header. Cells beyond the header are a fault: the row has probably slipped."""
    beyond = [cell for cell in cells[len(names) :] if cell not in (None, "")]
    fault = Invalid("row", "too_many_cells", expected=len(names), found=len(cells)) if beyond else None
    return Row(number, {name: cell for name, cell in zip(names, cells, strict=False) if name}, fault)
