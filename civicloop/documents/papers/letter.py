"""督办函: to one unit, about problems that are overdue or supervised and still not put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet

from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import WITH_UNIT
from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.joint import demands
from civicloop.documents.figures.problems import problems
from civicloop.documents.papers import parts
from civicloop.documents.rules.body import Block, Document, Paragraph
from civicloop.documents.rules.figures import Demand, Problem
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences.joint import supervised
from civicloop.documents.rules.sentences.numerals import joined, moment
from civicloop.documents.rules.sentences.problems import one as told_of
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.standards.reference import Reference

MOST = 30


def collect(asked: Asked, ref: Reference) -> Document:
    """The letter. Raises Invalid where neither a case nor a unit is named, NotFound for a case without a responsible unit."""
    frame = Frame(asked, ref)
    rows = list(problems(wanted(frame).order_by("due_at", "id"), frame))
    asked_before = demands([row.number for row in rows], frame)
    to = frame.unit_name or (rows[0].unit if rows else "")
    late = [row for row in rows if row.overdue_days]
    known: dict[str, object] = {"to": to, "count": len(rows), "overdue": len(late), "of_them": _of_them(rows)}
    return parts.document(
        frame, title(rows), blocks(frame, rows, asked_before, known), style="letter", to=to, values=known
    )


def _of_them(rows: Sequence[Problem]) -> str:
    """In brackets, how many are late and how many supervised; empty where none is."""
    late, watched = sum(row.overdue_days > 0 for row in rows), sum(row.supervised for row in rows)
    told = [f"已超过时限{late}个" if late else "", f"已列入督办{watched}个" if watched else ""]
    return f"（其中{'，'.join(word for word in told if word)}）" if any(told) else ""


def wanted(frame: Frame) -> QuerySet[Case]:
    """The case asked about, or what the unit has overdue or supervised at the moment, whenever it was found."""
    if frame.asked.case_id is not None:
        one = Case.objects.filter(pk=frame.asked.case_id, unit__isnull=False)
        if not one.exists():
            raise NotFound("case", frame.asked.case_id)
        return one
    if frame.asked.unit_id is None:
        raise Invalid("unit", "required", field="unit")
    late = Q(due_at__lt=frame.as_of, excused=False) | Q(supervised=True)
    return frame.cases(responsible=True).filter(late, state__in=sorted(WITH_UNIT), reported_at__lt=frame.period.end)


def title(rows: Sequence[Problem]) -> str:
    """关于督促整改暴露垃圾等3个问题的函."""
    if not rows:
        return "督办函"
    many = f"等{len(rows)}个" if len(rows) > 1 else ""
    return parts.titled(f"关于督促整改{rows[0].category}{many}问题的督办函", rows[0].category)


def blocks(
    frame: Frame, rows: Sequence[Problem], asked: Mapping[str, Sequence[Demand]], known: dict[str, object]
) -> list[Block]:
    """Opening, each problem with its dates and what was demanded before, what is demanded now."""
    if not rows:
        return [*parts.texts(frame, "nothing", **known), parts.note(frame)]
    told: list[Block] = [
        piece for row in rows[:MOST] for piece in _one(row, asked.get(row.number, ()), alone=len(rows) == 1)
    ]
    if left := parts.left_out(len(rows), min(len(rows), MOST)):
        told.append(Paragraph(f"{left}。", how="note"))
    return [
        *parts.texts(frame, "opening", **known),
        *parts.section("督办事项", *told),
        *parts.section("督办要求", *parts.texts(frame, "demands", **known)),
        *parts.texts(frame, "closing", **known),
        parts.note(frame, "超期天数自完成时限次日起按自然日计，挂账和经申诉不计超期的问题不列入"),
    ]


def _one(row: Problem, asked: Sequence[Demand], *, alone: bool) -> list[Block]:
    due = f"完成时限为{moment(row.due_at)}" if row.due_at else ""
    late = f"目前已超期{row.overdue_days}天" if row.overdue_days else ""
    back = f"核查退回{row.sent_back}次" if row.sent_back else ""
    again = "属反复发生问题" if row.repeated else ""
    facts = joined(f"{moment(row.found_at)}由{row.source}发现", due, late, back, again)
    lead = "" if alone else f"{row.number}　"
    text = f"{told_of(row)}。{facts}{''.join(supervised(demand) for demand in asked)}"
    return [Paragraph(text, lead=lead)]
