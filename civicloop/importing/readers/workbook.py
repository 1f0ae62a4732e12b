"""XLSX, streamed. What the archive declares is checked before anything in it is opened."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from civicloop.importing.readers.table import MOST_COLUMNS, Row, Table, as_row, header
from civicloop.importing.rules.mapping import Layout
from civicloop.kernel.refusal import Invalid, TooLarge

MOST_UNPACKED = 1 << 30
MOST_STRINGS = 256 << 20
"""Texts shared by the cells are held in memory."""
MOST_RATIO = 200
MOST_PARTS = 10_000
SMALL = 16 << 20
"""An archive that unpacks to this little is no bomb, however well it is packed."""


@contextmanager
def open_workbook(path: Path, layout: Layout) -> Iterator[Table]:
    """The rows of one sheet: the named one, else the first that is shown."""
    check_archive(path)
    with path.open("rb") as file:  # an open file, since openpyxl judges a path by its ending
        yield from _open(file, path, layout)


def _open(file: BinaryIO, path: Path, layout: Layout) -> Iterator[Table]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as fault:  # openpyxl lets everything through that a broken archive or XML can raise
        raise Invalid("file", "workbook_unreadable", file=path.name, why=str(fault)[:200]) from fault
    try:
        sheet = _sheet(book, layout.sheet)
        sheet.reset_dimensions()  # what the file says of its extent is often wrong
        rows = sheet.iter_rows(min_row=layout.header_row, max_col=MOST_COLUMNS, values_only=True)
        names = header(_next(rows) or ())
        size = path.stat().st_size
        yield Table(names, _rows(rows, names, layout.header_row), 0, lambda: size)
    finally:
        book.close()


def check_archive(path: Path) -> None:
    """Refuse a zip bomb by what it declares. Python never unpacks more of a part than its header declares."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as fault:
        raise Invalid("file", "workbook_unreadable", file=path.name, why=str(fault)[:200]) from fault
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or strings > MOST_STRINGS:
        raise TooLarge("file", "archive_too_large", file=path.name, found=unpacked, limit=MOST_UNPACKED)
    if unpacked > SMALL and unpacked / packed > MOST_RATIO:
        raise TooLarge("file", "archive_bomb", file=path.name, ratio=round(unpacked / packed), limit=MOST_RATIO)
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise Invalid("file", "workbook_unreadable", file=path.name, why="not an Office file")


def _sheet(book: Any, name: str | None) -> Any:
    if name is None:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not shown:
            raise Invalid("file", "sheet_missing", sheet="", sheets=", ".join(book.sheetnames))
        return shown[0]
    if name not in book.sheetnames:
        raise Invalid("file", "sheet_missing", sheet=name, sheets=", ".join(book.sheetnames))
    return book[name]


def _rows(rows: Iterator[tuple[Any, ...]], names: tuple[str, ...], before: int) -> Iterator[Row]:
    number = before
    while (cells := _next(rows)) is not None:
        number += 1
        if any(cell not in (None, "") for cell in cells):
            yield as_row(number, names, cells)


def _next(rows: Iterator[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    try:
        return next(rows, None)
    except Exception as fault:  # broken XML in the middle of a sheet, and whatever else the file makes openpyxl say
        raise Invalid("file", "workbook_unreadable", file="", why=str(fault)[:200]) from fault
