"""CSV and its kin.

Encoding and delimiter are found out: UTF-8 with and without mark, UTF-16, GB 18030; comma, tab, semicolon, bar.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from civicloop.importing.readers.table import Row, Table, as_row, header
from civicloop.importing.rules.mapping import Layout
from civicloop.kernel.refusal import Invalid

MOST_CELL = 1_000_000
DELIMITERS = (",", "\t", ";", "|")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@contextmanager
def open_delimited(path: Path, layout: Layout) -> Iterator[Table]:
    """The rows of a delimited file; quoted line ends are part of a cell."""
    encoding = layout.encoding or find_encoding(path)
    with path.open("rb") as raw:
        try:
            b"".decode(encoding)  # some codecs (hex, zlib) make no text
            lines = codecs.getreader(encoding)(raw)
        except (LookupError, UnicodeError):
            raise Invalid("file", "encoding_unknown", file=path.name, encoding=encoding) from None
        yield _table(lines, raw, path, layout)


def find_encoding(path: Path) -> str:
    """The encoding of a file, which is read through once for it. Raises Invalid for a file that is no text."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    found = next((name for name in ("utf-8", "gb18030") if _decodes(path, name)), None)
    if found is None:
        raise Invalid("file", "encoding_unknown", file=path.name, encoding="?")
    return found


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _table(lines: codecs.StreamReader, raw: BinaryIO, path: Path, layout: Layout) -> Table:
    csv.field_size_limit(MOST_CELL)
    text = _physical(lines, path)
    skipped = [next(text, "") for _ in range(layout.header_row - 1)]
    first = next(text, "")
    delimiter = layout.delimiter or max(DELIMITERS, key=first.count)
    reader = csv.reader(_chain(first, text), delimiter=delimiter)
    names = header(next(reader, []))
    rows = _rows(reader, names, len(skipped) + 1)
    return Table(names, rows, path.stat().st_size, raw.tell)


def _physical(lines: codecs.StreamReader, path: Path) -> Iterator[str]:
    """Lines as they are in the file; a byte that does not decode ends the file with a refusal."""
    while True:
        try:
            line = lines.readline()
        except UnicodeDecodeError as fault:
            raise Invalid("file", "encoding_unknown", file=path.name, encoding=fault.encoding) from None
        if not line:
            return
        yield line


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _rows(reader: Iterator[list[str]], names: tuple[str, ...], before: int) -> Iterator[Row]:
    number = before
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield Row(number, {}, Invalid("row", "row_unreadable", why=str(fault)))
            continue
        if any(cells):
            yield as_row(number, names, cells)
