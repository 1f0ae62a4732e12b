"""Reference lists: categories, units, grids, points, people."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civicloop.api.standing import masked
from tests.api.test_door import assert_problem
from tests.api.town import Town


def codes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [item["code"] for item in response.json()["items"]]


def test_categories_come_with_conditions_limits_and_questions(program: Any) -> None:
    filer = program("filer")

    assert codes(filer.get("/categories")) == ["06010", "07001"]
    assert codes(filer.get("/categories?q=graff")) == ["07001"]
    graffiti = filer.get("/categories/07001").json()
    assert graffiti["name"] == "graffiti"
    assert graffiti["conditions"][0]["limits"]["A"] == {"amount": 2.0, "unit": "work_day"}
    assert [question["code"] for question in graffiti["questions"]] == ["how_many"]
    assert filer.get(f"/categories/{graffiti['uid']}").json() == graffiti
    assert filer.get("/categories/07001", Accept_Language="zh").json()["name"] == "非法小广告"


def test_a_category_nobody_knows_is_not_found(program: Any) -> None:
    assert_problem(program("filer").get("/categories/99999"), 404, "not_found")


def test_units_make_a_tree(program: Any) -> None:
    filer = program("filer")

    units = {unit["code"]: unit["parent"] for unit in filer.get("/units").json()["items"]}

    assert units == {"CP": None, "HW": "CP", "CG": "CP"}
    assert codes(filer.get("/units?under=HW")) == ["HW"]
    assert codes(filer.get("/units?kind=department")) == ["CG", "HW"]


def test_grids_are_found_by_unit_and_name(program: Any) -> None:
    filer = program("filer")

    assert codes(filer.get("/grids?unit=CP")) == ["350212001001001", "350212001001002"]
    assert codes(filer.get("/grids?unit=HW")) == []
    assert codes(filer.get("/grids?q=东二")) == ["350212001001002"]


def test_points_are_found_by_type_unit_and_name(program: Any) -> None:
    filer = program("filer")

    assert codes(filer.get("/points?point_type=market&unit=HW&q=第一")) == ["P1"]
    assert codes(filer.get("/points?point_type=school")) == []
    point = filer.get("/points").json()["items"][0]
    assert (point["unit"]["code"], point["lon"], point["grid"]) == ("HW", 118.152, None)


def test_people_are_shown_with_their_posts_and_masked_phones(town: Town, program: Any) -> None:
    people = {one["name"]: one for one in program("other").get("/people").json()["items"]}

    assert len(people) == len(town.people)
    handler = people["handler甲"]
    assert handler["phone"] == "138****1234"
    assert [(post["role"], post["unit"]["code"]) for post in handler["posts"]] == [("unit_handler", "HW")]
    assert handler["posts"][0]["role_label"] == "unit handler"


def test_people_are_found_by_unit_and_by_the_beginning_of_a_name(program: Any) -> None:
    filer = program("filer")

    def names(path: str) -> list[str]:
        return [one["name"] for one in filer.get(path).json()["items"]]

    assert names("/people?unit=CG") == ["other甲"]
    assert names("/people?q=hand") == ["handler甲"]


def test_i_am_told_who_i_am(program: Any) -> None:
    me = program("verifier").get("/me").json()

    assert (me["name"], me["posts"][0]["role"]) == ("verifier甲", "verifier")


@pytest.mark.parametrize("path", ["/categories", "/units", "/grids", "/points", "/people"])
def test_pages_of_a_reference_list_join_to_the_whole_both_ways(program: Any, path: str) -> None:
    filer = program("filer")
    whole = [one["uid"] for one in filer.get(path).json()["items"]]

    def walk(address: str, towards: str) -> list[list[str]]:
        pages = []
        while address:
            body = filer.get(address).json()
            pages.append([one["uid"] for one in body["items"]])
            address = body[towards]
        return pages

    assert [uid for page in walk(f"{path}?limit=2", "next") for uid in page] == whole
    assert [uid for page in walk(f"{path}?limit=2&page=last", "previous")[::-1] for uid in page] == whole


@pytest.mark.parametrize("path", ["/categories", "/units", "/grids", "/points", "/people", "/me"])
def test_a_reference_list_takes_at_most_three_statements(program: Any, path: str) -> None:
    filer = program("filer")
    filer.get(path)

    with CaptureQueriesContext(connection) as seen:
        assert filer.get(path).status_code == 200

    assert len(seen) <= 3


@pytest.mark.parametrize(
    ("phone", "shown"), [("13800001234", "138****1234"), ("0592-7022222", "059****2222"), ("110", "*10"), ("", "")]
)
def test_a_phone_keeps_no_more_than_its_ends(phone: str, shown: str) -> None:
    assert masked(phone) == shown
