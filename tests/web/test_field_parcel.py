"""What the phone takes along for a day, and what its door costs."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import City
from tests.web.handset import Handset, handset, noted_now, today_scene

__all__ = ["handset"]

pytestmark = pytest.mark.django_db


# ---- the parcel


def test_the_parcel_holds_what_a_day_needs(city: City) -> None:
    scene = today_scene(city, visits=2)
    case = city.walk("dispatched", at=timezone.now() - timedelta(hours=2), description="请打 13812345678")
    _, told = Handset(city.inspector).get("/field/parcel")
    assert [one["uid"] for one in told["visits"]] == [str(one.uid) for one in scene.visits]
    assert [item["code"] for item in told["sheets"][told["visits"][0]["sheet"]]["items"]][:2] == [
        "STREET-01",
        "STREET-02",
    ]
    assert {one["visit"] for one in told["points"]} >= {str(one.uid) for one in scene.visits}
    assert [one["properties"]["code"] for one in told["map"]["grids"]["features"]]

    _, told = Handset(city.handler).get("/field/parcel")
    [seen] = told["cases"]
    assert (seen["uid"], seen["mine"], seen["version"]) == (str(case.uid), True, case.version)
    assert seen["description"] == "请打 138****5678"
    assert set(seen["steps"]) >= {"accept", "return", "comment"}
    assert told["steps"]["rectify"]["needs"] == ["note"]
    assert {one["code"] for one in told["categories"]} >= {"06010", "09009"}
    assert told["limits"]["entries_per_post"] == 50


def test_the_parcel_is_not_sent_twice(city: City, handset: Handset) -> None:
    answer = handset.client.get("/field/parcel")
    tag = answer["ETag"]
    assert json.loads(answer.content)["digest"] in tag
    again = handset.client.get("/field/parcel", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")

    city.walk("dispatched", at=timezone.now() - timedelta(hours=2))
    assert handset.client.get("/field/parcel", headers={"If-None-Match": tag}).status_code == 200


def test_no_parcel_of_a_day_that_has_not_begun(city: City) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    status, told = Handset(city.inspector).get(f"/field/parcel?day={tomorrow}")

    assert (status, told["code"]) == (409, "draw_sealed")


def test_the_parcel_names_no_case_out_of_sight(city: City) -> None:
    city.walk("dispatched", at=timezone.now() - timedelta(hours=2), unit="willow")

    assert Handset(city.sweeper).get("/field/parcel")[1]["cases"] == []


def test_administrators_take_nothing_along(city: City) -> None:
    city.walk("dispatched", at=timezone.now() - timedelta(hours=2))
    _, told = Handset(city.system_admin).get("/field/parcel")

    assert (told["cases"], told["visits"], told["points"]) == ([], [], [])


# ---- budgets


def statements(work: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def test_the_parcel_takes_at_most_24_statements_however_much_it_holds(city: City) -> None:
    today_scene(city, visits=12)
    for _ in range(8):
        city.walk("dispatched", at=timezone.now() - timedelta(hours=2))
    for person in (city.inspector, city.handler, city.grid_worker, city.verifier):
        handset = Handset(person)
        handset.get("/field/parcel")
        assert statements(lambda handset=handset: handset.get("/field/parcel")) <= 24


def test_fifty_comments_take_at_most_so_many_statements(city: City, handset: Handset) -> None:
    """Each is stored and applied in transactions of its own; what is asked once is asked once for all."""
    case = city.walk("dispatched", at=timezone.now() - timedelta(hours=2))
    handset.send(handset.phone.comment(case.uid, noted_at=noted_now()))
    entries = [handset.phone.comment(case.uid, noted_at=noted_now()) for _ in range(50)]

    assert statements(lambda: handset.send(*entries)) <= 50 * 24 + 25


def test_fifty_sent_again_take_at_most_so_many_statements(city: City, handset: Handset) -> None:
    case = city.walk("dispatched", at=timezone.now() - timedelta(hours=2))
    entries = [handset.phone.comment(case.uid, noted_at=noted_now()) for _ in range(50)]
    handset.send(*entries)

    assert statements(lambda: handset.send(*entries)) <= 20


def test_a_large_picture_is_not_held_in_memory_twice(handset: Handset) -> None:
    """More than a form may bring, as photos do: it is read as a stream."""
    from PIL import Image

    file = io.BytesIO()
    Image.effect_noise((2200, 1600), 90).save(file, "JPEG", quality=95)
    from hashlib import sha256

    data = file.getvalue()
    assert len(data) > 2 * 1024 * 1024
    answer = handset.client.put(
        f"/field/photos/{sha256(data).hexdigest()}",
        data,
        content_type="image/jpeg",
        headers={"X-CSRFToken": handset.token},
    )
    assert answer.status_code == 201


def test_an_entry_of_a_thousand_lists_is_refused_by_itself(city: City) -> None:
    handset = Handset(city.grid_worker)
    good, bad = handset.phone.case(), handset.phone.case()
    for one in (good, bad):
        one["noted_at"] = timezone.now().isoformat()
    body = {"device": str(handset.phone.device), "clock": timezone.now().isoformat(), "entries": [bad, good]}
    nested = "[" * 900 + "]" * 900
    for name in ("kind", "uid"):
        text = json.dumps(body).replace(f'"{name}": "{bad[name]}"', f'"{name}": {nested}', 1)
        answer = handset.client.post(
            "/field/entries", text, content_type="application/json", headers={"X-CSRFToken": handset.token}
        )
        assert [row["ok"] for row in answer.json()["entries"]] == [False, True]


def test_a_phone_that_woke_up_in_1970_is_put_right_by_its_offset(city: City) -> None:
    handset = Handset(city.grid_worker)
    entry = handset.phone.case(
        noted_at="1970-01-01T08:10:00+08:00", clock_offset_s=timezone.now().timestamp() - timedelta(minutes=15).seconds
    )

    assert handset.states(entry, clock="1970-01-01T08:20:00+08:00") == ["applied"]
