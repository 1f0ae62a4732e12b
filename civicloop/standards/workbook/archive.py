"""Whether a workbook can be opened without harm: what is packed in it, and how far its sheets reach.

A reader holds a sheet as one block of cells, so that a single cell at the far corner of a small file takes all memory.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from civicloop.standards.rules.problem import PackError, Problem

MOST_UNPACKED = 128 * 1024 * 1024
MOST_CELLS = 4_000_000
"""Rows times columns of one sheet."""
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACE = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")


def check_extent(file: Path) -> None:
    """Raise PackError for a workbook that unpacks to too much or has cells too far out; zipfile.BadZipFile for no archive.

    Python unpacks no more of a part than the archive declares.
    """
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise _refused(file, f"unpacks to more than {MOST_UNPACKED} bytes")
        for part in parts:
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                _check_sheet(file, part.filename, archive.read(part))


def _check_sheet(file: Path, name: str, content: bytes) -> None:
    places = _PLACE.findall(content)
    if len(places) != sum(1 for _ in _CELL.finditer(content)):
        raise _refused(file, f"{name}: a cell does not say where it stands")
    rows = max((int(row) for _, row in places), default=0)
    columns = max((_column(letters) for letters, _ in places), default=0)
    if rows * columns > MOST_CELLS:
        raise _refused(file, f"{name}: cells reach to row {rows}, column {columns}")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _refused(file: Path, reason: str) -> PackError:
    return PackError(file.name, [Problem(file.name, "", "unreadable", reason)])
