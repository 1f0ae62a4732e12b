"""Taking steps on a page: the form asks for what the step needs, and a refusal loses nothing that was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from civicloop.cases import actions
from civicloop.cases.models import Case, CaseEvidence
from civicloop.cases.rules.lifecycle import LIFECYCLE, State
from civicloop.ledger.models import LedgerLine
from civicloop.photos.models import Photo
from tests.photos.pictures import as_bytes, street

Visit = Callable[..., Any]
SEVEN = ("reported", "filed", "dispatched", "accepted", "rectified", "verified", "closed")


def picture(name: str = "after.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, as_bytes(street()), "image/jpeg")


def fields(text: str) -> set[str]:
    return set(re.findall(r'<(?:input|select|textarea)[^>]* name="([a-z_]+)"', text)) - {
        "csrfmiddlewaretoken", "next", "q", "version", "photo_kind", "lon", "lat", "datum", "address", "kept_photo",
    }  # fmt: skip


@pytest.mark.parametrize("state", SEVEN)
def test_each_step_asks_for_just_what_it_needs(city: Any, visitor: Visit, yesterday: Any, state: str) -> None:
    case = city.walk(state, at=yesterday)
    person = visitor("supervisor")

    for step in LIFECYCLE.steps_from(State(state)):
        status, text = person.get(f"/cases/{case.uid}/steps/{step.name}")
        asked = fields(text)
        wanted = set(step.needs | step.asks) - ({"place"} if step.name == "correct" else set())
        assert (step.name, status, asked) == (step.name, 200, wanted)


def test_a_case_goes_from_report_to_close_by_its_buttons(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.report(at=yesterday)
    path = f"/cases/{case.uid}/steps"

    visitor("filer").post(f"{path}/file", category="06010 暴露垃圾")
    visitor("dispatcher").post(f"{path}/dispatch", unit=str(city.lotus.uid))
    visitor("handler").post(f"{path}/accept")
    visitor("handler").post(f"{path}/rectify", note="swept", photos=picture(), photo_kind="after")
    visitor("verifier").post(f"{path}/verify", note="clean")
    done = visitor("filer").post(f"{path}/close")

    case.refresh_from_db()
    assert done.status_code == 302
    assert case.state == "closed"
    assert [row.kind for row in CaseEvidence.objects.filter(case=case)] == ["after"]


def test_what_is_missing_is_marked_and_what_was_typed_stays(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday)

    answer = visitor("supervisor").post(f"/cases/{case.uid}/steps/suspend", plan="wait for the pipe works")
    text = answer.content.decode()

    assert answer.status_code == 409
    assert "wait for the pipe works" in text
    assert 'aria-describedby="e_person"' in text
    assert 'aria-describedby="e_review_on"' in text
    assert Case.objects.get(pk=case.pk).state == "accepted"


@pytest.mark.parametrize(
    ("step", "by", "state", "typed", "fault"),
    [
        ("file", "filer", "reported", {"category": "nonsense"}, "category"),
        ("file", "filer", "reported", {"category": "06010", "grid": "NOWHERE"}, "grid"),
        ("dispatch", "dispatcher", "filed", {"unit": "nobody"}, "unit"),
        ("merge", "filer", "filed", {"into": "A999999"}, "into"),
        ("extend", "handler", "accepted", {"amount": "many", "unit_of_time": "work_hour", "reason": "x"}, "amount"),
        ("supervise", "supervisor", "filed", {"note": "now", "answer_by": "soon"}, "answer_by"),
        ("correct", "filer", "reported", {"lon": "east", "lat": "24.7", "datum": "wgs84"}, "place"),
        ("comment", "filer", "filed", {"note": "x" * 4001}, "note"),
    ],
)
def test_wrong_values_are_marked_at_their_field(
    city: Any, visitor: Visit, yesterday: Any, step: str, by: str, state: str, typed: dict[str, str], fault: str
) -> None:
    case = city.walk(state, at=yesterday)

    answer = visitor(by).post(f"/cases/{case.uid}/steps/{step}", **typed)

    assert answer.status_code == 422
    assert f'id="e_{fault}"' in answer.content.decode()
    assert Case.objects.get(pk=case.pk).version == case.version


def test_who_looked_at_an_older_state_is_told_and_keeps_his_text(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday)
    seen = case.version
    actions.take(case.uid, "comment", by=city.handler, at=yesterday, given={"note": "meanwhile"})

    answer = visitor("handler").post(f"/cases/{case.uid}/steps/rectify", note="my long text", version=str(seen))
    text = answer.content.decode()

    assert answer.status_code == 412
    assert "my long text" in text
    assert f'name="version" value="{seen + 1}"' in text
    assert Case.objects.get(pk=case.pk).state == "accepted"


def test_the_second_of_two_gets_a_conflict_and_keeps_his_text(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)
    visitor("leader").post(f"/cases/{case.uid}/steps/accept")

    answer = visitor("handler").post(f"/cases/{case.uid}/steps/accept", note="I am on my way")
    text = answer.content.decode()

    assert answer.status_code == 409
    assert "I am on my way" in text
    assert "cannot be taken" in text


def test_who_may_not_is_refused_with_the_roles_that_could_and_for_the_record(
    city: Any, visitor: Visit, yesterday: Any
) -> None:
    case = city.walk("filed", at=yesterday)

    answer = visitor("verifier").post(f"/cases/{case.uid}/steps/dispatch", unit=str(city.lotus.uid), note="please")
    text = answer.content.decode()

    assert answer.status_code == 403
    assert "dispatcher" in text
    assert "please" in text
    refusal = LedgerLine.objects.filter(kind="case", uid=case.uid, verb="refused").get()
    assert refusal.by == city.verifier.uid
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_a_photo_sent_with_a_refused_form_need_not_be_sent_again(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday)
    person = visitor("handler")
    path = f"/cases/{case.uid}/steps/rectify"

    text = person.post(path, photos=picture(), photo_kind="after").content.decode()
    kept = re.search(r'name="kept_photo" value="([0-9a-f]{64}:after)"', text)
    assert kept
    again = person.post(path, note="swept", kept_photo=kept[1])

    assert again.status_code == 302
    assert CaseEvidence.objects.get(case=case).photo_id == kept[1][:64]


@pytest.mark.parametrize("data", [b"", b"GIF89a nothing", b"%PDF-1.7 no picture", as_bytes(street())[:400]])
def test_what_is_no_picture_is_said_at_the_photo(city: Any, visitor: Visit, yesterday: Any, data: bytes) -> None:
    case, photos = city.walk("accepted", at=yesterday), Photo.objects.count()

    answer = visitor("handler").post(
        f"/cases/{case.uid}/steps/rectify", note="swept", photos=SimpleUploadedFile("after.jpg", data, "image/jpeg")
    )

    assert answer.status_code == 422
    assert "swept" in answer.content.decode()
    assert Photo.objects.count() == photos


def test_more_bytes_than_a_form_may_bring_are_refused_unread(city: Any, visitor: Visit) -> None:
    answer = visitor("handler").client.post(
        "/cases/new",
        BytesIO(b"x").read(),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 2**20),
    )

    assert answer.status_code == 413
    assert "Too large" in answer.content.decode()


def test_a_step_that_does_not_exist_is_not_found(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.report(at=yesterday)

    assert visitor("filer").get(f"/cases/{case.uid}/steps/fly")[0] == 404


def test_a_step_of_a_case_one_cannot_see_is_not_found(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("dispatched", at=yesterday)

    assert visitor("other_handler").post(f"/cases/{case.uid}/steps/accept").status_code == 404


def test_with_htmx_only_the_form_is_sent(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.walk("accepted", at=yesterday)

    _, text = visitor("handler").get(f"/cases/{case.uid}/steps/rectify", **{"HX-Request": "true"})

    assert text.lstrip().startswith("<form")


def test_correcting_leaves_alone_what_was_not_changed(city: Any, visitor: Visit, yesterday: Any) -> None:
    case = city.report(at=yesterday, description="bags")
    person = visitor("filer")
    typed = {
        "category": "06010 暴露垃圾", "grid": "350212001001001", "area_class": "A", "description": "black bags",
        "lon": f"{case.lon:.6f}", "lat": f"{case.lat:.6f}", "datum": "wgs84", "address": "",
    }  # fmt: skip

    answer = person.post(f"/cases/{case.uid}/steps/correct", **typed)
    step = Case.objects.get(pk=case.pk).steps.get(name="correct")

    assert answer.status_code == 302
    assert step.data["before"] == {"description": "bags"}
