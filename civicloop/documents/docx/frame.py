"""What stands around the body: red head, number, title, addressee, attachments, signature, 版记 and page numbers."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn
from docx.shared import Mm

from civicloop.documents.docx.parts import CHAR_TWIPS, Spacing, border, element, page_field, run, shape
from civicloop.documents.rules.body import Document
from civicloop.documents.rules.gongwen import page
from civicloop.documents.rules.gongwen.titles import title_lines
from civicloop.documents.rules.gongwen.words import attachment_lines, copies_line, day, number_of

LINE = page.LINE_PITCH_TWIPS
# An exact line is higher than its letters; half of the rest lies above them.
HEAD_LINE = 1.2
NO_DAY = "　　年　月　日"
NAME_AT = 6.5
"""Characters from the margin to an attachment's name: 2 in, 附件： and its number."""


def red_head(made: Any, document: Document) -> None:
    """Issuer and 文件, 35 mm under the upper edge of the type area; number two lines below; red line 4 mm under it."""
    name = document.head.issuer + document.head.suffix
    size, scale = page.head_size(len(name))
    paragraph = made.add_paragraph()
    before = page.twips(page.HEAD_TOP_MM) - round(size * (HEAD_LINE - 1) / 2 * 20)
    shape(paragraph, spacing=Spacing(before, 0, round(size * HEAD_LINE * 20)), align="center")
    run(paragraph, name, face="title", size=size, color=page.RED, scale=scale)
    paragraph = made.add_paragraph()
    shape(paragraph, spacing=Spacing(2 * LINE), align="center")
    run(paragraph, number_of(document))
    # The line of text is 29 points high, its letters 16: part of the 4 mm lies inside the line already.
    gap = page.points(page.RED_LINE_GAP_MM) - (page.line_points() - page.SIZE_3) / 3
    border(paragraph, edge="bottom", kind="single", eighths=12, color=page.RED, space=round(gap))


def letter_head(made: Any, document: Document) -> None:
    """信函格式: issuer 30 mm under the edge of the paper, a red double line under it and one at the foot, on page 1 only."""
    section = made.sections[0]
    section.different_first_page_header_footer = True
    size, scale = page.head_size(len(document.head.issuer), page.LETTER_LINE_MM)
    size = min(size, 36.0)
    header = section.first_page_header.paragraphs[0]
    line = round(size * HEAD_LINE * 20)
    shape(header, spacing=Spacing(0, 0, line), align="center")
    _widen(header)
    gap = page.points(page.RED_LINE_GAP_MM) - size * (HEAD_LINE - 1) * 0.8
    border(header, edge="bottom", kind="thickThinSmallGap", eighths=24, color=page.RED, space=max(1, round(gap)))
    run(header, document.head.issuer, face="title", size=size, color=page.RED, scale=scale)
    section.header_distance = Mm(page.LETTER_HEAD_TOP_MM - size * (HEAD_LINE - 1) / 2 / 72 * 25.4)
    footer = section.first_page_footer.paragraphs[0]
    shape(footer, spacing=Spacing(0, 0, 20))
    _widen(footer)
    border(footer, edge="bottom", kind="thinThickSmallGap", eighths=24, color=page.RED, space=1)
    number = made.add_paragraph()
    # 7/8 of a character under the line; what a line is higher than its letters stands there already.
    above = page.SIZE_3 * 7 / 8 - (page.line_points() - page.SIZE_3) / 2
    shape(number, spacing=Spacing(round(above * 20)), align="right")
    run(number, number_of(document))


def _widen(paragraph: Any) -> None:
    """From the type area to the 170 mm of the lines, centred on the paper."""
    edge = (page.PAPER_MM[0] - page.LETTER_LINE_MM) / 2
    properties = paragraph._p.get_or_add_pPr()
    indents = element("w:ind", left=page.twips(edge - page.LEFT_MM), right=page.twips(edge - page.RIGHT_MM))
    properties.find(qn("w:spacing")).addnext(indents)


def title(made: Any, text: str, *, lines_before: float, page_before: bool = False) -> None:
    """2号 小标宋, centred, one paragraph per line."""
    for place, line in enumerate(title_lines(text)):
        paragraph = made.add_paragraph()
        first = place == 0
        spacing = Spacing(round(lines_before * LINE) if first else 0)
        shape(paragraph, spacing=spacing, align="center", keep_next=True, page_before=page_before and first)
        run(paragraph, line, face="title", size=page.SIZE_2)


def addressee(made: Any, to: str) -> None:
    """主送机关, flush left, one line below the title."""
    paragraph = made.add_paragraph()
    shape(paragraph, spacing=Spacing(LINE), align="left")
    run(paragraph, to.rstrip("：:") + "：")


def attachments(made: Any, document: Document) -> None:
    """附件：1. … one line below the body; a name that runs on stays under its own first character."""
    for place, (number, name) in enumerate(attachment_lines(document.attachments)):
        paragraph = made.add_paragraph()
        at = NAME_AT if number else 5.0
        shape(
            paragraph,
            spacing=Spacing(LINE if place == 0 else 0),
            align="left",
            left=at,
            hanging=at - (2 if place == 0 else 5),
            keep_next=bool(document.signer),
        )
        _tab(paragraph, round(at * CHAR_TWIPS))
        run(paragraph, ("附件：" if place == 0 else "") + (f"{number}\t" if number else "") + name)


