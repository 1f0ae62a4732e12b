"""Pictures through the door: raw bytes in, copies out."""

from __future__ import annotations

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import resolve
from PIL import Image

from civicloop.photos.models import Photo
from tests.api.test_door import assert_problem
from tests.api.town import INSIDE, Town


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """A store of its own for every test."""
    settings.DATA_DIR = tmp_path
    return tmp_path


def picture(colour: str = "red") -> tuple[bytes, str]:
    """A small JPEG with an EXIF block, and its address."""
    image, file = Image.new("RGB", (400, 300), colour), BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    image.save(file, "JPEG", exif=exif)
    return file.getvalue(), sha256(file.getvalue()).hexdigest()


def test_a_picture_is_kept_once_and_shown_without_exif(program: Any) -> None:
    data, address = picture()
    walker = program("walker")

    first, again = walker.put(f"/photos/{address}", data), walker.put(f"/photos/{address}", data)
    shown = walker.get(f"/photos/{address}?size=thumb")

    assert (first.status_code, again.status_code) == (201, 200), first.content
    assert first.json() == again.json()
    assert first["Location"] == first.json()["url"] == f"/api/v1/photos/{address}"
    assert shown["Content-Type"] == "image/jpeg"
    copy = Image.open(BytesIO(b"".join(shown.streaming_content)))
    assert max(copy.size) == 320
    assert not dict(copy.getexif())


def test_an_unchanged_copy_is_not_sent_again(program: Any) -> None:
    data, address = picture()
    walker = program("walker")
    walker.put(f"/photos/{address}", data)
    tag = walker.get(f"/photos/{address}")["ETag"]

    assert walker.get(f"/photos/{address}", If_None_Match=tag).status_code == 304
    assert walker.get(f"/photos/{address}?size=thumb", If_None_Match=tag).status_code == 200


def test_a_picture_is_for_its_sender_and_for_whoever_may_see_its_case(town: Town, program: Any) -> None:
    data, address = picture()
    program("walker").put(f"/photos/{address}", data)
    path = f"/photos/{address}"

    assert_problem(program("filer").get(path), 404, "not_found")
    report = {"category": "06010", "description": "垃圾", **INSIDE, "photos": [{"sha256": address}]}
    case = program("walker").post("/cases", report).json()["case"]

    assert program("filer").get(path).status_code == 200
    assert_problem(program("other").get(path), 404, "not_found")
    story = program("filer").get(f"/cases/{case['uid']}/steps").json()["items"]
    assert [photo["url"] for photo in story[0]["photos"]] == [f"/api/v1/photos/{address}"]


def test_bytes_that_are_not_what_they_claim_are_refused(program: Any) -> None:
    data, _ = picture()

    response = program("walker").put(f"/photos/{'0' * 64}", data)

    assert_problem(response, 422, "sha256_mismatch")
    assert not Photo.objects.exists()


def test_bytes_that_are_no_picture_are_refused(program: Any) -> None:
    data = b"%PDF-1.7 not a picture"

    response = program("walker").put(f"/photos/{sha256(data).hexdigest()}", data)

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"


def test_a_photo_without_a_length_is_refused(program: Any) -> None:
    assert_problem(program("walker").put(f"/photos/{'0' * 64}", b""), 411, "length_missing")


def test_two_hundred_megabytes_are_refused_unread(program: Any) -> None:
    class Unread(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    walker = program("walker")
    path = f"/api/v1/photos/{'0' * 64}"
    request = RequestFactory().put(path, b"", headers={"Authorization": f"Bearer {walker.token}"})
    request.META["CONTENT_LENGTH"] = str(200 * 1024 * 1024)
    request._stream = Unread()
    found = resolve(path)

    response = found.func(request, *found.args, **found.kwargs)

    assert (response.status_code, json.loads(response.content)["code"]) == (413, "photo_too_large")


@pytest.mark.parametrize("address", ["short", "g" * 64, "0" * 63])
def test_an_address_that_is_no_sha256_says_so(program: Any, address: str) -> None:
    told = assert_problem(program("walker").get(f"/photos/{address}"), 422, "invalid")

    assert told["errors"][0]["field"] == "sha256"


def test_a_photo_nobody_sent_is_not_found(program: Any) -> None:
    assert_problem(program("walker").get(f"/photos/{'0' * 64}"), 404, "not_found")
