"""What other servers and clients have added to GeoReport: feed, order, door, private requests, more of a request, whole files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from civicloop.api.open311.bulk import FIELDS
from civicloop.api.open311.showing import mercator
from civicloop.residents.models import Report, ReportPhoto
from civicloop.standards import actions as standards
from tests.cast import City
from tests.open311.conftest import HERE, Program, ago, program_with, spark, told
from tests.open311.test_asking import ids, reported
from tests.open311.test_privacy import _whole
from tests.open311.test_reading import set_parameter
from tests.open311.test_sending import case_of, picture

pytestmark = pytest.mark.django_db
POINT = "{http://www.georss.org/georss}point"


def ask(city: City, code: str, part: str = "asked", **more: Any) -> None:
    usual: dict[str, Any] = {"text": f"问{code}", "datatype": "string", "required": False, "values": [], "order": 1}
    standards.set_question(
        category=city.litter, code=code, part=part, **{**usual, **more}, by=city.system_admin, at=timezone.now()
    )


def test_a_notice_is_not_variable_and_asks_for_no_answer(city: City, program: Program) -> None:
    ask(city, "SAFE", "notice", text="有危险请先打110", required=True)
    ask(city, "LEFT", order=2, required=True, hint="如：左侧")
    notice, question = program.get("services/06010.json")["attributes"]

    assert (notice["variable"], notice["required"], notice["code"]) == (False, False, "SAFE")
    assert (question["variable"], question["required"], question["datatype_description"]) == (True, True, "如：左侧")
    assert program.get("services/06010.xml")["attributes"][0]["variable"] == "false"
    number = program.report(**{"attribute[LEFT]": "左", "attribute[SAFE]": "知道"})
    assert case_of(number).answers == {"LEFT": "左"}


def test_what_programs_fill_in_says_so_and_is_not_shown(city: City, program: Program) -> None:
    ask(city, "asset", "server_set", required=True)
    ask(city, "layer", "hidden_field", order=2)
    found = program.get("services/06010.json")["attributes"]
    number = program.report(**{"attribute[asset]": "灯杆7号"})

    assert [one["automated"] for one in found] == ["server_set", "hidden_field"]
    program.post(status=400, service_code="06010", description="x", **HERE)
    assert case_of(number).answers == {"asset": "灯杆7号"}
    assert "灯杆7号" not in str(program.get("requests.json", extensions="true"))
    assert city.report().answers == {}, "people are not asked for what programs fill in"


@pytest.mark.parametrize(
    ("datatype", "sent", "kept"),
    [
        ("string", "一句", "一句"), ("text", "两\n行", "两\n行"), ("number", "3.5", 3.5), ("singlevaluelist", "1", "1"),
        ("datetime", "2026-11-23T09:00:00+08:00", "2026-11-23T09:00:00+08:00"), ("multivaluelist", ["1", "2"], ["1", "2"]),
    ],
)  # fmt: skip
def test_every_datatype_is_asked_and_taken(city: City, program: Program, datatype: str, sent: Any, kept: Any) -> None:
    values = [{"key": "1", "name": "少"}, {"key": "2", "name": "多"}] if "list" in datatype else []
    ask(city, "Q", datatype=datatype, values=values, required=True)
    found = program.get("services/06010.json")["attributes"][0]

    assert (found["datatype"], "values" in found) == (datatype, bool(values))
    number = program.report(**{"attribute[Q][]" if isinstance(sent, list) else "attribute[Q]": sent})
    assert case_of(number).answers == {"Q": kept}


def test_staff_services_say_so(city: City, program: Program) -> None:
    set_parameter(city, "open311.staff", ["09009"])
    words = {one["service_code"]: (one["keywords"] or "").split(",") for one in program.get("services.json")}

    assert "staff" in words["09009"]
    assert "staff" not in words["06010"]


@pytest.mark.parametrize("form", ["xml", "json"])
def test_discovery_also_stands_above_the_versions(program: Program, form: str) -> None:
    assert told(program.raw("get", f"/open311/discovery.{form}")) == program.get(f"discovery.{form}")


def test_the_order_is_chosen(city: City, program: Program) -> None:
    first, second, third = (reported(program.report(), hours=3 - n) for n in range(3))
    city.walk("filed", case=case_of(first), at=timezone.now() + timedelta(seconds=5))

    assert (
        ids(program) == ids(program, sort="-requested_datetime") == ids(program, sort="desc") == [third, second, first]
    )
    assert ids(program, sort="requested_datetime") == ids(program, sort="created") == [first, second, third]
    assert ids(program, sort="-updated_datetime")[0] == first
    assert ids(program, sort="updated")[-1] == first
    assert ids(program, sort="-created", page=2, page_size=2) == [first]
    assert "sort=-created" in program.raw("get", "requests.json", {"sort": "-created", "page_size": 1})["Link"]
    program.refused("requests.xml", 400, sort="name")


def test_by_the_door_it_came_through(city: City, program: Program) -> None:
    sent = program.report()
    there = city.report(source="resident", at=timezone.now()).number

    assert ids(program, interface_used="fixmystreet") == [sent]
    assert set(ids(program, interface_used="resident")) == {sent, there}
    assert ids(program, interface_used="nothing") == []


def test_extensions_tell_place_door_and_photos_as_other_servers_do(city: City, program: Program) -> None:
    number = program.report(media=picture())
    ReportPhoto.objects.update(state="accepted")
    city.walk("dispatched", case=case_of(number), at=timezone.now())
    found = program.get(f"requests/{number}.json", extensions="true")[0]

    assert found["interface_used"] == "FixMyStreet"
    assert found["agency_sent_datetime"]
    assert found["comment_count"] == len(found["notes"]) >= 2
    assert found["non_public"] is False
    place, photo = found["extended_attributes"], found["extended_attributes"]["photos"][0]
    assert (place["x"], place["y"]) == mercator(HERE["long"], HERE["lat"])
    assert (photo["orientation"], photo["title"]) == ("landscape", "Submitted")
    assert (photo["width"], photo["height"]) == (64, 48)


def test_mercator_is_that_of_the_maps() -> None:
    """The corners of the world's square, and the parallel of 45 degrees, as tables of EPSG:3857 have them."""
    assert mercator(180, 0) == (20037508.3, 0)
    assert mercator(1, 45) == (111319.5, 5621521.5)


