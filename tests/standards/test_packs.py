"""The packs that come with CivicLoop."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from civicloop.kernel.worktime import WorkCalendar, due
from civicloop.standards.rules.difference import diff, pack_digest
from civicloop.standards.rules.pack import find_packs, load_pack, load_packs, shipped_packs
from civicloop.standards.rules.shapes import Pack, Text

NAMES = ["city-default", "gb30428-2013", "gb47678-2026", "weisheng", "wenming", "wenming@2018"]
HIGH_FREQUENCY = ["06010", "06011", "06012", "06017", "06036", "06042", "06045", "07003", "09005", "09006"]
HAN = re.compile("[\u3400-\u9fff]")


@cache
def packs() -> dict[str, Pack]:
    return load_packs(shipped_packs())


def national() -> Pack:
    return packs()["gb47678-2026"]


def texts_in(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from texts_in(getattr(value, item.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from texts_in(item)


def table(name: str) -> list[dict[str, str]]:
    with (shipped_packs() / "gb47678-2026" / "data" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_the_shipped_packs_are_found_and_load_each_edition_by_itself() -> None:
    assert [path.name for path in find_packs(shipped_packs())] == NAMES
    assert sorted(packs()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_loads_alone_and_says_the_same_as_among_others(name: str) -> None:
    assert load_pack(shipped_packs() / name) == packs()[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_chinese_and_has_no_blank_ends(name: str) -> None:
    texts = list(texts_in(packs()[name]))
    assert texts
    for text in texts:
        assert HAN.search(text.zh_Hans), text
        assert text.zh_Hans == text.zh_Hans.strip()
        assert text.en == text.en.strip()
        assert not HAN.search(text.en), text


def test_the_national_pack_has_every_code_of_the_tables_under_its_name() -> None:
    for kind, file, many in (("matter", "matters.tsv", 250), ("component", "components.tsv", 153)):
        rows = table(file)
        found = national().of_kind(kind)
        assert len(rows) == len(found) == many
        assert {c.code: c.name.zh_Hans for c in found} == {row["code"]: row["minor_name"] for row in rows}


def test_codes_have_five_digits_and_begin_with_their_major_class() -> None:
    for category in national().categories:
        assert re.fullmatch(r"\d{5}", category.code)
        assert category.code.startswith(category.major)


@pytest.mark.parametrize("name", ["gb47678-2026", "gb30428-2013"])
def test_every_category_has_a_line_and_a_limit_for_every_area_class(name: str) -> None:
    lines = {line.key for line in packs()["city-default"].lines}
    for category in packs()[name].categories:
        assert category.line in lines
        assert category.conditions, category.code
        for condition in category.conditions:
            assert sorted(condition.limits) == ["A", "B", "C"]


def test_an_area_of_lower_class_is_never_due_earlier() -> None:
    """Whatever the hour: the three limits of a condition may be in different units."""
    calendar = WorkCalendar()
    monday = datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Shanghai"))
    starts = [monday + timedelta(hours=hours) for hours in range(0, 7 * 24, 5)]
    ladders = {
        tuple(condition.limits[area] for area in "ABC")
        for category in national().categories
        for condition in category.conditions
    }
    for ladder in ladders:
        for start in starts:
            moments = [due(limit, start, calendar).at for limit in ladder]
            assert moments == sorted(moments), (ladder, start)


def test_matters_of_behaviour_are_written_out_and_not_left_to_defaults() -> None:
    files = (shipped_packs() / "gb47678-2026").glob("[01]*.yaml")
    written = "".join(path.read_text(encoding="utf-8") for path in files)
    for category in national().of_kind("matter"):
        if category.major >= "06":
            assert f'- code: "{category.code}"' in written
            assert category.name.en


@pytest.mark.parametrize("code", HIGH_FREQUENCY)
def test_frequent_matters_have_conditions_hints_radius_and_texts(code: str) -> None:
    category = national().category(code)
    assert category.conditions
    assert category.hints
    assert category.radius_m
    assert category.duplicate_days
    assert category.photos.report
    assert category.photos.rectify


def test_confusions_named_in_the_field_are_hinted() -> None:
    expected = {
        "06010": "06042",
        "06042": "06010",
        "06017": "06045",
        "06036": "08006",
        "09005": "09006",
        "07001": "07003",
    }
    for code, other in {**expected, "06012": "06014"}.items():
        assert other in {hint.code for hint in national().category(code).hints}


def test_people_in_need_are_not_photographed() -> None:
    assert not national().category("09003").photos.report


def test_a_component_has_the_line_of_its_fault() -> None:
    faults = {category.code: category.line for category in national().of_kind("matter")}
    for component in national().of_kind("component"):
        assert component.line == faults[component.code]


def test_a_missing_manhole_cover_is_urgent() -> None:
    first = national().category("01002").conditions[0]
    assert first.limits["A"].unit == "urgent_hour"


def test_questions_use_the_datatypes_of_open311() -> None:
    side = next(q for q in national().category("09010").questions if q.code == "side")
    assert side.datatype == "singlevaluelist"
    assert [choice.key for choice in side.values] == ["east", "south", "west", "north", "both"]
    known = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
    used = {question.datatype for category in national().categories for question in category.questions}
    assert used <= known
    assert {"string", "number", "datetime", "singlevaluelist", "multivaluelist"} <= used


def test_yes_and_no_stay_words() -> None:
    question = next(q for q in national().category("10002").questions if q.code == "on_ground")
    assert [choice.key for choice in question.values] == ["yes", "no"]


def test_old_names_lead_to_categories_that_exist() -> None:
    crosswalk = {crossing.name: crossing for crossing in packs()["gb30428-2013"].crosswalk}
    assert crosswalk["暴露垃圾"].to[0].code == "06010"
    assert [target.code for target in crosswalk["乱堆物堆料"].to] == ["06036", "08006"]
    for crossing in crosswalk.values():
        for target in crossing.to:
            there = packs()[target.pack].category(target.code, target.kind)
            assert crossing.match != "same_name" or there.name.zh_Hans == crossing.name


def test_every_old_category_is_in_the_crosswalk_under_its_number() -> None:
    old = packs()["gb30428-2013"]
    by_code = {crossing.code: crossing.name for crossing in old.crosswalk if crossing.code}
    assert by_code == {category.code: category.name.zh_Hans for category in old.categories}


def test_point_types_are_the_twenty_nine_and_the_extra_of_the_manual() -> None:
    types = packs()["wenming"].point_types
    assert sum(one.list == "handbook_29" for one in types) == 29
    assert sum(one.list == "manual_54" for one in types) == 30
    assert len({one.name.zh_Hans for one in types}) == len(types)


def test_what_fails_on_a_checklist_becomes_a_matter() -> None:
    for checklist in packs()["wenming"].checklists:
        for item in checklist.items:
            assert not item.becomes or national().category(item.becomes)
        # Where only service and conduct are judged, nothing is filed.
        assert any(item.becomes for item in checklist.items) == (
            checklist.code not in ("TAXI", "MINDS", "AID", "CAMPUS")
        )


def test_the_main_kinds_of_place_have_checklists_with_exceptions_that_are_no_faults() -> None:
    by_code = {checklist.code: checklist for checklist in packs()["wenming"].checklists}
    assert {"STREET", "LANE", "MARKET", "ESTATE", "SITE", "SQUARE", "STATION", "WINDOW"} <= by_code.keys()
    parking = next(item for item in by_code["SQUARE"].items if item.becomes == "09009")
    assert parking.exceptions[0].zh_Hans == "停在划线泊位内"
    hoarding = by_code["SITE"].items[0].counts
    assert hoarding is not None
    assert (hoarding.compare, hoarding.value, hoarding.unit) == ("at_least", 30, "percent")


def test_the_disorders_named_in_the_reports_are_looked_for() -> None:
    looked_for = {item.disorder for checklist in packs()["wenming"].checklists for item in checklist.items}
    named = {
        "parked_bikes",
        "wall_ads",
        "flying_cables",
        "drying_racks",
        "vegetables",
        "stairway_clutter",
        "refuse_points",
    }
    assert named <= looked_for


def test_figures_of_the_sanitary_city_carry_source_year_and_sureness() -> None:
    found = {indicator.name.zh_Hans: indicator for indicator in packs()["weisheng"].indicators}
    smoking = found["十五岁以上人群吸烟率"]
    assert (smoking.compare, smoking.value, smoking.unit, smoking.year) == ("less_than", 20, "percent", 2021)
    assert found["病媒生物密度控制水平"].value == "C"


def test_the_sampling_table_has_a_figure_for_each_size_of_city() -> None:
    sampling = packs()["weisheng"].sampling
    assert sampling is not None
    total = next(row for row in sampling.rows if row.code == "TOTAL")
    assert total.sites == {"small": 161, "medium": 215, "large": 267}
    for left, right in zip(sampling.sizes, sampling.sizes[1:], strict=False):
        assert left.below_people == right.from_people


def test_the_ladder_rises_from_handler_to_bulletin() -> None:
    parameters = packs()["city-default"].parameters
    assert parameters is not None
    assert [rung.tell for rung in parameters.escalation] == ["handler", "unit_leader", "supervisor", "bulletin"]
    assert [rung.fraction for rung in parameters.escalation] == [0.75, 1, None, None]
    assert (parameters.return_at_most, parameters.duplicate_radius_m, parameters.duplicate_days) == (1, 50, 14)
    assert (parameters.recurrence_window_days, parameters.recurrence_limit_factor) == (30, 0.5)


def test_an_emergency_whistle_is_answered_within_its_bounds() -> None:
    parameters = packs()["city-default"].parameters
    assert parameters is not None
    emergency = next(whistle for whistle in parameters.whistles if whistle.kind == "emergency")
    assert emergency.shortest is not None
    assert emergency.longest is not None
    assert emergency.shortest.amount <= emergency.arrive.amount <= emergency.longest.amount
    assert emergency.arrive.unit == "urgent_hour"


def test_texts_use_only_the_marks_that_doors_fill_in() -> None:
    marks = {"number", "category", "place", "unit", "due"}
    for pack in packs().values():
        offered = [*pack.texts, *(text for category in pack.categories for text in category.texts)]
        for text in offered:
            for words in (text.body.zh_Hans, text.body.en):
                assert set(re.findall(r"{(\w+)}", words)) <= marks


def test_a_digest_is_stable_and_tells_packs_apart() -> None:
    digests = {name: pack_digest(pack) for name, pack in packs().items()}
    assert len(set(digests.values())) == len(NAMES)
    assert digests["gb47678-2026"] == pack_digest(load_pack(shipped_packs() / "gb47678-2026"))


def test_a_pack_does_not_differ_from_itself() -> None:
    assert not diff(national(), national())


def test_packs_are_found_from_any_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (shipped_packs() / "gb47678-2026" / "pack.yaml").is_file()
