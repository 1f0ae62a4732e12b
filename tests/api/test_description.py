"""The API does what its description says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import SkipTest

import jsonschema
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.api.town import Town


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
    told = description()

    def look(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                target: Any = told
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
            for value in node.values():
                look(value)
        elif isinstance(node, list):
            for value in node:
                look(value)

    look(told)


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


@pytest.fixture(autouse=True)
def _keeps_the_tests_connection() -> Iterator[None]:
    """As Django's own test client does: the end of a request must not close the connection of the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", sorted(OPERATIONS))
@settings(max_examples=15, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_whatever_is_sent_the_answer_is_as_described(label: str, mode: GenerationMode, town: Town, data: Any) -> None:
    """No fault of ours, and status, media type and body as the description says, for valid and invalid requests."""
    try:
        case = data.draw(OPERATIONS[label].as_strategy(generation_mode=mode))
    except SkipTest:
        pytest.skip("nothing of this operation can be invalid")
    token = {"Authorization": f"Bearer {town.tokens['filer']}"}

    response = case.call(headers=token)

    case.validate_response(response, checks=CHECKS, headers=token)
