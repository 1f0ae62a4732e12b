"""A document as DOCX: the parts in the order of the standard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import BinaryIO

from civicloop.documents.docx import frame
from civicloop.documents.docx.blocks import Desk, body, keep_last
from civicloop.documents.docx.package import new_document, save
from civicloop.documents.docx.parts import Spacing, run, shape
from civicloop.documents.rules.body import Chart, Document, Picture
from civicloop.documents.rules.gongwen import page

NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def write(
    document: Document, file: BinaryIO, *, picture: Callable[[Picture], bytes], drawing: Callable[[Chart], bytes]
) -> None:
    """Write the document. `picture` gives a JPEG or PNG, `drawing` a PNG of a chart. The same document gives the same bytes."""
    letter = document.head.style == "letter"
    foot = page.LETTER_FOOT_MM if letter else frame.PAGE_NUMBER_MM
    made = new_document(footer_mm=foot, header_mm=15.0)
    desk = Desk(made, picture, drawing)
    _opening(desk, document)
    body(desk, document.blocks)
    if document.signer:
        keep_last(desk.made)
    _ending(desk, document)
    frame.page_numbers(made, letter=letter)
    moment = datetime.combine(document.day, time(), UTC) if document.day else NEVER
    save(made, file, title=document.title.replace("\n", ""), author=document.head.issuer, moment=moment)


def _opening(desk: Desk, document: Document) -> None:
    match document.head.style:
        case "red_head":
            frame.red_head(desk.made, document)
        case "letter":
            frame.letter_head(desk.made, document)
        case "plain":
            _plain_number(desk, document)
    frame.title(desk.made, document.title, lines_before=0 if document.head.style == "plain" else 2)
    if document.to:
        frame.addressee(desk.made, document.to)
    else:
        shape(desk.made.add_paragraph())


def _plain_number(desk: Desk, document: Document) -> None:
    if document.number:
        paragraph = desk.made.add_paragraph()
        shape(paragraph, align="right", spacing=Spacing())
        run(paragraph, document.number)


def _ending(desk: Desk, document: Document) -> None:
    if document.attachments:
        frame.attachments(desk.made, document)
    if document.signer:
        frame.signature(desk.made, document)
    if document.remark:
        frame.remark(desk.made, document.remark)
    printed = [one for one in document.attachments if one.blocks]
    for one in printed:
        _attachment(desk, document, document.attachments.index(one) + 1)
    frame.imprint(desk.made, document, lines=document.head.style != "letter")


def _attachment(desk: Desk, document: Document, place: int) -> None:
    """附件1 on the first line of a new page, its title on the third."""
    paragraph = desk.made.add_paragraph()
    shape(paragraph, page_before=True, align="left")
    run(paragraph, f"附件{place}" if len(document.attachments) > 1 else "附件", face="hei")
    one = document.attachments[place - 1]
    frame.title(desk.made, one.title, lines_before=1)
    shape(desk.made.add_paragraph())
    body(desk, one.blocks)
