"""Who may come in, and how every error is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.ledger.models import LedgerLine
from civicloop.organisation.actions import change_person, make_token, revoke_token
from civicloop.organisation.models import ApiToken
from tests.api.conftest import Program
from tests.api.town import INSIDE, LONG_AGO, Town

REPORT = {"category": "06010", "description": "垃圾外溢", **INSIDE}


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert set(body) == {"type", "title", "status", "detail", "code", "errors", "params"}
    assert body["detail"]
    return body


def test_without_a_token_nobody_comes_in(program: Any) -> None:
    response = program("filer").get("/cases", Authorization="")

    assert_problem(response, 401, "token_missing")
    assert response["WWW-Authenticate"] == 'Bearer realm="civicloop"'


@pytest.mark.parametrize("token", ["wrong", "", "a b", "é" * 40, "\x00"])
def test_a_token_nobody_made_is_refused(program: Any, token: str) -> None:
    assert program("filer").get("/me", Authorization=f"Bearer {token}").status_code == 401


def test_a_revoked_token_is_refused(town: Town, program: Any) -> None:
    row = ApiToken.objects.get(person=town.people["filer"])
    revoke_token(token=row, by=town.people["filer"], at=LONG_AGO)

    response = program("filer").get("/me")

    assert_problem(response, 401, "token_not_valid")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_an_expired_token_is_refused(town: Town) -> None:
    filer = town.people["filer"]
    _, token = make_token(person=filer, name="old", by=filer, at=LONG_AGO, expires_at=datetime(2021, 1, 1, tzinfo=UTC))

    assert_problem(Program(token).get("/me"), 401, "token_not_valid")


def test_a_token_that_expires_later_is_good(town: Town) -> None:
    filer = town.people["filer"]
    _, token = make_token(
        person=filer, name="new", by=filer, at=LONG_AGO, expires_at=timezone.now() + timedelta(minutes=1)
    )

    assert Program(token).get("/me").status_code == 200


def test_whoever_has_left_is_refused(town: Town, program: Any) -> None:
    change_person(person=town.people["filer"], changes={"is_active": False}, by=None, at=LONG_AGO)

    assert_problem(program("filer").get("/me"), 401, "token_not_valid")


def test_an_unknown_address_answers_in_the_apis_own_way(program: Any) -> None:
    assert_problem(program("filer").get("/nothing/here"), 404, "no_such_address")
    assert_problem(program("filer").get("/"), 404, "no_such_address")


def test_a_wrong_method_is_told_which_would_do(program: Any) -> None:
    response = program("filer").send("delete", "/cases")

    assert_problem(response, 405, "method_not_allowed")
    assert set(response["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}


@pytest.mark.parametrize("body", ["{", b"\xff{}", '{"a": "\\ud800"}', '{"a": NaN}', "{'a': 1}", '{"a": "\x01"}'])
def test_what_is_not_json_is_refused(program: Any, body: Any) -> None:
    assert_problem(program("walker").post("/cases", body), 400, "json_not_readable")


def test_json_that_is_no_object_is_refused(program: Any) -> None:
    assert_problem(program("walker").post("/cases", "[1, 2]"), 422, "body_missing")


def test_an_empty_body_is_refused(program: Any) -> None:
    assert_problem(program("walker").post("/cases"), 422, "invalid")


def test_deeply_nested_json_is_refused(program: Any) -> None:
    assert_problem(program("walker").post("/cases", '{"a":' * 5000 + "1" + "}" * 5000), 400, "json_not_readable")


def test_another_kind_of_content_is_refused(program: Any) -> None:
    response = program("walker").send("post", "/cases", b"category=06010", content_type="text/plain")

    assert_problem(response, 415, "not_json")


def test_ten_megabytes_of_json_are_refused_unread(program: Any) -> None:
    body = b'{"description": "' + b"x" * 10 * 1024 * 1024 + b'"}'

    told = assert_problem(program("walker").post("/cases", body), 413, "body_too_large")

    assert told["params"] == {"limit": 1024 * 1024}


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\x7f", "a\u0085b"])
def test_control_characters_are_refused_with_the_field(program: Any, text: str) -> None:
    told = assert_problem(program("walker").post("/cases", {**REPORT, "description": text}), 422, "control_characters")

    assert told["errors"][0]["field"] == "description"


def test_control_characters_in_an_address_are_refused(program: Any) -> None:
    told = assert_problem(program("walker").get("/cases?q=a%00b"), 422, "control_characters")

    assert told["errors"][0]["field"] == "q"


def test_every_field_at_fault_is_named(program: Any) -> None:
    body = {"category": 5, "urgent": "perhaps", "photos": [{"sha256": "x"}], "colour": "red"}

    told = assert_problem(program("walker").post("/cases", body), 422, "invalid")

    assert {one["field"]: one["code"] for one in told["errors"]} == {
        "category": "string_type",
        "urgent": "bool_parsing",
        "photos.0.sha256": "string_pattern_mismatch",
        "colour": "extra_forbidden",
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"), ("state=lost", "state"), ("limit=0", "limit"), ("limit=101", "limit"),
        ("limit=many", "limit"), ("due_before=tomorrow", "due_before"),
        ("due_before=2026-11-23T09:00:00", "due_before"), ("overdue=perhaps", "overdue"),
        ("category=99999", "category"), ("unit=nobody", "unit"), ("grid=nowhere", "grid"), ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,x", "bbox"), ("bbox=nan,0,1,1", "bbox"), ("bbox=0,50,1,40", "bbox"), ("cursor=abc", "cursor"),
        ("cursor=!", "cursor"), ("page=first", "page"), ("reporter=you", "reporter"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_taken_is_named(program: Any, query: str, field: str) -> None:
    response = program("filer").get(f"/cases?{query}")

    assert response.status_code == 422, response.content
    assert [one["field"] for one in response.json()["errors"]] == [field]


def test_sentences_come_in_the_askers_language(program: Any) -> None:
    asker = program("filer")
    chinese = asker.get("/nothing", Accept_Language="zh-CN,zh;q=0.9")
    english = asker.get("/nothing", Accept_Language="en-GB")
    other = asker.get("/nothing", Accept_Language="fr")

    assert english.json()["detail"] == "There is nothing at this address."
    assert chinese["Content-Language"] == other["Content-Language"] == "zh-hans"
    assert english["Content-Language"] == "en"


def test_a_refused_permission_is_answered_and_kept_in_the_ledger(town: Town, program: Any) -> None:
    case = town.report(LONG_AGO)

    response = program("walker").post(f"/cases/{case.uid}/steps/file", {"category": "06010"})

    told = assert_problem(response, 403, "not_allowed")

    line = LedgerLine.objects.get(kind="case", uid=case.uid, verb="refused")
    assert line.by == town.people["walker"].uid
    assert told["params"]["who"] == ["filer"]


def test_whoever_only_keeps_the_system_may_not_report(program: Any) -> None:
    assert_problem(program("keeper").post("/cases", REPORT), 403, "not_allowed")


def test_answers_differ_by_asker_and_language_for_every_cache(program: Any) -> None:
    response = program("filer").get("/cases")

    assert {"Authorization", "Accept-Language"} <= {one.strip() for one in response["Vary"].split(",")}
    assert "private" in response["Cache-Control"]
