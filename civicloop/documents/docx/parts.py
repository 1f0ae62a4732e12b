"""The pieces of WordprocessingML that python-docx has no words for (ECMA-376 part 1, chapter 17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from civicloop.documents.rules.body import Face
from civicloop.documents.rules.gongwen.page import FONTS, LINE_PITCH_TWIPS, SIZE_3, TWIPS_PER_POINT, char_points

# A 3号 character is a hair wider than its cell of the grid. Word and WPS squeeze it in, LibreOffice gives it two cells; so lines
# and characters are spaced by themselves, off the grid: 28.95 pt from line to line, 15.75 pt from character to character. That
# makes 22 lines of 28 characters in every program, and lines are justified, so they end at the margin.
TIGHTEN_TWIPS = -5
CHAR_TWIPS = round(char_points() * TWIPS_PER_POINT)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Space around a paragraph and its lines, in twips. `line` 0: as high as what stands in it."""

    before: int = 0
    after: int = 0
    line: int = LINE_PITCH_TWIPS


def element(name: str, **attributes: object) -> Any:
    """An element with attributes of the w: namespace: element("w:spacing", before=20)."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def run(
    paragraph: Any, text: str, *, face: Face = "body", size: float = 16, bold: bool = False, color: str = "",
    font: str = "", scale: float = 1.0,
) -> Any:  # fmt: skip
    """Add characters. The font is named for Latin and for Chinese on every run: a style alone is overruled by themes."""
    made = paragraph.add_run(text)
    properties = made._r.get_or_add_rPr()
    name = font or FONTS[face]
    properties.append(element("w:rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name, hint="eastAsia"))
    if bold:
        properties.append(element("w:b"))
    if color:
        properties.append(element("w:color", val=color))
    if size == SIZE_3:
        properties.append(element("w:spacing", val=TIGHTEN_TWIPS))
    if scale < 1:
        properties.append(element("w:w", val=round(scale * 100)))
    for tag in ("w:sz", "w:szCs"):
        properties.append(element(tag, val=round(size * 2)))
    properties.append(element("w:lang", val="en-US", eastAsia="zh-CN"))
    return made


def shape(
    paragraph: Any, *, spacing: Spacing | None = None, align: str = "", first: float = 0, left: float = 0, right: float = 0,
    hanging: float = 0, keep_next: bool = False, keep_lines: bool = False, page_before: bool = False,
    outline: int = 0,
) -> None:  # fmt: skip
    """Spacing, alignment and indents; indents in characters of the body. Elements stand in the order the schema asks for."""
    properties = paragraph._p.get_or_add_pPr()
    for tag, wanted in (("w:keepNext", keep_next), ("w:keepLines", keep_lines), ("w:pageBreakBefore", page_before)):
        if wanted:
            properties.append(element(tag))
    properties.append(element("w:snapToGrid", val=0))
    properties.append(_spacing(spacing or Spacing()))
    if first or left or right or hanging:
        properties.append(_indents(first, left, right, hanging))
    if align:
        properties.append(element("w:jc", val=align))
    if outline:
        properties.append(element("w:outlineLvl", val=outline - 1))


def _spacing(spacing: Spacing) -> Any:
    line = {"line": spacing.line, "lineRule": "exact"} if spacing.line else {"line": 240, "lineRule": "auto"}
    return element("w:spacing", before=spacing.before, after=spacing.after, **line)


def _indents(first: float, left: float, right: float, hanging: float) -> Any:
    """In hundredths of a character, as offices set them, and in twips for programs that do not know characters."""
    found: dict[str, int] = {}
    for name, value in (("left", left), ("right", right), ("hanging", hanging), ("firstLine", first)):
        if value:
            found[f"{name}Chars"] = round(value * 100)
            found[name] = round(value * CHAR_TWIPS)
    return element("w:ind", **found)


def border(paragraph: Any, *, edge: str, kind: str, eighths: int, color: str, space: int) -> None:
    """A line along an edge of the paragraph. `eighths` of a point thick, `space` points away from the text."""
    borders = element("w:pBdr")
    borders.append(element(f"w:{edge}", val=kind, sz=eighths, space=space, color=color))
    properties = paragraph._p.get_or_add_pPr()
    following = [properties.find(qn(f"w:{name}")) for name in ("snapToGrid", "spacing", "ind", "jc")]
    present = [one for one in following if one is not None]
    if present:
        present[0].addprevious(borders)
    else:
        properties.append(borders)


def page_field(paragraph: Any, *, size: float, font: str) -> None:
    """— 1 — with the number of the page."""
    run(paragraph, "— ", size=size, font=font)
    for part in (
        element("w:fldChar", fldCharType="begin"),
        _instruction(),
        element("w:fldChar", fldCharType="separate"),
        None,
        element("w:fldChar", fldCharType="end"),
    ):
        holder = run(paragraph, "1" if part is None else "", size=size, font=font)
        if part is not None:
            holder._r.append(part)
    run(paragraph, " —", size=size, font=font)


def _instruction() -> Any:
    made = element("w:instrText")
    made.set(qn("xml:space"), "preserve")
    made.text = " PAGE "
    return made
