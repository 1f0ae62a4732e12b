"""The file itself: page, defaults and settings of a new document, and a ZIP that is the same for the same content."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO

import docx
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

from civicloop.documents.docx.parts import element
from civicloop.documents.rules.gongwen import page

# A ZIP cannot say an earlier moment.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def new_document(*, footer_mm: float, header_mm: float) -> Any:
    """An empty document with the page, the grid and the defaults of the standard."""
    made = docx.Document()
    _defaults(made)
    section = made.sections[0]
    section.page_width, section.page_height = Mm(page.PAPER_MM[0]), Mm(page.PAPER_MM[1])
    section.top_margin, section.bottom_margin = Mm(page.TOP_MM), Mm(page.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(page.LEFT_MM), Mm(page.RIGHT_MM)
    section.header_distance, section.footer_distance, section.gutter = Mm(header_mm), Mm(footer_mm), Twips(0)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = element("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(page.LINE_PITCH_TWIPS))
    grid.set(qn("w:charSpace"), str(page.CHAR_SPACE))
    made.settings.odd_and_even_pages_header_footer = True
    return made


def save(made: Any, file: BinaryIO, *, title: str, author: str, moment: datetime) -> None:
    """Write the package. The same document gives the same bytes: nothing in it tells when it was written."""
    about = made.core_properties
    about.title, about.author, about.last_modified_by, about.comments = title, author, author, ""
    about.created = about.modified = moment.replace(tzinfo=None, microsecond=0)
    about.language, about.revision = "zh-CN", 1
    plain = BytesIO()
    made.save(plain)
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            # Pictures are packed already.
            entry.compress_type = zipfile.ZIP_STORED if name.startswith("word/media/") else zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(name))


def _defaults(made: Any) -> None:
    """Normal: 仿宋_GB2312, 16 pt. Chinese and Latin keep their distance by the grid, not by added blanks."""
    normal = made.styles["Normal"]
    normal.font.size = Pt(page.SIZE_3)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{key}"), page.FONTS["body"])
    properties = normal.element.get_or_add_pPr()
    for child in list(properties):
        properties.remove(child)
    for tag in ("w:kinsoku", "w:overflowPunct"):
        properties.append(element(tag, val=1))
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):
        properties.append(element(tag, val=0))
    properties.append(element("w:spacing", before=0, after=0, line=page.LINE_PITCH_TWIPS, lineRule="exact"))
    properties.append(element("w:jc", val="both"))
