"""What few servers have: three types of services, JSONP, postal codes, addresses by their id."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.organisation.actions import bump
from civicloop.organisation.models import Point
from civicloop.residents.models import Open311Request
from civicloop.standards.models import Category, Pack
from tests.cast import SOUTH, WEST, City
from tests.open311.conftest import HERE, Program, program_with
from tests.open311.test_reading import set_parameter

pytestmark = pytest.mark.django_db
LITTER = {"service_code": "06010", "description": "Rubbish", **HERE}
TEST = "/open311/test/v2"


def typed(program: Program) -> dict[str, str]:
    return {one["service_code"]: one["type"] for one in program.get("services.json")}


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_batch_service_answers_with_a_token_and_the_token_with_the_id(
    city: City, program: Program, form: str
) -> None:
    set_parameter(city, "open311.batch", ["06010"])
    assert typed(program) == {"06010": "batch", "09009": "realtime", "06001": "realtime", "09999": "realtime"}

    answer = program.post(f"requests.{form}", **LITTER)[0]

    assert set(answer) == {"token", "service_notice", "account_id"}
    case = Case.objects.get()
    assert program.get(f"tokens/{answer['token']}.{form}") == [
        {"service_request_id": f"A{case.pk:06d}", "token": answer["token"]}
    ]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_blackbox_service_answers_with_neither_and_the_report_is_there(
    city: City, program: Program, form: str
) -> None:
    set_parameter(city, "open311.blackbox", ["06010"])
    assert typed(program)["06010"] == "blackbox"

    answer = program.post(f"requests.{form}", **LITTER)[0]

    assert set(answer) == {"service_notice", "account_id"}
    assert "no id" in answer["service_notice"]
    assert Case.objects.get().description == "Rubbish"
    token = Open311Request.objects.get().token
    assert program.refused(f"tokens/{token}.json", 404)[0]["code"] == 404


def test_a_service_of_both_types_is_a_blackbox(city: City, program: Program) -> None:
    set_parameter(city, "open311.batch", ["06010"])
    set_parameter(city, "open311.blackbox", ["06010"])

    assert typed(program)["06010"] == "blackbox"


def test_trying_out_a_batch_service_answers_as_it_would(city: City) -> None:
    set_parameter(city, "open311.batch", ["06010"])
    trying = program_with(TEST, test=True)
    token = trying.post(**LITTER)[0]["token"]

    assert trying.get(f"tokens/{token}.json")[0]["service_request_id"] == token
    assert trying.get(f"requests/{token}.json")[0]["description"] == "Rubbish"
    assert not Case.objects.exists()


def test_a_group_is_the_class_in_words_of_the_readers_language(city: City, program: Program) -> None:
    majors = [{"kind": "matter", "code": "06", "name": {"zh_Hans": "市容环境", "en": "City appearance"}}]
    Pack.objects.filter(code="small").update(content={"majors": majors})
    Category.objects.filter(code="06010").update(major="06")
    Category.objects.filter(code="09009").update(major="09")
    bump("standards")
    groups = {one["service_code"]: one for one in program.get("services.json")}

    assert groups["06010"]["group"] == "City appearance"
    assert "City appearance" in groups["06010"]["keywords"]
    assert (groups["09009"]["group"], groups["06001"]["group"]) == ("09", None)  # one no pack names, one without
    program.language = "zh-hans"
    assert {one["service_code"]: one["group"] for one in program.get("services.xml")}["06010"] == "市容环境"


@pytest.mark.parametrize("name", ["jsonp", "callback"])
def test_json_may_be_asked_for_as_a_script(program: Program, name: str) -> None:
    program.report(description="one </script>")
    Case.objects.update(address="before\u2028after")  # as it came in years ago: the door makes a line of it today
    answer = program.raw("get", "requests.json", {name: "city.shown_2"})

    assert answer["Content-Type"] == "application/javascript; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    told = re.fullmatch(r"/\*\*/city\.shown_2\((.*)\);", answer.content.decode())
    assert told
    assert "\u2028" not in told[1]
    assert json.loads(told[1]) == program.get("requests.json")


@pytest.mark.parametrize("name", ["alert(1)", "a b", "1a", "a..b", "x" * 200, "a;b", "<script>", "été", "a[0]"])
def test_only_the_name_of_a_function_is_called(program: Program, name: str) -> None:
    answer = program.raw("get", "services.json", {"jsonp": name})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert name.encode() not in answer.content


def test_a_refusal_is_a_script_as_well_and_xml_and_posts_never_are(program: Program) -> None:
    gone = program.raw("get", "requests/A999999.json", {"jsonp": "shown"})
    assert gone.status_code == 404
    assert gone.content.startswith(b'/**/shown([{"code":404')
    assert program.raw("get", "services.xml", {"jsonp": "shown"})["Content-Type"].startswith("text/xml")
    sent = program.raw("post", "requests.json?jsonp=shown", {"api_key": program.key, **LITTER})
    assert sent["Content-Type"] == "application/json; charset=utf-8"


def test_a_long_file_may_be_asked_for_as_a_script(program: Program) -> None:
    for text in ("one", "two"):
        program.report(description=text)
    Case.objects.filter(description="one").update(address="before\u2028after")  # as it came in years ago
    answer = program.raw("get", "bulk/requests.json", {"jsonp": "shown"})
    script = answer.getvalue().decode()

    assert answer["Content-Type"] == "application/javascript; charset=utf-8"
    assert "Content-Disposition" not in answer
    assert "\u2028" not in script
    told = json.loads(script.removeprefix("/**/shown(").removesuffix(");"))
    assert {(one["description"], one["address"]) for one in told} == {("one", "before\u2028after"), ("two", None)}
    assert program.raw("get", "bulk/requests.csv", {"jsonp": "shown"})["Content-Type"] == "text/csv; charset=utf-8"


def test_the_postal_code_is_that_of_the_ground(city: City, program: Program) -> None:
    number = program.report()
    nowhere = program.report(lat="", long="", address_string="莲花路5号")
    assert shown(program, number)["zipcode"] is None

    set_parameter(city, "open311.zipcodes", {"": "361100"})
    assert [shown(program, one)["zipcode"] for one in (number, nowhere)] == ["361100", "361100"]
    set_parameter(city, "open311.zipcodes", {"": "361100", city.lotus.code: "361101"})
    assert [shown(program, one)["zipcode"] for one in (number, nowhere)] == ["361101", "361100"]
    actions.void(Case.objects.get(pk=int(number[1:])).uid, reason="辱骂", by=city.filer, at=timezone.now())
    assert shown(program, number)["zipcode"] is None


def test_an_address_that_was_named_by_its_id_is_told_by_it(city: City, program: Program) -> None:
    point = Point.objects.create(
        code="P7", name="莲花广场", point_type="square", lon=WEST + 0.004, lat=SOUTH + 0.004, unit=city.lotus
    )
    number = program.report(lat="", long="", address_id="P7")

    assert Case.objects.get().point == point
    for form in ("json", "xml"):
        assert program.get(f"requests/{number}.{form}")[0]["address_id"] == "P7"
    assert shown(program, program.report())["address_id"] is None


def shown(program: Program, number: str) -> Any:
    return program.get(f"requests/{number}.json")[0]
