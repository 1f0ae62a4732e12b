"""A phone in front of the server's door."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import City
from tests.fieldwork.phone import Phone, named_photo
from tests.inspection.made_up import Scene, jpeg, make_scene


class Handset:
    """A phone in front of the door: a browser with a session and the token."""

    def __init__(self, person: Any, language: str = "en") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["django_language"] = language
        if person is not None:
            self.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            self.phone = Phone(person)
        self.token = self.get("/field/ping")[1].get("csrf", "")

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, Any]]:
        answer = self.client.get(path, headers=headers or None)
        return answer.status_code, json.loads(answer.content) if answer.content else {}

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        sent = {"X-CSRFToken": self.token, **headers}
        answer = self.client.post(path, json.dumps(body), content_type="application/json", headers=sent)
        return answer.status_code, json.loads(answer.content)

    def send(self, *entries: dict[str, Any], **more: Any) -> tuple[int, dict[str, Any]]:
        body = {"device": str(self.phone.device), "clock": timezone.now().isoformat(), "entries": list(entries), **more}
        return self.post("/field/entries", body)

    def states(self, *entries: dict[str, Any], **more: Any) -> list[str]:
        status, told = self.send(*entries, **more)
        assert status == 200, told
        return [row["entry"]["state"] if "entry" in row else row["code"] for row in told["entries"]]

    def put(self, word: str, query: str = "", data: bytes | None = None) -> tuple[int, dict[str, Any]]:
        answer = self.client.put(
            f"/field/photos/{named_photo(word)['sha256']}{query}", jpeg(word) if data is None else data,
            content_type="image/jpeg", headers={"X-CSRFToken": self.token},
        )  # fmt: skip
        return answer.status_code, json.loads(answer.content)


@pytest.fixture
def handset(city: City) -> Handset:
    return Handset(city.handler)


def noted_now() -> str:
    """Five minutes ago, but not yesterday: a visit is noted on its day, also by who tests right after midnight."""
    now = timezone.localtime()
    return max(now - timedelta(minutes=5), now.replace(hour=0, minute=0, second=0, microsecond=0)).isoformat()


def today_scene(city: City, visits: int = 1) -> Scene:
    """A round whose visits are to be made today, by the real clock of the door."""
    scene = make_scene(city, visits=0)
    for _ in range(visits):
        scene.add(day=timezone.localdate())
    return scene
