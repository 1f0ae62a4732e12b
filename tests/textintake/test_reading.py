"""A text of a hotline becomes suggestions: category with its words, place, unit, urgency; never a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from civicloop.cases.models import Case
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.models import Point
from civicloop.standards import reference
from civicloop.textintake import actions, queries
from civicloop.textintake.actions import training
from civicloop.textintake.models import Suggestion, TextModel
from civicloop.textintake.rules.training import train as learn
from tests.cast import MONDAY_NINE

ORDER = "来电人：王小明，电话13800000000，反映莲花镇莲北社区：1、门口垃圾一堆没人清，臭；2、小车违停堵住路口，昨天老人摔倒。"


def read(text: str) -> list[queries.Suggested]:
    return queries.suggest(text, at=MONDAY_NINE, ref=reference.now())


def names(one: queries.Suggested) -> list[str]:
    ref = reference.now()
    return [ref.categories.by_id(row.category).name for row in one.categories]


def test_an_order_with_two_problems_becomes_two_suggestions(city: Any) -> None:
    first, second = read(ORDER)

    assert (names(first)[0], names(second)[0]) == ("暴露垃圾", "机动车乱停放")
    assert "垃圾" in first.categories[0].words
    assert (first.urgent, second.urgent, second.urgent_words) == (False, True, ("摔倒",))


def test_the_place_before_a_list_is_the_place_of_its_parts(city: Any) -> None:
    first, _ = read(ORDER)

    assert first.place is not None
    assert (first.place.name, first.place.unit, first.place.borrowed) == ("莲北社区", city.lotus_north.pk, True)


def test_the_unit_is_the_one_the_dispatch_rules_propose(city: Any) -> None:
    first, second = read(ORDER)

    assert first.proposal is not None
    assert second.proposal is not None
    assert (first.proposal.unit_id, second.proposal.unit_id) == (city.sanitation.pk, city.police.pk)
    assert first.proposal.reasons[0].code == "line_only"


def test_a_point_named_in_full_brings_its_grid_and_coordinates(city: Any) -> None:
    Point.objects.create(
        code="P1",
        name="莲北农贸市场",
        point_type="WM10",
        grid=city.grids[0],
        lon=118.105,
        lat=24.705,
        unit=city.lotus_north,
    )
    city_changed()
    (one,) = read("莲北农贸市场门口垃圾散落")

    assert one.place is not None
    assert (one.place.kind, one.place.grid, one.place.lon) == ("point", city.grids[0].pk, 118.105)
    assert one.place.sure > 0.9


def city_changed() -> None:
    from civicloop.organisation.actions import bump

    bump("organisation")


def test_two_roads_meet_at_a_corner(city: Any) -> None:
    (one,) = read("建设路与银湖路路口垃圾成堆")

    assert one.place is not None
    assert (one.place.kind, one.place.words) == ("crossing", ("建设路", "银湖路"))
    assert one.place.sure < 0.5, "nobody knows these roads"


def test_a_text_of_thanks_is_no_problem_and_says_so(city: Any) -> None:
    (one,) = read("感谢工作人员的辛苦付出。")

    assert (one.categories, one.sure, one.proposal) == ((), "unsure", None)


@pytest.mark.parametrize(("text", "code"), [("", "required"), (" \n ", "required"), ("路" * 20_001, "too_long")])
def test_nothing_and_too_much_are_refused(city: Any, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert refused.value.code == code


def test_what_is_kept_holds_no_personal_data_and_opens_no_case(city: Any) -> None:
    rows = actions.take_in(text=ORDER + "联系人张三丰 车牌闽D12345", by=city.filer, at=MONDAY_NINE)
    kept = str([(row.text, row.suggested) for row in Suggestion.objects.all()]) + str(
        list(LedgerLine.objects.filter(kind="text").values_list("data", flat=True))
    )

    assert len(rows) == 2
    assert not Case.objects.exists()
    assert [one for one in ("13800000000", "王小明", "张三丰", "D12345") if one in kept] == []


def test_a_person_files_a_part_and_the_choice_is_measured(city: Any) -> None:
    first, second = actions.take_in(text=ORDER, by=city.filer, at=MONDAY_NINE)
    case = actions.file(
        uid=first.uid, category_id=city.litter.pk, by=city.filer, at=MONDAY_NINE, description=first.text,
        address="莲花镇莲北社区",
    )  # fmt: skip
    actions.file(
        uid=second.uid, category_id=city.building.pk, by=city.filer, at=MONDAY_NINE, description="x", address="莲北路"
    )
    used = queries.accuracy_in_use()

    assert (case.source, case.reporter, case.suggestion.rank) == ("hotline", city.filer, 1)
    assert (used.filed, used.first, used.three, used.top1) == (2, 1, 1, 0.5)


def test_a_part_is_decided_once(city: Any) -> None:
    first, second = actions.take_in(text=ORDER, by=city.filer, at=MONDAY_NINE)
    actions.drop(uid=first.uid, by=city.filer, at=MONDAY_NINE)
    given = {"category_id": city.litter.pk, "by": city.filer, "at": MONDAY_NINE, "description": "x", "address": "y"}

    with pytest.raises(Conflict):
        actions.file(uid=first.uid, **given)
    with pytest.raises(NotFound):
        actions.file(uid=second.uid, **{**given, "by": city.reporter})
    assert queries.accuracy_in_use().dropped == 1


def test_who_may_not_report_may_not_have_texts_read(city: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.take_in(text=ORDER, by=city.auditor, at=MONDAY_NINE)


LITTER = [
    "门口垃圾成堆",
    "楼下有垃圾没人收",
    "墙角脏东西发臭",
    "路边剩饭剩菜一堆",
    "袋装垃圾扔在巷口",
    "烂菜叶丢满地",
    "果皮到处都是",
    "快餐盒扔一地",
]
PARKING = [
    "轿车停在路口",
    "货车堵住大门",
    "人行道停满小车",
    "黑色越野车横在弄口",
    "面包车占着车道",
    "商务车挡住出口",
    "皮卡停斑马线",
    "出租车停弯道上",
]


def closed(city: Any, texts: list[str], category: str) -> None:
    for number, text in enumerate(texts):
        case = city.walk("closed", category=category, description=text, at=MONDAY_NINE - timedelta(days=number + 1))
        Case.objects.filter(pk=case.pk).update(address="莲花镇莲北社区工业路3号")


def test_the_classifier_learns_from_closed_cases_and_says_how_good_it_is(city: Any) -> None:
    closed(city, LITTER, "litter")
    closed(city, PARKING, "parking")
    row = actions.train(by=city.system_admin, at=MONDAY_NINE)
    (one,) = read("弄口有黑色越野车")

    assert (row.cases, row.texts, len(row.per_category)) == (16, 16, 2)
    assert 0 <= row.top1 <= row.top3 <= 1
    assert row.held < row.texts
    assert names(one)[0] == "机动车乱停放"
    assert any("越野车" in piece for piece in one.categories[0].learned)


def test_roads_are_learned_from_addresses_of_cases(city: Any) -> None:
    closed(city, LITTER, "litter")
    closed(city, PARKING, "parking")
    actions.train(by=None, at=MONDAY_NINE)
    (one,) = read("工业路3号门口垃圾成堆")

    assert one.place is not None
    assert (one.place.kind, one.place.unit, one.place.address) == ("road", city.lotus_north.pk, "工业路3号门口")


def test_an_earlier_model_keeps_its_figures_and_gives_its_weights_away(city: Any) -> None:
    closed(city, LITTER, "litter")
    closed(city, PARKING, "parking")
    for _ in range(2):
        actions.train(by=None, at=MONDAY_NINE)

    assert [bool(bytes(row.weights)) for row in TextModel.objects.all()] == [True, False]


def test_too_few_cases_teach_nothing(city: Any) -> None:
    closed(city, LITTER[:3], "litter")
    with pytest.raises(Invalid) as refused:
        actions.train(by=None, at=MONDAY_NINE)
    assert refused.value.code == "too_few_cases"


@pytest.mark.django_db(transaction=True)
def test_nobody_need_wait_with_writing_while_the_classifier_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    within: list[bool] = []

    def watched(samples: Any) -> Any:
        within.append(connection.in_atomic_block)
        return learn(samples)

    monkeypatch.setattr(training, "fit_and_measure", watched)
    with pytest.raises(Invalid, match="too_few_cases"):
        actions.train(by=None, at=MONDAY_NINE)

    assert within == [False]


def test_only_an_administrator_trains(city: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.train(by=city.filer, at=MONDAY_NINE)


def test_a_form_may_ask_for_categories_alone(city: Any) -> None:
    found = queries.suggest_categories("楼下垃圾一堆", reference.now())

    assert found[0].category == city.litter.pk
    assert queries.suggest_categories("你好", reference.now()) == []
