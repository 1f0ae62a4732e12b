"""Sheets that a careless or an ill-meaning device sends: each is refused, none is a fault of ours, nothing is kept."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.inspection.models import Draw, Observation, Round, Submission, Visit
from civicloop.organisation.actions import make_token
from tests.cast import MONDAY_NINE, City
from tests.inspection.made_up import Scene, answer, make_scene, sheet


@pytest.fixture
def scene(city: City) -> Scene:
    made = make_scene(city)
    today = timezone.localdate()
    Visit.objects.update(day=today)
    Round.objects.update(starts_on=today, ends_on=today)
    Draw.objects.update(opens_on=today)
    return made


def post(city: City, visit: Any, body: str | dict[str, Any], name: str = "inspector") -> Any:
    token = make_token(person=city.people[name], name="test", by=city.people[name], at=MONDAY_NINE)[1]
    raw = body if isinstance(body, str) else json.dumps(body)
    path = f"/api/v1/visits/{visit}/submission"
    return Client().post(path, raw, content_type="application/json", headers={"Authorization": f"Bearer {token}"})


def told(*changed: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"uid": str(uuid4()), **sheet(*changed, noted_at=timezone.now()), **more}


def photo(**more: Any) -> dict[str, Any]:
    return answer("STREET-02", "not_met", photos=[more])


FAR = (timezone.now() + timedelta(days=400)).isoformat()
WRONG: dict[str, dict[str, Any]] = {
    "negative count": told(answer("STREET-06", count=-1)),
    "huge count": told(answer("STREET-06", "not_met", count=1e300)),
    "three decimals": told(answer("STREET-06", "not_met", count=3.001)),
    "count as text": told(answer("STREET-06", "not_met", count="３")),
    "count without measure": told(answer("STREET-02", count=3)),
    "answer against its count": told(answer("STREET-06", "met", count=9)),
    "answer twice": told() | {"answers": [*sheet()["answers"], answer("STREET-02")]},
    "answer missing": told() | {"answers": sheet()["answers"][1:]},
    "no answers": told() | {"answers": []},
    "item of nowhere": told() | {"answers": [*sheet()["answers"], answer("STATION-01")]},
    "answer of nowhere": told(answer("STREET-02", "fine")),
    "path as name": told(photo(name="../../etc/passwd")),
    "backslash as name": told(photo(name="..\\a.jpg")),
    "dots as name": told(photo(name="..")),
    "nul in a name": told(photo(name="a\0.jpg")),
    "neither name nor digest": told(photo(kind="near")),
    "digest too short": told(photo(sha256="ab")),
    "same name, two digests": told(
        photo(name="a", sha256="a" * 64), answer("STREET-03", photos=[{"name": "a", "sha256": "b" * 64}])
    ),
    "thousands of extras": told(extra=[{"category": "06010"}] * 3000),
    "thousands of answers": told() | {"answers": sheet()["answers"] * 600},
    "extra of nowhere": told(extra=[{"category": "99999"}]),
    "half a place": told(lon=118.0),
    "place beyond the globe": told(lon=200.0, lat=99.0),
    "noted yesterday": told(noted_at=(timezone.now() - timedelta(days=1)).isoformat()),
    "noted without offset": told(noted_at="2026-11-23T09:00:00"),
    "noted in the year 1": told(noted_at="0001-01-01T00:00:00+00:00"),
    "unknown key": told(score=100),
    "note without end": told(note="字" * 5000),
    "control characters": told(note="a\x07b"),
    "a lone surrogate": told(note="\ud800"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_sheet_is_refused_and_nothing_is_kept(scene: Scene, name: str) -> None:
    response = post(scene.city, scene.visit.uid, WRONG[name])

    assert 400 <= response.status_code < 500, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    assert not Submission.objects.exists()
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000, '{"answers":' * 5000, '{"uid": NaN}', "", "null", "[]", '"x"', "{}", '{"uid":"x","uid":"y"}',
        json.dumps(told())[:-1] + ', "lon": NaN, "lat": Infinity}', json.dumps(told())[:-1] + ', "lat": 1e999, "lon": 1}',
        json.dumps(told())[:-1] + ', "accuracy_m": -Infinity}', "{" + '"note":"' + "a" * 3_000_000 + '"}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_sheet_is_refused(scene: Scene, body: str) -> None:
    response = post(scene.city, scene.visit.uid, body)

    assert 400 <= response.status_code < 500, response.content
    assert not Submission.objects.exists()


@pytest.mark.parametrize("name", ["other_inspector", "supervisor", "auditor", "handler", "leader", "system_admin"])
def test_nobody_else_answers_and_nobody_is_told_where_it_leads(scene: Scene, name: str) -> None:
    response = post(scene.city, scene.visit.uid, told(), name)

    assert (response.status_code, response.json()["code"]) == (403, "not_your_visit")
    assert scene.visit.point.name not in response.content.decode()


@pytest.mark.parametrize("state", ["missed", "replaced"])
def test_a_visit_that_was_given_away_takes_no_answers(scene: Scene, state: str) -> None:
    Visit.objects.update(state=state)

    assert post(scene.city, scene.visit.uid, told()).json()["code"] == "visit_not_open"


def test_a_moment_ahead_of_the_clock_is_kept_as_the_moment_of_arrival(scene: Scene) -> None:
    response = post(scene.city, scene.visit.uid, told(noted_at=FAR))

    visit = Visit.objects.get(pk=scene.visit.pk)
    assert response.status_code == 201
    assert visit.noted_at == visit.received_at


def test_a_failed_item_noted_ahead_of_the_clock_opens_its_case_all_the_same(scene: Scene) -> None:
    response = post(scene.city, scene.visit.uid, told(answer("STREET-03", "not_met"), noted_at=FAR))

    assert response.status_code == 201, response.content
    assert len(response.json()["cases"]) == 1
