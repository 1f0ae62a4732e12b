"""What strangers and programs leave on the disk and in the story: little before it is checked, so much an hour, no telephones."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from civicloop.cases.models import CaseStep
from civicloop.photos.models import Photo
from civicloop.residents.models import Open311Request, Open311Update
from civicloop.web.portal import limits
from tests.cast import City
from tests.open311.conftest import HERE, Program, ago
from tests.open311.test_reading import set_parameter
from tests.web.reporting import fill, litter, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    limits.forget()


def picture(width: int) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (width, 40), "#345").save(out, "JPEG")
    return SimpleUploadedFile("p.jpg", out.getvalue(), content_type="image/jpeg")


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_code": "99999"}, {"lat": "0.5", "long": "0.5"}, {"lat": "", "long": ""},
        {"attribute[NOBODY_ASKED]": "x"}, {"service_code": ""},
    ],
)  # fmt: skip
def test_a_request_that_is_refused_leaves_no_picture_behind(program: Program, wrong: dict[str, str]) -> None:
    sent = {"service_code": "06010", "description": "x", "media": picture(50), **HERE, **wrong}
    assert program.raw("post", "requests.json", {"api_key": program.key, **sent}).status_code in (400, 404)

    assert not Photo.objects.exists()


def test_a_program_brings_so_many_pictures_in_an_hour(city: City, program: Program) -> None:
    set_parameter(city, "open311.photos_an_hour", 3)
    program.report(media=[picture(50), picture(51)])

    answer = program.raw(
        "post", "requests.json",
        {"api_key": program.key, "service_code": "06010", "description": "x", "media": [picture(52), picture(53)], **HERE},
    )  # fmt: skip

    assert answer.status_code == 400
    assert "too many photos" in answer.content.decode()
    assert Photo.objects.count() == 2
    program.report(description="without a picture")


def test_a_resident_brings_so_many_photos_in_an_hour_and_keeps_what_he_typed(city: City) -> None:
    set_parameter(city, "residents.photos_an_hour", 2)
    resident = somebody()
    for width in (50, 51):
        assert fill(resident, **litter(city), looked="1", photos=picture(width)).status_code == 302

    answer = fill(resident, **{**litter(city), "description": "typed as before"}, looked="1", photos=picture(52))

    assert answer.status_code == 422
    assert "too many photos" in answer.content.decode()
    assert "typed as before" in answer.content.decode()
    assert Photo.objects.count() == 2
    assert fill(resident, **litter(city), looked="1").status_code == 302


def test_forms_that_are_not_sent_to_their_end_keep_no_photo_but_count_what_they_brought(city: City) -> None:
    set_parameter(city, "residents.photos_an_hour", 2)
    resident = somebody()
    for width in (50, 51):
        assert fill(resident, description="typed", photos=picture(width)).status_code == 422

    assert Photo.objects.count() == 0
    assert "too many photos" in fill(resident, **litter(city), photos=picture(52)).content.decode()


def test_a_telephone_in_the_address_of_a_picture_is_masked(city: City, program: Program) -> None:
    link = "https://x.example/?tel=13812345678&from=lin@example.org"
    number = program.report(media_url=link)
    update = {"service_request_id": number, "update_id": "1", "status": "OPEN", "updated_datetime": ago(hours=1)}
    sent = {"api_key": program.key, "description": "", "media_url": link, **update}
    assert program.raw("post", "servicerequestupdates.json", sent).status_code == 201

    kept = [*Open311Request.objects.get().media_urls, *Open311Update.objects.get().media_urls]
    story = " ".join(CaseStep.objects.filter(name="comment").values_list("note", flat=True))
    for told in (*kept, story):
        assert "https://x.example/" in told
        assert "13812345678" not in told
        assert "lin@example.org" not in told
