"""问题清单 and 整改台账: the columns offices use, row by row, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import QuerySet

from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import State
from civicloop.documents.figures.counts import count
from civicloop.documents.figures.frame import DROPPED, Frame, within
from civicloop.documents.figures.problems import problems
from civicloop.documents.rules.figures import Found, Problem
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences.fill import fill
from civicloop.documents.rules.sentences.problems import standing
from civicloop.documents.rules.sheets import Cell, Form, Sheet, SheetColumn, Thumb, Workbook
from civicloop.kernel.refusal import Invalid
from civicloop.standards.reference import Reference

Told = tuple[str, float, Form, Callable[[Problem], Cell]]


def _late(row: Problem) -> str:
    if row.due_at is None:
        return ""
    done = row.rectified_at
    if done is not None:
        return "按期" if done <= row.due_at else "超期完成"
    return f"超期{row.overdue_days}天" if row.overdue_days else ""


def _first(photos: tuple[str, ...]) -> Thumb | None:
    return Thumb(photos[0]) if photos else None


def _struck(row: Problem) -> str:
    return {"已销号": "是", "挂账": "挂账", "作废": "作废", "并案": "并案"}.get(row.state, "否")


NUMBER: Told = ("编号", 10, "text", lambda row: row.number)
PLACE: Told = ("点位/地点", 26, "wrap", lambda row: row.place)
WHAT: Told = ("问题描述", 36, "wrap", lambda row: row.what or row.category)
KIND: Told = ("类别", 16, "text", lambda row: row.category)
FOUND: Told = ("发现时间", 17, "datetime", lambda row: row.found_at)
SOURCE: Told = ("来源", 12, "text", lambda row: row.source)
UNIT: Told = ("责任单位", 18, "wrap", lambda row: row.unit)
PERSON: Told = ("责任人", 10, "text", lambda row: row.person)
ASKED: Told = ("整改要求", 26, "wrap", lambda row: row.asked)
LIMIT: Told = ("时限", 12, "text", lambda row: row.limit)
DUE: Told = ("到期时间", 17, "datetime", lambda row: row.due_at)
MEASURES: Told = ("整改措施", 28, "wrap", lambda row: row.measures)
DONE: Told = ("整改情况", 28, "wrap", lambda row: row.done)
DONE_AT: Told = ("整改完成时间", 17, "datetime", lambda row: row.rectified_at)
CHECKER: Told = ("核查人", 10, "text", lambda row: row.checker)
VERDICT: Told = ("核查结果", 11, "text", lambda row: row.verdict)
STATE: Told = ("状态", 10, "text", lambda row: row.state)
LATE: Told = ("是否按期", 11, "text", _late)
STRUCK: Told = ("销号", 8, "text", _struck)
STRUCK_AT: Told = ("销号时间", 17, "datetime", lambda row: row.closed_at)
REPEATED: Told = ("是否反复", 9, "text", lambda row: "是" if row.repeated else "否")
REMARK: Told = ("备注", 24, "wrap", lambda row: row.note)

BEFORE: Told = ("整改前照片", 18, "photo", lambda row: _first(row.before))
AFTER: Told = ("整改后照片", 18, "photo", lambda row: _first(row.after))

LIST = (NUMBER, PLACE, WHAT, KIND, FOUND, SOURCE, UNIT, PERSON, ASKED, LIMIT, DUE, STATE, REPEATED, REMARK)
LEDGER = (
    NUMBER, PLACE, WHAT, KIND, FOUND, SOURCE, UNIT, PERSON, ASKED, LIMIT, DUE, MEASURES, DONE, DONE_AT, LATE, CHECKER, VERDICT,
    STRUCK, STRUCK_AT, REPEATED, REMARK,
)  # fmt: skip


def problem_list(asked: Asked, ref: Reference) -> Workbook:
    """问题清单: problems of the period that are not struck off yet; voided and merged ones are no problems of anybody."""
    frame = Frame(asked, ref)
    rows = wanted(frame).exclude(state__in=DROPPED)
    if not frame.option("states"):
        rows = rows.filter(ended_at=None)
    return _workbook(frame, "问题清单", rows, LIST)


def ledger(asked: Asked, ref: Reference) -> Workbook:
    """整改台账: every problem of the period with what was done about it, struck off or not; voided and merged ones are marked."""
    frame = Frame(asked, ref)
    return _workbook(frame, "整改台账", wanted(frame), LEDGER)


def wanted(frame: Frame) -> QuerySet[Case]:
    """Cases found in the period, narrowed by the options `states` (names of states), `area` (code of an area), `category` (code).
    The option `photos` adds a small photo of before and of after to each row.

    Raises Invalid for a state that does not exist.
    """
    rows = frame.cases().filter(within("reported_at", frame.period)).order_by("reported_at", "id")
    if states := frame.option("states"):
        unknown = sorted(set(states) - set(State))
        if unknown:
            raise Invalid("states", "unknown_choice", value=unknown[0])
        rows = rows.filter(state__in=states)
    if area := frame.option("area"):
        rows = rows.filter(point__area__code=area)
    if category := frame.option("category"):
        rows = rows.filter(category__code=category)
    return rows


def lines(rows: QuerySet[Case], frame: Frame, columns: tuple[Told, ...]) -> Iterator[tuple[Cell, ...]]:
    """The rows of a sheet; nothing is read before the first is asked for. Photos are read only where a column shows them."""
    pictured = BEFORE in columns
    for number, problem in enumerate(problems(rows, frame, photos=pictured), start=1):
        yield (number, *(tell(problem) for _, _, _, tell in columns))


def _workbook(frame: Frame, name: str, rows: QuerySet[Case], columns: tuple[Told, ...]) -> Workbook:
    numbers = count(rows.exclude(state__in=DROPPED), frame.as_of)
    dropped = rows.filter(state__in=DROPPED).count() if columns is LEDGER else 0
    if frame.option("photos"):
        columns = (*columns[:-1], BEFORE, AFTER, columns[-1])
    title = fill(frame.text("title"), frame.values) or f"{frame.unit_name}{name}（{frame.when}）"
    heads = (SheetColumn("序号", 6, "int"), *(SheetColumn(head, width, form) for head, width, form, _ in columns))
    sheet = Sheet(name, heads, lines(rows, frame, columns), title, _note(frame, numbers, dropped))
    return Workbook(frame.asked.kind, title, (sheet,))


def _note(frame: Frame, numbers: Found, dropped: int) -> str:
    """As of when, how many, and where they stand."""
    told = [
        f"发现时间：{frame.when}",
        f"统计{frame.until}",
        f"共{numbers.found}件",
        standing(numbers).rstrip("。"),
        f"另有作废、并案{dropped}件列入备查" if dropped else "",
    ]
    return "；".join(word for word in told if word) + "。"
