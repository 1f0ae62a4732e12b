"""A month of the small city for tests of papers: cases in several states, and the papers asked for as doors ask for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import yaml

from civicloop.documents.papers import KINDS
from civicloop.documents.rules.body import Document, Heading, Paragraph, Table
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sheets import Workbook
from civicloop.standards import reference
from tests.cast import CHINA, MONDAY_NINE, SOUTH, WEST, City

START, END = date(2026, 11, 1), date(2026, 11, 30)
AS_OF = datetime(2026, 11, 30, 18, tzinfo=CHINA)
DAY = timedelta(days=1)


def texts_of(kind: str) -> dict[str, str]:
    """The house's own texts of a kind."""
    return yaml.safe_load((files("civicloop.documents") / "blocks" / f"{kind}.yaml").read_text(encoding="utf-8"))


def ask(
    kind: str, *, start: date = START, end: date = END, as_of: datetime = AS_OF, texts: Any = None, **given: Any
) -> Any:
    """The paper, collected."""
    known = texts_of(kind) | (texts or {})
    asked = Asked(kind, start, end, as_of, texts=known, **given)
    return KINDS[kind].collect(asked, reference.now())


def words(document: Document) -> str:
    """Everything a document says in its body and attachments, one block a line; tables cell by cell."""
    told = []
    for block in document.walk():
        if isinstance(block, Paragraph):
            told.append("".join(run.text for run in block.pieces()))
        elif isinstance(block, Heading):
            told.append(f"{'#' * block.level} {block.text}")
        elif isinstance(block, Table):
            told += [" | ".join(row) for row in block.rows]
    return "\n".join(told)


def headings(document: Document) -> list[str]:
    """The headings of the body."""
    return [block.text for block in document.blocks if isinstance(block, Heading)]


def tables(document: Document) -> list[Table]:
    """The tables of body and attachments."""
    return [block for block in document.walk() if isinstance(block, Table)]


def cells(workbook: Workbook) -> list[dict[str, Any]]:
    """The rows of the first sheet by column."""
    sheet = workbook.sheets[0]
    names = [column.name for column in sheet.columns]
    return [dict(zip(names, row, strict=True)) for row in sheet.rows]


def month(city: City) -> dict[str, Any]:
    """Eight cases: two struck off, one waiting for a check, one overdue, one sent back twice and supervised, one that came back
    where one was struck off, one reported only, one void. All in the first grid (class A), which Lotus North answers for."""
    from civicloop.cases import actions

    def place(address: str, step: int) -> dict[str, Any]:
        return {
            "address": address,
            "lon": WEST + 0.001 * step,
            "lat": SOUTH + 0.005,
        }  # 100 m apart: nothing comes back by chance

    made = {
        "closed": city.walk("closed", at=MONDAY_NINE - 14 * DAY, description="绿化带旁有成堆垃圾",
                            photos=[city.photo("near")], source="inspection", **place("莲北路12号", 1)),
        "closed_too": city.walk("closed", at=MONDAY_NINE - 13 * DAY, category="parking", unit="willow", **place("柳东街口", 2)),
        "rectified": city.walk("rectified", at=MONDAY_NINE, source="hotline", description="来电13812345678反映有垃圾",
                               **place("莲南巷3号", 3)),
        "late": city.walk("accepted", at=MONDAY_NINE - 7 * DAY, description="垃圾桶旁堆放建筑垃圾", photos=[city.photo("far")],
                          **place("莲北路30号", 5)),
        "sent_back": city.walk("rectified", at=MONDAY_NINE - 6 * DAY, **place("莲北市场东门", 7)),
        "again": city.walk("accepted", at=MONDAY_NINE + 2 * DAY, **place("莲北路12号", 1)),
        "reported": city.report(at=MONDAY_NINE + DAY, **place("莲北路1号", 9)),
    }  # fmt: skip
    void = city.report(at=MONDAY_NINE, address="莲北路99号")
    actions.take(void.uid, "void", by=city.filer, at=MONDAY_NINE + timedelta(hours=1), given={"reason": "查无此事"})
    for turn in range(2):
        at = MONDAY_NINE - 5 * DAY + turn * timedelta(hours=2)
        actions.take(made["sent_back"].uid, "send_back", by=city.verifier, at=at, given={"reason": "现场仍有垃圾"})
        if not turn:
            given = {"note": "再次清理", "photos": [city.photo("after again") | {"kind": "after"}]}
            actions.take(made["sent_back"].uid, "rectify", by=city.handler, at=at + timedelta(hours=1), given=given)
    given = {"note": "请说明两次退回的原因", "answer_by": MONDAY_NINE + 2 * DAY}
    actions.take(made["sent_back"].uid, "supervise", by=city.supervisor, at=MONDAY_NINE, given=given)
    return made
