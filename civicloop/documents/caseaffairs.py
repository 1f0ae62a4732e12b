"""The side affairs of a case as rows of its file: extensions, suspensions, whistles, supervisions, appeals, questions outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from civicloop.cases.models import Forward
from civicloop.cases.sides import Sides
from civicloop.documents.figures.frame import local
from civicloop.documents.figures.problems import limit_words
from civicloop.documents.rules.body import Block, Column, Table
from civicloop.documents.rules.sentences.words import VERDICTS, WHISTLES, pressure, word
from civicloop.kernel.worktime import Limit, LimitUnit
from civicloop.organisation.models import Person

Text = Callable[[str], str]
Name = Callable[[Person | None], str]
Row = tuple[datetime, str, str, str]


def affairs(sides: Sides, *, text: Text, name: Name) -> list[Block]:
    """One table in the order of time; nothing where there was none. `text` and `name` mask as the reader needs."""
    found = [*_time(sides, text, name), *_pressure(sides, text, name), *_outside(sides, text, name)]
    if not found:
        return []
    columns = (Column("时间", 2.0), Column("事项", 2.0), Column("内容", 5.0), Column("结果", 3.2))
    return [Table(columns, tuple((_stamp(at), *told) for at, *told in sorted(found)), size=9.5)]  # type: ignore[misc]


def _time(sides: Sides, text: Text, name: Name) -> Iterator[Row]:
    for one in sides.extensions:
        amount = limit_words(Limit(one.amount.normalize(), LimitUnit(one.unit_of_time)))
        verdict = "，".join(
            part for part in (word(VERDICTS, one.verdict) if one.verdict else "待批", name(one.decided_by)) if part
        )
        yield one.asked_at, "申请延期", f"{amount}。{text(one.reason)}", verdict
    for row in sides.suspensions:
        until = f"至{_stamp(row.ended_at)}" if row.ended_at else f"{row.review_on.isoformat()}复核"
        yield row.started_at, "挂账", f"{text(row.plan)}（{name(row.person)}）", until


def _pressure(sides: Sides, text: Text, name: Name) -> Iterator[Row]:
    for one in sides.whistles:
        called = [call for call in sides.calls if call.whistle_id == one.pk]
        came = "；".join(f"{call.unit.name}{'已' if call.arrived_at else '未'}报到" for call in called)
        yield one.blown_at, word(WHISTLES, one.kind), f"{one.blown_by.name}：{text(one.place)}。{text(one.plan)}", came
    for row in sides.supervisions:
        level, demand = pressure(row.level, row.demand)
        yield row.at, level, text(demand), text(row.answer) or "尚未答复"
    for case in sides.appeals:
        verdict = word(VERDICTS, case.verdict) if case.verdict else "待裁定"
        yield (
            case.asked_at,
            "申诉",
            f"{case.unit.name}：{text(case.reason)}",
            f"{verdict}　{text(case.verdict_note)}".strip(),
        )


def _outside(sides: Sides, text: Text, name: Name) -> Iterator[Row]:
    for one in sides.forwards:
        yield (
            one.sent_at,
            "征询外单位",
            f"{one.party}：{text(one.ask)}（{_stamp(one.answer_by)}前答复）",
            _result(one, text),
        )


def _result(one: Forward, text: Text) -> str:
    if one.answered_at is not None:
        return f"{_stamp(one.answered_at)}答复：{text(one.answer)}"
    return f"{_stamp(one.taken_back_at)}撤回" if one.taken_back_at is not None else "尚未答复"


def _stamp(at: datetime | None) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M") if at else ""
