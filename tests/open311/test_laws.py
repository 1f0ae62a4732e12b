"""Laws: both formats say the same whatever stands in a case, and nothing anybody asks is answered with a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civicloop.api.open311.openapi import described
from civicloop.api.open311.writing import ITEMS, Told, as_json, as_xml, plain
from tests.cast import City
from tests.open311.conftest import FORM, HERE, Program, add_questions, spark, untyped

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
# What a text can hold that came through the door; XML cannot hold the others at all.
TEXTS = st.text(max_size=60).map(plain)
NAMES = st.sampled_from(["status", "description", "address", "code", "value", "label", "lat"])
LEAVES = st.one_of(st.none(), st.booleans(), TEXTS, st.integers(-(10**9), 10**9), st.floats(-180, 180))
ROWS = st.dictionaries(NAMES, LEAVES, min_size=1, max_size=5)
LISTS = st.sampled_from(sorted(set(ITEMS) - {"groups"}))


def normal(value: Any) -> Any:
    """Numbers as Python writes them, and texts as an XML reader hands them on."""
    return untyped(value)


@given(
    root=LISTS,
    rows=st.lists(st.builds(lambda row, name, inner: {**row, name: inner}, ROWS, LISTS, st.lists(ROWS, max_size=3))),
)
def test_xml_read_by_the_spark_convention_is_the_json(root: str, rows: list[dict[str, Any]]) -> None:
    answer = Told(root, rows)

    assert spark(ElementTree.fromstring(as_xml(answer))) == normal(json.loads(as_json(answer)))


@given(links=st.lists(TEXTS.filter(bool), min_size=2, max_size=4))
def test_several_of_one_name_are_repeated_elements(links: list[str]) -> None:
    row = {"status": "open", "media_url": links}

    assert spark(ElementTree.fromstring(as_xml(Told("service_requests", [row])))) == [row]


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=SLOW)
@given(description=st.text(min_size=1, max_size=200), address=st.text(max_size=80), much=st.sampled_from(["1", "2"]))
def test_random_requests_read_the_same_in_both_formats(
    city: City, program: Program, description: str, address: str, much: str
) -> None:
    from django.core.cache import cache

    cache.clear()
    answer = program.raw("post", "requests.json", {
        "api_key": program.key, "service_code": "06010", "description": description, "address_string": address,
        "attribute[MUCH]": much, **HERE,
    })  # fmt: skip
    assert answer.status_code in (201, 400), answer.content
    asked = {"extensions": "true"}
    assert untyped(program.get("requests.json", **asked)) == program.get("requests.xml", **asked)


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from([
        "", "0", "-1", "1e309", "nan", "inf", "9" * 40, "2026-02-30T00:00:00Z", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00Z",
        "2026-11-22T09:00:00+08:00", "2026-11-22T09:00:00 08:00", "A000001", "A1,A2", "'; drop table x; --", "\x00", "%00",
        "118,24,119,25", "180,-90,-180,90", "open", "true", "[]", "1,2,3,nan", "data:image/png;base64,AAAA",
    ]),
)  # fmt: skip
ARGUMENTS = [
    "jurisdiction_id", "api_key", "service_request_id", "service_code", "start_date", "end_date", "status", "updated_after",
    "updated_before", "lat", "long", "radius", "bbox", "q", "agency_responsible", "has_photo", "extensions", "page",
    "page_size", "limit", "offset", "sort", "interface_used", "max_requests", "attribute[MUCH]", "attribute[MUCH][]",
    "attribute[", "media_url", "description", "address_string", "address_id", "update_id", "updated_datetime", "email",
    "phone", "non_public", "media",
]  # fmt: skip
PATHS = [
    "discovery", "services", "services/06010", "services/x", "requests", "requests/A000001", "requests/x", "tokens/x",
    "servicerequestupdates", "bulk/requests", "openapi", "nothing",
]  # fmt: skip
ASKED = st.dictionaries(st.sampled_from(ARGUMENTS), st.one_of(HOSTILE, st.lists(HOSTILE, max_size=3)), max_size=6)


@pytest.mark.django_db
@settings(max_examples=250, suppress_health_check=SLOW)
@given(path=st.sampled_from(PATHS), form=st.sampled_from(["json", "xml", "csv", "rss"]), method=st.sampled_from(["get", "post"]),
       asked=ASKED, keyed=st.booleans())  # fmt: skip
def test_nothing_asked_is_answered_with_a_fault_of_ours(
    city: City, program: Program, path: str, form: str, method: str, asked: dict[str, Any], keyed: bool
) -> None:
    from django.core.cache import cache

    cache.clear()
    fields = {**asked, **({"api_key": program.key, "service_code": "06010"} if keyed else {})}
    answer = program.raw(method, f"{path}.{form}", fields)

    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400 and form in ("json", "xml"):
        errors = json.loads(answer.content) if form == "json" else spark(ElementTree.fromstring(answer.content))
        assert errors
        assert all(str(one["code"]).isdigit() and one["description"] for one in errors)


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=SLOW)
@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)), kind=st.sampled_from([
    FORM, "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/plain", "",
]))  # fmt: skip
def test_no_body_is_answered_with_a_fault_of_ours(city: City, program: Program, body: bytes, kind: str) -> None:
    from django.core.cache import cache

    cache.clear()
    for path in ("requests.xml", "servicerequestupdates.json"):
        answer = program.raw("post", f"{path}?api_key={program.key}", body, content_type=kind)
        assert 400 <= answer.status_code < 500, answer.content


@pytest.mark.django_db
def test_every_address_of_the_description_is_there(city: City, program: Program) -> None:
    add_questions(city)
    paths = described("x")["paths"]
    assert len(paths) == 9
    names = {"{service_code}": "06010", "{token}": "x", "{service_request_id}": "A000001"}
    for path, methods in paths.items():
        for name, value in names.items():
            path = path.replace(name, value)
        for form in ("xml", "json"):
            for method in methods:
                answer = program.raw(method, path.replace("{format}", form).lstrip("/"))
                assert answer.status_code in (200, 403, 404)
                assert b"nothing at this address" not in answer.getvalue()
    told = program.raw("get", "openapi.json")
    assert json.loads(told.content)["servers"] == [{"url": "http://testserver/open311/v2"}]
