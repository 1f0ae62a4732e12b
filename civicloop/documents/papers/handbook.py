"""片区手册: what a town, community or department answers for: contacts, points and their standards, open problems, progress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import F

from civicloop.documents.figures.counts import counted
from civicloop.documents.figures.duties import contacts, duties
from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.places import BY_KEY, places
from civicloop.documents.figures.points import PointRow, points
from civicloop.documents.figures.problems import problems
from civicloop.documents.papers import parts
from civicloop.documents.rules.body import Block, Column, Document, Paragraph, Table
from civicloop.documents.rules.figures import Contact
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences import duties as about
from civicloop.documents.rules.sentences.checklists import counts, excepted
from civicloop.documents.rules.sentences.places import scopes
from civicloop.documents.rules.sentences.problems import by_category, found
from civicloop.documents.rules.sentences.visits import short
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.standards.reference import Reference
from civicloop.standards.rules.shapes import Checklist

MOST_POINTS, MOST_PROBLEMS, MOST_CONTACTS = 300, 100, 200


def collect(asked: Asked, ref: Reference) -> Document:
    """The handbook of a unit. Options: `purpose` (shows whole phone numbers, ledgered), `standard` (pack, wenming by default).

    Raises Invalid where no unit is named.
    """
    if asked.unit_id is None:
        raise Invalid("unit", "required", field="unit")
    frame = Frame(asked, ref)
    numbers, count = duties(frame), counted(frame)
    seen = points(frame)
    book = standard(frame)
    blocks: list[Block | None] = [
        *parts.texts(frame, "opening"),
        *parts.section("基本情况", *_ground(frame, about.units(numbers) + about.ground(numbers))),
        *parts.section("责任人通讯录", *_contacts(contacts(frame), shown=bool(frame.option("purpose")))),
        *parts.section("检查点位", *_points(seen, book)),
        *parts.section("适用标准", *_standards(seen, book)),
        *parts.section("待整改问题", *_open(frame)),
        *parts.section("整改进展", found(count.total, frame.when, before=count.before), by_category(count.by_category)),
        *parts.texts(frame, "closing"),
        parts.note(
            frame, f"标准依据《{book.title}》（{book.name}）" if book else "", f"整改进展按{frame.when}发现的问题统计"
        ),
    ]
    return parts.document(frame, f"{frame.unit_name}\n创建工作手册", blocks, style="plain")


def standard(frame: Frame) -> StandardBook | None:
    """The edition in force of the pack; None where no standard was loaded."""
    try:
        return editions.book(editions.current(str(frame.option("standard", "wenming"))).pk)
    except NotFound:
        return None


def _ground(frame: Frame, told: str) -> Iterable[str]:
    kinds = [one for part in places(frame).values() for one in part]
    return (told, about.counted(kinds, "按场所计，有"))


def _contacts(rows: Sequence[Contact], *, shown: bool) -> list[Block]:
    if not rows:
        return [Paragraph("尚未落实责任人。")]
    heads = (("单位", 2.4), ("职责", 1.4), ("姓名", 1.6), ("电话", 2.0), ("负责范围", 3.6))
    people: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows:
        people.setdefault((row.unit, row.role, row.name, row.phone), []).append(row.scope)
    told = tuple((*who, scopes(where)) for who, where in list(people.items())[:MOST_CONTACTS])
    masked = "" if shown or not any(row.phone for row in rows) else "电话已作遮挡，确需使用的按规定在系统内查看。"
    more = f"共{len(people)}人，表中列出前{MOST_CONTACTS}人。" if len(people) > MOST_CONTACTS else ""
    return [Table(*parts.slim(tuple(Column(name, width) for name, width in heads), told, keep=3), "", masked + more)]


def _points(rows: Sequence[PointRow], book: StandardBook | None) -> list[Block]:
    if not rows:
        return [Paragraph("本片区暂无检查点位。")]
    heads = (("序号", 0.9), ("点位", 3.0), ("类型", 2.4), ("地址", 2.6), ("责任单位", 2.2), ("在办", 0.9))
    told = tuple(
        (
            str(place), row.name, _type(row.point_type, book), "" if row.address == row.name else row.address, row.unit,
            str(row.open) if row.open else "—",
        )
        for place, row in enumerate(rows[:MOST_POINTS], start=1)
    )  # fmt: skip
    more = f"共{len(rows)}个点位，表中列出前{MOST_POINTS}个。" if len(rows) > MOST_POINTS else ""
    return [Table(*parts.slim(tuple(Column(name, width) for name, width in heads), told, blank=("",)), "", more, 9.0)]


def _type(code: str, book: StandardBook | None) -> str:
    found_ = book.point_types.get(code) if book else None
    if found_ is None:
        return BY_KEY[code].name if code in BY_KEY else code
    return short(found_.name.zh_Hans)


def _standards(rows: Sequence[PointRow], book: StandardBook | None) -> list[Block]:
    """The checklists of the types of point there are, each once."""
    if book is None:
        return []
    lists: dict[str, Checklist] = {}
    for code in dict.fromkeys(row.point_type for row in rows):
        for one in book.checklists_for(code) if code in book.point_types else ():
            lists.setdefault(one.code, one)
    told: list[Block] = []
    for one in lists.values():
        told += parts.section(one.name.zh_Hans, _checklist(one), level=2)
    return told


def _checklist(one: Checklist) -> Table:
    heads = (("序号", 0.9), ("检查内容", 4.6), ("数量要求", 2.2), ("不作为问题的情形", 3.0))
    rows = tuple(
        (str(place), item.text.zh_Hans, counts(item), excepted(item)) for place, item in enumerate(one.items, start=1)
    )
    return Table(tuple(Column(name, width) for name, width in heads), rows)


def _open(frame: Frame) -> list[Block]:
    """Everything still open, whenever it was found, the earliest deadline first."""
    rows = (
        frame.cases()
        .filter(ended_at=None, reported_at__lt=frame.period.end)
        .order_by(F("due_at").asc(nulls_last=True), "id")
    )
    many = rows.count()
    if not many:
        return [Paragraph("目前没有待整改问题。")]
    told = [replace(row, what=row.what or row.category) for row in problems(rows[:MOST_PROBLEMS], frame)]
    cells = (parts.NUMBER, parts.PLACE, parts.WHAT, parts.UNIT, parts.DUE, parts.STATE)
    return [parts.table(told, cells, remark=parts.left_out(many, len(told)), size=9.0)]
