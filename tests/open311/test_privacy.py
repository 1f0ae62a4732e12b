"""What never leaves by this door: who reported, who worked, what staff wrote, private cases, photos nobody has looked at."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from civicloop.api.open311 import finding
from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.photos import blur
from civicloop.residents.models import Report, ReportPhoto
from civicloop.standards import actions as standards
from tests.cast import City
from tests.open311.conftest import HERE, Program, add_questions, told
from tests.open311.test_reading import set_parameter
from tests.open311.test_sending import case_of, picture
from tests.photos.pictures import as_bytes, camera_exif, street

pytestmark = pytest.mark.django_db


def everything(program: Program) -> str:
    """All that anybody can read here without a key, in both formats."""
    paths = ["discovery", "services", "services/06010", "requests", "servicerequestupdates"]
    said = [program.raw("get", f"{one}.{form}", {"extensions": "true"}) for one in paths for form in ("json", "xml")]
    said += [program.raw("get", f"requests/{case.number}.json", {"extensions": "1"}) for case in Case.objects.all()]
    said = [one for one in said if one.status_code == 200]  # a refusal repeats the id it was asked for
    files = [program.raw("get", f"bulk/requests.{form}") for form in ("csv", "json", "xml")]
    feed = program.raw("get", "requests.rss", {"page_size": 1000}).content.decode()
    return "".join([feed, *(one.content.decode() for one in said), *(_whole(one) for one in files)])


def _whole(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_of_people_nothing_is_shown(city: City, program: Program) -> None:
    add_questions(city)
    number = program.report(**{
        "attribute[MUCH]": "1", "attribute[NOTE]": "问张三", "email": "zhang@mail.example", "phone": "13812345678",
        "first_name": "三", "last_name": "张", "description": "打 138 1234 5678 或 zhang@mail.example，身份证 110101199003071234",
    })  # fmt: skip
    case = case_of(number)
    city.walk("rectified", case=case, at=timezone.now())
    actions.comment(case.uid, note="张三家门口", by=city.handler, at=timezone.now())
    said = everything(program)

    assert number in said
    for word in ("张三", "mail.example", "13812345678", "138 1234 5678", "110101199003071234", "cleared", program.key):
        assert word not in said
    for person in city.people.values():
        assert person.name not in said
        assert str(person.uid) not in said
    assert str(case.uid) not in said


@pytest.mark.parametrize("source", sorted(set(SOURCE_LABELS) - {"resident"}))
def test_what_the_city_found_itself_is_not_public_unless_it_says_so(city: City, program: Program, source: str) -> None:
    photos = [city.photo("near")]
    case = city.report(source=source, at=timezone.now(), description="暗访所见", photos=photos)
    assert case.number not in everything(program)
    assert "暗访所见" not in everything(program)

    set_parameter(city, "open311.sources", [source])
    found = program.get(f"requests/{case.number}.json", extensions="true")[0]
    assert found["media_url"] is None, "photos of staff are nobody's to look at"
    assert found["extended_attributes"]["photos"] == []


def test_private_requests_and_categories_are_nowhere(city: City, program: Program) -> None:
    by_sender, by_category = program.report(non_public="1"), program.report(service_code="09009")
    set_parameter(city, "open311.private", ["09009"])
    said = everything(program)

    assert by_sender not in said
    assert by_category not in said
    assert program.get("requests.json", service_request_id=f"{by_sender},{by_category}") == []
    program.refused(f"requests/{by_sender}.xml", 404)


def test_a_category_that_becomes_open_again_does_not_open_what_was_sent_as_private(
    city: City, program: Program
) -> None:
    set_parameter(city, "open311.private", ["09009"])
    number = program.report(service_code="09009")
    set_parameter(city, "open311.private", [])

    assert number not in everything(program)


def test_of_a_voided_case_words_place_and_photos_are_withheld(city: City, program: Program) -> None:
    number = program.report(description="骂人的话", address_string="某人家", media=picture())
    ReportPhoto.objects.update(state="accepted")
    actions.void(case_of(number).uid, reason="辱骂", by=city.filer, at=timezone.now())
    said = everything(program)

    assert number in said
    for word in ("骂人的话", "某人家", "辱骂", "/media/"):
        assert word not in said
    more = program.get(f"requests/{number}.json", extensions="true")[0]["extended_attributes"]
    assert (more["x"], more["y"], more["photos"]) == (None, None, [])


def test_a_photo_is_shown_when_a_moderator_has_accepted_it_and_only_blurred(program: Program) -> None:
    number = program.report(media=picture())
    photo = ReportPhoto.objects.get()
    path = f"/open311/v2/media/{number}/{photo.photo_id}.jpg"
    assert program.get(f"requests/{number}.json")[0]["media_url"] is None
    assert program.raw("get", path).status_code == 404

    ReportPhoto.objects.update(state="accepted")
    shown = program.get(f"requests/{number}.json")[0]["media_url"]
    assert shown == f"http://testserver{path}"
    answer = program.raw("get", path)
    if blur.finding.available():
        assert answer.status_code == 200
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        assert b"".join(answer.streaming_content) == blur.open_blurred(photo.photo_id).read()
    else:
        assert answer.status_code == 404
    ReportPhoto.objects.update(state="hidden")
    assert program.get(f"requests/{number}.json")[0]["media_url"] is None
    assert program.raw("get", path).status_code == 404


def test_without_models_no_photo_leaves_at_all(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    number = program.report(media=picture(width=72))
    ReportPhoto.objects.update(state="accepted")
    monkeypatch.setattr(blur.finding, "available", lambda: False)
    path = f"/open311/v2/media/{number}/{ReportPhoto.objects.get().photo_id}.jpg"

    assert program.raw("get", path).status_code == 404


def test_a_photo_of_another_case_is_not_found_under_this_one(program: Program) -> None:
    mine, other = program.report(media=picture()), program.report()
    ReportPhoto.objects.update(state="accepted")
    sha256 = ReportPhoto.objects.get().photo_id

    assert program.raw("get", f"/open311/v2/media/{other}/{sha256}.jpg").status_code == 404
    assert program.raw("get", f"/open311/v2/media/{mine}/{'0' * 64}.jpg").status_code == 404


def test_several_photos_are_several_addresses(program: Program) -> None:
    number = program.report(media=[picture(), picture("b.jpg", 80)])
    ReportPhoto.objects.update(state="accepted")
    in_json = program.get(f"requests/{number}.json", extensions="true")[0]
    in_xml = program.get(f"requests/{number}.xml", extensions="true")[0]

    assert isinstance(in_json["media_url"], list)
    assert in_json["media_url"] == in_xml["media_url"]
    assert len(in_json["extended_attributes"]["photos"]) == len(in_xml["extended_attributes"]["photos"]) == 2
    assert "@" not in str(in_json)


def test_what_waits_for_a_moderator_is_not_there(program: Program) -> None:
    program.post(service_code="06010", description="https://a.example https://b.example 广告", **HERE)

    assert Report.objects.get().state == "waiting"
    assert "广告" not in everything(program)


def test_keys_stand_in_no_log(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    program.raw("post", f"requests.xml?api_key={program.key}", {"service_code": "x"})
    program.raw("get", f"nothing.xml?api_key={program.key}")
    program.raw("get", f"servicerequestupdates.json?api_key={program.key}x")

    assert program.key not in caplog.text


def test_the_file_has_the_columns_of_bulk_and_no_formulas(city: City, program: Program) -> None:
    program.report(description="=HYPERLINK(1)")
    answer = program.raw("get", "bulk/requests.csv")
    lines = _whole(answer).split("\r\n")

    assert answer["Content-Type"].startswith("text/csv")
    assert lines[0].lstrip("\ufeff").split(",")[:5] == [
        "service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status_description",
    ]  # fmt: skip
    assert "'=HYPERLINK(1)" in lines[1]
    assert re.match(r"A\d{6},", lines[1])
    assert told_json(program)[0]["description"] == "=HYPERLINK(1)"
    assert program.raw("get", "bulk/requests.json", {"status": "closed"}).getvalue() == b"[]"
    long = {"start_date": "2024-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}
    assert told(program.raw("get", "bulk/requests.json", long))[0]["code"] == 400


def told_json(program: Program) -> Any:
    return json.loads(_whole(program.raw("get", "bulk/requests.json")))


def test_a_long_file_holds_every_request_once(city: City, program: Program) -> None:
    base = city.report(source="resident", at=timezone.now())
    names = [f.attname for f in Case._meta.concrete_fields if f.attname not in ("id", "uid")]
    Case.objects.bulk_create(Case(**{name: getattr(base, name) for name in names}) for _ in range(2100))
    found = [one["service_request_id"] for one in told_json(program)]

    assert len(found) == len(set(found)) == 2101


WRITTEN = [
    "13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "１３８１２３４５６７８", "0592-7012345",
    "(0592) 7012345", "350212 19900101 123X", "35021219900101123X", "zhang@mail.example", "微信 zhang_san_88", "+44 20 7946 0000",
]  # fmt: skip


def test_contacts_leave_by_no_address_however_they_are_written(city: City, program: Program) -> None:
    numbers = [
        program.report(
            description=f"请回 {text}。", address_string=f"莲花路，{text}", **{"attribute[fixmystreet_id]": str(n)}
        )
        for n, text in enumerate(WRITTEN)
    ]
    # What the city wrote itself is masked on its way out only.
    set_parameter(city, "open311.sources", ["resident", "hotline"])
    for text in WRITTEN:
        city.report(source="hotline", at=timezone.now(), description=f"来电 {text}")
    said = everything(program)

    assert all(number in said for number in numbers)
    assert [text for text in WRITTEN if text in said] == []
    assert "zhang_san" not in said
    bare = re.sub(r"[ \-]", "", said)
    assert not re.search(r"13812345678|7012345|35021219900101|7946", bare)


@pytest.mark.parametrize("path", ["requests.json", "bulk/requests.json", "requests.rss"])
def test_nobody_finds_a_case_by_a_name_or_a_plate_that_is_masked_in_it(program: Program, path: str) -> None:
    number = program.report(
        description="业主王小明的车闽D12345停在门口，垃圾很多", address_string="联系人陈大文，莲花路9号"
    )
    open_one = program.report(description="垃圾很多，小明同学幼儿园门口")

    def found(words: str) -> set[str]:
        answer = program.raw("get", path, {"q": words})
        said = _whole(answer) if answer.streaming else answer.content.decode()
        return {one for one in (number, open_one) if one in said}

    assert found("垃圾") == {number, open_one}
    assert found("莲花路") == {number}
    assert found("小明") == {open_one}
    for words in ("王小明", "闽D12345", "D12345", "d12345", "陈大文", "垃圾 王小明"):
        assert found(words) == set()


def test_a_word_that_stands_nearly_everywhere_is_refused(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        program.report(description="垃圾")
    assert len(program.get("requests.json", q="垃圾")) == 3
    monkeypatch.setattr(finding, "MOST_LOOKED_THROUGH", 2)

    assert "q: " in program.refused("requests.json", 400, q="垃圾")[0]["description"]


def test_the_answer_to_a_report_says_nothing_of_who_sent_it(program: Program) -> None:
    sent = {
        "service_code": "06010", "email": "zhang@mail.example", "phone": "13812345678", "first_name": "三", "last_name": "张",
        "device_id": "dev-77", "account_id": "acc-88", **HERE,
    }  # fmt: skip
    for form in ("json", "xml"):
        for text in ("我是张三", "我是张三 https://a.example https://b.example"):
            answer = str(program.post(f"requests.{form}", **sent, description=text))
            assert "service_notice" in answer
            for word in ("张", "mail.example", "13812345678", "dev-77", "acc-88"):
                assert word not in answer
    token = program.post(**sent, description="https://a.example https://b.example")[0]["token"]
    assert set(program.get(f"tokens/{token}.json")[0]) == {"service_request_id", "token"}


def test_what_another_system_tells_stays_in_the_house(city: City, program: Program) -> None:
    case = case_of(program.report())
    sent = {
        "api_key": program.key, "service_request_id": case.number, "update_id": "7", "status": "OPEN", "media": picture(),
        "updated_datetime": timezone.now().isoformat(), "description": "张三家又堆了", "media_url": "https://x.example/1.jpg",
        "first_name": "三", "last_name": "张", "email": "zhang@mail.example",
    }  # fmt: skip
    assert program.raw("post", "servicerequestupdates.xml", sent).status_code == 201
    said = everything(program)

    assert case.number in said
    for word in ("张三", "又堆了", "x.example", "mail.example", "/media/", "FixMyStreet: "):
        assert word not in said


def test_answers_in_free_words_and_of_programs_leave_by_no_address(city: City, program: Program) -> None:
    at = timezone.now()
    for code, datatype, part in (
        ("WHO", "string", "asked"),
        ("STORY", "text", "asked"),
        ("asset", "string", "server_set"),
    ):
        standards.set_question(
            category=city.litter, code=code, text=code, datatype=datatype, required=False, values=[], order=1, part=part,
            by=city.system_admin, at=at,
        )  # fmt: skip
    number = program.report(**{f"attribute[{code}]": "张三家" for code in ("WHO", "STORY", "asset")})
    said = everything(program)

    assert case_of(number).answers == dict.fromkeys(("WHO", "STORY", "asset"), "张三家")
    assert number in said
    assert "张三家" not in said


def test_a_picture_for_the_world_does_not_say_where_when_or_with_what_it_was_taken(program: Program) -> None:
    if not blur.finding.available():
        pytest.skip("no models on this machine: no picture leaves at all")
    raw = as_bytes(street((64, 48)), exif=camera_exif())
    number = program.report(media=SimpleUploadedFile("a.jpg", raw, content_type="image/jpeg"))
    ReportPhoto.objects.update(state="accepted")
    address = program.get(f"requests/{number}.json")[0]["media_url"].removeprefix("http://testserver")
    shown = b"".join(program.raw("get", address).streaming_content)

    assert b"2026:11:23" in raw
    assert b"2026:11:23" not in shown
    assert b"Phone 9" not in shown
    assert dict(Image.open(io.BytesIO(shown)).getexif()) == {}
