"""整改通知书: to one unit, about one problem or about all that it still has to put right from a period."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import WITH_UNIT
from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.problems import problems
from civicloop.documents.papers import parts
from civicloop.documents.rules.body import Attachment, Block, Column, Document, Paragraph, Table
from civicloop.documents.rules.figures import Problem
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences.numerals import listed, moment
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.standards.reference import Reference

CELLS = (parts.NUMBER, parts.PLACE, parts.WHAT, parts.FOUND, parts.ASKED, parts.DUE)
MOST_PICTURED = 12


def collect(asked: Asked, ref: Reference) -> Document:
    """The notice. Raises Invalid where neither a case nor a unit is named, NotFound for a case without a responsible unit."""
    frame = Frame(asked, ref)
    rows = list(problems(wanted(frame).order_by("due_at", "id"), frame, photos=True))
    to = frame.unit_name or (rows[0].unit if rows else "")
    known: dict[str, object] = {"to": to, "count": len(rows)}
    return parts.document(
        frame, title(rows), blocks(frame, rows, known), style="letter", to=to, attachments=attachments(rows), values=known,
    )  # fmt: skip


def wanted(frame: Frame) -> QuerySet[Case]:
    """The case asked about, or the unit's problems of the period that it has and has not reported rectified."""
    if frame.asked.case_id is not None:
        rows = Case.objects.filter(pk=frame.asked.case_id, unit__isnull=False)
        if not rows.exists():
            raise NotFound("case", frame.asked.case_id)
        return rows
    if frame.asked.unit_id is None:
        raise Invalid("unit", "required", field="unit")
    return frame.found(responsible=True).filter(state__in=sorted(WITH_UNIT))


def title(rows: Sequence[Problem]) -> str:
    """关于机动车乱停放等3个问题的整改通知书; for one problem its category alone."""
    if not rows:
        return "整改通知书"
    kinds = list(dict.fromkeys(row.category for row in rows))
    if len(rows) == 1:
        return parts.titled(f"关于{kinds[0]}问题的整改通知书", kinds[0])
    return parts.titled(f"关于{kinds[0]}等{len(rows)}个问题的整改通知书", kinds[0])


def blocks(frame: Frame, rows: Sequence[Problem], known: dict[str, object]) -> list[Block]:
    """Opening, problems, what is demanded and by when, how to answer."""
    if not rows:
        return [*parts.texts(frame, "nothing", **known), parts.note(frame)]
    return [
        *parts.texts(frame, "opening", **known),
        *parts.section("存在问题", *_told(rows)),
        *parts.section("整改要求", *parts.texts(frame, "demands", **known)),
        *parts.section("整改时限", deadline(rows), *_late(rows)),
        *parts.texts(frame, "closing", **known),
        parts.note(frame, "完成时限由立案条件和区域类别按工作时计算，遇节假日顺延"),
    ]


def deadline(rows: Sequence[Problem]) -> str:
    """By when: one moment, or from the first to the last with the table as reference."""
    due = sorted(row.due_at for row in rows if row.due_at is not None)
    if not due:
        return "请于收到本通知后尽快完成整改。"
    if due[0] == due[-1]:
        return f"请于{moment(due[0])}前完成整改。"
    return f"请按表列时限完成整改，其中最早为{moment(due[0])}，最晚为{moment(due[-1])}。"


def _late(rows: Sequence[Problem]) -> tuple[str, ...]:
    late = [row.number for row in rows if row.overdue_days]
    return (f"其中{listed(late, 5, '件')}已超过时限，请立即整改并说明原因。",) if late else ()


def _told(rows: Sequence[Problem]) -> tuple[Block, ...]:
    if len(rows) > 1:
        return (parts.table(rows, CELLS),)
    row = rows[0]
    return (
        parts.form(
            ("编号", row.number), ("地点", row.place), ("问题", row.what or row.category), ("类别", row.category),
            ("发现时间", moment(row.found_at)), ("来源", row.source), ("整改要求", row.asked),
        ),
    )  # fmt: skip


def attachments(rows: Sequence[Problem]) -> tuple[Attachment, ...]:
    """The form the unit answers with, and the photos."""
    if not rows:
        return ()
    pictured = [row for row in rows if row.before]
    shown = parts.gallery(
        (row.before, f"{row.number}　{row.place}　{row.category}") for row in pictured[:MOST_PICTURED]
    )
    answer = Attachment("整改情况反馈表", (_answer(rows),))
    if not pictured:
        return (answer,)
    left = len(pictured) - MOST_PICTURED
    more = (Paragraph(f"另有{left}件的照片可在系统内查看。", how="note"),) if left > 0 else ()
    return (answer, Attachment("现场照片", (*shown, *more)))


def _answer(rows: Sequence[Problem]) -> Table:
    heads = (
        ("序号", 1.1),
        ("编号", 2.2),
        ("地点", 2.6),
        ("整改措施", 3.0),
        ("整改情况", 3.0),
        ("完成时间", 1.8),
        ("责任人", 1.5),
    )
    told = tuple((str(place), row.number, row.place, "", "", "", "") for place, row in enumerate(rows, start=1))
    return Table(tuple(Column(name, width) for name, width in heads), told)