def _tab(paragraph: Any, position: int) -> None:
    tabs = element("w:tabs")
    tabs.append(element("w:tab", val="left", pos=position))
    paragraph._p.get_or_add_pPr().find(qn("w:spacing")).addprevious(tabs)


def signature(made: Any, document: Document) -> None:
    """Name centred over the date, the date four characters in: the place of a seal, which people set themselves."""
    when = day(document.day) if document.day else NO_DAY
    over = (page.text_width(document.signer) - page.text_width(when)) / 2
    right = max(0.0, 4 - over)
    paragraph = made.add_paragraph()
    shape(paragraph, spacing=Spacing(2 * LINE), align="right", right=right, keep_next=True, keep_lines=True)
    run(paragraph, document.signer)
    paragraph = made.add_paragraph()
    # A name so long that it reaches the margin pushes the date to the left, so that it stays under the middle.
    shape(paragraph, align="right", right=4 + max(0.0, over - 4), keep_next=bool(document.remark))
    run(paragraph, when)


def remark(made: Any, text: str) -> None:
    """（附注）"""
    paragraph = made.add_paragraph()
    shape(paragraph, first=2)
    run(paragraph, f"（{text.strip('（）')}）")


def page_numbers(made: Any, *, letter: bool) -> None:
    """— 1 —, 4号 宋体, 7 mm under the type area: odd pages right, even pages left, one character in."""
    section = made.sections[0]
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        # In a letter the footer is measured for the red line of page 1, 5 mm lower.
        after = page.twips(PAGE_NUMBER_MM - page.LETTER_FOOT_MM) if letter else 0
        shape(paragraph, spacing=Spacing(0, after, NUMBER_LINE * 20), align=align)
        properties = paragraph._p.get_or_add_pPr()
        properties.find(qn("w:spacing")).addnext(element("w:ind", **{align: round(page.SIZE_4 * 20)}))
        page_field(paragraph, size=page.SIZE_4, font=page.PAGE_NUMBER_FONT)


NUMBER_LINE = 16
# The dash stands in the middle of its line, 28 mm (35 - 7) above the edge of the paper.
PAGE_NUMBER_MM = page.BOTTOM_MM - page.PAGE_NUMBER_GAP_MM - NUMBER_LINE / 2 / 72 * 25.4


def imprint(made: Any, document: Document, *, lines: bool) -> None:
    """版记: 抄送 and 印发, 4号, at the foot of the last page's type area. Letters have no lines and no 印发 (10.1).

    A floating table holds it: it hangs on the last paragraph of the text and stands at the foot of that paragraph's page.
    """
    when = f"{day(document.day) if document.day else NO_DAY}印发"
    rows = [
        copies_line(document.copies_to),
        f"{document.issued_note}\t{when}" if document.issued_note and lines else "",
    ]
    texts = [text for text in rows if text]
    if not texts:
        return
    table = made.add_table(rows=len(texts), cols=1)
    properties = table._tbl.tblPr
    for child in list(properties):
        properties.remove(child)
    width = page.twips(page.AREA_MM[0])
    properties.append(
        element(
            "w:tblpPr", leftFromText=0, rightFromText=0, vertAnchor="margin", horzAnchor="page",
            tblpX=page.twips(page.LEFT_MM), tblpYSpec="bottom",
        )
    )  # fmt: skip
    properties.append(element("w:tblOverlap", val="never"))
    properties.append(element("w:tblW", w=width, type="dxa"))
    if lines:
        properties.append(_rules())
    properties.append(element("w:tblLayout", type="fixed"))
    properties.append(_no_padding())
    table._tbl.tblGrid.findall(qn("w:gridCol"))[0].set(qn("w:w"), str(width))
    for row, text in zip(table.rows, texts, strict=True):
        _imprint_row(row, text, width)
    # What floats hangs on a paragraph, and a body ends with one.
    shape(made.add_paragraph(), spacing=Spacing(line=20))


def _imprint_row(row: Any, text: str, width: int) -> None:
    paragraph = row.cells[0].paragraphs[0]
    one = round(page.SIZE_4 * 20)
    hanging = 3 if text.startswith("抄送") else 0
    shape(paragraph, spacing=Spacing(40, 40, 440), align="left")
    indents = element("w:ind", left=one * (1 + hanging), right=one, **({"hanging": one * hanging} if hanging else {}))
    properties = paragraph._p.get_or_add_pPr()
    properties.find(qn("w:spacing")).addnext(indents)
    tabs = element("w:tabs")
    tabs.append(element("w:tab", val="right", pos=width - one))
    properties.find(qn("w:snapToGrid")).addprevious(tabs)
    run(paragraph, text, size=page.SIZE_4)


def _rules() -> Any:
    thick, thin = (round(page.points(mm) * 8) for mm in (page.THICK_LINE_MM, page.THIN_LINE_MM))
    rules = element("w:tblBorders")
    for edge, size in (("top", thick), ("bottom", thick), ("insideH", thin)):
        rules.append(element(f"w:{edge}", val="single", sz=size, space=0, color="000000"))
    return rules


def _no_padding() -> Any:
    made = element("w:tblCellMar")
    for edge in ("left", "right"):
        made.append(element(f"w:{edge}", w=0, type="dxa"))
    return made
