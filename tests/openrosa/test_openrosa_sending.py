"""What a phone with ODK Collect sends in pieces, again and wrongly, and what it is answered."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from civicloop.inspection.models import Observation, Submission, SubmissionPhoto
from tests.cast import City
from tests.inspection.made_up import Scene, jpeg, named
from tests.openrosa.conftest import OTHER, Phone, filled, phone_of, said

pytestmark = pytest.mark.django_db


# The six cases of the test suite for OpenRosa servers


def failed(scene: Scene, *names: str, **more: str) -> str:
    photos = {"STREET_02_photo": names[0]}
    return filled(scene, named("a"), **{"STREET_02": "not_met", **photos}, **more)


def once(scene: Scene) -> str:
    """The form written down once: its times must not move between two sendings."""
    return failed(scene, "a.jpg")


def test_an_exact_duplicate_is_202(scene: Scene, phone: Phone) -> None:
    xml = once(scene)
    statuses = [phone.post(xml, a_jpg=jpeg()).status_code for _ in range(3)]

    assert statuses == [201, 202, 202]
    assert (Submission.objects.count(), SubmissionPhoto.objects.count(), Observation.objects.count()) == (1, 1, 6)


def test_a_late_photo_is_201_and_completes_the_form(scene: Scene, phone: Phone) -> None:
    xml = once(scene)
    first = phone.post(xml)
    assert (first.status_code, Submission.objects.get().state) == (201, "waiting")

    assert phone.post(xml, a_jpg=jpeg()).status_code == 201
    assert Submission.objects.get().state == "applied"


def test_other_bytes_under_the_same_name_are_kept_and_flagged(scene: Scene, phone: Phone) -> None:
    xml = once(scene)
    statuses = [phone.post(xml, a_jpg=jpeg(word)).status_code for word in ("a", "b", "b")]

    assert statuses == [201, 201, 202]
    assert list(SubmissionPhoto.objects.order_by("id").values_list("twice", flat=True)) == [False, True]


def test_the_same_photo_under_two_names_is_no_conflict(scene: Scene, phone: Phone) -> None:
    assert phone.post(failed(scene, "a.jpg", extra=OTHER), a_jpg=jpeg(), b_jpg=jpeg()).status_code == 201
    assert Submission.objects.get().state == "applied"


def test_the_same_id_with_another_form_is_409(scene: Scene, phone: Phone) -> None:
    assert phone.post(filled(scene, named("a"))).status_code == 201
    other = phone.post(filled(scene, named("a"), note="另一份"))

    assert (other.status_code, said(other).get("nature")) == (409, "error")
    assert Observation.objects.count() == 6


def test_pieces_of_one_form_are_one_submission(scene: Scene, phone: Phone) -> None:
    xml = failed(scene, "a.jpg", extra=OTHER)
    first = phone.post(xml, more=True, a_jpg=jpeg("a"))
    assert (first.status_code, Submission.objects.get().state) == (201, "waiting")

    last = phone.post(xml, b_jpg=jpeg("b"))
    assert last.status_code == 201
    assert (Submission.objects.get().state, Observation.objects.count()) == ("applied", 7)


def test_a_piece_that_says_there_is_more_is_not_applied_however_whole(scene: Scene, phone: Phone) -> None:
    xml = once(scene)
    assert phone.post(xml, more=True, a_jpg=jpeg()).status_code == 201
    assert (Submission.objects.get().state, Observation.objects.count()) == ("waiting", 0)

    assert phone.post(xml).status_code == 202
    assert Submission.objects.get().state == "applied"


def test_files_the_form_does_not_name_are_left(scene: Scene, phone: Phone) -> None:
    assert phone.post(filled(scene, named("a")), spy_jpg=jpeg()).status_code == 201
    assert not SubmissionPhoto.objects.exists()


# What is refused


def test_a_form_of_another_person_is_403(scene: Scene, city: City) -> None:
    response = phone_of(city, "other_inspector").post(filled(scene, named("a")))

    assert (response.status_code, Submission.objects.count()) == (403, 0)


def test_a_visit_that_is_judged_is_409(scene: Scene, phone: Phone) -> None:
    phone.post(filled(scene, named("a")))

    assert phone.post(filled(scene, named("b"))).status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"visit": uuid4()}, 404), ({"visit": "none"}, 400), ({"STREET_01_count": "0"}, 400), ({"STREET_01_count": "many"}, 400),
        ({"STREET_02": ""}, 400), ({"STREET_02": "not_met"}, 400), ({"STREET_05": "perhaps"}, 400), ({"place": "here"}, 400),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_a_sentence(
    scene: Scene, phone: Phone, change: dict[str, Any], status: int
) -> None:
    response = phone.post(filled(scene, named("a"), **change))

    assert response.status_code == status
    assert said(response).get("nature") == "error"
    assert said(response).text
    assert not Submission.objects.exists()


ENTITIES = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><data id="x"><note>&a;</note></data>'
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><data id="x"><note>&a;</note></data>'
)


@pytest.mark.parametrize(
    "xml", ["no xml", "", "<data>", ENTITIES, OUTSIDE, '<data id="x"/>', b"\xff\xfe<data/>",
            '<data id="x"><meta><instanceID>7</instanceID></meta></data>',
            f"<data><meta><instanceID>uuid:{named('a')}</instanceID></meta></data>"]
)  # fmt: skip
def test_what_is_no_form_is_400(scene: Scene, phone: Phone, xml: str | bytes) -> None:
    response = phone.post(xml)

    assert (response.status_code, said(response).get("nature")) == (400, "error")


def test_a_form_nobody_knows_is_404(scene: Scene, phone: Phone) -> None:
    xml = filled(scene, named("a")).replace("small-wenming_STREET", "small-wenming_ELSE")

    assert phone.post(xml).status_code == 404


def test_a_message_without_a_form_is_400(scene: Scene, phone: Phone) -> None:
    assert Client().post(f"{phone.base}/submission", {"x": "y"}).status_code == 400
    broken = Client().generic("POST", f"{phone.base}/submission", b"--x", "multipart/form-data; boundary=")
    assert broken.status_code == 400


def test_a_message_that_is_too_long_is_413(scene: Scene, phone: Phone) -> None:
    response = Client().generic(
        "POST", f"{phone.base}/submission", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH="100000001"
    )
    assert response.status_code == 413


def test_a_photo_that_is_none_is_400_and_may_be_sent_again(scene: Scene, phone: Phone) -> None:
    xml = once(scene)
    assert phone.post(xml, a_jpg=b"no picture").status_code == 400
    assert Submission.objects.get().state == "waiting"
    assert phone.post(xml, a_jpg=jpeg()).status_code == 201


def test_an_edit_replaces_what_has_not_been_judged(scene: Scene, phone: Phone) -> None:
    phone.post(once(scene))
    edits = f"<orx:deprecatedID>uuid:{named('a')}</orx:deprecatedID>"
    assert phone.post(filled(scene, named("b"), meta=edits)).status_code == 201
    assert Submission.objects.get(pk=named("b")).state == "applied"

    stale = f"<orx:deprecatedID>uuid:{named('z')}</orx:deprecatedID>"
    assert phone.post(filled(scene, named("c"), meta=stale)).status_code == 409


def test_another_method_is_405(scene: Scene, phone: Phone) -> None:
    response = Client().put(f"{phone.base}/submission")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


def test_a_hundred_photos_fit_into_one_message(scene: Scene, phone: Phone) -> None:
    extra = {f"p{number}_jpg": b"x" for number in range(120)}

    assert phone.post(filled(scene, named("a")), **extra).status_code == 201
