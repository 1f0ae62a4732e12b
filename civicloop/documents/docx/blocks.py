"""The blocks of the body: levels, paragraphs, tables, pictures, charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docx.image.image import Image
from docx.oxml.ns import qn
from docx.shared import Mm

from civicloop.documents.docx.parts import Spacing, element, run, shape
from civicloop.documents.rules.body import (
    Block,
    Chart,
    Face,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    PictureRow,
    Table,
)
from civicloop.documents.rules.gongwen import page
from civicloop.documents.rules.gongwen.words import numbered

LEVEL_FACES: dict[int, Face] = {1: "hei", 2: "kai", 3: "body", 4: "body"}
CAPTION = Spacing(60, 120, 0)
# What stands behind keepNext among the properties of a paragraph.
AFTER_KEEP_NEXT = (
    "w:keepLines",
    "w:pageBreakBefore",
    "w:pBdr",
    "w:tabs",
    "w:snapToGrid",
    "w:spacing",
    "w:ind",
    "w:jc",
    "w:outlineLvl",
)
TIGHT = Spacing(0, 0, 0)
HIGHEST_MM, HIGHEST_IN_ROW_MM = 150.0, 90.0
ALIGNS = {"left": "left", "center": "center", "right": "right"}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the writers of blocks work on: the document, and where bytes of pictures and charts come from."""

    made: Any
    picture: Callable[[Picture], bytes]
    drawing: Callable[[Chart], bytes]


def body(desk: Desk, blocks: Iterable[Block]) -> None:
    """Write the blocks in order; headings are counted."""
    break_before = False
    for number, block in numbered(blocks):
        if isinstance(block, PageBreak):
            break_before = True
            continue
        if break_before:
            paragraph = desk.made.add_paragraph()
            shape(paragraph, spacing=Spacing(line=20), page_before=True)
            break_before = False
        _write(desk, number, block)


def keep_last(made: Any) -> None:
    """Keep the end of the body on the page of what follows: a signature never stands on a page without text (7.3.5)."""
    last = made.element.body[-2] if len(made.element.body) > 1 else None  # the last child is the section
    if last is not None and last.tag == qn("w:p"):
        last.get_or_add_pPr().insert_element_before(element("w:keepNext"), *AFTER_KEEP_NEXT)


def _write(desk: Desk, number: str, block: Block) -> None:
    match block:
        case Heading():
            heading(desk.made, number, block)
        case Paragraph():
            paragraph(desk.made, block)
        case Table():
            table(desk.made, block)
        case Picture():
            picture(desk, block)
        case PictureRow():
            picture_row(desk, block)
        case Chart():
            chart(desk, block)


def heading(made: Any, number: str, block: Heading) -> None:
    """一、 in 黑体, （一） in 楷体, 1. and （1） in 仿宋, two characters in."""
    written = made.add_paragraph()
    shape(written, first=2, keep_next=True, outline=block.level)
    run(written, number + block.text, face=LEVEL_FACES[block.level])


def paragraph(made: Any, block: Paragraph) -> None:
    """A paragraph of the body, or a note under a table."""
    written = made.add_paragraph()
    if block.how == "note":
        shape(written, spacing=CAPTION, align="left")
    else:
        shape(
            written,
            first=2 if block.how == "body" else 0,
            align={"center": "center", "flush": "left"}.get(block.how, "both"),
        )
    size = page.SIZE_5 if block.how == "note" else page.SIZE_3
    for piece in block.pieces():
        run(written, piece.text, face=piece.face, bold=piece.bold, size=size)


def table(made: Any, block: Table) -> None:
    """Thin lines; the head is repeated on every page and no row is torn apart."""
    if block.caption:
        caption(made, block.caption, face="hei", keep_next=True)
    names = any(column.name for column in block.columns)
    rows = len(block.rows) + names
    if rows:
        grid = _grid(made, rows, [column.width for column in block.columns], lines=True)
        if names:
            head = grid.rows[0]
            head._tr.get_or_add_trPr().append(element("w:tblHeader"))
            for cell, column in zip(head.cells, block.columns, strict=True):
                _fill(cell, column.name, align="center", face="hei", size=block.size)
        for row, texts in zip(list(grid.rows)[names:], block.rows, strict=True):
            for cell, text, column in zip(row.cells, texts, block.columns, strict=True):
                _fill(cell, text, align=ALIGNS[column.align], face="body", size=block.size)
    paragraph(made, Paragraph(block.note, how="note"))


