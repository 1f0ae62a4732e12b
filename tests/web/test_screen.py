"""The big screen: who may look, what it costs, and what it never shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civicloop.api.openrosa.scrub import scrubbed
from civicloop.cases import actions
from civicloop.insight import screen
from civicloop.organisation.actions import make_token, revoke_token
from civicloop.scoring.actions import keep_named
from civicloop.scoring.models import KeptFigures
from civicloop.standards import reference
from tests.cast import MONDAY_NINE

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def _asked_anew() -> Any:
    cache.clear()
    yield
    cache.clear()


def screen_of(city: Any, name: str = "screen hall", **given: Any) -> tuple[Any, Client]:
    """A browser that was opened with a screen token."""
    row, token = make_token(person=city.supervisor, name=name, by=city.supervisor, at=timezone.now(), **given)
    client = Client()
    client.get(f"/screen/open/{token}")
    return row, client


def test_the_screen_is_for_those_who_see_the_city(city: Any, visitor: Visit) -> None:
    assert visitor("supervisor").get("/screen")[0] == 200
    assert visitor("handler").get("/screen")[0] == 403
    assert visitor("handler").get("/screen/data.json")[0] == 401
    assert visitor("handler").get("/screen/towns.json")[0] == 401
    stranger = Client()
    assert stranger.get("/screen").status_code == 302
    assert stranger.get("/screen/data.json").status_code == 401
    assert stranger.get("/screen/towns.json").status_code == 401


def test_a_screen_token_opens_the_screen_and_nothing_else(city: Any, db: None) -> None:
    _row, token = make_token(person=city.supervisor, name="screen hall", by=city.supervisor, at=timezone.now())
    client = Client()

    opened = client.get(f"/screen/open/{token}")
    assert (opened.status_code, opened["Location"]) == (302, "/screen")
    cookie = opened.cookies["civicloop_screen"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert token not in cookie.value

    assert client.get("/screen").status_code == 200
    assert client.get("/screen/data.json").status_code == 200
    assert client.get("/map/base.json").status_code == 200
    for path in ("/cases", "/map", "/inbox", "/numbers"):
        assert client.get(path).status_code == 302, path
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_revoked_or_expired_token_darkens_the_screen(city: Any, db: None) -> None:
    row, client = screen_of(city)
    assert client.get("/screen/data.json").status_code == 200
    revoke_token(token=row, by=city.supervisor, at=timezone.now())
    assert client.get("/screen/data.json").status_code == 401
    assert client.get("/map/base.json").status_code == 401

    _, late = screen_of(city, expires_at=timezone.now() - timedelta(seconds=1))
    assert late.get("/screen/data.json").status_code == 401


def test_other_tokens_do_not_open_the_screen_and_a_cookie_cannot_be_made_up(city: Any, db: None) -> None:
    row, client = screen_of(city, name="command line")
    assert client.get("/screen/data.json").status_code == 401
    forged = Client()
    forged.cookies["civicloop_screen"] = str(row.pk)
    assert forged.get("/screen/data.json").status_code == 401
    assert Client().get("/screen/open/cl_nothing").status_code == 404


def test_a_token_of_somebody_who_sees_one_unit_shows_nothing(city: Any, db: None) -> None:
    _, token = make_token(person=city.handler, name="screen town", by=city.handler, at=timezone.now())
    client = Client()
    client.get(f"/screen/open/{token}")
    assert client.get("/screen/data.json").status_code == 401


def test_tokens_in_addresses_do_not_go_into_logs() -> None:
    assert scrubbed('"GET /screen/open/cl_secret HTTP/1.1" 302') == '"GET /screen/open/… HTTP/1.1" 302'


def test_live_numbers_are_those_of_the_lists(city: Any, visitor: Visit, yesterday: Any) -> None:
    city.walk("closed", at=timezone.now() - timedelta(hours=3))
    late = city.walk("accepted", at=yesterday - timedelta(days=20))
    city.report(at=timezone.now())

    told = json.loads(visitor("supervisor").get("/screen/data.json")[1])["live"]

    assert (told["open"], told["overdue"]) == (2, 1)
    assert sum(one[2] for one in told["cells"]) == 2
    assert sum(one[3] for one in told["cells"]) == 1
    assert told["closings"][0]["what"] == "暴露垃圾"
    assert late.address not in json.dumps(told) or not late.address


def test_a_case_reopened_since_is_not_closed_and_one_closed_again_is_so_once(city: Any) -> None:
    back, again = (city.walk("closed") for _ in range(2))
    noon = MONDAY_NINE + timedelta(hours=3)
    for case in (back, again):
        actions.reopen(case.uid, reason="still there", by=city.verifier, at=noon)
    steps = (
        ("accept", "handler", {}), ("rectify", "handler", {"note": "cleared", "photos": [city.photo()]}),
        ("verify", "verifier", {"note": "it is clean"}), ("close", "filer", {}),
    )  # fmt: skip
    for hour, (step, by, given) in enumerate(steps, 1):
        actions.take(again.uid, step, by=city.people[by], at=noon + timedelta(hours=hour), given=given)

    told = screen.live(at=noon + timedelta(hours=5), ref=reference.now())

    closed = timezone.localtime(noon + timedelta(hours=4)).isoformat(timespec="seconds")
    assert (told["open"], told["closed_today"]) == (1, 1)
    assert [one["at"] for one in told["closings"]] == [closed]


def test_the_screen_names_no_person_and_no_address(city: Any, visitor: Visit) -> None:
    city.walk("closed", at=timezone.now() - timedelta(hours=3), lon=None, lat=None, address="莲花路 7 号 302 室")
    text = visitor("supervisor").get("/screen/data.json")[1]
    assert "302" not in text
    for person in city.people.values():
        assert person.name not in json.dumps(json.loads(text), ensure_ascii=False)


def test_figures_are_kept_by_a_job_and_say_their_moment(city: Any, visitor: Visit) -> None:
    city.walk("closed", at=timezone.now() - timedelta(days=1, hours=3))
    first = json.loads(visitor("supervisor").get("/screen/data.json")[1])
    assert first["kept"] is None  # asked for; jobs run at once in tests, so the next answer has it

    told = json.loads(visitor("supervisor").get("/screen/data.json")[1])["kept"]
    assert told["as_of"]
    assert len(told["trend"]) == 30
    assert sum(one["reported"] for one in told["trend"]) == 1
    # A day that has just begun would look like a fall.
    assert told["trend"][-1]["day"] == (timezone.localdate() - timedelta(days=1)).isoformat()
    assert told["on_time"]["due"] >= 0
    assert told["ranks"] is None


def test_the_trend_holds_thirty_whole_days(city: Any) -> None:
    for days in (-1, 0, 29, 30):
        city.report(at=MONDAY_NINE + timedelta(days=days))

    trend = screen.reckoned(at=MONDAY_NINE + timedelta(days=30, hours=4), ref=reference.now())["trend"]

    assert [one["reported"] for one in trend] == [1, *[0] * 28, 1]
    assert trend[0]["day"] == MONDAY_NINE.date().isoformat()


def test_old_figures_are_shown_and_asked_for_anew_once(city: Any, visitor: Visit) -> None:
    old = timezone.now() - timedelta(hours=2)
    content = screen.reckoned(at=old, ref=reference.now())
    keep_named(name=screen.KEPT, content=content, at=old)

    visitor("supervisor").get("/screen/data.json")
    row = KeptFigures.objects.get(name=screen.KEPT)
    assert row.as_of > old

    # An older reckoning that ends later does not put back what is newer.
    keep_named(name=screen.KEPT, content={"old": True}, at=old)
    assert KeptFigures.objects.get(name=screen.KEPT).as_of == row.as_of


def test_one_refresh_costs_at_most_ten_statements(city: Any, visitor: Visit) -> None:
    client = visitor("supervisor").client
    client.get("/screen/data.json")
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/screen/data.json").status_code == 200
    assert len(seen) <= 11, [one["sql"][:90] for one in seen]


def test_towns_are_put_together_from_their_grids_and_asked_for_once(city: Any, visitor: Visit) -> None:
    client = visitor("supervisor").client
    answer = client.get("/screen/towns.json")
    names = {one["properties"]["name"] for one in answer.json()["features"]}
    assert {"莲花镇", "柳塘街道"} <= names
    assert client.get("/screen/towns.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_page_has_nothing_inline(city: Any, visitor: Visit) -> None:
    text = visitor("supervisor").get("/screen")[1]
    assert "style=" not in text
    assert "<script>" not in text


@pytest.mark.parametrize(("wide", "zoom"), [(0.35, 14), (0.05, 16), (5.0, 10), (1e-9, 18)])
def test_cells_are_so_large_that_a_screen_holds_eight_to_sixteen(wide: float, zoom: int) -> None:
    assert screen.cell_zoom((118.0, 0.0, 118.0 + wide, 0.01)) == zoom
