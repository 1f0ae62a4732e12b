"""Journeys commit, since the server reads what the test has written; the ledger's guards step aside for the flush in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from civicloop.ledger import guards


@pytest.fixture(autouse=True, scope="module")
def _guards_step_aside(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        guards.remove(connection)
    yield
    with django_db_blocker.unblock():
        guards.install(connection)


@pytest.fixture(autouse=True)
def _emptied_afterwards() -> None:
    """The house's own way is for tests whose database is asked for later than pytest-django asks for a live server's."""
