"""Readers: a file as a stream of rows, never held in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from civicloop.importing.readers.delimited import open_delimited
from civicloop.importing.readers.geojson import open_geojson
from civicloop.importing.readers.table import Row, Table
from civicloop.importing.readers.workbook import open_workbook
from civicloop.importing.rules.mapping import Layout
from civicloop.kernel.refusal import Invalid

__all__ = ["Row", "Table", "open_table"]

ZIP_START = b"PK\x03\x04"
OLD_EXCEL_START = b"\xd0\xcf\x11\xe0"


@contextmanager
def open_table(path: Path, layout: Layout) -> Iterator[Table]:
    """The rows of a file. What it is, is read from its first bytes: a wrong extension does no harm.

    Raises Invalid("file", ...) for a file that cannot be read, is empty, or is of a kind we do not take.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as fault:
        raise Invalid("file", "file_unreadable", file=path.name, why=fault.strerror or "") from fault
    if not head.strip():
        raise Invalid("file", "file_empty", file=path.name)
    if head.startswith(OLD_EXCEL_START):
        raise Invalid("file", "old_excel", file=path.name)
    if head.startswith(ZIP_START):
        opener = open_workbook(path, layout)
    elif head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        opener = open_geojson(path)
    else:
        opener = open_delimited(path, layout)
    with opener as table:
        yield table
