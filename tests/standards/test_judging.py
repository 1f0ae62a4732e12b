"""What the packs of the Civilised City say about judging a city: tree, checklists, sample, rules, negative list."""

from __future__ import annotations

import math
from functools import cache

import pytest

from civicloop.standards.rules.book import StandardBook, book_from
from civicloop.standards.rules.difference import diff, pack_digest, plain
from civicloop.standards.rules.pack import load_packs, shipped_packs
from civicloop.standards.rules.shapes import Pack

EDITIONS = ["wenming", "wenming@2018"]
EIGHT = ("STREET", "LANE", "MARKET", "ESTATE", "SITE", "SQUARE", "STATION", "WINDOW")
LATER = {"STREET-04", "MARKET-03", "SITE-03"}  # the theme of healthy life came after 2018


@cache
def packs() -> dict[str, Pack]:
    return load_packs(shipped_packs())


@cache
def book(name: str) -> StandardBook:
    pack = packs()[name]
    return book_from(plain(pack), edition_id=1, digest=pack_digest(pack))


@pytest.mark.parametrize(("name", "projects", "types"), [("wenming", 9, 59), ("wenming@2018", 12, 54)])
def test_each_edition_has_its_projects_and_its_point_types(name: str, projects: int, types: int) -> None:
    assert len(packs()[name].projects) == projects
    assert len(packs()[name].point_types) == types
    assert {one.list for one in packs()["wenming@2018"].point_types} == {"manual_54"}


@pytest.mark.parametrize("name", EDITIONS)
def test_the_shares_of_projects_methods_and_sample_make_one(name: str) -> None:
    pack = packs()[name]
    assert pack.scoring is not None
    assert pack.sample is not None
    for shares in (
        [one.weight for one in pack.projects],
        list(pack.scoring.methods.values()),
        [row.weight for row in pack.sample.rows],
    ):
        assert math.isclose(math.fsum(shares), 1, abs_tol=1e-9)


@pytest.mark.parametrize("name", EDITIONS)
def test_every_item_is_asked_for_by_one_criterion_on_site(name: str) -> None:
    criteria = [one for project in packs()[name].projects for part in project.contents for one in part.criteria]
    asked = [code for one in criteria for code in one.items]
    assert len(asked) == len(set(asked))
    assert set(asked) == set(book(name).items)
    assert {one.method for one in criteria} == {"site", "document", "survey"}
    assert all(bool(one.items) == (one.method == "site") for one in criteria)


@pytest.mark.parametrize("name", EDITIONS)
def test_everything_about_the_tree_says_how_sure_it_is_and_none_of_it_is_read(name: str) -> None:
    for project in packs()[name].projects:
        assert project.sure == "low"
        assert {one.sure for part in project.contents for one in part.criteria} <= {"medium", "low"}


@pytest.mark.parametrize("name", EDITIONS)
def test_every_kind_of_place_has_something_to_look_at(name: str) -> None:
    for code in book(name).point_types:
        assert len(book(name).items_for(code)) >= 4, code


@pytest.mark.parametrize("name", EDITIONS)
def test_each_item_says_how_to_look_what_it_weighs_and_whether_a_photo_is_taken(name: str) -> None:
    for item in book(name).items.values():
        assert item.observe is not None, item.code
        assert item.text.en, item.code
        assert item.weight in (1, 2, 3)
        assert item.counts is None or item.counts.what.en


def test_the_eight_kinds_have_full_lists() -> None:
    by_code = {one.code: one for one in packs()["wenming"].checklists}
    assert {code: len(by_code[code].items) for code in EIGHT} == {
        "STREET": 26, "LANE": 12, "MARKET": 20, "ESTATE": 24, "SITE": 10, "SQUARE": 14, "STATION": 12, "WINDOW": 10,
    }  # fmt: skip
    assert all(any(item.exceptions for item in by_code[code].items) for code in EIGHT if code != "STATION")


@pytest.mark.parametrize("name", EDITIONS)
def test_how_people_behave_is_never_photographed(name: str) -> None:
    conduct = [item for item in book(name).items.values() if item.aspect == "conduct" or item.becomes == "09003"]
    assert conduct
    assert {item.photo for item in conduct} == {"never"}


def test_an_estate_is_looked_through_for_all_ten_disorders() -> None:
    pack = packs()["wenming"]
    looked_for = {item.disorder for item in book("wenming").items_for("WM05")} - {""}
    assert len(pack.disorders) == 10
    assert looked_for == {one.key for one in pack.disorders}


