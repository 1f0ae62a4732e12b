"""片区手册 and 工作总结: papers about everything a unit or a city has."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from civicloop.documents.rules.body import PictureRow
from civicloop.kernel.refusal import Invalid, NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.organisation import actions as organisation
from civicloop.organisation.actions.places import PointRow
from civicloop.standards import editions
from tests.cast import MONDAY_NINE, SINCE, City
from tests.documents.town import DAY, ask, headings, month, tables, words
from tests.scoring.town import all_met, build, edition

YEAR = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}


@pytest.fixture(autouse=True)
def _no_books_of_other_tests() -> Any:
    editions.book.cache_clear()
    yield
    editions.book.cache_clear()


def points(city: City, kind: str, many: int, unit: str = "lotus_north", **more: Any) -> None:
    """So many points of a local type."""
    rows = [
        PointRow(
            code=f"{kind}-{number}", name=f"{kind}{number}号", point_type=kind, unit_id=city.units[unit].pk, **more
        )
        for number in range(many)
    ]
    organisation.bring_in_points(rows=rows, by=None, at=MONDAY_NINE)


def test_a_handbook_needs_a_unit(city: City) -> None:
    with pytest.raises(Invalid, match="required"):
        ask("handbook")


def test_a_handbook_masks_phones_and_says_so(city: City) -> None:
    paper = ask("handbook", unit_id=city.lotus.pk, by_id=city.leader.pk, **YEAR)
    book = next(table for table in tables(paper) if table.columns[0].name == "单位")

    assert paper.title == "莲花镇\n创建工作手册"
    assert [(row[1], row[2], row[3]) for row in book.rows] == [
        ("包联领导", "包莲", "138****0000"), ("责任领导", "连长青", "138****0000"), ("经办人", "连办", "138****0000"),
        ("网格员", "葛远", "138****0000"),
    ]  # fmt: skip
    assert book.note.startswith("电话已作遮挡")
    assert not LedgerLine.objects.filter(verb="personal_data.read").exists()


def test_whole_phones_are_shown_for_a_purpose_and_every_reading_is_in_the_ledger(city: City) -> None:
    paper = ask("handbook", unit_id=city.lotus.pk, by_id=city.leader.pk, options={"purpose": "印发各网格"}, **YEAR)
    book = next(table for table in tables(paper) if table.columns[0].name == "单位")
    read = LedgerLine.objects.filter(verb="personal_data.read")

    assert {row[3] for row in book.rows} == {"13800000000"}
    assert {line.uid for line in read} == {
        city.people[name].uid for name in ("sponsor", "leader", "handler", "grid_worker")
    }
    assert {(line.by, line.data["purpose"]) for line in read} == {(city.leader.uid, "印发各网格")}


def test_who_may_not_read_personal_data_gets_no_handbook_with_phones(city: City) -> None:
    with pytest.raises(NotAllowed):
        ask("handbook", unit_id=city.lotus.pk, by_id=city.system_admin.pk, options={"purpose": "看看"}, **YEAR)
    with pytest.raises(Invalid, match="required"):
        ask("handbook", unit_id=city.lotus.pk, options={"purpose": "看看"}, **YEAR)


def test_a_handbook_holds_points_the_standard_that_applies_and_open_problems(city: City) -> None:
    made = month(city)
    edition()
    points(city, "MARKET", 2, address="莲北路8号")

    paper = ask("handbook", unit_id=city.lotus.pk, **YEAR)
    told = words(paper)

    assert headings(paper) == ["基本情况", "责任人通讯录", "检查点位", "适用标准", "MARKET", "待整改问题", "整改进展"]
    assert "1 | MARKET0号 | MARKET | 莲北路8号 | 莲北社区 | —" in told
    assert "1 | 项目MARKET-1 |  | " in told
    assert "项目STREET-1" not in told
    assert made["late"].number in told
    assert made["closed"].number not in told
    assert "标准依据《标准》（2025）" in told


def test_a_handbook_of_a_unit_without_anything_is_whole(city: City) -> None:
    told = words(ask("handbook", unit_id=city.police.pk, **YEAR))

    assert "尚未落实责任人。" in told
    assert "本片区暂无检查点位。" in told
    assert "目前没有待整改问题。" in told
    assert "2026年未发现问题。" in told


def test_a_summary_of_an_empty_year_claims_nothing(city: City) -> None:
    paper = ask("summary", **YEAR)
    told = words(paper)

    assert paper.title == "2026年创建工作总结"
    assert headings(paper) == ["责任落实情况", "督查检查情况", "问题整改情况", "存在问题", "下一步工作"]
    assert "2026年未开展督查检查。" in told
    assert "2026年未发现问题。" in told
    assert "纳入责任体系的有责任部门3个、镇街2个、村（社区）3个、作业企业1家" in told
    assert "划分单元网格4个，网格员1名，已明确责任人的网格占0.0%（0/4），尚有4个待落实。" in told
    assert "志愿" not in told


def test_a_summary_tells_the_figures_of_its_places(city: City) -> None:
    for kind, many in (("led_shop", 75), ("notice_board", 39), ("practice_centre", 1), ("practice_institute", 8)):
        points(city, kind, many)
    points(city, "practice_station", 139, unit="willow_east")

    told = words(ask("summary", **YEAR))

    assert "检查点位" not in told  # boards and stations are no points of inspection
    assert "建有新时代文明实践中心1个、新时代文明实践所8个、新时代文明实践站139个。" in told
    assert "宣传阵地方面，有利用电子屏宣传的商户75家、宣传牌（栏）39块。" in told


def test_a_summary_of_42_found_and_42_closed_says_so_by_source(city: City) -> None:
    for number in range(3):
        city.walk("closed", at=MONDAY_NINE - DAY * number, source="inspection", address=f"莲北路{number}号")
    city.walk("closed", at=MONDAY_NINE, address="柳东路1号")

    told = words(ask("summary", **YEAR))

    assert "2026年共发现问题4件。已销号4件，全部整改到位，销号率100.0%。" in told
    assert "其中，督查检查3件、已销号3件；日常巡查1件、已销号1件。" in told
    assert "本期未发现遗留问题。" in told


def test_shop_fronts_are_told_with_what_was_corrected_there(city: City) -> None:
    from civicloop.organisation.models import Point

    points(city, "shop_front", 3)
    shop = Point.objects.get(code="shop_front-1")
    city.walk("closed", point_id=shop.pk, address="莲北路1号")
    city.walk("accepted", point_id=shop.pk, address="莲北路1号", category="parking", unit="willow")

    told = words(ask("summary", **YEAR))

    assert "落实门前三包责任制，登记门前三包商户3家。检查发现责任区问题2处，已督促纠正1处，尚有1处正在整改。" in told


def test_sanitation_roads_are_told_by_class(city: City) -> None:
    for number, area_class in enumerate("AAB"):
        organisation.add_area(
            code=f"R{number}", name=f"第{number}路", unit=city.sanitation, kind="road", area_class=area_class, by=None,
            at=MONDAY_NINE,
        )  # fmt: skip

    assert "环卫作业范围内有保洁道路3条。其中一级2条、二级1条。" in words(ask("summary", **YEAR))


def test_a_units_summary_is_its_own_and_signed_by_it(city: City) -> None:
    month(city)

    paper = ask("summary", unit_id=city.willow.pk, **YEAR)

    assert (paper.title, paper.signer) == ("柳塘街道2026年创建工作总结", "柳塘街道")
    assert "2026年共发现问题1件。已销号1件" in words(paper)


def test_a_summary_shows_pairs_of_before_and_after(city: City) -> None:
    month(city)

    pairs = [block for block in ask("summary", **YEAR).blocks if isinstance(block, PictureRow)]

    assert [pair.caption for pair in pairs] == ["莲北路12号：绿化带旁有成堆垃圾（暴露垃圾）"]


def test_the_estate_list_is_told_item_by_item(city: City) -> None:
    from civicloop.inspection.models import Visit

    town = build(city, edition(), many=1)
    town.visit("MARKET-lotus-0", all_met("MARKET", i2="not_met"))
    town.visit("MARKET-willow-0", all_met("MARKET"))
    Visit.objects.update(point_type="estate")

    told = words(ask("summary", **YEAR))

    assert "对2个小区逐项检查，判定8项次，不符合1项次。" in told
    assert "2 | 项目MARKET-2 | 2 | 1" in told
    assert "1 | 项目MARKET-1 | 2 | —" in told


def test_persons_appointed_to_duty_grids_man_their_grids(city: City) -> None:
    duty = organisation.add_duty_grid(
        code="D1", name="第一责任网格", unit=city.lotus_north, grids=city.grids[:2], by=None, at=MONDAY_NINE
    )
    organisation.appoint(
        person=city.grid_worker, role="grid_worker", unit=city.lotus_north, duty_grid=duty, starts_on=SINCE, by=None,
        at=MONDAY_NINE,
    )  # fmt: skip

    told = words(ask("summary", **YEAR))

    assert "划分单元网格4个、责任网格1个，网格员1名，已明确责任人的网格占50.0%（2/4），尚有2个待落实。" in told
