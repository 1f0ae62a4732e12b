"""Packs in force and what offices edit: an edit outlives the next edition, and every edit is in the ledger."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from civicloop.cases.models import Case
from civicloop.kernel.refusal import Invalid, NotAllowed, NotFound
from civicloop.kernel.worktime import Limit
from civicloop.ledger.queries import breaks, history
from civicloop.organisation.revisions import stamps
from civicloop.organisation.uids import named_uid
from civicloop.standards import actions as standards
from civicloop.standards import reference
from civicloop.standards.models import Category, FilingCondition, LimitRow, Pack, Parameter, Question, StandardText
from civicloop.standards.parameters import DEFAULTS
from civicloop.standards.rules import shapes
from civicloop.standards.rules.pack import load_pack, shipped_packs
from tests.cast import MONDAY_NINE, City, hours

pytestmark = pytest.mark.django_db


@cache
def shipped(name: str) -> shapes.Pack:
    return load_pack(shipped_packs() / name)


def load(pack: shapes.Pack) -> Pack:
    return standards.load_pack(pack=pack, by=None, at=MONDAY_NINE)


def rows() -> list[Any]:
    kinds = (Pack, Category, FilingCondition, LimitRow, Question, StandardText, Parameter)
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


def test_a_pack_loaded_again_changes_nothing(db: None) -> None:
    pack = shipped("gb47678-2026")
    first = load(pack)
    before, stamp = rows(), stamps()["standards"]
    assert load(pack) == first
    assert (rows(), stamps()["standards"]) == (before, stamp)
    assert len(pack.categories) == Category.objects.filter(active=True).count() > 100
    assert [line.verb for line in history("pack", named_uid(f"pack:{pack.name}"))] == ["pack.load"]


def test_a_new_edition_keeps_edited_limits_and_retires_what_left_it(city: City) -> None:
    pack = shipped("gb47678-2026")
    load(pack)
    kept, gone = pack.of_kind("matter")[0], pack.of_kind("matter")[-1]
    condition = FilingCondition.objects.filter(
        category__code=kept.code, category__kind="matter", category__pack__code=pack.name
    ).first()
    assert condition is not None
    standards.set_limit(
        condition=condition, area_class="A", limit=Limit(7, "natural_day"), by=city.supervisor, at=MONDAY_NINE
    )
    renamed = dataclasses.replace(kept, name=shapes.Text("改名", "Renamed"))
    rest = tuple(one for one in pack.categories if one.key not in (kept.key, gone.key))
    load(dataclasses.replace(pack, edition="2027", categories=(renamed, *rest)))

    row = LimitRow.objects.get(condition=condition, area_class="A")
    assert (row.amount, row.unit) == (7, "natural_day")
    found = Category.objects.get(pk=condition.category_id)
    assert (found.name, found.active) == ("改名", True)
    left = Category.objects.get(pack__code=pack.name, kind="matter", code=gone.code)
    assert not left.active
    assert Pack.objects.get(code=pack.name).edition == "2027"
    city.categories["left"] = left
    with pytest.raises(Invalid, match="category_not_in_use"):
        city.report(category="left")


def test_parameters_and_texts_an_office_has_set_stay_when_a_pack_comes(city: City) -> None:
    standards.set_parameter(name="return.at_most", value=3, by=city.supervisor, at=MONDAY_NINE)
    standards.set_text(
        category=None, state="closed", code="ours", title="结案", text="已办结", by=city.supervisor, at=MONDAY_NINE
    )
    load(shipped("city-default"))
    assert Parameter.objects.get(name="return.at_most").value == 3
    assert StandardText.objects.get(code="ours", category=None).text == "已办结"
    assert reference.now().parameters["return.at_most"] == 3


def test_the_shipped_city_says_the_same_as_a_house_without_any_pack(db: None) -> None:
    load(shipped("city-default"))
    parameters = reference.now().parameters
    for name, default in DEFAULTS.items():
        if isinstance(default, dict) and set(default) == {"amount", "unit"}:
            assert parameters.limit(name) == Limit.from_json(default), name
        elif isinstance(default, (int, float)):
            assert parameters[name] == default, name
    assert [(rung.key, rung.tell) for rung in parameters.ladder] == [
        ("soon", "handler"), ("due", "unit_leader"), ("late_1d", "supervisor"), ("late_3d", "bulletin"),
    ]  # fmt: skip


def test_a_clock_that_runs_keeps_its_limit_and_the_next_one_gets_the_new(city: City) -> None:
    running = Case.objects.get(pk=city.walk("dispatched").pk)
    standards.set_limit(
        condition=city.litter.conditions.get(),
        area_class="A",
        limit=Limit(1, "work_hour"),
        by=city.supervisor,
        at=MONDAY_NINE,
    )
    assert Case.objects.get(pk=running.pk).due_at == running.due_at
    new = city.walk("dispatched", at=MONDAY_NINE)
    assert new.due_at == MONDAY_NINE + hours(1.5)


def test_a_limit_is_kept_in_the_ledger_with_the_old_one(city: City) -> None:
    condition = city.litter.conditions.get()
    standards.set_limit(
        condition=condition,
        area_class="A",
        limit=Limit(Decimal("2.5"), "work_hour"),
        by=city.supervisor,
        at=MONDAY_NINE,
    )
    line = history("category", city.litter.uid).last()
    assert line is not None
    assert (line.verb, line.by) == ("limit.set", city.supervisor.uid)
    assert line.data == {
        "condition": "1", "area_class": "A", "before": {"amount": "4", "unit": "work_hour"},
        "after": {"amount": "2.5", "unit": "work_hour"},
    }  # fmt: skip
    with pytest.raises(Invalid, match="unknown_choice"):
        standards.set_limit(
            condition=condition, area_class="D", limit=Limit(1, "work_hour"), by=city.supervisor, at=MONDAY_NINE
        )


def test_a_category_is_changed_only_in_what_a_city_may_set(city: City) -> None:
    standards.change_category(
        category=city.litter, changes={"radius_m": 80, "needs_rectify_photo": False}, by=city.supervisor, at=MONDAY_NINE
    )
    info = reference.now().categories.by_id(city.litter.pk)
    assert (info.radius_m, info.needs_rectify_photo) == (80, False)
    line = history("category", city.litter.uid).last()
    assert line is not None
    assert line.data["before"] == {"radius_m": None, "needs_rectify_photo": True}
    for changes in ({"code": "1"}, {"radius_m": "wide"}, {"radius_m": -1}):
        with pytest.raises(Invalid):
            standards.change_category(category=city.litter, changes=changes, by=city.supervisor, at=MONDAY_NINE)
    assert city.walk("accepted").condition is not None


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("return.within", {"amount": "8", "unit": "work_hour"}, None),
        ("return.within", {"amount": "8", "unit": "moon"}, "not_a_limit"),
        ("return.within", {"amount": "-1", "unit": "work_hour"}, "not_a_limit"),
        ("return.within", 8, "not_a_limit"),
        ("return.within", None, "not_a_limit"),
        ("return.at_most", 2, None),
        ("return.at_most", True, "not_a_number"),
        ("return.at_most", -1, "not_a_number"),
        ("return.at_most", "2", "not_a_number"),
        ("recurrence.limit_factor", float("nan"), "not_a_number"),
        ("recurrence.limit_factor", float("inf"), "not_a_number"),
        ("escalation", [], None),
        ("escalation", {}, "wrong_shape"),
        ("escalation", [{"key": "a", "tell": "handler"}], "wrong_shape"),
        ("escalation", [{"key": "a", "tell": "handler", "fraction": 0.5, "after_due": {}}], "wrong_shape"),
        ("escalation", [{"key": "a", "tell": "handler", "fraction": "half"}], "not_a_number"),
        ("escalation", [{"key": "a", "tell": "handler", "fraction": 2}], "not_a_number"),
        ("escalation", [{"key": "a", "tell": "handler", "after_due": {"amount": "x", "unit": "h"}}], "not_a_limit"),
        ("escalation", [{"key": "a", "tell": "handler", "after_due": 3}], "not_a_limit"),
        ("escalation", [{"key": "a", "tell": "handler", "fraction": 1}] * 2, "wrong_shape"),
        ("escalation", [{"key": "a" * 31, "tell": "handler", "fraction": 1}], "wrong_shape"),
        ("whistle.arrive", {"emergency": {"amount": "1", "unit": "urgent_hour"}}, "wrong_shape"),
        ("whistle.arrive", DEFAULTS["whistle.arrive"] | {"ordinary": 5}, "not_a_limit"),
        ("whistle.arrive", DEFAULTS["whistle.arrive"], None),
        ("publicity.check_every", {}, "wrong_shape"),
        ("publicity.check_every", DEFAULTS["publicity.check_every"] | {"led": {"amount": "2"}}, "not_a_limit"),
        ("duplicate.days", 100_001, "number_out_of_range"),
        ("residents.proof_bits", 25, "number_out_of_range"),
        ("residents.proof_bits", 24, None),
        ("residents.ask_after_days", [3], "wrong_shape"),
        ("residents.ask_after_days", ["3", "7"], "wrong_shape"),
        ("residents.ask_after_days", [7, 3], "wrong_shape"),
        ("residents.ask_after_days", [2, 2], None),
        ("notify.quiet", ["21:00", "24:00"], "wrong_shape"),
        ("notify.quiet", [2100, 730], "wrong_shape"),
        ("notify.quiet", ["22:00", "06:30"], None),
        ("notify.digest_at", "early", "wrong_shape"),
        ("open311.private", [["06010"]], "wrong_shape"),
        ("open311.private", ["06010"], None),
        ("open311.jurisdictions", {"a": None}, "wrong_shape"),
        ("open311.jurisdictions", {"a": ""}, None),
    ],
    ids=str,
)
def test_a_parameter_no_rule_can_use_is_refused(city: City, name: str, value: Any, code: str | None) -> None:
    if code is None:
        standards.set_parameter(name=name, value=value, by=city.supervisor, at=MONDAY_NINE)
        assert reference.now().parameters[name] == value
        line = history("parameter", named_uid(f"parameter:{name}")).get()
        assert line.data == {"before": None, "after": value}
    else:
        with pytest.raises(Invalid) as no:
            standards.set_parameter(name=name, value=value, by=city.supervisor, at=MONDAY_NINE)
        assert no.value.code == code
        assert not Parameter.objects.exists()


def test_a_parameter_nobody_reads_is_not_found_and_strangers_set_none(city: City) -> None:
    with pytest.raises(NotFound):
        standards.set_parameter(name="colour", value=1, by=city.supervisor, at=MONDAY_NINE)
    with pytest.raises(NotAllowed):
        standards.set_parameter(name="return.at_most", value=9, by=city.handler, at=MONDAY_NINE)


def test_texts_and_questions_are_kept_in_the_ledger(city: City) -> None:
    by = city.supervisor
    for text in ("已受理", "已受理，请稍候"):
        standards.set_text(
            category=city.litter, state="filed", code="hello", title="回复", text=text, by=by, at=MONDAY_NINE
        )
        standards.set_text(category=None, state="filed", code="hello", title="回复", text=text, by=by, at=MONDAY_NINE)
    assert StandardText.objects.count() == 2
    assert [line.data["text"] for line in history("category", city.litter.uid)] == ["已受理", "已受理，请稍候"]
    assert history("standard_text", named_uid("text:filed:hello")).count() == 2
    with pytest.raises(Invalid, match="required"):
        standards.set_text(category=None, state="filed", code="x", title="", text=" ", by=by, at=MONDAY_NINE)

    standards.set_question(
        category=city.litter,
        code="size",
        text="多大",
        datatype="number",
        required=False,
        values=[],
        order=1,
        by=by,
        at=MONDAY_NINE,
    )
    assert [one.text for one in reference.now().categories.by_id(city.litter.pk).questions] == ["多大"]
    with pytest.raises(Invalid, match="bad_value"):
        standards.set_question(
            category=city.litter,
            code="x",
            text="坏",
            datatype="riddle",
            required=False,
            values=[],
            order=1,
            by=by,
            at=MONDAY_NINE,
        )
    assert list(breaks()) == []
