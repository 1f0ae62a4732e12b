"""The questions GeoReport can ask of requests, and those it cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.organisation.actions import bump
from civicloop.residents.models import Report, ReportPhoto
from tests.cast import SOUTH, WEST, City
from tests.open311.conftest import Program, ago, told
from tests.open311.test_reading import set_parameter

pytestmark = pytest.mark.django_db


def reported(number: str, **much: float) -> str:
    """A request moved into the past."""
    moved = Case.objects.filter(pk=int(number[1:]))
    assert moved.update(reported_at=timezone.now() - timedelta(**much)) == 1
    return number


def ids(program: Program, **asked: Any) -> list[str]:
    found = program.get("requests.json", **asked)
    assert untyped_ids(program.get("requests.xml", **asked)) == untyped_ids(found)
    return untyped_ids(found)


def untyped_ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["service_request_id"] for one in found]


def test_newest_first_within_the_latest_ninety_days(program: Program) -> None:
    old, middle, new = (reported(program.report(), days=days) for days in (91, 89, 1))

    assert ids(program) == [new, middle]
    assert ids(program, start_date=ago(days=100), end_date=ago(days=20)) == [middle, old]
    assert ids(program, start_date=ago(days=95)) == [middle, old]
    assert ids(program, end_date=ago(days=88)) == [middle, old]


def test_a_moment_that_is_shown_finds_its_request_again(program: Program) -> None:
    number = program.report()
    shown = program.get("requests.json")[0]["requested_datetime"]

    assert ids(program, start_date=shown, end_date=shown) == [number]


@pytest.mark.parametrize(
    "asked",
    [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"},
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "2026-01-01"},
        {"start_date": "2026-01-01T00:00:00"},
        {"end_date": "yesterday"},
        {"updated_after": "2026-13-01T00:00:00Z"},
        {"status": "fixed"},
        {"lat": "24.7"},
        {"lat": "x", "long": "118"},
        {"lat": "nan", "long": "118"},
        {"lat": "24.7", "long": "118.1", "radius": "0"},
        {"lat": "24.7", "long": "118.1", "radius": "1e9"},
        {"bbox": "1,2,3"},
        {"bbox": "118,25,119,24"},
        {"page": "0"},
        {"page": "-1"},
        {"page_size": "ten"},
        {"page": "999999999"},
        {"has_photo": "perhaps"},
        {"extensions": "perhaps"},
    ],
)
def test_what_cannot_be_read_is_refused_in_both_formats(program: Program, asked: dict[str, str]) -> None:
    for form in ("json", "xml"):
        errors = program.refused(f"requests.{form}", 400, **asked)
        assert int(errors[0]["code"]) == 400
        assert errors[0]["description"]


def test_ninety_days_to_the_second_are_not_too_many(program: Program) -> None:
    assert program.get("requests.json", start_date="2026-01-01T00:00:00Z", end_date="2026-04-01T00:00:00Z") == []


def test_an_empty_argument_counts_as_absent(program: Program) -> None:
    number = program.report()
    nothing = dict.fromkeys(
        ("start_date", "status", "service_code", "lat", "long", "page", "service_request_id", "bbox", "q"), ""
    )

    assert ids(program, **nothing) == [number]


def test_ids_override_everything_else(program: Program) -> None:
    first, second, third = program.report(), program.report(), program.report()
    reported(first, days=400)
    wanted = f"{first}, {int(second[1:])},A999999,nothing"

    assert ids(program, service_request_id=wanted, status="closed", start_date="rubbish") == [second, first]
    assert ids(program, service_request_id="nothing") == []
    assert third not in ids(program, service_request_id=wanted)


def test_by_service_and_status(city: City, program: Program) -> None:
    litter, parking = program.report(), program.report(service_code="09009")
    city.walk("closed", case=Case.objects.get(pk=int(parking[1:])), at=timezone.now(), unit="sanitation")

    assert ids(program, service_code="06010") == [litter]
    assert ids(program, service_code="09009,06010") == [parking, litter]
    assert ids(program, service_code="nothing") == []
    assert ids(program, status="open") == [litter]
    assert ids(program, status="CLOSED") == [parking]
    assert ids(program, status="open,closed") == [parking, litter]
    assert ids(program, agency_responsible="环卫中心") == [parking]
    assert ids(program, agency_responsible="nobody") == []


def test_by_place(program: Program) -> None:
    near = program.report()
    far = program.report(lat=SOUTH + 0.015, long=WEST + 0.015)
    here = {"lat": SOUTH + 0.005, "long": WEST + 0.005}

    assert ids(program, **here, radius=100) == [near]
    assert ids(program, **here) == [near]
    assert ids(program, **here, radius=3000) == [far, near]
    assert ids(program, bbox=f"{WEST},{SOUTH},{WEST + 0.01},{SOUTH + 0.01}") == [near]
    assert ids(program, bbox=f"{WEST + 0.01},{SOUTH},{WEST + 0.02},{SOUTH + 0.02}") == [far]


def test_by_words(program: Program) -> None:
    rubbish, _ = program.report(description="莲花市场门口垃圾"), program.report(description="别的")

    assert ids(program, q="市场") == [rubbish]
    assert ids(program, q="!!!") == []


def test_by_change(city: City, program: Program) -> None:
    still, moved = reported(program.report(), days=200), reported(program.report(), days=200)
    for number in (still, moved):
        Case.objects.get(pk=int(number[1:])).steps.update(at=timezone.now() - timedelta(days=200))
    city.walk("filed", case=Case.objects.get(pk=int(moved[1:])), at=timezone.now() - timedelta(hours=1))

    assert ids(program, updated_after=ago(days=1)) == [moved]
    assert ids(program, updated_after=ago(minutes=1)) == []
    assert ids(program, updated_after=ago(days=300)) == [moved, still]
    assert ids(program, updated_after=ago(days=300), updated_before=ago(days=2)) == [still]
    shown = program.get("requests.json", service_request_id=moved)[0]["updated_datetime"]
    assert ids(program, updated_after=shown, updated_before=shown) == [moved]


def test_what_has_ended_changed_when_it_ended(city: City, program: Program) -> None:
    case = Case.objects.get(pk=int(program.report()[1:]))
    city.walk("closed", case=case, at=timezone.now() - timedelta(hours=3))

    assert ids(program, updated_after=ago(hours=2)) == [case.number]
    assert ids(program, updated_after=ago(hours=1)) == []
    assert ids(program, updated_before=ago(hours=1)) == [case.number]


def test_pages_have_links_and_a_total_and_hold_every_request_once(program: Program) -> None:
    numbers = [program.report() for _ in range(5)]
    first = program.raw("get", "requests.json", {"page": 1, "page_size": 2, "status": "open"})
    third = program.raw("get", "requests.xml", {"page": 3, "page_size": 2})

    assert first["X-Total-Count"] == third["X-Total-Count"] == "5"
    assert 'page=2&page_size=2>; rel="next"' in first["Link"]
    assert 'rel="prev"' not in first["Link"]
    assert "status=open" in first["Link"]
    assert 'page=3&page_size=2>; rel="last"' in first["Link"]
    assert 'rel="next"' not in third["Link"]
    pages = [ids(program, page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert [one for page in pages for one in page] == numbers[::-1]
    assert ids(program, limit=2, offset=1) == numbers[::-1][1:3]
    assert ids(program, max_requests=1) == numbers[-1:]
    assert "X-Total-Count" not in program.raw("get", "requests.json")


def test_links_never_repeat_a_key(program: Program) -> None:
    for _ in range(2):
        program.report()
    answer = program.raw("get", "requests.json", {"page_size": 1, "api_key": program.key})

    assert "next" in answer["Link"]
    assert program.key not in answer["Link"]


def test_never_more_than_a_thousand(city: City, program: Program, django_assert_max_num_queries: Any) -> None:
    city.report(source="resident", at=timezone.now())
    base = Case.objects.get()
    Case.objects.bulk_create(
        Case(
            **{
                one: getattr(base, one)
                for one in (f.attname for f in Case._meta.concrete_fields)
                if one not in ("id", "uid")
            }
        )
        for _ in range(1001)
    )
    with django_assert_max_num_queries(3):
        assert len(program.get("requests.json")) == 1000
    with django_assert_max_num_queries(4):
        assert len(program.get("requests.xml", extensions="true")) == 1000
    assert len(program.get("requests.json", page_size=5000)) == 1000


def test_with_a_photo_that_was_looked_at(city: City, program: Program) -> None:
    with_photo, without = program.report(), program.report()
    report = Report.objects.get(case=int(with_photo[1:]))
    photo = ReportPhoto.objects.create(report=report, photo_id=city.photo("near")["sha256"])

    assert ids(program, has_photo="true") == []
    ReportPhoto.objects.filter(pk=photo.pk).update(state="accepted")
    assert ids(program, has_photo="true") == [with_photo]
    assert ids(program, has_photo="false") == [without]


def test_one_jurisdiction_is_read_past(program: Program) -> None:
    assert program.get("services.json", jurisdiction_id="whatever.example")
    assert program.get("services.json")


def test_of_several_jurisdictions_one_must_be_named(city: City, program: Program) -> None:
    names = {"lotus.example.cn": "LOTUS", "willow.example.cn": "WILLOW"}
    set_parameter(city, "open311.jurisdictions", names)
    lotus = program.report(jurisdiction_id="lotus.example.cn")
    willow = program.report(jurisdiction_id="Willow.example.cn", lat=SOUTH + 0.025, long=WEST + 0.005)

    for form in ("json", "xml"):
        assert int(program.refused(f"services.{form}", 400)[0]["code"]) == 400
        assert int(program.refused(f"requests.{form}", 404, jurisdiction_id="other.example")[0]["code"]) == 404
    assert program.get("discovery.json")
    assert ids(program, jurisdiction_id="lotus.example.cn") == [lotus]
    assert ids(program, jurisdiction_id="willow.example.cn") == [willow]
    program.refused(f"requests/{lotus}.json", 404, jurisdiction_id="willow.example.cn")


def test_a_post_without_its_jurisdiction_is_refused(city: City, program: Program) -> None:
    set_parameter(city, "open311.jurisdictions", {"a.example": "", "b.example": "LOTUS"})
    told = program.post(status=400, service_code="06010", lat=SOUTH, long=WEST)

    assert int(told[0]["code"]) == 400


def test_what_is_not_there_is_404_in_the_format_asked_for(program: Program) -> None:
    assert program.refused("requests/A000099.xml", 404)[0]["code"] == "404"
    assert program.refused("requests/rubbish.json", 404)[0]["code"] == 404
    assert program.refused("nothing.xml", 404)[0]["code"] == "404"
    assert program.refused("nothing.json", 404)[0]["code"] == 404
    assert program.refused("nothing", 404)[0]["code"] == 404


def test_other_methods_are_told_which_there_are(program: Program) -> None:
    answer = program.raw("put", "requests.xml")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")
    assert told(answer)[0]["code"] == "405"
    assert program.raw("post", "services.json").status_code == 405
    assert program.raw("head", "requests.json").status_code == 200
    assert program.raw("options", "requests.json").status_code == 204


def test_any_page_may_read(program: Program) -> None:
    answer = program.raw("get", "services.json")

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in answer.get("Vary", "")


def test_the_language_is_the_readers(program: Program) -> None:
    program.report()
    chinese = Program(language="zh-CN").get("services.json")

    assert next(one for one in chinese if one["service_code"] == "06010")["service_name"] == "暴露垃圾"


def test_two_categories_of_one_code_have_two_service_codes(city: City, program: Program) -> None:
    from civicloop.standards.models import Category

    Category.objects.create(pack=city.litter.pack, code="06010", name="设施", kind="component", line="nobody")
    bump("standards")
    set_parameter(city, "open311.services", ["06010", "component:06010"])

    assert [one["service_code"] for one in program.get("services.json")] == ["06010", "component:06010"]
    assert program.get("services/component:06010.xml")["service_code"] == "component:06010"
