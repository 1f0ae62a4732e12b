"""A photo is named only by who has sent its bytes: to know its SHA-256 is not to have it. Held at every door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases import actions as cases
from civicloop.cases.models import CaseEvidence
from civicloop.fieldwork.actions import photo_here
from civicloop.fieldwork.models import Entry
from civicloop.inspection.models import Submission
from civicloop.kernel.refusal import Invalid
from civicloop.photos import actions
from tests.api.conftest import Program
from tests.api.town import INSIDE, Town, build_town
from tests.cast import City
from tests.fieldwork.phone import NOON, Phone, named_photo
from tests.inspection.made_up import answer, jpeg, make_scene
from tests.kept import kept
from tests.web.handset import Handset, noted_now

pytestmark = pytest.mark.django_db
KNOWN = named_photo("a")["sha256"]
Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def folder(tmp_path: Any, settings: Any) -> None:
    """A store of its own for every test."""
    settings.DATA_DIR = tmp_path


def sent_by(person: Any, at: datetime | None = None) -> None:
    """Somebody's photo lies in the store, since now or a moment before."""
    actions.store(BytesIO(jpeg("a")), sha256=KNOWN, by=person, at=at or timezone.now())


# ---- phone


@pytest.mark.parametrize("whose", ["other_handler", "stranger"])
def test_an_entry_waits_for_the_bytes_of_a_photo_that_another_has_sent(city: City, whose: str) -> None:
    sent_by(city.other_handler if whose == "other_handler" else None)
    handset = Handset(city.handler)
    entry = handset.phone.case(photos=[named_photo("a")], noted_at=noted_now())

    [row] = handset.send(entry)[1]["entries"]
    assert (row["entry"]["state"], row["entry"]["missing"]) == ("waiting", [KNOWN])
    assert handset.client.get(f"/photos/{KNOWN}/page").status_code == 404

    told = handset.put("a", f"?entry={entry['uid']}")[1]
    assert [one["state"] for one in told["entries"]] == ["applied"]
    assert CaseEvidence.objects.get().photo_id == KNOWN


def test_who_has_sent_the_same_bytes_sees_them_before_any_case_shows_them(city: City) -> None:
    sent_by(city.other_handler)
    handset = Handset(city.handler)
    handset.put("a")

    assert handset.client.get(f"/photos/{KNOWN}/thumb").status_code == 200


def test_a_step_may_name_a_photo_that_is_of_its_case_already(city: City) -> None:
    sent_by(city.reporter)
    photo = {"sha256": KNOWN, "kind": "near"}
    case = city.walk("accepted", at=timezone.now(), photos=[photo])
    handset = Handset(city.handler)
    step = handset.phone.step(case.uid, "comment", {"note": "同一处"}, photos=[named_photo("a")], noted_at=noted_now())

    [row] = handset.send(step)[1]["entries"]

    assert row["entry"]["state"] == "applied", row
    assert Entry.objects.get(pk=step["uid"]).state == "applied"


def test_a_visit_waits_for_the_bytes_of_a_photo_that_another_has_sent(city: City) -> None:
    scene = make_scene(city)
    sent_by(city.other_handler, at=NOON)
    phone = Phone(city.inspector)
    shown = answer("STREET-02", "not_met", photos=[{"sha256": KNOWN, "kind": "near"}])
    entry = phone.visit(scene.visit, shown, photos=[named_photo("a")])

    assert [row.state for row in phone.send(entry)] == ["waiting"]
    assert Submission.objects.get().state == "waiting"

    sent_by(city.inspector, at=NOON)
    photo_here(sha256=KNOWN, at=NOON)
    assert phone.state(entry) == "applied"


# ---- desk


def test_a_form_that_names_a_photo_of_another_is_refused(city: City, visitor: Visit, yesterday: Any) -> None:
    sent_by(city.other_handler)
    case = city.walk("accepted", at=yesterday)

    answer = visitor("handler").post(f"/cases/{case.uid}/steps/rectify", note="swept", kept_photo=f"{KNOWN}:after")

    assert answer.status_code == 422
    assert not CaseEvidence.objects.exists()
    assert visitor("handler").get(f"/photos/{KNOWN}/page")[0] == 404


def test_a_report_form_that_names_a_photo_of_another_is_refused(city: City, visitor: Visit) -> None:
    sent_by(city.other_handler)
    person = visitor("grid_worker")
    category = city.litter.uid

    answer = person.post(
        f"/cases/new/{category}", description="垃圾", address="莲北路1号", source="patrol", kept_photo=f"{KNOWN}:near"
    )

    assert answer.status_code == 422
    assert person.get(f"/photos/{KNOWN}/page")[0] == 404


# ---- API


@pytest.fixture
def town(db: None) -> Town:
    return kept(build_town)


@pytest.fixture
def program(town: Any) -> Callable[[str], Program]:
    """The program of a person of the town, by name."""
    return lambda name: Program(town.tokens[name])


def test_a_program_that_names_a_photo_of_another_is_told_to_send_it(town: Any, program: Any) -> None:
    program("filer").put(f"/photos/{KNOWN}", jpeg("a"))
    report = {"category": "06010", "description": "垃圾", **INSIDE, "photos": [{"sha256": KNOWN}]}

    refused = program("walker").post("/cases", report)
    assert (refused.status_code, refused.json()["code"]) == (422, "photo_not_sent")
    assert KNOWN in refused.content.decode()
    assert program("walker").get(f"/photos/{KNOWN}").status_code == 404

    again = program("walker").put(f"/photos/{KNOWN}", jpeg("a"))
    assert again.status_code == 200
    assert program("walker").get(f"/photos/{KNOWN}").status_code == 200
    assert program("walker").post("/cases", report).status_code == 201


def test_an_unknown_photo_and_one_of_another_are_told_apart_by_nothing(town: Any, program: Any) -> None:
    program("filer").put(f"/photos/{KNOWN}", jpeg("a"))
    told = []
    for sha256 in (KNOWN, named_photo("never sent")["sha256"]):
        report = {"category": "06010", "description": "垃圾", **INSIDE, "photos": [{"sha256": sha256}]}
        answer = program("walker").post("/cases", report)
        told.append((answer.status_code, answer.content.decode().replace(sha256, "…")))

    assert told[0] == told[1]


def test_a_step_by_the_ordinary_action_asks_the_same(city: City, yesterday: Any) -> None:
    sent_by(city.other_handler)
    case = city.walk("accepted", at=yesterday)

    with pytest.raises(Invalid) as refused:
        cases.take(
            case.uid, "rectify", by=city.handler, at=timezone.now(),
            given={"note": "好了", "photos": [{"sha256": KNOWN, "kind": "after"}]},
        )  # fmt: skip
    assert refused.value.code == "photo_not_sent"
