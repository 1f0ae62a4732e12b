"""The security administrator's pages of Open311: keys shown once, told apart, changed, revoked; what other systems are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from civicloop.ledger.models import LedgerLine
from civicloop.residents.actions.open311keys import make_key
from civicloop.residents.actions.open311push import send_pushes, subscribe
from civicloop.residents.models import Open311Key, Open311Push, Open311Subscription
from civicloop.standards import actions as standards
from civicloop.standards import reference
from tests.cast import City
from tests.open311.conftest import HERE, Program

Visit = Callable[..., Any]
pytestmark = pytest.mark.django_db
TYPED = {
    "client": "FixMyStreet",
    "contact": "民情办 0592-7000001",
    "per_minute": "60",
    "services": "06010, 09009",
    "kind": "production",
}


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    cache.clear()


def made(**more: Any) -> Open311Key:
    return make_key(**{"client": "FixMyStreet", **more}, by=None, at=timezone.now())[0]


def text_of(page: str) -> str:
    return re.search(r"o3_[\w-]{32}", page)[0]  # type: ignore[index]


def test_an_empty_room_says_what_would_be_here(visitor: Visit) -> None:
    status, page = visitor("security_admin").get("/settings/open311")

    assert status == 200
    assert "No program has a key yet" in page
    assert "/open311/discovery.json" in page


def test_a_key_is_shown_once_works_and_is_known_by_its_end(city: City, visitor: Visit) -> None:
    desk = visitor("security_admin")
    page = desk.post("/settings/open311/new", **TYPED).content.decode()
    text, row = text_of(page), Open311Key.objects.get()

    assert (row.client, row.per_minute, row.services, row.test) == ("FixMyStreet", 60, ["06010", "09009"], False)
    assert Program(text).report()
    for path in ("/settings/open311", f"/settings/open311/{row.uid}"):
        _, again = desk.get(path)
        assert text not in again
        assert f"o3_…{text[-4:]}" in again
        assert "民情办" in again
    assert text not in str(LedgerLine.objects.filter(kind="open311_key").values())
    assert LedgerLine.objects.get(verb="open311_key.make").by == city.security_admin.uid


def test_what_was_typed_wrong_is_refused_and_kept(visitor: Visit) -> None:
    desk = visitor("security_admin")
    for wrong in ({"services": "nothing"}, {"per_minute": "0"}, {"client": " "}, {"kind": "x"}):
        answer = desk.post("/settings/open311/new", **{**TYPED, **wrong})
        assert answer.status_code in (400, 422)
        assert "民情办" in answer.content.decode()
    assert not Open311Key.objects.exists()


def test_a_key_is_changed_with_trace_and_its_text_stays(city: City, visitor: Visit) -> None:
    desk = visitor("security_admin")
    text = text_of(desk.post("/settings/open311/new", **TYPED).content.decode())
    row = Open311Key.objects.get()
    answer = desk.post(f"/settings/open311/{row.uid}/change", **{**TYPED, "services": "09009", "per_minute": "5"})

    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.services, row.per_minute) == (["09009"], 5)
    Program(text).post(status=403, service_code="06010", description="x", **HERE)
    line = LedgerLine.objects.get(verb="open311_key.change")
    assert line.data["before"] == {"services": ["06010", "09009"], "per_minute": 60}
    assert "<ins>5</ins>" in desk.get(f"/settings/open311/{row.uid}")[1]


def test_a_revoked_key_opens_nothing_and_is_changed_no_more(city: City, visitor: Visit) -> None:
    desk = visitor("security_admin")
    text = text_of(desk.post("/settings/open311/new", **TYPED).content.decode())
    row = Open311Key.objects.get()

    assert desk.post(f"/settings/open311/{row.uid}/revoke").status_code == 302
    Program(text).post(status=403, service_code="06010", description="x", **HERE)
    refused = desk.post(f"/settings/open311/{row.uid}/change", **{**TYPED, "per_minute": "5"})
    assert refused.status_code == 409
    assert "revoked and stays so" in refused.content.decode()
    _, page = desk.get(f"/settings/open311/{row.uid}")
    assert "/revoke" not in page
    assert "/change" not in page


def test_where_there_are_jurisdictions_a_key_may_be_for_one(city: City, visitor: Visit) -> None:
    names = {"Lotus.example": "LOTUS", "willow.example": "WILLOW"}
    standards.set_parameter(name="open311.jurisdictions", value=names, by=city.system_admin, at=timezone.now())
    visitor("security_admin").post("/settings/open311/new", **TYPED, jurisdiction="lotus.example")

    assert Open311Key.objects.get().jurisdiction == "lotus.example"


def test_a_system_is_told_of_steps_and_its_key_is_never_shown(city: City, visitor: Visit) -> None:
    desk, row = visitor("security_admin"), made()
    typed = {"address": "http://127.0.0.1:9/open311/v2", "secret": "their-key", "which": "all", "active": "1"}
    assert desk.post(f"/settings/open311/{row.uid}/telling", **{**typed, "address": "ftp://x"}).status_code == 422
    assert desk.post(f"/settings/open311/{row.uid}/telling", **typed).status_code == 302
    there = Open311Subscription.objects.get()
    _, page = desk.get(f"/settings/open311/{row.uid}/telling")

    assert (there.own_only, there.active) == (False, True)
    assert "their-key" not in page + there.secret
    sealed = there.secret
    assert desk.post(f"/settings/open311/{row.uid}/telling", **{**typed, "secret": "", "active": ""}).status_code == 302
    there.refresh_from_db()
    assert (there.secret, there.active) == (sealed, False)


def test_what_was_given_up_is_seen_and_told_again(city: City, visitor: Visit) -> None:
    desk, row, at = visitor("security_admin"), made(), timezone.now()
    subscribe(key=row, address="http://127.0.0.1:9/v2", secret="x", own_only=False, by=None, at=at - timedelta(hours=2))
    case = city.report(source="resident", at=at - timedelta(hours=1))
    send_pushes(at=at, ref=reference.now(), send=lambda *_: "http_403")
    Open311Push.objects.update(state="failed", next_try_at=None)
    _, page = desk.get(f"/settings/open311/{row.uid}")

    assert case.number in page
    assert "answered with 403" in page
    assert desk.post(f"/settings/open311/{row.uid}/again").status_code == 302
    assert Open311Push.objects.get().state == "waiting"


@pytest.mark.parametrize("name", ["filer", "system_admin", "supervisor", "leader", "audit_admin"])
def test_nobody_but_a_security_administrator_comes_in(visitor: Visit, name: str) -> None:
    desk, row = visitor(name), made()

    for path in ("", "/new", f"/{row.uid}", f"/{row.uid}/change", f"/{row.uid}/telling"):
        assert desk.get(f"/settings/open311{path}")[0] == 403
    for path in ("/new", f"/{row.uid}/change", f"/{row.uid}/revoke", f"/{row.uid}/telling"):
        assert desk.post(f"/settings/open311{path}", **TYPED).status_code == 403
    row.refresh_from_db()
    assert row.revoked_at is None
    assert "/settings/open311" not in desk.get("/settings")[1]


def test_the_way_leads_there_from_the_settings(visitor: Visit) -> None:
    assert "/settings/open311" in visitor("security_admin").get("/settings")[1]


def test_many_keys_take_no_more_statements(city: City, visitor: Visit) -> None:
    desk = visitor("security_admin")
    for number in range(30):
        row = made(client=f"程序{number}")
    subscribe(
        key=row,
        address="http://127.0.0.1:9/v2",
        secret="x",
        own_only=False,
        by=None,
        at=timezone.now() - timedelta(days=2),
    )
    for _ in range(25):
        city.report(source="resident", at=timezone.now())
    send_pushes(at=timezone.now(), ref=reference.now(), send=lambda *_: "")

    assert desk.statements("/settings/open311") <= 15
    assert desk.statements(f"/settings/open311/{row.uid}") <= 15
    assert len(desk.get("/settings/open311")[1].encode()) < 120_000
