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


def cost(client: Client, at: str) -> tuple[int, int]:
    """Statements and bytes of a page; nothing for what is no page."""
    with counted() as told:
        answer = client.get(at)
    if answer.status_code != 200 or answer.streaming or not answer["Content-Type"].startswith("text/html"):
        return 0, 0
    return len([one for one in told if "SAVEPOINT" not in one]), len(answer.content)


def test_no_page_of_the_desk_costs_more_than_it_may(made: Furnished) -> None:
    too_dear, opened = [], set()
    for role, person in people_of_every_role().items():
        client = Client(raise_request_exception=False)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        for route, at in desk_of(made):
            if at.startswith(OPEN):
                continue
            statements, size = cost(client, at)
            if statements > MOST_STATEMENTS:  # the first asking after a change also reads the books
                statements, size = cost(client, at)
            opened |= {route} if size else set()
            if statements > MOST_STATEMENTS or size > MOST_BYTES:
                too_dear.append((role, at, statements, size))

    assert too_dear == []
    assert len(opened) >= 80
