"""A sender, a store of its own for every test, and the moment things happen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from civicloop.bus import listeners
from civicloop.ledger import guards
from civicloop.organisation.models import Person

MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Where the local store of this test lies."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "photos"


@pytest.fixture
def in_memory(settings: Any) -> None:
    """The fake store."""
    settings.STORAGES = {
        **settings.STORAGES,
        "photos": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }


@pytest.fixture(autouse=True)
def _copies_wait(settings: Any) -> None:
    """Here a picture's copies are made only where a test asks for it."""
    settings.CIVICLOOP_WIRING = "tests.photos.ears.NOBODY"
    listeners.cache_clear()


@pytest.fixture
def copies_follow(settings: Any) -> Iterator[None]:
    """Storing a picture makes its copies at once."""
    settings.CIVICLOOP_WIRING = "tests.photos.ears.LISTENERS"
    listeners.cache_clear()
    yield
    listeners.cache_clear()


@pytest.fixture
def _guards_return(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        guards.install(connection)


@pytest.fixture
def emptied_afterwards(_guards_return: None, transactional_db: None) -> Iterator[None]:
    """A database whose commits others see. It is emptied afterwards, for which the ledger's guards step aside."""
    yield
    guards.remove(connection)


@pytest.fixture
def sender(db: None) -> Person:
    return Person.objects.create(username="sender", name="Sender")


@pytest.fixture
def someone(db: None) -> Person:
    return Person.objects.create(username="someone", name="Someone")
