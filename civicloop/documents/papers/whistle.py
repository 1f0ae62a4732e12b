"""联合会商记录: who whistled, who came, what was agreed, how it ended."""

from __future__ import annotations

from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.joint import joints
from civicloop.documents.papers import parts
from civicloop.documents.rules.body import Block, Column, Document, Heading, Paragraph, Table
from civicloop.documents.rules.figures import Called, Joint
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences.joint import arrived, blown
from civicloop.documents.rules.sentences.numerals import decimal, moment, short_moment
from civicloop.documents.rules.sentences.problems import one, state_line
from civicloop.standards.reference import Reference

HEADS = (
    ("单位", 2.2),
    ("应到时间", 2.0),
    ("实到时间", 2.0),
    ("到场人员", 1.4),
    ("是否按时", 1.2),
    ("评分", 0.9),
    ("评价意见", 2.4),
)


def collect(asked: Asked, ref: Reference) -> Document:
    """The record of one case's whistles, or of all whistles of a period."""
    frame = Frame(asked, ref)
    found = joints(frame)
    told: list[Block] = [*parts.texts(frame, "opening", count=len(found))]
    if not found:
        told.append(Paragraph("该问题尚未联合会商。" if asked.case_id else f"{frame.when}未发起联合会商。"))
    for place, joint in enumerate(found, start=1):
        if len(found) > 1:
            told.append(Heading(1, f"第{place}次会商：{joint.problem.category}（{joint.problem.number}）"))
        told += _one(joint, level=2 if len(found) > 1 else 1)
    told += parts.texts(frame, "closing", count=len(found))
    told.append(parts.note(frame, "评分由发起单位对报到单位作出，满分100分" if found else ""))
    return parts.document(frame, "联合会商（吹哨报到）记录", told, style="plain")


def _one(joint: Joint, level: int) -> tuple[Block, ...]:
    ended = f"会商于{moment(joint.ended_at)}结束。" if joint.ended_at else "会商事项仍在办理。"
    result = f"{joint.outcome.rstrip('。')}。{ended}" if joint.outcome else ended
    return (
        *parts.section("会商事项", blown(joint), form(joint), level=level),
        *parts.section("报到情况", arrived(joint.calls), calls(joint.calls), level=level),
        *parts.section("会商方案", joint.plan, level=level),
        *parts.section("办理结果", result + _scores(joint.calls), level=level),
    )


def form(joint: Joint) -> Table:
    """The facts of the whistle as labels and values."""
    return parts.form(
        ("问题", one(joint.problem)), ("责任单位", joint.problem.unit), ("发起单位", joint.by), ("哨声类别", joint.kind),
        ("发起时间", moment(joint.blown_at)), ("会商时间", moment(joint.meet_at)), ("会商地点", joint.place),
        ("办理情况", state_line(joint.problem)),
    )  # fmt: skip


def calls(rows: tuple[Called, ...]) -> Table:
    """Each unit called: when it had to come, when it came, and what is said of it."""
    words = {None: "未报到", False: "按时", True: "迟到"}
    told = tuple(
        (
            row.unit, short_moment(row.arrive_by), short_moment(row.arrived_at) or "—", row.person or "—", words[row.late],
            "—" if row.score is None else str(row.score), row.remark,
        )
        for row in rows
    )  # fmt: skip
    return Table(tuple(Column(name, width) for name, width in HEADS), told)


def _scores(rows: tuple[Called, ...]) -> str:
    scores = [row.score for row in rows if row.score is not None]
    if not scores:
        return ""
    missing = len(rows) - len(scores)
    aside = f"，另有{missing}家未评分" if missing else ""
    return f"发起单位已对{len(scores)}家报到单位评分，平均{decimal(sum(scores) / len(scores))}分{aside}。"
