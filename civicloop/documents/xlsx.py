"""Workbooks as offices keep them: title, frozen head, widths, formats of numbers, printed on A4 across. Memory stays flat."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from PIL import Image

from civicloop.documents.rules.sheets import Cell, Form, Sheet, Thumb, Workbook
from civicloop.kernel.text import safe_cell

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
BODY, BOLD = "宋体", "黑体"
NUMBER_FORMATS: Mapping[Form, str] = {
    "text": "@", "wrap": "@", "int": "0", "number": "0.0", "percent": "0.0%", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm",
    "photo": "@",
}  # fmt: skip
LONGEST_CELL, LONGEST_NAME = 32_767, 31
# Height of a row with photos in points; a photo is as high, but for the edges, and never wider than its column.
PHOTO_ROW, PHOTO_EDGE = 72, 3
PIXELS_PER_POINT, PIXELS_PER_CHARACTER = 96 / 72, 7
SmallCopy = Callable[[str], bytes]
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class _Desk:
    """What the writer works on: formats, the zone of the clock, and where small copies of photos come from and lie meanwhile."""

    formats: Mapping[str, Any]
    zone: tzinfo
    photo: SmallCopy | None
    folder: Path


def write(
    workbook: Workbook, file: BinaryIO, *, zone: tzinfo, made_at: datetime = NEVER, photo: SmallCopy | None = None
) -> int:
    """Write the workbook and give the number of rows. Rows are written one by one, as the generators give them.

    Moments are written in `zone`. `photo` gives a small JPEG for a Thumb; without it such cells are empty. Copies wait in a folder,
    not in memory. The same rows and `made_at` give the same bytes.
    """
    with tempfile.TemporaryDirectory(prefix="civicloop-xlsx-") as folder:
        options = {"constant_memory": True, "tmpdir": folder, "default_date_format": "yyyy-mm-dd"}
        with xlsxwriter.Workbook(file, options) as book:
            book.set_properties({"title": workbook.title, "created": made_at.replace(tzinfo=None)})
            desk = _Desk(_formats(book), zone, photo, Path(folder))
            names: set[str] = set()
            return sum(_sheet(book, sheet, desk, names) for sheet in workbook.sheets)


def _formats(book: Any) -> dict[str, Any]:
    line = {"border": 1, "font_name": BODY, "font_size": 10, "valign": "vcenter"}
    made: dict[str, Any] = {
        form: book.add_format(line | {"num_format": code, "text_wrap": form in ("text", "wrap")})
        for form, code in NUMBER_FORMATS.items()
    }
    made["title"] = book.add_format({"font_name": BOLD, "font_size": 16, "align": "center", "valign": "vcenter"})
    made["note"] = book.add_format({"font_name": BODY, "font_size": 10, "align": "left", "text_wrap": True})
    made["head"] = book.add_format(
        line | {"font_name": BOLD, "align": "center", "text_wrap": True, "bg_color": "#EFF1EF", "bold": True}
    )
    return made


def _sheet(book: Any, sheet: Sheet, desk: _Desk, names: set[str]) -> int:
    formats = desk.formats
    page = book.add_worksheet(_name(sheet.name, names))
    last = len(sheet.columns) - 1
    row = 0
    for text, style, height in ((sheet.title, "title", 30), (sheet.note, "note", 18)):
        if text:
            page.set_row(row, height)
            # Memory stays flat only when rows are written in order, and merging would write a row by itself.
            page.write_string(row, 0, _clean(text), formats[style])
            if last > 0:
                page.merge_range(row, 0, row, last, _clean(text), formats[style])
            row += 1
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(row, place, column.name, formats["head"])
    page.freeze_panes(row + 1, 0)
    _print_setup(page, row, last)
    count = 0
    for count, values in enumerate(sheet.rows, 1):
        _write_row(page, row + count, values, sheet, desk)
    if count:
        page.autofilter(row, 0, row + count, last)
    return count


def _print_setup(page: Any, head: int, last: int) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(head)
    page.set_footer("&C第 &P 页，共 &N 页")
    page.center_horizontally()


def _write_row(page: Any, row: int, values: Sequence[Cell], sheet: Sheet, desk: _Desk) -> None:
    if any(isinstance(value, Thumb) for value in values):
        page.set_row(row, PHOTO_ROW)
    for place, (value, column) in enumerate(zip(values, sheet.columns, strict=True)):
        style = desk.formats[column.form]
        match value:
            case None | "":
                page.write_blank(row, place, None, style)
            case Thumb():
                page.write_blank(row, place, None, style)
                _place_photo(page, (row, place), value, column.width, desk)
            case bool():
                page.write_string(row, place, "是" if value else "否", style)
            case int() | float():
                page.write_number(row, place, value, style)
            case datetime():
                page.write_datetime(row, place, value.astimezone(desk.zone).replace(tzinfo=None), style)
            case date():
                page.write_datetime(row, place, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
            case _:
                page.write_string(row, place, _clean(str(value)), style)


def _place_photo(page: Any, where: tuple[int, int], thumb: Thumb, width: float, desk: _Desk) -> None:
    """The small copy inside its cell, moving and growing with it. Each copy is written once, however many rows show it."""
    if desk.photo is None:
        return
    path = desk.folder / f"{thumb.sha256}.jpg"
    if not path.exists():
        path.write_bytes(desk.photo(thumb.sha256))
    with Image.open(path) as image:
        wide, high = image.size
    room = (PHOTO_ROW - 2 * PHOTO_EDGE) * PIXELS_PER_POINT, width * PIXELS_PER_CHARACTER - 2 * PHOTO_EDGE
    scale = min(room[0] / high, room[1] / wide)
    options = {"x_scale": scale, "y_scale": scale, "x_offset": PHOTO_EDGE, "y_offset": PHOTO_EDGE, "object_position": 1}
    page.insert_image(*where, str(path), options)


def _clean(text: str) -> str:
    """A text no spreadsheet takes for a formula, without what XML cannot hold, cut where a cell ends."""
    return str(safe_cell(_UNPRINTABLE.sub("", text)))[:LONGEST_CELL]


def _name(name: str, taken: set[str]) -> str:
    """A sheet's name as Excel takes it, not used before."""
    base = _NOT_IN_NAMES.sub(" ", name).strip("' ")[:LONGEST_NAME] or "Sheet"
    found, number = base, 1
    while found.lower() in taken:
        number += 1
        found = f"{base[: LONGEST_NAME - 4]}({number})"
    taken.add(found.lower())
    return found