def test_a_client_sees_its_own_private_request_by_its_id_and_nobody_else_does(program: Program) -> None:
    hidden, shown = program.report(non_public="1", media=picture()), program.report()
    ReportPhoto.objects.update(state="accepted")
    other = program_with()
    mine = program.get(f"requests/{hidden}.json", api_key=program.key, extensions="true")[0]

    assert (mine["service_request_id"], mine["non_public"], mine["media_url"]) == (hidden, True, None)
    assert mine["extended_attributes"]["photos"] == []
    both = program.get("requests.xml", service_request_id=f"{hidden},{shown}", api_key=program.key)
    assert {one["service_request_id"] for one in both} == {hidden, shown}
    other.refused(f"requests/{hidden}.json", 404, api_key=other.key)
    assert program.get("requests.json", api_key=program.key)[0]["service_request_id"] == shown
    assert len(program.get("requests.json", api_key=program.key)) == 1, "the list is the public's"
    program.refused(f"requests/{hidden}.xml", 403, api_key="wrong")


def test_the_feed_says_what_the_list_says_with_places(city: City, program: Program) -> None:
    number = program.report(description="两堆 <b>垃圾</b> & 13800138000", address_string="莲花路")
    program.report(non_public="1", description="不公开")
    program.post(service_code="06010", description="https://a.example https://b.example 广告", **HERE)
    answer = program.raw("get", "requests.rss")
    channel = ElementTree.fromstring(answer.content).find("channel")
    items = channel.findall("item")

    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert [one.findtext("guid") for one in items] == [number]
    assert items[0].findtext("title").endswith("莲花路")
    assert "<b>垃圾</b> & 138****8000" in items[0].findtext("description")
    assert items[0].findtext(POINT) == f"{HERE['lat']} {HERE['long']}"
    assert program.raw("get", items[0].findtext("link").removeprefix("http://testserver")).status_code == 200
    assert abs(parsedate_to_datetime(items[0].findtext("pubDate")) - timezone.now()) < timedelta(minutes=1)
    assert channel.findtext("language") == "en"


def test_the_feed_takes_filters_and_refuses_in_xml(program: Program) -> None:
    numbers = [program.report() for _ in range(22)]
    items = ElementTree.fromstring(program.raw("get", "requests.rss").content).findall("channel/item")
    two = ElementTree.fromstring(program.raw("get", "requests.rss", {"page_size": 2}).content).findall("channel/item")

    assert [one.findtext("guid") for one in items] == numbers[:1:-1]
    assert len(two) == 2
    assert program.raw("get", "requests.rss", {"status": "closed"}).content.count(b"<item>") == 0
    refused = program.raw("get", "requests.rss", {"start_date": "rubbish"})
    assert (refused.status_code, told(refused)[0]["code"]) == (400, "400")
    assert told(program.raw("get", "nothing.rss"))[0]["code"] == "404"


def test_the_whole_file_is_the_same_in_three_formats(city: City, program: Program) -> None:
    first, second = program.report(description="<莲花> & 路"), program.report()
    city.walk("closed", case=case_of(first), at=timezone.now())
    table = list(csv.DictReader(io.StringIO(_whole(program.raw("get", "bulk/requests.csv")).lstrip("\ufeff"))))
    answer = program.raw("get", "bulk/requests.xml")
    root = ElementTree.fromstring(_whole(answer))
    rows = spark(root)

    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert root.tag == "service_requests"
    assert (
        [one["service_request_id"] for one in rows] == [one["service_request_id"] for one in table] == [second, first]
    )
    assert tuple(rows[0]) == tuple(table[0]) == FIELDS
    for one, line in zip(rows, table, strict=True):
        assert {name: value or "" for name, value in one.items()} == line
    assert [one["status_description"] for one in rows] == ["Open", "Closed"]
    assert rows[1]["status_notes"] == "Put right, checked and closed."
    assert [bool(one["closed_date"]) for one in rows] == [False, True]
    assert spark(ElementTree.fromstring(_whole(program.raw("get", "bulk/requests.xml", {"service_code": "x"})))) == []


def test_updates_name_the_category_and_the_clients_own_id_to_it_alone(city: City, program: Program) -> None:
    number = program.report(**{"attribute[fixmystreet_id]": "4711"})
    keyed = {"api_key": program.key, "service_code": "06010", "description": "x", **HERE}
    program.raw("post", "requests.json", keyed, headers={"Idempotency-Key": "no-number"})
    window = {"start_date": ago(hours=1), "end_date": ago(hours=-1)}
    theirs = program.get("servicerequestupdates.json", api_key=program.key, **window)
    open_to_all = program.get("servicerequestupdates.json", **window)

    assert {one["service_request_id"]: one["fixmystreet_id"] for one in theirs}[number] == "4711"
    assert {one["fixmystreet_id"] for one in theirs} == {"4711", None}
    assert {one["fixmystreet_id"] for one in open_to_all} == {None}
    assert theirs[0]["customer_reference"] == theirs[0]["service_request_id"]
    assert theirs[0]["extras"]["category"] == program.get("requests.json")[0]["service_name"]
    assert Report.objects.count() == 2
