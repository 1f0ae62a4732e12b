"""曝光材料: problems that stay undone, were reported done and were not, or came back. Photos are blurred, nobody is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.problems import problems
from civicloop.documents.figures.typical import exposed
from civicloop.documents.papers import parts
from civicloop.documents.rules.body import Block, Document, Table
from civicloop.documents.rules.figures import Problem
from civicloop.documents.rules.gongwen.words import day
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences.masking import without_numbers
from civicloop.documents.rules.sentences.numerals import joined, listed
from civicloop.documents.rules.sentences.problems import one
from civicloop.documents.rules.sentences.words import SOURCES
from civicloop.standards.reference import Reference

# Whole days past the time, and times sent back, from which a problem is exposed; an office may ask for others.
DAYS, SENT_BACK, MOST = 3, 2, 20
SAID_BY_RESIDENTS = frozenset({SOURCES["resident"], SOURCES["hotline"]})


def collect(asked: Asked, ref: Reference) -> Document:
    """The list with its pictures. Options: `days`, `sent_back`, `most`."""
    frame = Frame(asked, ref)
    most = int(frame.option("most", MOST))
    days, sent_back = int(frame.option("days", DAYS)), int(frame.option("sent_back", SENT_BACK))
    rows = exposed(frame, days=days, sent_back=sent_back)
    all_ = rows.count()
    told = [public(row) for row in problems(rows[:most], frame, photos=True)]
    reasons = {row.number: why(row, sent_back) for row in told}
    known: dict[str, object] = {"count": all_, "days": days, "sent_back": sent_back}
    left = parts.left_out(all_, len(told), "下期曝光")
    blocks: list[Block | None] = [
        *(parts.texts(frame, "opening", **known) if told else parts.texts(frame, "nothing", **known)),
        *parts.section("曝光问题", _summary(told), _table(told, reasons) if told else None),
        *parts.section("问题照片", *_pictures(told, reasons)),
        *(parts.texts(frame, "closing", **known) if told else ()),
        parts.note(
            frame,
            f"列入范围为超过时限{days}天以上仍未整改、报称整改后经核查退回{sent_back}次以上、销号后再次发生的问题",
            left,
            "照片已作遮挡处理",
        ),
    ]
    return parts.document(frame, f"问题曝光（{frame.when}）", blocks, style="plain", values=known)


def public(row: Problem) -> Problem:
    """The problem as the public may read it: nobody's name, no long numbers, and what residents wrote only as its category."""
    what = row.category if row.source in SAID_BY_RESIDENTS else without_numbers(row.what)
    return replace(
        row, what=what or row.category, place=without_numbers(row.place), person="", checker="", done="", measures=""
    )


def why(row: Problem, sent_back: int = SENT_BACK) -> str:
    """Why a problem is exposed; several reasons may hold."""
    told = [
        f"超期{row.overdue_days}天未整改" if row.overdue_days else "",
        f"报称整改后经核查退回{row.sent_back}次" if row.sent_back >= sent_back else "",
        "销号后再次发生" if row.repeated else "",
    ]
    return "、".join(word for word in told if word)


def _summary(rows: Sequence[Problem]) -> str:
    if not rows:
        return ""
    units = Counter(row.unit for row in rows)
    names = listed([f"{name}{many}件" for name, many in sorted(units.items(), key=lambda pair: (-pair[1], pair[0]))])
    return joined(f"本期曝光{len(rows)}件", f"按责任单位分别为{names}")


def _table(rows: Sequence[Problem], reasons: dict[str, str]) -> Table:
    cells = (parts.PLACE, parts.WHAT, parts.UNIT, ("曝光原因", 3.0, lambda row: reasons[row.number]))
    return parts.table(rows, cells)


def _pictures(rows: Sequence[Problem], reasons: dict[str, str]) -> list[Block]:
    told = (
        (row.before, f"{one(row)}。责任单位：{row.unit}，{day(row.found_at)}发现，{reasons[row.number]}")
        for row in rows
    )
    return parts.gallery(told, blurred=True)
