"""Rounds, draws, visits and their answers through the door for machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from civicloop.cases.models import Case
from civicloop.inspection.models import Draw, Observation, Round, Submission, Visit
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.actions import make_token
from tests.api.conftest import Program
from tests.cast import MONDAY_NINE, City
from tests.inspection.made_up import Scene, answer, jpeg, make_scene, named, sheet

Doors = Callable[[str], Program]


@pytest.fixture
def scene(city: City) -> Scene:
    """A visit of today, whatever day that is."""
    made = make_scene(city)
    today = timezone.localdate()
    Visit.objects.update(day=today)
    Round.objects.update(starts_on=today, ends_on=today)
    Draw.objects.update(opens_on=today)
    return made


@pytest.fixture
def door(city: City) -> Doors:
    return lambda name: Program(
        make_token(person=city.people[name], name="test", by=city.people[name], at=MONDAY_NINE)[1]
    )


def now() -> datetime:
    return timezone.now().replace(microsecond=0)


def told(*changed: dict[str, Any], uid: str = "a", **more: Any) -> dict[str, Any]:
    return {"uid": str(named(uid)), **sheet(*changed, noted_at=now()), **more}


def photo_of(name: str | None = None, sha: str | None = None) -> dict[str, Any]:
    return answer("STREET-02", "not_met", note="一堆", photos=[{"name": name, "sha256": sha}])


def test_my_visits_of_today(scene: Scene, door: Doors) -> None:
    body = door("inspector").get("/visits").json()

    assert body["day"] == str(timezone.localdate())
    [mine] = body["items"]
    assert (mine["uid"], mine["state"], mine["place"]["name"]) == (str(scene.visit.uid), "planned", "第1街")
    assert door("other_inspector").get("/visits").json()["items"] == []


def test_tomorrow_is_sealed(scene: Scene, door: Doors) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    Visit.objects.update(day=tomorrow)

    for path in (f"/visits?day={tomorrow}", f"/visits/{scene.visit.uid}"):
        response = door("inspector").get(path)
        assert (response.status_code, response.json()["code"]) == (409, "draw_sealed")
    assert door("inspector").get("/visits").json()["items"] == []


def test_a_visit_says_what_to_answer(scene: Scene, door: Doors) -> None:
    body = door("inspector").get(f"/visits/{scene.visit.uid}").json()

    assert [one["code"] for one in body["items"]] == [f"STREET-0{n}" for n in range(1, 7)]
    first = body["items"][0]
    assert first["count"] == {"what": "公益广告", "compare": "at_least", "value": 1.0, "unit": "piece", "per_m": 200}
    assert (first["photo"], first["becomes"], first["question"]["code"]) == ("never", "06010", "civic_practice")
    assert body["edition"] == {"code": "small-wenming", "name": "2021"}


def test_an_unchanged_visit_is_not_sent_again(scene: Scene, door: Doors) -> None:
    program = door("inspector")
    tag = program.get(f"/visits/{scene.visit.uid}")["ETag"]

    assert program.get(f"/visits/{scene.visit.uid}", If_None_Match=tag).status_code == 304


def test_answers_are_taken_and_open_cases(scene: Scene, door: Doors) -> None:
    program = door("inspector")
    response = program.post(f"/visits/{scene.visit.uid}/submission", told(answer("STREET-03", "not_met", note="乱停")))
    body = response.json()

    assert response.status_code == 201, body
    assert response["Location"] == body["url"] == f"/api/v1/submissions/{named('a')}"
    [case] = body["cases"]
    assert (case["number"], case["items"], case["known"]) == (Case.objects.get().number, ["STREET-03"], False)
    judged = program.get(f"/visits/{scene.visit.uid}").json()
    assert (judged["state"], len(judged["observations"])) == ("judged", 6)
    assert judged["observations"][2]["case"] == case["number"]


def test_the_same_answers_sent_again_get_the_same_answer(scene: Scene, door: Doors) -> None:
    program, body = door("inspector"), told()
    first = program.post(f"/visits/{scene.visit.uid}/submission", body)
    again = program.post(f"/visits/{scene.visit.uid}/submission", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Submission.objects.count() == 1


def test_other_answers_under_the_same_id_are_a_conflict(scene: Scene, door: Doors) -> None:
    program = door("inspector")
    program.post(f"/visits/{scene.visit.uid}/submission", told())
    other = program.post(f"/visits/{scene.visit.uid}/submission", told(note="别的"))

    assert (other.status_code, other.json()["code"]) == (409, "submission_differs")


def test_other_answers_for_a_judged_visit_are_a_conflict(scene: Scene, door: Doors) -> None:
    program = door("inspector")
    program.post(f"/visits/{scene.visit.uid}/submission", told())
    other = program.post(f"/visits/{scene.visit.uid}/submission", told(uid="b"))

    assert (other.status_code, other.json()["code"]) == (409, "visit_judged")


def test_somebody_elses_visit_is_refused_and_the_refusal_kept(scene: Scene, door: Doors) -> None:
    response = door("other_inspector").post(f"/visits/{scene.visit.uid}/submission", told())

    assert (response.status_code, response.json()["code"]) == (403, "not_your_visit")
    assert "another inspector" in response.json()["detail"]
    assert LedgerLine.objects.filter(kind="visit", uid=scene.visit.uid, verb="refused").exists()


def test_a_refusal_names_field_and_item(scene: Scene, door: Doors) -> None:
    bad = told(answer("STREET-06", "met", count=9))
    response = door("inspector").post(f"/visits/{scene.visit.uid}/submission", bad)
    body = response.json()

    assert (response.status_code, body["code"], body["params"]["item"]) == (
        422,
        "answer_contradicts_count",
        "STREET-06",
    )
    assert body["errors"][0]["field"] == "answers.5.answer"


@pytest.mark.parametrize(
    "change", [{"colour": 1}, {"uid": "no"}, {"noted_at": "yesterday"}, {"answers": [{"item": "A", "answer": "maybe"}]}]
)
def test_what_has_another_shape_is_refused(scene: Scene, door: Doors, change: dict[str, Any]) -> None:
    response = door("inspector").post(f"/visits/{scene.visit.uid}/submission", told() | change)

    assert response.status_code == 422
    assert not Submission.objects.exists()


def test_photos_may_come_after_the_form(scene: Scene, door: Doors) -> None:
    program = door("inspector")
    first = program.post(f"/visits/{scene.visit.uid}/submission", told(photo_of("near 1.jpg"))).json()
    assert (first["state"], first["missing"]) == ("waiting", [{"name": "near 1.jpg", "sha256": ""}])

    place = f"/submissions/{first['uid']}/photos/near%201.jpg"
    whole, again = program.put(place, jpeg()), program.put(place, jpeg())
    assert (whole.status_code, whole.json()["state"], len(whole.json()["cases"])) == (200, "applied", 1)
    assert again.json() == whole.json() == program.get(f"/submissions/{first['uid']}").json()
    assert Observation.objects.count() == 6


def test_a_photo_sent_by_its_digest_completes_the_answers(scene: Scene, door: Doors) -> None:
    program, digest = door("inspector"), sha256(jpeg()).hexdigest()
    first = program.post(f"/visits/{scene.visit.uid}/submission", told(photo_of(sha=digest))).json()
    assert first["state"] == "waiting"

    program.put(f"/photos/{digest}", jpeg())
    assert program.get(f"/submissions/{first['uid']}").json()["state"] == "applied"


def test_a_photo_nobody_named_is_not_found(scene: Scene, door: Doors) -> None:
    program = door("inspector")
    first = program.post(f"/visits/{scene.visit.uid}/submission", told(photo_of("a.jpg"))).json()

    assert program.put(f"/submissions/{first['uid']}/photos/b.jpg", jpeg()).status_code == 404
    assert program.put(f"/submissions/{first['uid']}/photos/a.jpg", b"no picture").status_code == 422
    assert program.put(f"/submissions/{first['uid']}/photos/a.jpg", b"").status_code == 411
    assert door("other_inspector").put(f"/submissions/{first['uid']}/photos/a.jpg", jpeg()).status_code == 404


def test_the_unit_sees_the_photos_of_a_judged_visit(scene: Scene, door: Doors) -> None:
    digest = sha256(jpeg()).hexdigest()
    door("inspector").put(f"/photos/{digest}", jpeg())
    commended = answer("STREET-05", commended=True, photos=[{"sha256": digest}])
    door("inspector").post(f"/visits/{scene.visit.uid}/submission", told(commended))

    assert door("handler").get(f"/photos/{digest}").status_code == 200
    assert door("other_handler").get(f"/photos/{digest}").status_code == 404


def test_of_a_case_out_of_sight_a_visit_says_only_that_there_is_one(scene: Scene, door: Doors) -> None:
    door("inspector").post(f"/visits/{scene.visit.uid}/submission", told(answer("STREET-03", "not_met", note="乱停")))
    case = Case.objects.get()

    def seen(name: str) -> tuple[Any, ...]:
        shown = door(name).get(f"/visits/{scene.visit.uid}").json()["observations"][2]
        return shown["case"], shown["case_url"], shown["case_hidden"]

    assert door("handler").get(f"/cases/{case.uid}").status_code == 404
    assert seen("handler") == (None, None, True)
    assert seen("inspector") == seen("supervisor") == (case.number, f"/api/v1/cases/{case.uid}", False)


# Rounds and draws


def test_rounds_with_how_far_they_are(scene: Scene, door: Doors) -> None:
    [shown] = door("supervisor").get("/rounds").json()["items"]

    assert (shown["code"], shown["kind"], shown["visits"]) == (scene.round.code, "weekly_visit", {"planned": 1})
    detail = door("supervisor").get(f"/rounds/{scene.round.code}").json()
    assert detail["draws"][0]["commitment"] == "c" * 64
    assert "s" * 64 not in json.dumps(detail)


def test_units_hear_of_a_round_when_its_draw_is_published(scene: Scene, door: Doors) -> None:
    handler = door("handler")
    assert handler.get("/rounds").json()["items"] == []
    assert handler.get(f"/rounds/{scene.round.code}").status_code == 404

    Draw.objects.update(state="published", published_at=now())
    assert len(handler.get("/rounds").json()["items"]) == 1
    assert handler.get(f"/draws/{scene.draw.code}").json()["drawn"][0]["point"] == "P1"


def test_a_draw_is_sealed_for_everybody_until_it_opens(scene: Scene, door: Doors) -> None:
    Draw.objects.update(opens_on=timezone.localdate() + timedelta(days=1))
    response = door("supervisor").get(f"/draws/{scene.draw.code}")

    assert (response.status_code, response.json()["code"]) == (409, "draw_sealed")
    assert door("handler").get(f"/draws/{scene.draw.code}").status_code == 404


def test_a_published_draw_tells_everything_needed_to_draw_again(scene: Scene, door: Doors) -> None:
    early = door("supervisor").get(f"/draws/{scene.draw.code}/published")
    assert (early.status_code, early.json()["code"]) == (409, "draw_not_published")

    Draw.objects.update(state="published", published_at=now())
    body = door("handler").get(f"/draws/{scene.draw.code}/published").json()
    assert (body["frame"], body["secret"]) == ("code\nP1\n", "s" * 64)
    assert body["drawn"][0] == {
        "order": 1, "point": "P1", "case": None, "stratum": "street", "role": "main", "chance": 0.25, "double": False,
        "in_use": True, "replaces": None, "reason": "",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/rounds/NONE", "/draws/NONE", "/draws/NONE/published", f"/visits/{named('x')}",
                                  f"/submissions/{named('x')}"])  # fmt: skip
def test_what_is_not_there_is_not_found(scene: Scene, door: Doors, path: str) -> None:
    assert door("supervisor").get(path).status_code == 404


PLACES = {
    "/rounds": "/rounds", "/rounds/{code}": "/rounds/R1", "/draws/{code}": "/draws/R1-D1",
    "/draws/{code}/published": "/draws/R1-D1/published", "/visits": "/visits", "/visits/{uid}": "/visits/{visit}",
    "/submissions/{uid}": "/submissions/{submission}",
}  # fmt: skip


@pytest.mark.parametrize("template", PLACES)
def test_what_is_shown_is_what_the_description_promises(scene: Scene, door: Doors, template: str) -> None:
    Draw.objects.update(state="published", published_at=now())
    program = door("inspector")
    digest = sha256(jpeg()).hexdigest()
    program.put(f"/photos/{digest}", jpeg())
    program.post(f"/visits/{scene.visit.uid}/submission", told(photo_of(sha=digest)))
    described: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    promised = described["paths"][f"/api/v1{template}"]["get"]["responses"]["200"]["content"]["application/json"]
    registry = Registry().with_resource("urn:api", Resource.from_contents(described, default_specification=DRAFT202012))

    shown = program.get(PLACES[template].format(visit=scene.visit.uid, submission=named("a"))).json()
    absolute = json.loads(json.dumps(promised["schema"]).replace('"#/', '"urn:api#/'))
    faults = [
        fault.message for fault in jsonschema.Draft202012Validator(absolute, registry=registry).iter_errors(shown)
    ]

    assert faults == []
