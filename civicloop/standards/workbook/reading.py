"""Reading a pack back from its workbook. What is wrong is told with sheet, row and reason; nothing is taken by halves."""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from python_calamine import CalamineError, CalamineWorkbook

from civicloop.standards.rules.pack import load_pack
from civicloop.standards.rules.problem import PackError, Problem
from civicloop.standards.rules.shapes import Pack
from civicloop.standards.workbook.archive import check_extent
from civicloop.standards.workbook.cells import LABELS, BadCell, meant
from civicloop.standards.workbook.sheets import (
    FORM_HEADINGS,
    FORM_OF,
    FORMS,
    HEADER,
    SHEET_OF,
    SHEETS,
    Column,
    Form,
    Sheet,
    parent_headings,
)

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
LARGEST_FILE = 20 * 1024 * 1024
Cells = list[list[Any]]


@dataclass(slots=True)
class _Reading:
    """What has been read: the document, where each part of it stands in the workbook, what is wrong."""

    document: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    pieces: dict[str, dict[str, tuple[dict[str, Any], str]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, sheet: str, row: int, reason: str, heading: str = "") -> None:
        """Something is wrong in a row of a sheet."""
        self.problems.append(Problem(sheet, f"/{heading}" if heading else "", "cell", reason, row))


def read(file: Path) -> tuple[Pack, dict[str, Any]]:
    """The pack a workbook holds, checked like any pack, and its sections as files would have them.

    Raises PackError; there `file` is the sheet and `line` the row.
    """
    reading = _Reading()
    sheets = _open(file)
    unknown = [name for name in sheets if name not in FORM_OF and name not in SHEET_OF]
    for name in unknown:
        reading.fault(name, 0, f"no such sheet in the form; sheets are {', '.join([*FORM_OF, *SHEET_OF])}")
    if HEADER.name not in sheets:
        reading.fault(HEADER.name, 0, "this sheet is missing")
    for form in FORMS:
        if form.name in sheets:
            _read_form(reading, form, sheets[form.name])
    for sheet in SHEETS:
        if sheet.name in sheets:
            _read_sheet(reading, sheet, sheets[sheet.name])
    if reading.problems:
        raise PackError(file.name, reading.problems)
    with tempfile.TemporaryDirectory() as scratch:
        name = str(reading.document["pack"].get("name", ""))
        # A name that is none is told by the schema; it never becomes a path.
        folder = Path(scratch) / (name if NAME.fullmatch(name) else "pack")
        write_folder(reading.document, folder)
        try:
            pack = load_pack(folder)
        except PackError as error:
            raise PackError(file.name, [_translated(one, reading.places) for one in error.problems]) from error
    return pack, reading.document


def write_folder(document: Mapping[str, Any], folder: Path) -> None:
    """Write the sections of a pack into a folder, one file each."""
    folder.mkdir(parents=True)
    for section, content in document.items():
        words = yaml.dump({section: content}, Dumper=_Whole, allow_unicode=True, sort_keys=False, width=120)
        (folder / f"{section}.yaml").write_text(words, encoding="utf-8")


class _Whole(yaml.SafeDumper):
    """Writes a value out each time, since packs take no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _open(file: Path) -> dict[str, Cells]:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise PackError(file.name, [Problem(file.name, "", "unreadable", f"larger than {LARGEST_FILE} bytes")])
        check_extent(file)
        book = CalamineWorkbook.from_path(str(file))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (
        CalamineError,
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        reason = f"no workbook that can be read: {type(error).__name__}"
        raise PackError(file.name, [Problem(file.name, "", "unreadable", reason)]) from error


def _read_form(reading: _Reading, form: Form, cells: Cells) -> None:
    by_heading = {column.heading: column for column in form.rows}
    piece: dict[str, Any] = {}
    if [str(cell).strip() for cell in cells[:1] and cells[0][:2]] != list(FORM_HEADINGS):
        return reading.fault(form.name, 1, f"the first row must read {', '.join(FORM_HEADINGS)}")
    for row, line in enumerate(cells[1:], 2):
        heading = str(line[0]).strip()
        if not heading:
            continue
        if heading not in by_heading:
            reading.fault(form.name, row, f"'{heading}': no such line here")
        elif len(line) > 1:
            column = by_heading[heading]
            if _take(reading, form.name, row, column, line[1], piece):
                _mark(reading.places, f"/{form.place}/{column.path.replace('.', '/')}", (form.name, row))
    if piece:
        reading.document[form.place] = piece
        reading.places.setdefault(f"/{form.place}", (form.name, 1))
    return None


def _read_sheet(reading: _Reading, sheet: Sheet, cells: Cells) -> None:
    above = parent_headings(sheet)
    columns = {column.heading: column for column in sheet.columns}
    headings = [str(cell).strip() for cell in cells[0]] if cells else []
    for place, heading in enumerate(headings):
        if heading and heading not in columns and heading not in above:
            reading.fault(sheet.name, 1, f"'{heading}': no such column here")
        elif heading and heading in headings[:place]:
            reading.fault(sheet.name, 1, f"the column '{heading}' stands twice")
    for heading in (*above, *columns):
        if heading not in headings:
            reading.fault(sheet.name, 1, f"the column '{heading}' is missing")
    for row, line in enumerate(cells[1:], 2):
        told = {heading: cell for heading, cell in zip(headings, line, strict=False) if str(cell).strip()}
        if told and not reading.problems:
            _read_row(reading, sheet, row, told)


def _read_row(reading: _Reading, sheet: Sheet, row: int, told: Mapping[str, Any]) -> None:
    home = _home(reading, sheet, row, told)
    if home is None:
        return
    owner, pointer = home
    piece: dict[str, Any] = {}
    for column in sheet.columns:
        if column.heading in told:
            _take(reading, sheet.name, row, column, told[column.heading], piece)
    pieces = owner.setdefault(sheet.place, [])
    pointer = f"{pointer}/{sheet.place}/{len(pieces)}"
    pieces.append(piece)
    _mark(reading.places, pointer, (sheet.name, row))
    key = " ".join(str(piece.get(name, "")) for name in sheet.key.split("+"))
    reading.pieces.setdefault(sheet.name, {}).setdefault(key, (piece, pointer))


def _home(reading: _Reading, sheet: Sheet, row: int, told: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    """The piece a row stands under, with its pointer."""
    if not sheet.under:
        return reading.document, ""
    if sheet.under in FORM_OF:
        place = FORM_OF[sheet.under].place
        return reading.document.setdefault(place, {}), f"/{place}"
    names = SHEET_OF[sheet.under].key.split("+")
    try:
        kinds = [name if name in LABELS else "text" for name in names]
        key = " ".join(
            str(meant(kind, told.get(heading, ""))) for kind, heading in zip(kinds, parent_headings(sheet), strict=True)
        )
    except BadCell as bad:
        reading.fault(sheet.name, row, str(bad))
        return None
    found = reading.pieces.get(sheet.under, {}).get(key)
    if found is None:
        reading.fault(sheet.name, row, f"the sheet '{sheet.under}' has no '{key}'", parent_headings(sheet)[-1])
    return found


def _take(reading: _Reading, sheet: str, row: int, column: Column, cell: Any, piece: dict[str, Any]) -> bool:
    if not str(cell).strip():
        return False
    try:
        value = meant(column.kind, cell)
    except BadCell as bad:
        reading.fault(sheet, row, str(bad), column.heading)
        return False
    *path, last = column.path.split(".")
    for key in path:
        piece = piece.setdefault(key, {})
    piece[last] = value
    return True


def _mark(places: dict[str, tuple[str, int]], pointer: str, place: tuple[str, int]) -> None:
    """Keep where a pointer comes from, and for the parts above it the first such place."""
    for above in _upwards(pointer):
        places.setdefault(above, place)
    places[pointer] = place


def _upwards(pointer: str) -> Iterator[str]:
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]


def _translated(problem: Problem, places: Mapping[str, tuple[str, int]]) -> Problem:
    """A fault found in the written files, told by sheet and row."""
    for pointer in _upwards(problem.pointer):
        if pointer in places:
            sheet, row = places[pointer]
            return replace(problem, file=sheet, line=row, pointer=problem.pointer[len(pointer) :])
    section = problem.file.removesuffix(".yaml")
    sheet = next((one.name for one in (*FORMS, *SHEETS) if one.place == section), problem.file)
    return replace(problem, file=sheet, line=0)
