"""POST requests with every quirk that clients have; tokens; keys; the endpoint for trying out."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from civicloop.cases.models import Case, CaseEvidence, CaseStep
from civicloop.ledger.models import LedgerLine
from civicloop.photos.models import Photo
from civicloop.residents.actions.moderating import accept_report, refuse_report
from civicloop.residents.actions.open311keys import revoke_key
from civicloop.residents.models import Open311Key, Open311Request, Report, Reporter
from tests.cast import SOUTH, WEST, City
from tests.open311.conftest import FORM, HERE, ROOT, Program, add_questions, key_row, program_with, told
from tests.open311.test_reading import set_parameter
from tests.photos.pictures import as_bytes, street

pytestmark = pytest.mark.django_db
TEST = "/open311/test/v2"


def case_of(number: str) -> Case:
    return Case.objects.get(pk=int(number[1:]))


def picture(name: str = "street.jpg", width: int = 64) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, as_bytes(street((width, 48))), content_type="image/jpeg")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_request_becomes_a_case_of_a_resident_with_what_was_sent(program: Program, form: str) -> None:
    answer = program.post(
        f"requests.{form}", service_code="06010", description="垃圾\r\n两堆", address_string="莲花路", device_id="x",
        account_id="y", **HERE,
    )  # fmt: skip
    case = case_of(answer[0]["service_request_id"])

    assert set(answer[0]) == {"service_request_id", "service_notice", "account_id"}
    assert (case.source, case.state, case.reporter, case.category.code) == ("resident", "reported", None, "06010")
    assert (case.description, case.address) == ("垃圾\n两堆", "莲花路")
    assert (case.lat, case.lon) == (HERE["lat"], HERE["long"])
    assert CaseStep.objects.get(case=case).by is None


def test_percent_encoded_brackets_and_repeated_answers(city: City, program: Program) -> None:
    add_questions(city)
    body = "&".join([
        f"api_key={program.key}", "service_code=06010", f"lat={HERE['lat']}", f"long={HERE['long']}", "description=x",
        "attribute%5BMUCH%5D=2", "attribute%5BKINDS%5D%5B%5D=1", "attribute%5BKINDS%5D%5B%5D=2", "attribute[NOTE]=",
    ])  # fmt: skip
    answer = program.raw("post", "requests.json", body, content_type=FORM)

    assert answer.status_code == 201, answer.content
    assert case_of(told(answer)[0]["service_request_id"]).answers == {"MUCH": "2", "KINDS": ["1", "2"]}


def test_faults_in_answers_are_told_one_by_one(city: City, program: Program) -> None:
    add_questions(city)
    sent = {"service_code": "06010", "description": "x", **HERE}
    errors = program.post(status=400, **sent, **{"attribute[WRONG]": "1", "attribute[BAD": "2"})
    assert len(errors) == 1
    errors = program.post(status=400, **sent, **{"attribute[WRONG]": "1"})
    assert [one["description"].split(":")[0] for one in errors] == ["attribute[WRONG]", "attribute[MUCH]"]
    errors = program.post("requests.xml", status=400, **sent, **{"attribute[MUCH]": "7"})
    assert "MUCH" in errors[0]["description"]
    assert not Case.objects.exists()


def test_what_clients_fill_in_by_themselves_is_read_past(program: Program) -> None:
    number = program.report(
        **{"attribute[easting]": "1", "attribute[closest_address]": "x", "deviceid": "z", "unheard": "of"}
    )

    assert case_of(number).answers == {}


def test_four_thousand_characters_and_not_one_more(program: Program) -> None:
    number = program.report(description="字" * 3998 + "\r\n" + "。")
    assert len(case_of(number).description) == 4000
    for text in ("字" * 4001, "字" * 3999 + "\r\n" + "。", "\n" * 5000):
        assert program.post(status=400, service_code="06010", description=text + "x", **HERE)[0]["code"] == 400


def test_html_stays_text_in_both_formats(program: Program) -> None:
    text = "<script>alert(1)</script> & ]]> “x”"
    number = program.report(description=text)

    assert program.get(f"requests/{number}.xml")[0]["description"] == text
    assert program.get(f"requests/{number}.json")[0]["description"] == text


@pytest.mark.parametrize(
    ("place", "good"),
    [
        ({"lat": SOUTH + 0.005, "long": WEST + 0.005, "address_id": "#NOTPINPOINTED#"}, True),
        ({"address_string": "莲花路 1 号", "address_id": "#NOTPINPOINTED#"}, True),
        ({"address_string": "莲花路 1 号"}, True),
        ({"address_id": "#NOTPINPOINTED#"}, False),
        ({"address_id": "nowhere"}, False),
        ({"lat": SOUTH + 0.005}, False),
        ({"lat": "", "long": "", "address_string": ""}, False),
        ({"lat": 1, "long": 1}, False),
        ({"lat": "abc", "long": "1"}, False),
        ({}, False),
    ],
)
def test_one_place_is_needed(program: Program, place: dict[str, Any], good: bool) -> None:
    program.post(status=201 if good else 400, service_code="06010", description="x", **place)
    assert Case.objects.count() == int(good)


def test_an_address_id_is_the_code_of_a_point(city: City, program: Program) -> None:
    from civicloop.organisation.actions import bring_in_points
    from civicloop.organisation.actions.places import PointRow

    bring_in_points(
        rows=[PointRow("P1", "第一市场", "market", WEST + 0.005, SOUTH + 0.005)], by=None, at=timezone.now()
    )
    case = case_of(program.post(service_code="06010", description="x", address_id="P1")[0]["service_request_id"])

    assert (case.address, case.lat) == ("第一市场", SOUTH + 0.005)


def test_unknown_and_unused_services_are_refused(city: City, program: Program) -> None:
    assert program.post(status=400, description="x", **HERE)[0]["description"].startswith("service_code")
    assert program.post(status=404, service_code="nothing", description="x", **HERE)[0]["code"] == 404
    city.litter.active = False
    city.litter.save()
    set_parameter(city, "open311.contact", "x")
    program.post(status=400, service_code="06010", description="x", **HERE)


@pytest.mark.parametrize("name", ["media", "media[]", "media[0]", "photo1", "file_photo"])
def test_pictures_come_under_every_name_clients_give_them(program: Program, name: str) -> None:
    number = program.report(**{name: [picture(), picture("other.jpg", 80)]})

    assert CaseEvidence.objects.filter(case=case_of(number)).count() == 2


def test_a_picture_may_be_written_into_the_address(program: Program) -> None:
    raw = base64.b64encode(as_bytes(street((64, 48)))).decode()
    number = program.report(media_url=[f"data:image/jpeg;base64,{raw}", "https://photos.example/1.jpg"])
    case = case_of(number)

    assert Photo.objects.count() == CaseEvidence.objects.filter(case=case).count() == 1
    assert Open311Request.objects.get().media_urls == ["https://photos.example/1.jpg"]
    assert "https://photos.example/1.jpg" in CaseStep.objects.get(case=case, name="comment").note
    assert "photos.example" not in str(program.get("requests.json", extensions="true"))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x/y",
        "data:text/html;base64,AAAA",
        "data:image/png;base64,!!!",
        "data:image/png;base64,AAAA",
    ],
)
def test_other_addresses_and_broken_pictures_are_refused_and_nothing_is_kept(program: Program, url: str) -> None:
    program.post(status=400, service_code="06010", description="x", media_url=url, **HERE)

    assert (Case.objects.count(), Photo.objects.count()) == (0, 0)


def test_an_answer_that_is_none_keeps_no_picture(city: City, program: Program) -> None:
    add_questions(city)
    wrong = {"service_code": "06010", "description": "x", "attribute[MUCH]": "9", "media": picture(), **HERE}
    program.post(status=400, **wrong)

    assert (Report.objects.count(), Photo.objects.count()) == (0, 0)


def test_files_that_are_no_pictures_are_refused_by_their_bytes(program: Program) -> None:
    bad = SimpleUploadedFile("a.jpg", b"<html>", content_type="image/jpeg")
    program.post("requests.xml", status=400, service_code="06010", description="x", media=bad, **HERE)
    many = [picture(width=40 + n) for n in range(6)]
    program.post(status=400, service_code="06010", description="x", media=many, **HERE)

    assert not Case.objects.exists()


def test_other_kinds_of_body_are_refused(program: Program) -> None:
    assert (
        program.raw("post", "requests.json", {"api_key": program.key}, content_type="application/json").status_code
        == 400
    )
    broken = program.raw("post", "requests.xml", b"--x\r\nrubbish", content_type="multipart/form-data; boundary=x")
    assert broken.status_code in (400, 403)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_key_is_needed_and_says_403_in_the_format_asked_for(city: City, program: Program, form: str) -> None:
    sent = {"service_code": "06010", "description": "x", **HERE}
    for key in ({}, {"api_key": ""}, {"api_key": "wrong"}):
        answer = program.raw("post", f"requests.{form}", {**sent, **key})
        assert answer.status_code == 403
        assert str(told(answer)[0]["code"]) == "403"
    revoke_key(key=key_row(), by=city.security_admin, at=timezone.now())
    program.post(f"requests.{form}", status=403, **sent)
    assert not Case.objects.exists()


def test_the_key_may_stand_in_the_address(program: Program) -> None:
    answer = program.raw(
        "post", f"requests.json?api_key={program.key}", {"service_code": "06010", "description": "x", **HERE}
    )

    assert answer.status_code == 201


def test_of_a_key_only_the_digest_is_kept(program: Program) -> None:
    assert len(key_row().digest) == 64
    assert program.key not in str(Open311Key.objects.values()) + str(
        LedgerLine.objects.filter(kind="open311_key").values()
    )


def test_a_key_may_be_for_some_services_or_one_jurisdiction_only(city: City) -> None:
    set_parameter(city, "open311.jurisdictions", {"a.example": "", "b.example": "LOTUS"})
    narrow = program_with(services=["09009"], jurisdiction="a.example")
    sent = {"description": "x", **HERE}

    assert narrow.post(status=201, service_code="09009", jurisdiction_id="a.example", **sent)
    assert int(narrow.post(status=403, service_code="06010", jurisdiction_id="a.example", **sent)[0]["code"]) == 403
    assert int(narrow.post(status=403, service_code="09009", jurisdiction_id="b.example", **sent)[0]["code"]) == 403


def test_a_client_that_asks_too_often_waits(city: City) -> None:
    slow = program_with(per_minute=2)
    answers = [slow.raw("post", "requests.xml", {"api_key": slow.key, "service_code": "06010"}) for _ in range(4)]

    assert [one.status_code for one in answers[:2]] == [400, 400]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_whole_request_counts_once(city: City) -> None:
    slow = program_with(per_minute=2)
    numbers = [slow.report(media=picture(width=40 + one)) for one in range(2)]

    assert len(set(numbers)) == 2
    slow.post(status=429, service_code="06010", description="x", **HERE)


def test_sent_again_it_is_the_same_request(program: Program) -> None:
    first = program.report(**{"attribute[fixmystreet_id]": "4711"})
    again = program.report(**{"attribute[fixmystreet_id]": "4711"})
    sent = {"api_key": program.key, "service_code": "06010", "description": "x", **HERE}
    keyed = [told(program.raw("post", "requests.json", sent, headers={"Idempotency-Key": "k1"})) for _ in range(2)]
    other = program_with()

    assert first == again
    assert keyed[0] == keyed[1]
    assert other.report(**{"attribute[fixmystreet_id]": "4711"}) != first
    assert Case.objects.count() == 3


def test_what_a_moderator_must_see_first_has_a_token_until_then(city: City, program: Program) -> None:
    sent = {"service_code": "06010", "description": "https://a.example https://b.example", **HERE}
    answer = program.post("requests.xml", **sent)[0]
    assert "service_request_id" not in answer
    assert program.get(f"tokens/{answer['token']}.json") == [{"service_request_id": None, "token": answer["token"]}]
    assert program.get("requests.json") == []

    accept_report(Report.objects.get().uid, by=city.filer, at=timezone.now())
    found = program.get(f"tokens/{answer['token']}.xml")[0]
    assert found["service_request_id"] == Case.objects.get().number
    assert len(program.get("requests.json")) == 1


def test_what_was_refused_never_gets_an_id_and_unknown_tokens_are_404(city: City, program: Program) -> None:
    token = program.post(service_code="06010", description="https://a.example https://b.example", **HERE)[0]["token"]
    refuse_report(Report.objects.get().uid, reason="广告", by=city.filer, at=timezone.now())

    assert program.get(f"tokens/{token}.json")[0]["service_request_id"] is None
    assert program.refused("tokens/nothing.xml", 404)[0]["code"] == "404"
    program.refused(f"tokens/{token}x.json", 404)


def test_a_contact_is_kept_where_residents_contacts_are_and_an_unreadable_one_does_not_matter(program: Program) -> None:
    program.report(email="Somebody@Mail.example", first_name="莲", last_name="花", phone="+44 20 7946 0000")
    program.report(phone="not a number")
    kept = Reporter.objects.get()

    assert (kept.email, kept.name, kept.phone) == ("somebody@mail.example", "莲 花", "")
    assert kept.consent_at is not None


def test_the_endpoint_for_tests_checks_everything_and_keeps_nothing(city: City) -> None:
    trying = program_with(root=TEST, test=True)
    sent = {"service_code": "06010", "description": "试", "media": picture(), "email": "a@b.example", **HERE}
    answer = trying.post("requests.xml", **sent)[0]
    number = answer["service_request_id"]

    assert (Case.objects.count(), Report.objects.count(), Photo.objects.count(), Reporter.objects.count()) == (
        0,
        0,
        0,
        0,
    )
    assert trying.get(f"requests/{number}.json")[0]["description"] == "试"
    assert trying.get(f"tokens/{number}.json")[0]["service_request_id"] == number
    trying.post(status=400, service_code="06010", description="x")
    Program(root=ROOT).refused(f"requests/{number}.json", 404)


def test_keys_for_tests_and_for_production_have_each_their_own_address(city: City, program: Program) -> None:
    trying = program_with(test=True)
    sent = {"service_code": "06010", "description": "x", **HERE}

    assert int(trying.post(status=403, **sent)[0]["code"]) == 403
    assert int(Program(program.key, TEST).post(status=403, **sent)[0]["code"]) == 403


def test_a_strange_service_code_in_an_address_is_404(program: Program) -> None:
    for code in ("a b", "../x", "%00", "😀", "x" * 500):
        assert program.raw("get", f"services/{quote(code, safe='')}.json").status_code == 404
