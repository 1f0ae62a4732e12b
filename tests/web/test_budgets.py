"""What every page of the desk may cost, whoever opens it: fifteen statements and 120 kB once the books are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from civicloop.organisation.models import Appointment, Person
from tests.furnished import Furnished, furnish
from tests.kept import kept
from tests.web.test_every_page import OPEN, desk_of

MOST_STATEMENTS, MOST_BYTES = 15, 120 * 1024
NEAR = 9
SEE_MOST = ("supervisor", "filer", "unit_leader")


@pytest.fixture
def made(db: None) -> Furnished:
    return kept(furnish)


def people_of_every_role() -> dict[str, Person]:
    """For every role that is held somebody who holds it."""
    found: dict[str, Person] = {}
    for post in Appointment.objects.select_related("person").order_by("pk"):
        found.setdefault(post.role, post.person)
    return found


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of what is done within. Savepoints do not count: they are the test's own, and cost nothing."""
    told: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        told.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield told


def cost(client: Client, at: str) -> tuple[int, int, int]:
    """Status, statements and bytes of a page; no bytes for what is no page."""
    with counted() as told:
        answer = client.get(at)
    is_page = not answer.streaming and answer.get("Content-Type", "").startswith("text/html")
    size = len(answer.content) if answer.status_code == 200 and is_page else 0
    return answer.status_code, len([one for one in told if "SAVEPOINT" not in one]), size


def test_no_page_of_the_desk_costs_more_than_it_may(made: Furnished) -> None:
    """Those who see most open every page; whoever holds another role opens the pages that came near a limit."""
    routes = {route: at for route, at in desk_of(made) if not at.startswith(OPEN)}
    people = people_of_every_role()
    first = {role: people.pop(role) for role in SEE_MOST}
    told = [one for role, person in first.items() for one in costs(role, person, routes)]
    heavy = {route for route, _, _, statements, size in told if statements >= NEAR or size >= MOST_BYTES / 2}
    others = {route: at for route, at in routes.items() if route in heavy}
    told += [one for role, person in people.items() for one in costs(role, person, others)]

    assert [one for one in told if one[3] > MOST_STATEMENTS or one[4] > MOST_BYTES] == []
    assert len({one[0] for one in told}) >= 80
    assert len(people) >= 10
    assert len(heavy) >= 10


def costs(role: str, person: Person, routes: dict[str, str]) -> Iterator[tuple[str, str, str, int, int]]:
    """Route, role, address, statements and bytes of each page that opens for a person."""
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for route, at in list(routes.items()):
        status, statements, size = cost(client, at)
        if status == 405 or (status == 200 and not size):
            del routes[route]  # takes what is sent to it, or hands out a file: no page for anybody
        elif size:
            if statements > MOST_STATEMENTS:  # the first asking after a change also reads the books
                _, statements, size = cost(client, at)
            yield route, role, at, statements, size
