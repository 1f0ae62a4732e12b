"""Clients of the outside: what FixMyStreet does in a day, word for word, and the library `georeport` over a real connection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from civicloop.api.open311.openapi import described
from civicloop.cases.models import Case
from tests.cast import City
from tests.open311.conftest import FORM, HERE, Program, add_questions, ago

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


class FixMyStreet:
    """Speaks only XML, puts brackets percent-encoded, sends CRLF, repeats `media_url`, polls, and gives its key in the address."""

    def __init__(self, key: str, root: str = "/open311/v2/") -> None:
        self.key, self.root, self.client = key, root, Client()

    def get(self, path: str, **asked: str) -> ElementTree.Element:
        query = urlencode({"jurisdiction_id": "", **asked})
        answer = self.client.get(f"{self.root}{path}.xml?{query}")
        assert answer.status_code == 200, answer.content
        return ElementTree.fromstring(answer.content)

    def populate(self) -> dict[str, dict[str, str]]:
        """Services with their extra questions, as `PopulateServiceList` reads them."""
        found = {}
        for service in self.get("services").iter("service"):
            told = {child.tag: child.text or "" for child in service}
            keywords = {word.strip() for word in told["keywords"].split(",")}
            if "inactive" in keywords:
                continue
            told["asked"] = ",".join(
                one.findtext("code", "")
                for one in (
                    self.get(f"services/{told['service_code']}").iter("attribute") if told["metadata"] == "true" else ()
                )
            )
            found[told["service_code"]] = told
        return found

    def send(self, code: str, **extra: str) -> str:
        """One report; the answer's id or token, as `send_service_request` finds it."""
        fields = [
            ("api_key", self.key), ("jurisdiction_id", ""), ("service_code", code), ("email", "user@mail.example"),
            ("first_name", "A"), ("last_name", "B"), ("phone", ""), ("deviceid", "1"),
            ("description", "title: 垃圾\r\n\r\ndetail: 两堆\r\n\r\nurl: https://fms.example/report/1\r\n"),
            ("address_id", "#NOTPINPOINTED#"), ("lat", str(HERE["lat"])), ("long", str(HERE["long"])),
            ("media_url", "https://fms.example/photo/1.0.jpeg"), ("media_url", "https://fms.example/photo/1.1.jpeg"),
            *((f"attribute[{name}]", value) for name, value in extra.items()),
        ]  # fmt: skip
        answer = self.client.post(f"{self.root}requests.xml", urlencode(fields), content_type=FORM)
        assert answer.status_code < 300, answer.content
        told = ElementTree.fromstring(answer.content)
        return str(told.findtext("request/service_request_id") or told.findtext("request/token"))

    def comments(self, hours: float) -> list[dict[str, str]]:
        """`GetServiceRequestUpdates`: updates within the window, by their id."""
        end = timezone.now()
        window = {"start_date": (end - timedelta(hours=hours)).isoformat(timespec="seconds"),
                  "end_date": end.isoformat(timespec="seconds"), "api_key": self.key}  # fmt: skip
        found = self.get("servicerequestupdates", **window)
        return [{child.tag: child.text or "" for child in one} for one in found.iter("request_update")]


@pytest.mark.django_db
def test_a_day_of_fixmystreet(city: City, program: Program) -> None:
    add_questions(city)
    fms = FixMyStreet(program.key)
    assert fms.get("discovery").findtext("endpoints/endpoint/specification") == SPECIFICATION
    services = fms.populate()
    assert services["06010"]["asked"] == "MUCH,KINDS,NOTE"

    number = fms.send("06010", MUCH="1", fixmystreet_id="1")
    assert fms.send("06010", MUCH="1", fixmystreet_id="1") == number
    case = Case.objects.get()
    assert "detail: 两堆" in case.description
    city.walk("closed", case=case, at=timezone.now() - timedelta(hours=2))
    told = fms.comments(24)
    assert {one["service_request_id"] for one in told} == {number}
    assert {"open", "in_progress", "fixed"} <= {one["status"] for one in told}
    assert all(one["description"] for one in told)

    fetched = fms.get("requests", start_date=ago(hours=1), end_date=ago(hours=-1))
    assert [one.findtext("service_request_id") for one in fetched] == [number]
    assert all(one.findtext("lat") and one.findtext("long") for one in fetched)


@pytest.mark.django_db
def test_an_error_can_be_shown_to_its_operator(city: City) -> None:
    answer = Client().post("/open311/v2/requests.xml", {"api_key": "wrong"})

    assert answer.status_code == 403
    assert ElementTree.fromstring(answer.content).findtext("error/description")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_library_georeport_reads_everything(city: City, live_server: Any, form: str) -> None:
    georeport = pytest.importorskip("georeport", reason="the client library is not installed")
    from tests.open311.conftest import program_with

    add_questions(city)
    program = program_with()
    numbers = [program.report(**{"attribute[MUCH]": "1"}) for _ in range(2)]
    client = georeport.GeoReport(f"{live_server.url}/open311/v2", output_format=form)

    assert {one["service_code"] for one in client.get_service_list()} == {"06010", "09009", "06001", "09999"}
    assert client.get_service_definition("06010")["service_code"] == "06010"
    found = client.get_service_requests(status="open")
    assert [one["service_request_id"] for one in found] == numbers[::-1]
    one = client.get_service_request(numbers[0])
    assert numbers[0] in str(one)


SCHEMA = schemathesis.openapi.from_dict(described("http://testserver/open311/v2"))
SCHEMA.app = get_wsgi_application()
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(OPERATIONS))
@settings(max_examples=25, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_whatever_the_description_allows_is_no_fault_of_ours(
    label: str, city: City, program: Program, data: Any
) -> None:
    number = city.report(source="resident", at=timezone.now()).number
    case = data.draw(OPERATIONS[label].as_strategy())
    # Half of the time with what leads past the first check: a service there is, a case there is, a place within the city.
    likely = {"service_code": "06010", **{name: str(value) for name, value in HERE.items()}, "service_request_id": number,
              "update_id": "1", "status": "OPEN", "updated_datetime": ago(hours=1), "token": "x"}  # fmt: skip
    if data.draw(st.booleans()):
        for name in set(case.path_parameters or ()) & set(likely):
            case.path_parameters[name] = likely[name]
        if isinstance(case.body, dict):
            case.body |= likely
    if isinstance(case.body, dict):
        case.body["api_key"] = program.key
    cache.clear()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with transaction.atomic():
        response = case.call(base_url="http://testserver/open311/v2")
        transaction.set_rollback(True)
    assert response.status_code < 500, response.content
