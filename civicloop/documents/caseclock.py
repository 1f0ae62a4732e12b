"""How long a case may take and how that was counted, day by day, for its file."""

from __future__ import annotations

from civicloop.cases.models import Case
from civicloop.documents.figures.frame import local
from civicloop.documents.figures.problems import limit_words
from civicloop.documents.papers.parts import form
from civicloop.documents.rules.body import Block, Column, Paragraph, Table
from civicloop.kernel.worktime import Clock, ClockError, LimitUnit, Pause, Piece, Reason, explain
from civicloop.standards.reference import Reference

REASONS = {
    Reason.WORKED: "工作日", Reason.MAKE_UP: "调休上班", Reason.ROUND_THE_CLOCK: "全天计时", Reason.START_DAY: "起始日不计",
    Reason.OUTSIDE_HOURS: "非工作时间", Reason.WEEKEND: "周末", Reason.HOLIDAY: "节假日",
}  # fmt: skip
WEEKDAYS = "一二三四五六日"
MOST_DAYS = 31


def clock_blocks(case: Case, ref: Reference) -> list[Block]:
    """The handling clock, else the clock of the desk; nothing where neither was started."""
    clock = _read(case)
    if clock is None:
        return []
    pieces = explain(clock.limit, clock.since, ref.calendar_for(case.unit_id or case.owner_id))
    facts = form(
        ("时限", limit_words(clock.limit)), ("起算", _stamp(clock.since)),
        ("到期", _stamp(clock.due_at) if clock.due_at else "停表"),
        ("变动", "；".join(_events(clock))), ("备注", "节假日安排尚未公布，到期时间为暂定" if clock.provisional else ""),
    )  # fmt: skip
    columns = (Column("日期", 2.0), Column("计入", 1.4, "right"), Column("依据", 2.0))
    rows = tuple((_day(piece), _amount(piece, clock.limit.unit), REASONS[piece.reason]) for piece in pieces[:MOST_DAYS])
    more = [Paragraph(f"以下{len(pieces) - MOST_DAYS}日从略。", how="note")] if len(pieces) > MOST_DAYS else []
    return [facts, Table(columns, rows, caption="逐日计算（未计停表和延期）", size=9.5), *more]


def _read(case: Case) -> Clock | None:
    kept = case.clock or case.stage_clock
    try:
        return Clock.from_json(kept) if kept else None
    except ClockError:
        return None


def _events(clock: Clock) -> list[str]:
    told = [
        f"{_stamp(event.paused_at)}至{_stamp(event.resumed_at)}停表"
        if isinstance(event, Pause)
        else f"延期{limit_words(event.limit)}"
        for event in clock.history
    ]
    return [*told, f"自{_stamp(clock.paused_at)}起停表"] if clock.paused_at else told


def _day(piece: Piece) -> str:
    return f"{piece.day.isoformat()}　周{WEEKDAYS[piece.day.weekday()]}"


def _amount(piece: Piece, unit: LimitUnit) -> str:
    if not piece.counted:
        return "—"
    if unit.is_days:
        return f"{piece.counted:g}天"
    hours = piece.counted / 3600
    return f"{hours:.1f}".removesuffix(".0") + "小时" if hours >= 1 else f"{round(piece.counted / 60)}分钟"


def _stamp(at: object) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M") if at else ""  # type: ignore[arg-type]
