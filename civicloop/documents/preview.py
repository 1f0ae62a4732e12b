"""A document as HTML to look at in a page: a fragment with classes of `documents/paper.css`, nothing inline, every text escaped.

Charts are our own SVG (attributes only) and stand in the page as they are. A picture's address is made by whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from civicloop.documents.rules.body import (
    Block,
    Chart,
    Document,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    PictureRow,
    Table,
)
from civicloop.documents.rules.gongwen.titles import title_lines
from civicloop.documents.rules.gongwen.words import attachment_lines, copies_line, day, number_of, numbered

Address = Callable[[Picture], str]


def html(document: Document, *, address: Address) -> str:
    """The whole paper as one `<article>`. `address` gives the URL of a picture's copy."""
    parts = [f'<article class="paper paper-{document.head.style}" lang="zh-CN">', *_opening(document)]
    parts += _blocks(document.blocks, address)
    parts += _ending(document)
    for place, one in enumerate(document.attachments, 1):
        if one.blocks:
            label = f"附件{place}" if len(document.attachments) > 1 else "附件"
            parts.append(f'<section class="paper-attached"><p class="paper-label">{label}</p>')
            parts.append(f'<h2 class="paper-title">{_lines(one.title)}</h2>')
            parts += [*_blocks(one.blocks, address), "</section>"]
    parts += [*_imprint(document), "</article>"]
    return "\n".join(parts)


def _opening(document: Document) -> list[str]:
    parts: list[str] = []
    if document.head.style != "plain":
        suffix = document.head.suffix if document.head.style == "red_head" else ""
        parts.append(f'<p class="paper-issuer">{escape(document.head.issuer + suffix)}</p>')
    if number := number_of(document):
        parts.append(f'<p class="paper-number">{escape(number)}</p>')
    parts.append(f'<h1 class="paper-title">{_lines(document.title)}</h1>')
    if document.to:
        parts.append(f'<p class="paper-to">{escape(document.to.rstrip("：:"))}：</p>')
    return parts


def _lines(title: str) -> str:
    return "<br>".join(escape(line) for line in title_lines(title))


def _blocks(blocks: Iterable[Block], address: Address) -> list[str]:
    return [_block(number, block, address) for number, block in numbered(blocks)]


def _block(number: str, block: Block, address: Address) -> str:
    match block:
        case Heading(level, text):
            return f'<h{level + 1} class="paper-level-{level}">{escape(number + text)}</h{level + 1}>'
        case Paragraph():
            return f'<p class="paper-{block.how}">{_runs(block)}</p>'
        case Table():
            return _table(block)
        case Picture():
            return _figure(_image(block, address), block.caption)
        case PictureRow():
            inside = "".join(_figure(_image(one, address), one.caption) for one in block.pictures)
            return _figure(f'<div class="paper-row">{inside}</div>', block.caption)
        case Chart():
            return _figure(block.svg, block.caption) + _note(block.note)
        case PageBreak():
            return '<hr class="paper-break">'
    raise TypeError(f"not a block: {block!r}")


def _runs(block: Paragraph) -> str:
    told = []
    for one in block.pieces():
        text = (
            f'<span class="paper-face-{one.face}">{escape(one.text)}</span>' if one.face != "body" else escape(one.text)
        )
        told.append(f"<strong>{text}</strong>" if one.bold else text)
    return "".join(told)


def _table(block: Table) -> str:
    total = sum(column.width for column in block.columns)
    parts = ['<div class="paper-scroll"><table class="paper-table">']
    if block.caption:
        parts.append(f"<caption>{escape(block.caption)}</caption>")
    parts.append("".join(f'<col width="{column.width / total:.2%}">' for column in block.columns))
    if any(column.name for column in block.columns):
        heads = "".join(f'<th scope="col">{escape(column.name)}</th>' for column in block.columns)
        parts.append(f"<thead><tr>{heads}</tr></thead>")
    parts.append("<tbody>")
    for row in block.rows:
        cells = zip(row, block.columns, strict=True)
        parts.append(
            "<tr>" + "".join(f'<td class="paper-{one.align}">{escape(text)}</td>' for text, one in cells) + "</tr>"
        )
    parts.append("</tbody></table></div>")
    return "".join(parts) + _note(block.note)


def _note(text: str) -> str:
    return f'<p class="paper-note">{escape(text)}</p>' if text else ""


def _image(one: Picture, address: Address) -> str:
    return f'<img src="{escape(address(one))}" alt="{escape(one.caption)}" loading="lazy">'


def _figure(inside: str, caption: str) -> str:
    told = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="paper-figure">{inside}{told}</figure>'


def _ending(document: Document) -> list[str]:
    parts: list[str] = []
    if document.attachments:
        names = "".join(f"<li>{escape(number + name)}</li>" for number, name in attachment_lines(document.attachments))
        parts.append(f'<div class="paper-attachments"><span>附件：</span><ul>{names}</ul></div>')
    if document.signer:
        when = day(document.day) if document.day else "　　年　月　日"
        parts.append(f'<p class="paper-signature">{escape(document.signer)}<br>{when}</p>')
    if document.remark:
        parts.append(f'<p class="paper-body">（{escape(document.remark.strip("（）"))}）</p>')
    return parts


def _imprint(document: Document) -> list[str]:
    when = day(document.day) if document.day else "　　年　月　日"
    rows = [copies_line(document.copies_to)]
    if document.issued_note and document.head.style != "letter":
        rows.append(f"{document.issued_note}　{when}印发")
    told = "".join(f"<p>{escape(row)}</p>" for row in rows if row)
    return [f'<footer class="paper-imprint">{told}</footer>'] if told else []
