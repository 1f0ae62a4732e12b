"""Pieces that several papers share: head and feet, notes, tables of problems, pictures side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from civicloop.documents.figures.frame import Frame
from civicloop.documents.rules.body import (
    Attachment,
    Block,
    Column,
    Document,
    Head,
    Heading,
    Paragraph,
    Picture,
    PictureRow,
    Style,
    Table,
)
from civicloop.documents.rules.figures import Problem
from civicloop.documents.rules.gongwen.titles import title_lines
from civicloop.documents.rules.sentences.fill import fill, paragraphs
from civicloop.documents.rules.sentences.numerals import short_moment
from civicloop.documents.rules.sentences.problems import one, state_line

Cell = tuple[str, float, Callable[[Problem], str]]
"""A column of a table of problems: its head, its width, what stands in it."""

Rows = tuple[tuple[str, ...], ...]
NOTHING = ("", "—")

PLACE: Cell = ("点位/地点", 3.2, lambda row: row.place)
WHAT: Cell = ("问题", 4.2, lambda row: row.what or row.category)
KIND: Cell = ("类别", 2.2, lambda row: row.category)
NUMBER: Cell = ("编号", 2.3, lambda row: row.number)
FOUND: Cell = ("发现时间", 2.2, lambda row: short_moment(row.found_at))
UNIT: Cell = ("责任单位", 2.4, lambda row: row.unit)
ASKED: Cell = ("整改要求", 3.2, lambda row: row.asked)
DUE: Cell = ("完成时限", 2.2, lambda row: short_moment(row.due_at))
STATE: Cell = ("办理情况", 2.4, state_line)


def document(
    frame: Frame, title: str, blocks: Iterable[Block | None], *, style: Style = "red_head", to: str = "",
    attachments: Sequence[Attachment] = (), values: dict[str, object] | None = None, suffix: str = "文件",
) -> Document:  # fmt: skip
    """A paper from its parts: the issuer speaks and signs; copies and the sign of the number are editable texts."""
    known = frame.values | (values or {})
    return Document(
        kind=frame.asked.kind,
        head=Head(frame.issuer, style, frame.text("sign"), frame.text("suffix") or suffix),
        title=fill(frame.text("title"), known) or title,
        blocks=tuple(block for block in blocks if block is not None),
        to=to,
        attachments=tuple(attachments),
        signer=frame.issuer,
        copies_to=tuple(line.strip() for line in fill(frame.text("copies_to"), known).splitlines() if line.strip()),
        issued_note=frame.issuer if style == "red_head" else "",
    )


def section(title: str, *blocks: Block | str | None, level: int = 1) -> tuple[Block, ...]:
    """A heading with what stands under it; without anything there is no heading either."""
    told = tuple(Paragraph(block) if isinstance(block, str) else block for block in blocks if block)
    return (Heading(level, title), *told) if told else ()


def texts(frame: Frame, name: str, **values: object) -> tuple[Paragraph, ...]:
    """An editable text as paragraphs."""
    return paragraphs(frame.text(name), frame.values | values)


def note(frame: Frame, *sentences: str) -> Paragraph:
    """As of when, how many, which rule: under every figure that a paper tells."""
    told = "".join(one if one.endswith(("。", "；")) else f"{one}；" for one in sentences if one).rstrip("；。")
    return Paragraph(f"说明：数据统计{frame.until}" + (f"；{told}。" if told else "。"), how="note")


def table(
    problems: Sequence[Problem], cells: Sequence[Cell], *, caption: str = "", remark: str = "", size: float = 10.5
) -> Table:
    """Problems as a table, numbered."""
    columns = (Column("序号", 1.1, "center"), *(Column(name, width) for name, width, _ in cells))
    rows = tuple(
        (str(place), *(tell(problem) for _, _, tell in cells)) for place, problem in enumerate(problems, start=1)
    )
    return Table(*slim(columns, rows), caption, remark, size)


def slim(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, keep: int = 2, blank: Sequence[str] = NOTHING
) -> tuple[tuple[Column, ...], Rows]:
    """Columns and rows without the columns in which every cell is one of `blank`; the first `keep` stay in any case."""
    stay = [place for place in range(len(columns)) if place < keep or any(row[place] not in blank for row in rows)]
    return tuple(columns[place] for place in stay), tuple(tuple(row[place] for place in stay) for row in rows)


def titled(text: str, *keep: str) -> str:
    """A title cut into lines that leave these words whole."""
    return "\n".join(title_lines(text, keep))


def form(*rows: tuple[str, str]) -> Table:
    """A form of labels and values; rows without a value are left out."""
    return Table((Column("", 1.2), Column("", 5.0)), tuple(row for row in rows if row[1]))


def before_after(problem: Problem, *, blurred: bool = False) -> PictureRow | None:
    """The first picture of the problem beside the first of the result; None without any picture."""
    told = [("整改前", problem.before[:1]), ("整改后", problem.after[:1])]
    pictures = tuple(Picture(sha, words, 76, blurred) for words, found in told for sha in found)
    return PictureRow(pictures, one(problem)) if pictures else None


def gallery(shown: Iterable[tuple[Sequence[str], str]], *, blurred: bool = False) -> list[Block]:
    """The first picture of each with its caption, two side by side; those without pictures are left out."""
    told = [Picture(pictures[0], caption, 76, blurred) for pictures, caption in shown if pictures]
    pairs = [tuple(told[place : place + 2]) for place in range(0, len(told), 2)]
    return [PictureRow(pair) if len(pair) == 2 else pair[0] for pair in pairs]


def left_out(all_: int, shown: int, where: str = "整改台账") -> str:
    """What a table does not show."""
    return f"共{all_}件，表中列出前{shown}件，其余见{where}" if all_ > shown else ""
