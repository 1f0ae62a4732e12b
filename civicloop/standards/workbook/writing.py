"""Writing a pack as a workbook: Chinese headings, frozen head rows, widths, and lists to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from civicloop.standards.rules.shapes import Pack
from civicloop.standards.rules.written import written
from civicloop.standards.workbook.cells import LABELS, told
from civicloop.standards.workbook.sheets import (
    FORM_HEADINGS,
    FORM_OF,
    FORMS,
    SHEET_OF,
    SHEETS,
    Column,
    Form,
    Sheet,
    is_filled,
    parent_headings,
)

# An office that assesses finds all of these in its form, filled or not.
ASSESSING = {"point_types", "checklists", "projects", "sample", "scoring", "negative_list", "questions", "indicators"}
SPARE_ROWS = 300
Row = list[str | int | float]


def write(pack: Pack, file: Path) -> None:
    """Write the workbook of a pack. The file is replaced."""
    document = written(pack)
    shown = set(document) | (ASSESSING if ASSESSING & set(document) else set())
    with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        look = {
            "head": book.add_format(
                {"bold": True, "bg_color": "#D9E2F3", "border": 1, "text_wrap": True, "valign": "vcenter"}
            ),
            "cell": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "number": book.add_format({"valign": "top"}),
        }
        for form in FORMS:
            if form.place in shown:
                _write_form(book, look, form, document.get(form.place, {}))
        for sheet in SHEETS:
            if is_filled(sheet, dict.fromkeys(shown, None)):
                _write_sheet(book, look, sheet, list(rows(sheet, document)))


def rows(sheet: Sheet, document: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a sheet, each beginning with the key of the piece it stands under."""
    for above, piece in _pieces(sheet, document):
        yield [*above, *(told(column.kind, _at(piece, column.path)) for column in sheet.columns)]


def _pieces(sheet: Sheet, document: Mapping[str, Any]) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
    if not sheet.under:
        yield from (([], piece) for piece in document.get(sheet.place, ()))
    elif sheet.under in FORM_OF:
        yield from (([], piece) for piece in document.get(FORM_OF[sheet.under].place, {}).get(sheet.place, ()))
    else:
        parent = SHEET_OF[sheet.under]
        for _, above in _pieces(parent, document):
            yield from ((_key(parent, above), piece) for piece in above.get(sheet.place, ()))


def _key(parent: Sheet, piece: Mapping[str, Any]) -> list[str]:
    names = parent.key.split("+")
    return [str(told(name if name in LABELS else "text", piece[name])) for name in names]


def _at(piece: Mapping[str, Any], path: str) -> Any:
    value: Any = piece
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _write_form(book: Any, look: Mapping[str, Any], form: Form, piece: Mapping[str, Any]) -> None:
    page = book.add_worksheet(form.name)
    page.freeze_panes(1, 0)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 80, look["cell"])
    page.write_row(0, 0, FORM_HEADINGS, look["head"])
    for number, column in enumerate(form.rows, 1):
        page.write_string(number, 0, column.heading)
        _write_cell(page, look, number, 1, told(column.kind, _at(piece, column.path)))
        _offer(page, column, number, number, 1)


def _write_sheet(book: Any, look: Mapping[str, Any], sheet: Sheet, found: list[Row]) -> None:
    page = book.add_worksheet(sheet.name)
    above = parent_headings(sheet)
    headings = [*above, *(column.heading for column in sheet.columns)]
    widths = [14] * len(above) + [column.width for column in sheet.columns]
    page.freeze_panes(1, len(above) + 1)
    page.autofilter(0, 0, max(1, len(found)), len(headings) - 1)
    for place, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        page.set_column(place, place, width, look["cell"])
        page.write_string(0, place, heading, look["head"])
    for number, row in enumerate(found, 1):
        for place, value in enumerate(row):
            _write_cell(page, look, number, place, value)
    last = len(found) + SPARE_ROWS
    if above:
        column = xl_col_to_name(len(parent_headings(SHEET_OF[sheet.under])))
        source = f"='{sheet.under}'!${column}$2:${column}$5000"
        page.data_validation(1, len(above) - 1, last, len(above) - 1, {"validate": "list", "source": source})
    for place, column in enumerate(sheet.columns, len(above)):
        _offer(page, column, 1, last, place)


def _write_cell(page: Any, look: Mapping[str, Any], row: int, place: int, value: str | int | float) -> None:
    if isinstance(value, str):
        page.write_string(row, place, value, look["cell"])
    else:
        page.write_number(row, place, value, look["number"])


def _offer(page: Any, column: Column, first: int, last: int, place: int) -> None:
    if column.kind in LABELS:
        page.data_validation(
            first, place, last, place, {"validate": "list", "source": list(LABELS[column.kind].values())}
        )
    elif column.kind in ("number", "whole"):
        kind = {"number": "decimal", "whole": "integer"}[column.kind]
        page.data_validation(first, place, last, place, {"validate": kind, "criteria": ">=", "value": 0})
