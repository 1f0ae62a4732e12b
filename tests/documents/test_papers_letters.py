"""整改通知书, 督办函 and 联合会商记录."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.cases import actions
from civicloop.cases.sweep import sweep
from civicloop.kernel.refusal import Invalid, NotFound
from tests.cast import MONDAY_NINE, City
from tests.documents.town import DAY, ask, headings, month, tables, words


def test_a_notice_lists_what_the_unit_still_has_to_put_right(city: City) -> None:
    made = month(city)

    paper = ask("notice", unit_id=city.lotus.pk)
    told = words(paper)

    assert (paper.to, paper.head.style, paper.signer) == ("莲花镇", "letter", "创建办")
    assert paper.title == "关于暴露垃圾等3个问题的整改通知书"
    assert headings(paper) == ["存在问题", "整改要求", "整改时限"]
    assert "2026年11月，我们在督查检查和日常巡查中发现贵单位责任范围内有3个问题需要整改" in told
    assert [row[1] for row in tables(paper)[0].rows] == [made[name].number for name in ("late", "sent_back", "again")]
    assert (
        f"其中{made['late'].number}、{made['sent_back'].number}和{made['again'].number}已超过时限，请立即整改并说明原因。"
        in told
    )
    assert "说明：数据统计截至2026年11月30日18时；" in told


def test_a_notice_comes_with_a_form_to_answer_and_the_photos(city: City) -> None:
    made = month(city)

    paper = ask("notice", unit_id=city.lotus.pk)

    assert [one.title for one in paper.attachments] == ["整改情况反馈表", "现场照片"]
    shots = list(paper.pictures())
    assert [shot.caption.split("　")[0] for shot in shots] == [made["late"].number]
    assert shots[0].sha256 == city.photo("far")["sha256"]


def test_a_notice_about_one_case_is_a_form_of_its_facts(city: City) -> None:
    case = month(city)["late"]

    paper = ask("notice", case_id=case.pk)

    assert paper.title == "关于暴露垃圾问题的整改通知书"
    assert paper.to == "莲花镇"
    assert ("地点", "莲北路30号") in tables(paper)[0].rows
    assert case.due_at == MONDAY_NINE - 7 * DAY + timedelta(hours=7)  # four hours of work, with the break at noon
    assert "请于2026年11月16日16时前完成整改。" in words(paper)


def test_a_notice_to_a_unit_without_problems_says_so(city: City) -> None:
    paper = ask("notice", unit_id=city.willow.pk)

    assert paper.title == "整改通知书"
    assert words(paper).splitlines()[0] == "经核对，2026年11月贵单位责任范围内没有待整改的问题。"
    assert paper.attachments == ()


@pytest.mark.parametrize("kind", ["notice", "letter"])
def test_a_letter_to_nobody_is_refused(city: City, kind: str) -> None:
    with pytest.raises(Invalid, match="required"):
        ask(kind)
    with pytest.raises(NotFound):
        ask(kind, case_id=city.report().pk)  # nobody is responsible yet


def test_a_supervision_letter_tells_dates_returns_and_what_was_demanded(city: City) -> None:
    made = month(city)

    paper = ask("letter", unit_id=city.lotus.pk)
    told = words(paper)

    assert paper.title == "关于督促整改暴露垃圾等3个问题的督办函"
    assert "有3个问题需要督促整改（其中已超过时限3个，已列入督办1个），现予督办" in told
    assert f"{made['late'].number}　莲北路30号：垃圾桶旁堆放建筑垃圾（暴露垃圾）。" in told
    assert "核查退回2次" in told
    assert "2026年11月23日9时督办：请说明两次退回的原因，要求2026年11月25日9时前回复，尚未回复。" in told


def test_what_the_ladder_took_up_is_told_in_chinese(city: City) -> None:
    case = city.walk("dispatched", at=MONDAY_NINE)
    sweep(at=case.due_at + 2 * DAY)

    told = words(ask("letter", unit_id=city.lotus.pk))

    assert "督办：逾期，由系统自动列入督办，尚未回复。" in told
    assert "ladder" not in told


def test_a_supervision_letter_without_matter_says_so(city: City) -> None:
    city.walk("accepted", at=MONDAY_NINE)

    told = words(ask("letter", unit_id=city.lotus.pk, as_of=MONDAY_NINE + timedelta(hours=1)))

    assert "贵单位没有超过时限或者列入督办的问题。" in told


def whistled(city: City) -> Any:
    """A case for which two departments were called; one came in time, the other not at all; scored and ended."""
    case = city.walk("accepted", at=MONDAY_NINE, address="莲北路30号")

    def take(step: str, by: str, after: float, **given: Any) -> None:
        actions.take(case.uid, step, by=city.people[by], at=MONDAY_NINE + timedelta(hours=after), given=given)

    take("whistle", "leader", 2, whistle_kind="ordinary", units=[city.urban.code, city.sanitation.code], place="莲北路口",
         meet_at=MONDAY_NINE + timedelta(hours=5))  # fmt: skip
    take("report_in", "urban_handler", 4)
    take("plan_jointly", "handler", 6, plan="城管局拆除围挡，环卫中心清运")
    take("score_whistle", "leader", 7, unit=city.urban.code, score=95)
    take("end_whistle", "leader", 8, note="围挡已拆除")
    return case


def test_a_record_of_a_whistle_tells_who_called_whom_and_who_came(city: City) -> None:
    case = whistled(city)

    paper = ask("whistle", case_id=case.pk)
    told = words(paper)

    assert headings(paper) == ["会商事项", "报到情况", "会商方案", "办理结果"]
    assert (
        f"2026年11月23日11时，莲花镇就“暴露垃圾”（{case.number}）发出一般会商哨，请城管局和环卫中心于2026年11月23日14时到莲北路口会商。"
        in told
    )
    assert "应到2家单位，按时报到1家，未报到1家（环卫中心）。" in told
    assert "城管局拆除围挡，环卫中心清运" in told
    assert "围挡已拆除。会商于2026年11月23日17时结束。发起单位已对1家报到单位评分，平均95.0分，另有1家未评分。" in told
    rows = {row[0]: row for row in tables(paper)[1].rows}
    assert rows["城管局"][2:6] == ("11月23日 13:00", "管办", "按时", "95")
    assert rows["环卫中心"][2:6] == ("—", "—", "未报到", "—")


def test_a_units_record_tells_only_of_whistles_it_has_to_do_with(city: City) -> None:
    case = whistled(city)

    def told(unit: str) -> str:
        return words(ask("whistle", case_id=case.pk, unit_id=city.units[unit].pk))

    assert "该问题尚未联合会商。" in told("willow")
    assert all("应到2家单位" in told(unit) for unit in ("lotus", "urban", "sanitation"))


def test_a_period_without_whistles_says_so(city: City) -> None:
    assert words(ask("whistle")).splitlines()[0] == "2026年11月未发起联合会商。"


def test_the_office_may_word_a_paper_itself(city: City) -> None:
    month(city)
    texts = {
        "title": "{unit}整改通知",
        "opening": "贵单位{this}有{count}件，{没有这个占位}。",
        "issuer": "莲花市创建办",
    }

    paper = ask("notice", unit_id=city.lotus.pk, texts=texts)

    assert (paper.title, paper.head.issuer, paper.signer) == ("莲花镇整改通知", "莲花市创建办", "莲花市创建办")
    assert words(paper).splitlines()[0] == "贵单位本月有3件，{没有这个占位}。"


def test_older_problems_are_supervised_too(city: City) -> None:
    case = city.walk("accepted", at=MONDAY_NINE - 60 * DAY, address="莲北路5号")

    paper = ask("letter", case_id=case.pk)

    assert words(ask("letter", unit_id=city.lotus.pk)) == words(paper)
    assert "莲北路5号：暴露垃圾。2026年9月24日9时由日常巡查发现，完成时限为" in words(paper)
