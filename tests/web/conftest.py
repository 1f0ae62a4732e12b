"""People of the cast in front of the desk's pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone


@dataclass
class Visitor:
    """One person's browser. Pages come back as (status, text)."""

    client: Client

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        answer = self.client.get(path, headers=headers or None)
        return answer.status_code, answer.content.decode()

    def post(self, path: str, **typed: Any) -> Any:
        return self.client.post(path, typed)

    def statements(self, path: str) -> int:
        """How many statements a page takes, once the books are in memory."""
        self.client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert self.client.get(path).status_code == 200
        return len(seen)


@pytest.fixture
def visitor(city: Any) -> Callable[..., Visitor]:
    """`visitor("filer")` is the filer, logged in; pages are in English so that tests read like sentences."""

    def enter(name: str, language: str = "en") -> Visitor:
        client = Client()
        client.force_login(city.people[name], backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = language
        return Visitor(client)

    return enter


@pytest.fixture
def yesterday() -> Any:
    """A moment that lies behind whoever looks at a page now."""
    return timezone.now() - timedelta(days=1)
