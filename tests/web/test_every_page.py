"""Every address of the house: it opens for somebody, never breaks, and shows a stranger nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client

from civicloop.cases.models import CaseStep
from civicloop.ledger.models import LedgerLine
from tests.furnished import PARTY, SECRET, Furnished, addresses, furnish
from tests.kept import kept

PEOPLE = ("supervisor", "filer", "handler", "leader", "inspector", "system_admin", "security_admin", "order_desk")
# Doors with a key of their own, each with its own tests: tokens, and the secret of a question to somebody outside.
OTHER_KEYS = ("/api/", "/or/", "/f/")
# What is there before anybody has logged in: the log-in itself, the words of the phone's program and its shell, which hold no data;
# and the open doors, residents' pages and Open311, which show nothing that is not public.
OPEN = (
    "/login", "/language", "/field/", "/field/sw.js", "/field/manifest.webmanifest", "/field/ping", "/field/words/", "/p/",
    "/open311/",
)  # fmt: skip
# Answered at once to whoever is not logged in, or led to the log-in.
CLOSED = {301, 302, 401, 403, 404, 405}


@pytest.fixture
def made(db: None) -> Furnished:
    return kept(furnish)


def client_of(made: Furnished, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(made.city.people[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def told(response: Any) -> str:
    """All that an answer says, files too."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{raw.decode(errors='replace')} {dict(response.headers)}"


def desk_of(made: Furnished) -> Iterable[tuple[str, str]]:
    """The addresses that a browser's session opens."""
    return [(route, at) for route, at in addresses(made).items() if not at.startswith(OTHER_KEYS)]


def test_no_page_breaks_whoever_asks(made: Furnished) -> None:
    broken, opened = [], set()
    for name in PEOPLE:
        client = client_of(made, name)
        for route, at in desk_of(made):
            status = client.get(at).status_code
            opened |= {route} if status == 200 else set()
            broken += [(name, at, status)] if status >= 500 else []

    assert broken == []
    assert len(opened) >= 80


def test_every_form_is_refused_and_not_broken_by_an_empty_sending(made: Furnished) -> None:
    client = client_of(made, "supervisor")
    broken = [(at, status) for _, at in desk_of(made) if (status := client.post(at).status_code) >= 500]

    assert broken == []


def test_who_is_not_logged_in_sees_nothing_and_does_nothing(made: Furnished) -> None:
    before = list(LedgerLine.objects.exclude(verb__startswith="login").values_list("pk", "verb"))
    open_to_all = []
    for _, at in desk_of(made):
        for send in (Client().get, Client().post):
            response = send(at)
            assert SECRET not in told(response), at
            open_to_all += [] if response.status_code in CLOSED or at.startswith(OPEN) else [(at, response.status_code)]

    assert open_to_all == []
    assert list(LedgerLine.objects.exclude(verb__startswith="login").values_list("pk", "verb")) == before


@pytest.mark.parametrize("name", ["other_handler", "other_leader", "town_inspector"])
def test_another_unit_sees_nothing_of_a_case_by_any_address(made: Furnished, name: str) -> None:
    client, secrets = client_of(made, name), (SECRET, PARTY, made.case.number, str(made.case.uid))
    seen = []
    for _, at in desk_of(made):
        said = told(client.get(at))
        # A page may repeat what was asked of it; the address holds the case's id.
        asked = {word for word in secrets if word in at}
        seen += [(at, word) for word in secrets if word in said and word not in asked]

    assert seen == []


@pytest.mark.parametrize("name", ["other_handler", "system_admin"])
def test_another_unit_changes_nothing_of_a_case_by_any_address(made: Furnished, name: str) -> None:
    client = client_of(made, name)
    before = told_steps(made)
    for _, at in desk_of(made):
        client.post(at, {"note": "试", "reason": "试", "unit": "WILLOW", "category": str(made.city.litter.uid)})

    assert told_steps(made) == before


def told_steps(made: Furnished) -> tuple[int, list[tuple[int, str]]]:
    """The version of Lotus's case and every step of every case."""
    made.case.refresh_from_db()
    return made.case.version, list(CaseStep.objects.order_by("pk").values_list("pk", "name"))