@pytest.mark.parametrize(
    "words",
    [
        "卫生死角",
        "乱堆物品",
        "违法搭建",
        "小广告",
        "垃圾桶",
        "绿化带",
        "下水道",
        "积尘和蛛网",
        "围墙、车棚",
        "停放有序",
        "毒饵站",
        "鼠迹",
    ],
)
def test_the_estate_list_of_the_reports_is_on_the_estate_checklist(words: str) -> None:
    assert any(words in item.text.zh_Hans for item in book("wenming").items_for("WM05"))


@pytest.mark.parametrize("name", EDITIONS)
def test_each_item_answers_one_of_five_questions(name: str) -> None:
    assert len(book(name).questions) == 5
    answered = {book(name).question_of(code).key for code in book(name).items}
    assert answered == {one.key for one in book(name).questions}


def test_a_market_has_five_ads_ten_metres_apart_and_a_street_one_every_two_hundred_metres() -> None:
    items = book("wenming").items
    ads, street = items["MARKET-02"].counts, items["STREET-01"].counts
    assert ads is not None
    assert street is not None
    assert (ads.compare, ads.value, ads.per_m) == ("at_least", 5, None)
    assert "10 米" in ads.what.zh_Hans
    assert (street.value, street.per_m) == (1, 200)


def test_the_sample_is_a_guess_at_seventy_eight_points() -> None:
    sample = packs()["wenming"].sample
    assert sample is not None
    assert sum(row.points for row in sample.rows) == 78
    assert {sample.sure, *(row.sure for row in sample.rows)} == {"low"}
    handbook = {one.code for one in packs()["wenming"].point_types if one.list == "handbook_29"}
    assert handbook <= {row.point_type for row in sample.rows}


def test_the_ladder_of_deductions_is_the_published_one() -> None:
    scoring = book("wenming").scoring
    takes = {
        one.key: (one.event, one.source, one.ladder[0].from_count, one.ladder[0].points) for one in scoring.deductions
    }
    assert takes["city_found"] == ("found", "inspection", 1, 0.3)
    assert takes["city_overdue"] == ("overdue", "inspection", 1, 1)
    assert takes["city_repeated"] == ("repeated", "inspection", 1, 2)
    assert [takes[f"district_{event}"][3] for event in ("found", "overdue", "repeated")] == [0.2, 0.5, 1]
    assert takes["hotline_overdue"] == ("overdue", "hotline", 3, 1)
    assert takes["hotline_sent_back"][3] == 0.5


def test_the_one_known_clause_weighs_by_what_the_city_is() -> None:
    clauses = book("wenming").negative_list
    assert (clauses["G15"].consequence, clauses["G15"].window_months, clauses["G15"].sure) == ("suspend", 12, "read")
    assert (clauses["G15-N"].consequence, clauses["G15-N"].points) == ("deduct", 3)
    assert clauses["G15-A"].consequence == "no_nomination"
    assert {one.sure for code, one in clauses.items() if not code.startswith("G15")} <= {"medium", "low"}


def test_the_two_editions_differ_in_types_items_and_projects() -> None:
    found = {one.section: one for one in diff(packs()["wenming@2018"], packs()["wenming"]).sections}
    assert {"WM01", "WM12", "WM16", "WM25", "WM26"} == set(found["point_types"].added)
    assert set(found["items"].added) >= LATER
    assert found["projects"].removed
    ads = next(one for one in found["items"].changed if one.key == "MARKET-02")
    assert [(one.old["value"], one.new["value"]) for one in ads.fields if one.name == "counts"] == [(3, 5)]


def test_every_figure_of_the_sanitary_city_has_a_target_a_source_a_year_and_says_how_sure_it_is() -> None:
    indicators = packs()["weisheng"].indicators
    assert len(indicators) == 32
    for one in indicators:
        assert one.value
        assert one.source.zh_Hans
        assert one.year in (2014, 2021)
        assert one.sure in ("read", "high", "medium", "low")


def test_a_book_without_own_questions_or_rules_has_those_of_every_city() -> None:
    plainest = book_from(plain(packs()["weisheng"]), edition_id=2, digest="d")
    assert len(plainest.questions) == 5
    assert (dict(plainest.scoring.methods), plainest.scoring.sure) == ({"site": 1.0}, "low")
    assert plainest.sample is None
    assert len(plainest.indicators) == 32
