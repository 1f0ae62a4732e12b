"""Journeys commit, since the server reads what the test has written; the ledger's guards step aside for the flush afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from civicloop.ledger import guards


@pytest.fixture(autouse=True, scope="module")
def _guards_return(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        guards.install(connection)


@pytest.fixture(autouse=True)
def _emptied_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """The house's own way puts the guards back before a live server's database is flushed; here they return with the module."""
    request.getfixturevalue("live_server")
    yield
    guards.remove(connection)
