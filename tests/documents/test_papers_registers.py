"""问题清单 and 整改台账."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civicloop.kernel.refusal import Invalid
from tests.cast import CHINA, MONDAY_NINE, City
from tests.documents.town import DAY, ask, cells, month


def test_the_ledger_has_the_columns_offices_use(city: City) -> None:
    sheet = ask("ledger").sheets[0]

    assert [column.name for column in sheet.columns] == [
        "序号", "编号", "点位/地点", "问题描述", "类别", "发现时间", "来源", "责任单位", "责任人", "整改要求", "时限", "到期时间",
        "整改措施", "整改情况",
        "整改完成时间", "是否按期", "核查人", "核查结果", "销号", "销号时间", "是否反复", "备注",
    ]  # fmt: skip
    assert sheet.title == "整改台账（2026年11月）"
    assert list(sheet.rows) == []
    assert "共0件" in sheet.note


def test_the_ledger_tells_each_case_to_its_end(city: City) -> None:
    made = month(city)

    rows = {row["编号"]: row for row in cells(ask("ledger"))}
    closed, back, late = (rows[made[name].number] for name in ("closed", "sent_back", "late"))

    assert len(rows) == 8
    assert [row["序号"] for row in rows.values()] == list(range(1, 9))
    assert closed["点位/地点"] == "莲北路12号"
    assert closed["来源"] == "督查检查"
    assert (closed["责任单位"], closed["责任人"]) == ("莲花镇", "连长青")
    assert (closed["整改要求"], closed["时限"]) == ("无", "4工作时")
    assert (closed["整改情况"], closed["是否按期"]) == ("cleared", "按期")
    assert (closed["核查人"], closed["核查结果"], closed["销号"]) == ("何查", "通过", "是")
    assert closed["发现时间"] == datetime(2026, 11, 9, 9, tzinfo=CHINA)
    assert (back["核查结果"], back["销号"], back["备注"]) == ("退回返工", "否", "退回返工2次；列入督办")
    assert (late["整改情况"], late["销号"]) == ("", "否")
    assert late["是否按期"] == "超期14天"
    assert rows[made["rectified"].number]["问题描述"] == "来电138****5678反映有垃圾"
    assert [number for number, row in rows.items() if row["是否反复"] == "是"] == [made["again"].number]


def test_void_cases_stand_in_the_ledger_and_are_marked_and_not_counted(city: City) -> None:
    month(city)

    book = ask("ledger")
    void = [row for row in cells(book) if row["销号"] == "作废"]

    assert [row["备注"] for row in void] == ["查无此事"]
    assert "共7件" in book.sheets[0].note
    assert "另有作废、并案1件列入备查" in book.sheets[0].note


def test_the_problem_list_holds_what_is_still_open(city: City) -> None:
    made = month(city)

    rows = cells(ask("problem_list"))

    assert {row["编号"] for row in rows} == {
        made[name].number for name in ("rectified", "late", "sent_back", "again", "reported")
    }
    assert {row["状态"] for row in rows} == {"待核查", "整改中", "待立案"}


def test_lists_are_narrowed_by_unit_state_and_category(city: City) -> None:
    made = month(city)

    of_willow = cells(ask("ledger", unit_id=city.willow.pk))
    closed = cells(ask("problem_list", options={"states": ["closed"]}))
    parking = cells(ask("ledger", options={"category": "09009"}))

    assert [row["编号"] for row in of_willow] == [made["closed_too"].number]
    assert {row["编号"] for row in closed} == {made["closed"].number, made["closed_too"].number}
    assert [row["编号"] for row in parking] == [made["closed_too"].number]
    with pytest.raises(Invalid, match="nowhere"):
        ask("ledger", options={"states": ["nowhere"]})


def test_a_case_of_another_month_is_not_listed(city: City) -> None:
    city.report(at=MONDAY_NINE - 40 * DAY)
    city.report(at=MONDAY_NINE + 8 * DAY)

    assert cells(ask("ledger")) == []


def test_a_longer_ledger_takes_no_more_statements(city: City) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as told:
            assert cells(ask("ledger"))
        return len(told)

    city.walk("closed")
    few = statements()
    for hour in range(8):
        city.walk("closed", at=MONDAY_NINE - DAY * hour, address=f"{hour}号")

    assert statements() == few <= 12
