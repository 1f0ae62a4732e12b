"""The API does what its description says."""

from __future__ import annotations

import json
from typing import Any
from unittest import SkipTest

import jsonschema
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from schemathesis import GenerationMode

from civicloop.cases import actions
from civicloop.cases.models import Case
from tests.api.town import INSIDE, LONG_AGO, Town

pytestmark = pytest.mark.once


def description() -> dict[str, Any]:
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def test_the_description_is_openapi_3_1_and_open_to_everybody() -> None:
    told = description()

    assert told["openapi"].startswith("3.1.")
    assert told["info"]["title"] == "CivicLoop"


def test_every_reference_of_the_description_leads_somewhere() -> None:
    told, followed = description(), list[str]()

    def look(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                followed.append(node["$ref"])
                target: Any = told
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
            for value in node.values():
                look(value)
        elif isinstance(node, list):
            for value in node:
                look(value)

    look(told)
    assert followed


def test_every_schema_of_the_description_is_json_schema_2020_12() -> None:
    for name, schema in description()["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert name


def test_every_operation_says_who_may_ask_and_what_may_go_wrong() -> None:
    names = []
    for operations in description()["paths"].values():
        for operation in operations.values():
            names.append(operation["operationId"])
            assert operation["security"] == [{"Token": []}]
            assert {"401", "404", "422"} <= set(operation["responses"])
            assert operation["description"]
    assert len(names) == len(set(names)) >= 16


SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


def answered(case: Any, token: str) -> int:
    """Send it, hold the answer against the description, and undo it: every example begins with the same town. Gives its status.

    As Django's own test client does, the end of the request is kept from closing the connection of the test's transaction.
    """
    headers = {"Authorization": f"Bearer {token}"}
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with transaction.atomic():
        response = case.call(headers=headers)
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS, headers=headers)
    return int(response.status_code)


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", sorted(OPERATIONS))
@settings(max_examples=10, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_whatever_is_sent_the_answer_is_as_described(label: str, mode: GenerationMode, town: Town, data: Any) -> None:
    """No fault of ours, and status, media type and body as the description says, for valid and invalid requests."""
    try:
        case = data.draw(OPERATIONS[label].as_strategy(generation_mode=mode))
    except SkipTest:
        pytest.skip("nothing of this operation can be invalid")
    assert answered(case, town.tokens["filer"]) < 500


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_whatever_a_step_is_given_the_answer_is_as_described(city_case: Case, town: Town, data: Any) -> None:
    """Steps that are open to somebody, each given what it needs, partly with what nobody would expect."""
    name = data.draw(st.sampled_from(["dispatcher", "handler", "supervisor"]))
    token = {"Authorization": f"Bearer {town.tokens[name]}"}
    open_now = Client().get(f"/api/v1/cases/{city_case.uid}", headers=token).json()["steps"]
    if not open_now:
        return
    step = data.draw(st.sampled_from(open_now))
    case = data.draw(OPERATIONS["POST /api/v1/cases/{uid}/steps/{step}"].as_strategy())
    case.path_parameters = {"uid": str(city_case.uid), "step": step["name"]}
    odd = case.body if isinstance(case.body, dict) else {}
    likely = {name: LIKELY[name] for name in step["needs"]}
    case.body = likely | {name: value for name, value in odd.items() if name in {*step["needs"], *step["asks"]}}

    assert answered(case, town.tokens[name]) < 500


@pytest.mark.slow
@settings(max_examples=30, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_whatever_is_reported_the_answer_is_as_described(town: Town, data: Any) -> None:
    case = data.draw(OPERATIONS["POST /api/v1/cases"].as_strategy(generation_mode=GenerationMode.POSITIVE))
    case.body = {**case.body, "category": data.draw(st.sampled_from(["06010", "07001"])), "photos": []}
    case.body |= data.draw(
        st.sampled_from([{}, INSIDE, {"lon": None, "lat": None, "address": "西湖路"}, {"answers": {}}])
    )
    assert answered(case, town.tokens["walker"]) < 500


@pytest.fixture
def city_case(town: Town) -> Case:
    """A case that a unit has accepted: most steps begin here."""
    case = town.report(LONG_AGO)
    for name, step, given_values in (
        ("filer", "file", {"category": "06010"}),
        ("dispatcher", "dispatch", {"unit": "HW"}),
        ("handler", "accept", {}),
    ):
        case = actions.take(case.uid, step, by=town.people[name], at=LONG_AGO, given=given_values)
    return case


LIKELY = {
    "category": "06010", "unit": "CG", "units": ["CG"], "note": "看过", "reason": "另有原因", "plan": "月底前完成",
    "person": "handler", "review_on": "2030-01-01", "into": "A000001", "amount": 1, "unit_of_time": "work_day",
    "whistle_kind": "emergency", "place": "西湖路口", "meet_at": "2030-01-01T09:00:00+08:00", "score": 90,
    "ground": "lateness", "verdict": "granted", "party": "市场物业公司", "answer_by": "2030-01-02T09:00:00+08:00",
    "forward": "01a20000-0000-7000-8000-000000000000",
}  # fmt: skip
PLACES = [
    "/cases", "/cases/{uid}", "/cases/{uid}/steps", "/me", "/me/inbox", "/categories", "/categories/07001", "/units", "/grids",
    "/points", "/people",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_what_is_shown_is_what_the_description_promises(place: str, city_case: Case, program: Any) -> None:
    told = description()
    template = f"/api/v1{place}".replace("07001", "{word}")
    promised = told["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    resource = Resource.from_contents(told, default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:api", resource)

    shown = program("handler").get(place.format(uid=city_case.uid)).json()

    absolute = json.loads(json.dumps(promised).replace('"#/', '"urn:api#/'))
    jsonschema.Draft202012Validator(absolute, registry=registry).validate(shown)
    assert shown.get("items", ["one"])
