"""Reporting, looking and taking steps through the door."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civicloop.cases.models import Case, CaseReach, CaseStep
from civicloop.loops.models import Receipt
from tests.api.test_door import assert_problem
from tests.api.town import INSIDE, LONG_AGO, Town

REPORT = {"category": "06010", "description": "垃圾外溢", "address": "西湖路 12 号", **INSIDE}


def test_a_problem_is_reported_and_can_be_looked_at(program: Any) -> None:
    walker = program("walker")

    response = walker.post("/cases", REPORT)

    assert response.status_code == 201, response.content
    case = response.json()["case"]
    assert response["Location"] == case["url"] == f"/api/v1/cases/{case['uid']}"
    assert case["state"] == "reported"
    assert case["category"] == {"code": "06010", "name": "exposed rubbish"}
    assert case["grid"] == {"code": "350212001001001", "name": "东一格"}
    seen = walker.get(case["url"]).json()
    assert seen["description"] == "垃圾外溢"
    assert {key: seen[key] for key in case} == case


def test_the_answer_names_open_cases_close_by_in_full(program: Any) -> None:
    walker = program("walker")
    first = walker.post("/cases", REPORT).json()["case"]

    second = walker.post("/cases", {**REPORT, "lon": INSIDE["lon"] + 0.0001}).json()

    assert [one["uid"] for one in second["duplicates"]] == [first["uid"]]
    assert second["duplicates"][0]["description"] == "垃圾外溢"
    assert 9 < second["duplicates"][0]["metres"] < 11


def test_of_cases_close_by_that_one_may_not_see_the_answer_tells_only_how_many(program: Any) -> None:
    walker = program("walker")
    walker.post("/cases", REPORT)
    CaseReach.objects.all().delete()  # as if a unit had reported it that is none of the walker's

    told = walker.post("/cases", {**REPORT, "lon": INSIDE["lon"] + 0.0001}).json()

    assert (told["duplicates"], told["duplicates_hidden"]) == ([], 1)


def test_a_case_does_not_name_the_one_it_is_a_part_of_to_who_may_not_see_that(program: Any) -> None:
    walker = program("walker")
    whole, part = (walker.post("/cases", REPORT).json()["case"] for _ in range(2))
    Case.objects.filter(uid=part["uid"]).update(parent=Case.objects.get(uid=whole["uid"]))
    assert walker.get(part["url"]).json()["parent"] == whole["uid"]

    CaseReach.objects.filter(case__uid=whole["uid"]).delete()
    assert walker.get(part["url"]).json()["parent"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "99999"}, "category"),
        ({"lon": 24.721, "lat": 118.151}, "place"),
        ({"lon": 100.0, "lat": 30.0}, "place"),
        ({"lon": None}, "place"),
        ({"lon": None, "lat": None, "address": ""}, "place"),
        ({"datum": "mars"}, "datum"),
        ({"point": "nowhere"}, "point"),
        ({"photos": [{"sha256": "0" * 64}]}, "photos"),
        ({"answers": {"colour": "red"}}, "answers"),
        ({"source": "rumour"}, "source"),
        ({"noted_at": "2026-11-23T09:00:00"}, "noted_at"),
    ],
)
def test_a_report_that_cannot_be_taken_is_not_kept(program: Any, change: Any, field: str) -> None:
    response = program("walker").post("/cases", {**REPORT, **change})

    assert response.status_code == 422, response.content
    assert [one["field"] for one in response.json()["errors"]] == [field]
    assert not Case.objects.exists()


def test_a_point_gives_the_place(program: Any) -> None:
    report = {"category": "06010", "point": "P1", "description": "垃圾"}

    case = program("walker").post("/cases", report).json()["case"]

    assert (case["lon"], case["lat"], case["address"]) == (118.152, 24.722, "第一市场")


def test_the_same_key_gets_the_first_answer_again(program: Any) -> None:
    walker = program("walker")

    first = walker.post("/cases", REPORT, Idempotency_Key="k1")
    again = walker.post("/cases", REPORT, Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Case.objects.count() == 1


def test_the_same_key_with_other_content_is_refused(program: Any) -> None:
    walker = program("walker")
    walker.post("/cases", REPORT, Idempotency_Key="k1")

    other = walker.post("/cases", {**REPORT, "description": "别的"}, Idempotency_Key="k1")

    assert_problem(other, 409, "key_used_for_other_content")
    assert Case.objects.count() == 1


def test_keys_of_two_people_do_not_meet(program: Any) -> None:
    program("walker").post("/cases", REPORT, Idempotency_Key="k1")

    assert program("filer").post("/cases", REPORT, Idempotency_Key="k1").status_code == 201
    assert Case.objects.count() == 2


def test_a_refused_request_does_not_use_up_its_key(program: Any) -> None:
    walker = program("walker")
    walker.post("/cases", {**REPORT, "lon": 100.0, "lat": 30.0}, Idempotency_Key="k1")

    assert walker.post("/cases", REPORT, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 101, "é"])
def test_a_key_that_is_none_is_refused(program: Any, key: str) -> None:
    assert_problem(program("walker").post("/cases", REPORT, Idempotency_Key=key), 422, "bad_key")


def test_the_key_of_the_source_is_used_once(program: Any) -> None:
    walker = program("walker")
    walker.post("/cases", {**REPORT, "external_key": "12345-1"})

    assert walker.post("/cases", {**REPORT, "external_key": "12345-1"}).status_code == 409
    assert Case.objects.count() == 1


def test_a_case_goes_from_report_to_close_through_the_door(program: Any) -> None:
    uid = program("walker").post("/cases", REPORT).json()["case"]["uid"]
    way = [
        ("filer", "file", {"category": "06010"}),
        ("dispatcher", "dispatch", {"unit": "HW"}),
        ("handler", "accept", {}),
        ("handler", "rectify", {"note": "已清运"}),
        ("verifier", "verify", {"note": "属实"}),
        ("verifier", "close", {"note": "结案"}),
    ]
    for name, step, body in way:
        response = program(name).post(f"/cases/{uid}/steps/{step}", body)
        assert response.status_code == 200, (step, response.content)

    case = program("filer").get(f"/cases/{uid}").json()
    story = program("filer").get(f"/cases/{uid}/steps").json()["items"]
    assert (case["state"], case["owner"]["code"]) == ("closed", "CP")
    assert [step["name"] for step in story] == ["report", *(step for _, step, _ in way)]
    assert story[4]["note"] == "已清运"
    assert story[4]["by"]["name"] == "handler甲"


def test_the_steps_of_a_case_are_those_the_asker_may_take(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)

    filer = {step["name"]: step for step in program("filer").get(f"/cases/{case.uid}").json()["steps"]}
    walker = {step["name"] for step in program("walker").get(f"/cases/{case.uid}").json()["steps"]}

    assert filer["file"]["needs"] == ["category"]
    assert filer["file"]["url"] == f"/api/v1/cases/{case.uid}/steps/file"
    assert "file" not in walker


def test_a_step_that_lacks_something_names_it(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)

    told = assert_problem(program("filer").post(f"/cases/{case.uid}/steps/void"), 409, "step_needs")

    assert [one["field"] for one in told["errors"]] == ["reason"]


def test_a_step_taken_twice_is_refused_the_second_time(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)
    filer = program("filer")
    filer.post(f"/cases/{case.uid}/steps/file", {"category": "06010"})

    assert_problem(filer.post(f"/cases/{case.uid}/steps/file", {"category": "06010"}), 409, "step_not_from_here")


def test_a_step_sent_again_with_its_key_gets_the_first_answer(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)
    filer = program("filer")

    first = filer.post(f"/cases/{case.uid}/steps/file", {"category": "06010"}, Idempotency_Key="s1")
    again = filer.post(f"/cases/{case.uid}/steps/file", {"category": "06010"}, Idempotency_Key="s1")

    assert first.status_code == again.status_code == 200
    assert again.content == first.content
    assert CaseStep.objects.filter(case=case, name="file").count() == 1
    assert Receipt.objects.count() == 1


def test_an_unknown_step_is_not_found(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)

    assert_problem(program("filer").post(f"/cases/{case.uid}/steps/dance", {}), 404, "not_found")


@pytest.mark.parametrize("body", [{"colour": "red"}, {"reason": "x"}, {"category": "99999"}, {"condition": "one"}])
def test_a_step_given_what_it_cannot_take_says_so(town: Town, program: Any, body: Any) -> None:
    case = town.report(LONG_AGO)

    response = program("filer").post(f"/cases/{case.uid}/steps/file", {"category": "06010", **body})

    assert response.status_code == 422
    assert [one["field"] for one in response.json()["errors"]] == [next(iter(body))]
    case.refresh_from_db()
    assert case.state == "reported"


def test_whoever_looked_at_an_older_version_is_told(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)
    filer = program("filer")
    tag = filer.get(f"/cases/{case.uid}")["ETag"]
    filer.post(f"/cases/{case.uid}/steps/comment", {"note": "看过"})

    stale = filer.post(f"/cases/{case.uid}/steps/file", {"category": "06010"}, If_Match=tag)
    fresh = filer.post(
        f"/cases/{case.uid}/steps/file", {"category": "06010"}, If_Match=filer.get(f"/cases/{case.uid}")["ETag"]
    )

    assert_problem(stale, 412, "stale")
    assert fresh.status_code == 200
    assert fresh["ETag"] == filer.get(f"/cases/{case.uid}")["ETag"]


def test_a_tag_that_is_none_of_ours_is_refused(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)

    response = program("filer").post(f"/cases/{case.uid}/steps/file", {"category": "06010"}, If_Match='"abc"')

    assert_problem(response, 422, "bad_etag")


def test_an_unchanged_case_is_not_sent_again(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)
    filer = program("filer")
    tag = filer.get(f"/cases/{case.uid}")["ETag"]

    same = filer.get(f"/cases/{case.uid}", If_None_Match=tag)
    chinese = filer.get(f"/cases/{case.uid}", If_None_Match=tag, Accept_Language="zh")
    other_asker = program("walker").get(f"/cases/{case.uid}", If_None_Match=tag)

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert (chinese.status_code, other_asker.status_code) == (200, 200)


def test_a_case_that_does_not_reach_my_unit_is_not_there(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)

    assert_problem(program("other").get(f"/cases/{case.uid}"), 404, "not_found")
    assert_problem(program("other").get(f"/cases/{case.uid}/steps"), 404, "not_found")
    assert_problem(program("keeper").get(f"/cases/{case.uid}"), 404, "not_found")


def test_an_address_that_is_no_public_id_says_so(program: Any) -> None:
    told = assert_problem(program("filer").get("/cases/12"), 422, "invalid")

    assert told["errors"][0]["field"] == "uid"


def test_a_report_takes_twelve_statements_in_one_commit(
    transactional_db: None, town: Town, program: Any, settings: Any
) -> None:
    settings.CIVICLOOP_JOBS_RUN = "queue"
    walker = program("walker")
    walker.post("/cases", REPORT)

    with CaptureQueriesContext(connection) as first:
        assert walker.post("/cases", {**REPORT, "description": "又一处"}, Idempotency_Key="a").status_code == 201
    statements = [one["sql"] for one in first.captured_queries]

    assert statements.count("COMMIT") == 1
    own = [one for one in statements if not one.startswith(("BEGIN", "COMMIT"))]
    assert len(own) <= 12, "\n".join(own)


def test_a_case_takes_the_same_few_statements_however_long_its_story(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)
    filer = program("filer")

    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert filer.get(path).status_code == 200
        return len(seen)

    counted(f"/cases/{case.uid}")
    short = counted(f"/cases/{case.uid}"), counted(f"/cases/{case.uid}/steps")
    for number in range(20):
        filer.post(f"/cases/{case.uid}/steps/comment", {"note": f"第{number}次"})
    long = counted(f"/cases/{case.uid}"), counted(f"/cases/{case.uid}/steps")

    assert long == short
    assert max(long) <= 15
