"""What every client reads: discovery, services, definitions, requests, in both formats."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.standards import actions as standards
from tests.cast import City
from tests.open311.conftest import HERE, Program, add_questions, untyped

pytestmark = pytest.mark.django_db

W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
FIELDS = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat",
    "long", "media_url",
]  # fmt: skip


def set_parameter(city: City, name: str, value: Any) -> None:
    standards.set_parameter(name=name, value=value, by=city.system_admin, at=timezone.now())


@pytest.mark.parametrize("form", ["xml", "json"])
def test_discovery_names_both_endpoints_formats_and_the_exact_specification(program: Program, form: str) -> None:
    found = program.get(f"discovery.{form}")

    assert set(found) >= {"changeset", "contact", "key_service", "endpoints"}
    assert [one["type"] for one in found["endpoints"]] == ["production", "test"]
    for one in found["endpoints"]:
        assert one["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert one["formats"] == ["text/xml", "application/json"]
        assert one["url"].endswith("/v2")
        assert program.raw("get", one["url"].removeprefix("http://testserver") + "/services.json").status_code == 200
    assert datetime.fromisoformat(found["changeset"]) <= timezone.now()


def test_changeset_moves_when_a_service_changes_and_sorts_as_text(city: City, program: Program) -> None:
    before = program.get("discovery.json")["changeset"]
    set_parameter(city, "open311.services", ["06010"])
    after = program.get("discovery.json")["changeset"]

    assert before < after
    assert [one["service_code"] for one in program.get("services.json")] == ["06010"]


def test_services_are_the_categories_in_use_with_what_clients_read(city: City, program: Program) -> None:
    add_questions(city)
    found = {one["service_code"]: one for one in program.get("services.json")}

    assert set(found) == {"06010", "09009", "06001", "09999"}
    assert list(found["06010"]) == [
        "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
    ]  # fmt: skip
    assert (found["06010"]["metadata"], found["09009"]["metadata"]) == (True, False)
    assert {one["type"] for one in found.values()} == {"realtime"}


def test_private_and_inactive_services_say_so_in_their_keywords(city: City, program: Program) -> None:
    set_parameter(city, "open311.private", ["09009"])
    city.building.active = False
    city.building.save()
    set_parameter(city, "open311.contact", "12345")
    words = {one["service_code"]: (one["keywords"] or "").split(",") for one in program.get("services.xml")}

    assert "private" in words["09009"]
    assert "inactive" in words["06001"]
    assert not {"private", "inactive"} & set(words["06010"])


def test_services_at_a_place_outside_the_city_are_none(program: Program) -> None:
    assert len(program.get("services.json", **HERE)) == 4
    assert program.get("services.xml", lat=10, long=10) == []
    program.refused("services.json", 400, lat=10)
    program.refused("services.xml", 400, lat=100, long=10)


def test_a_definition_has_its_questions_in_order_with_their_values(city: City, program: Program) -> None:
    add_questions(city)
    found = program.get("services/06010.json")

    assert found["service_code"] == "06010"
    assert [one["order"] for one in found["attributes"]] == [1, 2, 3]
    assert found["attributes"][0] == {
        "variable": True, "code": "MUCH", "datatype": "singlevaluelist", "required": True, "datatype_description": None, "order": 1,
        "description": "question 0", "values": [{"key": "1", "name": "little"}, {"key": "2", "name": "much"}],
    }  # fmt: skip
    assert "values" not in found["attributes"][2]
    assert program.get("services/09009.xml") == {"service_code": "09009", "attributes": []}
    assert program.refused("services/NONE.json", 404)[0]["code"] == 404


def test_a_request_has_every_field_in_the_order_of_the_standard(city: City, program: Program) -> None:
    number = program.report(address_string="莲花路 1 号")
    for found in (program.get("requests.json"), program.get(f"requests/{number}.json")):
        assert len(found) == 1
        one = found[0]
        assert list(one) == FIELDS
        assert (one["service_request_id"], one["status"], one["service_code"]) == (number, "open", "06010")
        assert (one["lat"], one["long"], one["address"]) == (*HERE.values(), "莲花路 1 号")
        assert W3C.fullmatch(one["requested_datetime"])
        assert W3C.fullmatch(one["updated_datetime"])
        assert one["media_url"] is None


def test_the_deadline_of_the_unit_is_the_expected_time(city: City, program: Program) -> None:
    case = Case.objects.get(pk=int(program.report()[1:]))
    city.walk("accepted", case=case, at=timezone.now())
    case.refresh_from_db()
    found = program.get("requests.json")[0]

    assert datetime.fromisoformat(found["expected_datetime"]) == case.due_at.replace(microsecond=0)
    assert found["agency_responsible"] == "莲花镇"


@pytest.mark.parametrize("path", ["requests", "services", "services/06010", "discovery", "servicerequestupdates"])
def test_both_formats_say_the_same(city: City, program: Program, path: str) -> None:
    add_questions(city)
    program.report(**{"attribute[MUCH]": "1", "address_string": "<莲花路> & “一号”\u3000楼"})
    asked = {"extensions": "true"} if path == "requests" else {}

    assert untyped(program.get(f"{path}.json", **asked)) == program.get(f"{path}.xml", **asked)


def test_what_has_ended_is_closed_and_its_notes_say_how(city: City, program: Program) -> None:
    from civicloop.cases import actions

    kept, gone, main, same = (Case.objects.get(pk=int(program.report()[1:])) for _ in range(4))
    at = timezone.now()
    city.walk("closed", case=kept, at=at)
    actions.void(gone.uid, reason="没有这回事", by=city.filer, at=at)
    actions.merge(same.uid, into=main.uid, by=city.filer, at=at)
    found = {one["service_request_id"]: one for one in program.get("requests.json")}

    assert {found[one.number]["status"] for one in (kept, gone, same)} == {"closed"}
    assert found[main.number]["status"] == "open"
    assert found[same.number]["status_notes"].endswith(f"{main.number}.")
    assert found[kept.number]["status_notes"] == "Put right, checked and closed."
    assert found[gone.number]["description"] is None
    assert "没有这回事" not in str(found)
    assert datetime.fromisoformat(found[kept.number]["updated_datetime"]) == Case.objects.get(
        pk=kept.pk
    ).closed_at.replace(microsecond=0)
