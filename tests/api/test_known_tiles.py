"""A tile the asker has already is answered in one statement, and never to somebody who may not have it any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from civicloop.cases import actions as cases
from civicloop.insight.mapcells import Tile, Which
from civicloop.insight.mapknown import KnownAskers, Proof
from civicloop.insight.mapsight import Sight
from civicloop.organisation import actions
from civicloop.organisation.models import ApiToken, Appointment
from civicloop.standards import reference
from tests.api.conftest import Program
from tests.api.test_tiles import address
from tests.api.town import Town

NOW = datetime.now(UTC)


@pytest.fixture(params=["session", "token"])
def ask(request: Any, town: Town, program: Callable[..., Program]) -> Any:
    """Somebody's request for an address, by either door; with a tag it is asked whether that still holds."""
    asked: dict[str, Any] = {}

    def by_session(name: str, path: str, **headers: str) -> Any:
        client = asked.setdefault(name, Client())
        if not client.cookies:
            client.force_login(town.people[name])
        return client.get(path, headers=headers)

    def by_token(name: str, path: str, **headers: str) -> Any:
        return asked.setdefault(name, program(name)).get(f"/api{path}", **headers)

    by = by_session if request.param == "session" else by_token

    def one(name: str, path: str, tag: str = "") -> Any:
        return by(name, path, **({"If-None-Match": tag} if tag else {}))

    one.door = request.param  # type: ignore[attr-defined]
    return one


@pytest.mark.parametrize("kind", ["cases", "points"])
def test_a_tile_that_is_known_takes_one_statement(town: Town, ask: Any, kind: str) -> None:
    town.report(NOW)
    for z in (3, 9, 14, 20):
        tag = ask("supervisor", address(z, kind))["ETag"]
        with CaptureQueriesContext(connection) as said:
            answer = ask("supervisor", address(z, kind), tag)
        assert (answer.status_code, answer["ETag"], answer.content) == (304, tag, b"")
        assert len(said) == 1, [one["sql"] for one in said]


def test_the_short_way_answers_with_the_headers_of_the_long_one(town: Town, ask: Any) -> None:
    town.report(NOW)
    path = address(9)
    first = ask("supervisor", path)
    short = ask("supervisor", path, first["ETag"])
    for name in ("ETag", "Cache-Control"):
        assert short[name] == first[name]
    varies = [{one.strip() for one in answer["Vary"].split(",")} for answer in (first, short)]
    assert varies[0] == varies[1]


def test_a_step_is_seen_by_whoever_had_the_tile(town: Town, ask: Any) -> None:
    case = town.report(NOW - timedelta(hours=1))
    tag = ask("supervisor", address(14))["ETag"]
    assert ask("supervisor", address(14), tag).status_code == 304
    cases.take(case.uid, "file", by=town.people["filer"], at=NOW, given={"category": str(town.rubbish.uid)})
    assert ask("supervisor", address(14), tag).status_code == 200


def test_each_kind_of_cases_has_a_tag_of_its_own(town: Town, ask: Any) -> None:
    town.report(NOW)
    tag = ask("supervisor", address(9))["ETag"]
    assert ask("supervisor", address(9), tag).status_code == 304
    assert ask("supervisor", address(9, which="all"), tag).status_code == 200
    assert ask("supervisor", address(9, which="some"), tag).status_code == 400


def test_whoever_is_not_let_in_any_more_learns_nothing(town: Town, ask: Any) -> None:
    town.report(NOW)
    tag = ask("supervisor", address(9))["ETag"]
    assert ask("supervisor", address(9), tag).status_code == 304
    if ask.door == "session":
        Session.objects.all().delete()
    else:
        for one in ApiToken.objects.filter(person=town.people["supervisor"]):
            actions.revoke_token(token=one, by=None, at=NOW)
    assert ask("supervisor", address(9), tag).status_code == 401
    assert ask("supervisor", address(9, "points"), tag).status_code == 401


def test_what_has_run_out_lets_nobody_in(town: Town, ask: Any) -> None:
    tag = ask("supervisor", address(9))["ETag"]
    assert ask("supervisor", address(9), tag).status_code == 304
    Session.objects.update(expire_date=NOW - timedelta(minutes=1))
    ApiToken.objects.update(expires_at=NOW - timedelta(minutes=1))
    assert ask("supervisor", address(9), tag).status_code == 401


def test_a_person_who_left_is_not_let_in(town: Town, ask: Any) -> None:
    tag = ask("supervisor", address(9))["ETag"]
    assert ask("supervisor", address(9), tag).status_code == 304
    type(town.people["supervisor"]).objects.filter(username="supervisor").update(is_active=False)
    assert ask("supervisor", address(9), tag).status_code == 401


def test_another_password_ends_the_session_on_the_map_too(town: Town) -> None:
    client = Client()
    client.force_login(town.people["supervisor"])
    tag = client.get(address(9))["ETag"]
    assert client.get(address(9), headers={"If-None-Match": tag}).status_code == 304
    actions.set_password(person=town.people["supervisor"], password="Etwas-anderes-2026", by=None, at=NOW)
    assert client.get(address(9), headers={"If-None-Match": tag}).status_code == 401


def test_a_session_that_passed_to_somebody_else_has_his_sight(town: Town) -> None:
    town.report(NOW, by="filer")
    client = Client()
    client.force_login(town.people["supervisor"])
    tag = client.get(address(9))["ETag"]
    assert client.get(address(9), headers={"If-None-Match": tag}).status_code == 304
    client.force_login(town.people["other"])
    assert client.get(address(9), headers={"If-None-Match": tag}).status_code == 204


def test_an_appointment_that_ended_takes_the_tile_away(town: Town, ask: Any) -> None:
    town.report(NOW, by="filer")
    tag = ask("supervisor", address(9))["ETag"]
    assert ask("supervisor", address(9), tag).status_code == 304
    for one in Appointment.objects.filter(person=town.people["supervisor"]):
        actions.end_appointment(appointment=one, last_day=max(one.starts_on, date(2020, 1, 2)), by=None, at=NOW)
    answer = ask("supervisor", address(9), tag)
    assert (answer.status_code, answer.content) == (204, b"")


def test_what_was_worked_out_yesterday_is_worked_out_again(town: Town) -> None:
    ref, known = reference.now(), KnownAskers()
    proof = Proof("SELECT 1 WHERE %s IS NOT NULL", (), (), 1)
    known.keep("k", proof, Sight(True), NOW, ref)
    assert known.tag_of_cases("k", Tile(0, 0, 0), Which.OPEN, NOW)
    assert known.tag_of_cases("k", Tile(0, 0, 0), Which.OPEN, NOW + timedelta(days=1)) is None


def test_only_so_many_askers_are_kept(town: Town) -> None:
    ref, known = reference.now(), KnownAskers(most=2)
    for key in "abc":
        known.keep(key, Proof("SELECT 1", (), (), 1), Sight(True), NOW, ref)
    assert [known.holds(key, NOW, ref) for key in "abc"] == [False, True, True]