def _grid(made: Any, rows: int, widths: list[float], *, lines: bool) -> Any:
    """A table over the whole type area, its columns as wide as their shares."""
    total = page.twips(page.AREA_MM[0])
    columns = [round(total * width / sum(widths)) for width in widths]
    grid = made.add_table(rows=rows, cols=len(widths))
    properties = grid._tbl.tblPr
    for child in list(properties):
        properties.remove(child)
    properties.append(element("w:tblW", w=sum(columns), type="dxa"))
    properties.append(element("w:jc", val="center"))
    if lines:
        borders = element("w:tblBorders")
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
            borders.append(element(f"w:{edge}", val="single", sz=4, space=0, color="000000"))
        properties.append(borders)
    properties.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    for edge in ("left", "right"):
        margins.append(element(f"w:{edge}", w=57 if lines else 28, type="dxa"))
    properties.append(margins)
    for column, width in zip(grid._tbl.tblGrid.findall(qn("w:gridCol")), columns, strict=True):
        column.set(qn("w:w"), str(width))
    for row in grid.rows:
        row._tr.get_or_add_trPr().insert(0, element("w:cantSplit"))
        for cell, width in zip(row._tr.tc_lst, columns, strict=True):
            cell.get_or_add_tcPr().append(element("w:tcW", w=width, type="dxa"))
            for old in cell.tcPr.findall(qn("w:tcW"))[:-1]:
                cell.tcPr.remove(old)
            cell.tcPr.append(element("w:vAlign", val="center"))
    return grid


def _fill(cell: Any, text: str, *, align: str, face: Face, size: float) -> None:
    written = cell.paragraphs[0]
    shape(written, spacing=Spacing(20, 20, 0), align=align)
    run(written, text, face=face, size=size)


def picture(desk: Desk, block: Picture) -> None:
    """A picture in the middle of the page, its caption under it on the same page."""
    written = desk.made.add_paragraph()
    shape(written, spacing=Spacing(60, 0, 0), align="center", keep_next=bool(block.caption))
    _place(written, desk.picture(block), block.width_mm, HIGHEST_MM)
    if block.caption:
        caption(desk.made, block.caption)


def picture_row(desk: Desk, block: PictureRow) -> None:
    """Pictures side by side, each with its caption."""
    many = len(block.pictures)
    grid = _grid(desk.made, 1, [1.0] * many, lines=False)
    for cell, one in zip(grid.rows[0].cells, block.sized(), strict=True):
        written = cell.paragraphs[0]
        shape(written, spacing=Spacing(60, 0, 0), align="center", keep_next=True)
        _place(written, desk.picture(one), one.width_mm, HIGHEST_IN_ROW_MM)
        if one.caption:
            caption(cell, one.caption)
    if block.caption:
        caption(desk.made, block.caption)
    else:
        shape(desk.made.add_paragraph(), spacing=Spacing(line=60))


def chart(desk: Desk, block: Chart) -> None:
    """A chart as a picture of 300 dots per inch, its name under it, then what it is made of."""
    written = desk.made.add_paragraph()
    shape(written, spacing=Spacing(60, 0, 0), align="center", keep_next=True)
    _place(written, desk.drawing(block), block.width_mm, HIGHEST_MM)
    if block.caption:
        caption(desk.made, block.caption, keep_next=bool(block.note))
    if block.note:
        paragraph(desk.made, Paragraph(block.note, how="note"))


def caption(made: Any, text: str, *, face: Face = "body", keep_next: bool = False) -> None:
    """A line in 五号 under a picture or over a table."""
    written = made.add_paragraph()
    shape(written, spacing=CAPTION, align="center", keep_next=keep_next)
    run(written, text, face=face, size=page.SIZE_5)


def _place(paragraph: Any, data: bytes, width_mm: float, highest_mm: float) -> None:
    """The picture as wide as wanted, unless it would become too high."""
    image = Image.from_file(BytesIO(data))
    width = min(width_mm, page.AREA_MM[0], highest_mm * image.px_width / image.px_height)
    paragraph.add_run().add_picture(BytesIO(data), width=Mm(width))
