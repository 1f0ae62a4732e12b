"""The neutral form of a paper: what it says, in order, and nothing about how a word processor or a printer writes it.

Papers are collected into this form once; DOCX, PDF, HTML and page images are written from it. It is plain data, so it is kept
as JSON with the paper (`plain`, `read_document`): a paper issued today is written again from the same figures in ten years.
Everything is immutable and made of tuples. Texts are Chinese as they stand on paper; no markup of any kind is read in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Face = Literal["body", "kai", "hei", "title"]
"""仿宋, 楷体, 黑体, 小标宋: the four faces of an official paper."""
Align = Literal["left", "center", "right"]
Style = Literal["red_head", "letter", "plain"]


@dataclass(frozen=True, slots=True)
class Run:
    """Some characters in one face."""

    text: str
    bold: bool = False
    face: Face = "body"


@dataclass(frozen=True, slots=True)
class Heading:
    """A level of the body: 1 一、(黑体), 2 （一）(楷体), 3 1.(仿宋), 4 （1）(仿宋). The text has no number: it is counted."""

    level: int
    text: str

    def __post_init__(self) -> None:
        if self.level not in (1, 2, 3, 4):
            raise ValueError("levels are 1 to 4")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `text` for plain ones, `runs` where faces change (one of the two).

    `how`: body (two characters in), flush (none in), center, note (small, under a table or chart: as of when,
    how many, which rule).
    `lead` is a heading set before the text in the same paragraph, in 楷体, as drafters like it: "市城管局。…".
    """

    text: str = ""
    runs: tuple[Run, ...] = ()
    how: Literal["body", "flush", "center", "note"] = "body"
    lead: str = ""

    def pieces(self) -> tuple[Run, ...]:
        """The whole paragraph as runs."""
        lead = (Run(self.lead, face="kai"),) if self.lead else ()
        return lead + (self.runs or ((Run(self.text),) if self.text else ()))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `width` is its share of the type area, in any unit: widths are scaled to fill it."""

    name: str
    width: float = 1.0
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with thin lines, whose head is repeated on every page. Every row has as many cells as there are columns.

    Without column names (all empty) it has no head row: a form of labels and values. `size` in points, for wide tables.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    note: str = ""
    size: float = 10.5

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row has as many cells as there are columns")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo by its SHA-256; the writer is given the bytes. `blurred`: faces and plates must be made unreadable first.

    `extra_boxes`: places to blur as well, as shares of width and height (x, y, width, height), each 0 to 1.
    """

    sha256: str
    caption: str = ""
    width_mm: float = 120.0
    blurred: bool = False
    extra_boxes: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PictureRow:
    """Two to four pictures side by side over the width of the type area, as before and after. Their own widths do not count."""

    pictures: tuple[Picture, ...]
    caption: str = ""

    def sized(self) -> tuple[Picture, ...]:
        """The pictures as wide as the row lets them be, 2 mm apart."""
        width = 156.0 / len(self.pictures) - 2
        return tuple(replace(one, width_mm=width) for one in self.pictures)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `documents.charts`, as SVG text."""

    svg: str
    caption: str = ""
    width_mm: float = 156.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block begins a page."""


Block = Heading | Paragraph | Table | Picture | PictureRow | Chart | PageBreak


@dataclass(frozen=True, slots=True)
class Head:
    """Who speaks. `issuer`: full name as on the red head. `sign`: 发文机关代字, before the year of the number ("朝创城办").

    red_head: issuer + 文件, red line (通报, 通知, 总结). letter: 信函格式, red double lines (函, 整改通知书, 督办函).
    plain: no head at all (手册, 台账 and other working papers); the number, if any, stands right above the title.
    """

    issuer: str
    style: Style = "red_head"
    sign: str = ""
    suffix: str = "文件"


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something attached. Named after the body; with `blocks` it is printed on pages of its own, before the 版记."""

    title: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole paper. A line break in `title` sets its lines; without one they are cut by rule.

    `number` and `day` are empty in a draft and set when the paper is issued. `to`: 主送机关 without the colon. `remark`: 附注
    without brackets. `issued_note`: 印发机关 of the 版记; with it or `copies_to` there is a 版记.
    """

    kind: str
    head: Head
    title: str
    blocks: tuple[Block, ...]
    number: str = ""
    to: str = ""
    attachments: tuple[Attachment, ...] = ()
    signer: str = ""
    day: date | None = None
    remark: str = ""
    copies_to: tuple[str, ...] = ()
    issued_note: str = ""
    language: str = "zh"

    def walk(self) -> Iterator[Block]:
        """All blocks, those of attachments too."""
        yield from self.blocks
        for attachment in self.attachments:
            yield from attachment.blocks

    def pictures(self) -> Iterator[Picture]:
        """All pictures in order."""
        for block in self.walk():
            if isinstance(block, Picture):
                yield block
            elif isinstance(block, PictureRow):
                yield from block.pictures
