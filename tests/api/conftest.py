"""A program at the door: a person's token, JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from tests.api.town import Town, build_town
from tests.kept import kept

ROOT = "/api/v1"


@dataclass
class Program:
    """Sends requests with one person's token."""

    token: str
    language: str = "en"

    def get(self, path: str, **headers: str) -> Any:
        return self.send("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def put(self, path: str, body: bytes, **headers: str) -> Any:
        return self.send("put", path, body, content_type="application/octet-stream", **headers)

    def send(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json", **headers: str
    ) -> HttpResponseBase:
        """A request; what is not bytes yet becomes JSON. Header names are written with _ for -."""
        raw = body if isinstance(body, (bytes, str)) else b"" if body is None else json.dumps(body, ensure_ascii=False)
        given = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        address = path if path.startswith("/api/") else ROOT + path
        response: HttpResponseBase = Client().generic(
            method.upper(), address, raw, content_type="" if body is None else content_type, headers=given
        )
        return response


@pytest.fixture
def town(db: None) -> Town:
    return kept(build_town)


@pytest.fixture
def program(town: Town) -> Callable[[str], Program]:
    """The program of a person of the town, by name."""
    return lambda name: Program(town.tokens[name])
