"""A document as the plain data that the typst page reads: texts, measures already worked out, and names of picture files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from civicloop.documents.pdf.fonts import WANTED, FontSet
from civicloop.documents.rules.body import (
    Block,
    Chart,
    Document,
    Face,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    PictureRow,
    Run,
    Table,
)
from civicloop.documents.rules.gongwen import page
from civicloop.documents.rules.gongwen.titles import title_lines
from civicloop.documents.rules.gongwen.words import attachment_lines, copies_line, day, number_of, numbered

LEVEL_FACES: dict[int, Face] = {1: "hei", 2: "kai", 3: "body", 4: "body"}
NO_DAY = "　　年　月　日"
# A file's name for a picture, and how high it is for its width.
Placed = Callable[[Picture], tuple[str, float]]
Drawn = Callable[[Chart], str]


def as_data(document: Document, fonts: FontSet, *, placed: Placed, drawn: Drawn) -> dict[str, Any]:
    """Everything the page needs. `placed` and `drawn` give names of files beside the page."""
    when = day(document.day) if document.day else NO_DAY
    letter = document.head.style == "letter"
    return {
        "title": document.title.replace("\n", ""),
        "lines": title_lines(document.title),
        "author": document.head.issuer,
        "day": [document.day.year, document.day.month, document.day.day] if document.day else None,
        "keywords": [document.number] if document.number else [],
        "style": document.head.style,
        "page": {"pitch": page.line_points()},
        "fonts": {face: {"family": fonts.families[face], "weight": WANTED[face][1]} for face in WANTED},
        "head": _head(document),
        "number": number_of(document),
        "to": document.to.rstrip("：:") + "：" if document.to else "",
        "blocks": _blocks(document.blocks, placed, drawn),
        "attachments": [{"number": number, "name": name} for number, name in attachment_lines(document.attachments)]
        if document.attachments
        else [],
        "printed": _printed(document, placed, drawn),
        "signer": document.signer,
        "when": when,
        "sign": _sign(document.signer, when),
        "remark": f"（{document.remark.strip('（）')}）" if document.remark else "",
        "copies": copies_line(document.copies_to),
        "printed-by": "" if letter else document.issued_note,
        "printed-on": f"{when}印发",
        "substitutes": fonts.told(),
    }


def _head(document: Document) -> dict[str, Any]:
    letter = document.head.style == "letter"
    text = document.head.issuer + ("" if letter else document.head.suffix)
    size, scale = page.head_size(len(text), page.LETTER_LINE_MM if letter else page.AREA_MM[0])
    return {"text": text, "size": min(size, 36.0) if letter else size, "scale": scale}


def _sign(signer: str, when: str) -> dict[str, float]:
    """How many characters the name and the date stand in from the right: the name's middle over the date's."""
    over = (page.text_width(signer) - page.text_width(when)) / 2
    return {"right": max(0.0, 4 - over), "date": 4 + max(0.0, over - 4)}


def _printed(document: Document, placed: Placed, drawn: Drawn) -> list[dict[str, Any]]:
    many = len(document.attachments) > 1
    return [
        {
            "label": f"附件{place}" if many else "附件",
            "lines": title_lines(one.title.rstrip("。；，、")),
            "blocks": _blocks(one.blocks, placed, drawn),
        }
        for place, one in enumerate(document.attachments, 1)
        if one.blocks
    ]


def _blocks(blocks: Iterable[Block], placed: Placed, drawn: Drawn) -> list[dict[str, Any]]:
    return [_block(number, block, placed, drawn) for number, block in numbered(blocks)]


def _block(number: str, block: Block, placed: Placed, drawn: Drawn) -> dict[str, Any]:
    match block:
        case Heading(level, text):
            return {"is": "Heading", "number": number, "text": text, "face": LEVEL_FACES[level]}
        case Paragraph():
            return {"is": "Paragraph", "how": block.how, "runs": [_run(one) for one in block.pieces()]}
        case Table():
            return _table(block)
        case Picture():
            return {"is": "Picture", "width": block.width_mm, **_picture(block, placed)}
        case PictureRow():
            pictures = [_picture(one, placed) for one in block.sized()]
            return {"is": "PictureRow", "pictures": pictures, "caption": block.caption}
        case Chart():
            return {
                "is": "Chart", "file": drawn(block), "width": block.width_mm, "caption": block.caption, "note": block.note,
            }  # fmt: skip
        case PageBreak():
            return {"is": "PageBreak"}
    raise TypeError(f"not a block: {block!r}")


def _run(one: Run) -> dict[str, Any]:
    return {"text": one.text, "bold": one.bold, "face": one.face}


def _table(block: Table) -> dict[str, Any]:
    columns = [{"name": one.name, "width": one.width, "align": one.align} for one in block.columns]
    return {
        "is": "Table", "columns": columns, "rows": block.rows, "head": any(one.name for one in block.columns),
        "caption": block.caption, "note": block.note, "size": block.size,
    }  # fmt: skip


def _picture(one: Picture, placed: Placed) -> dict[str, Any]:
    file, ratio = placed(one)
    return {"file": file, "ratio": ratio, "caption": one.caption}
