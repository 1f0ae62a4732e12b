"""A program that speaks Open311: sends forms, reads XML and JSON, and turns XML into JSON by the Spark convention."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from civicloop.residents.actions.open311keys import make_key
from civicloop.residents.models import Open311Key
from civicloop.standards.models import Question
from tests.cast import SOUTH, WEST, City

ROOT = "/open311/v2"
LISTS = {
    "services", "service_requests", "attributes", "values", "errors", "endpoints", "formats", "service_request_updates", "notes",
    "photos",
}  # fmt: skip
HERE = {"lat": SOUTH + 0.005, "long": WEST + 0.005}
FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass
class Program:
    """A client of Open311. What it asks for in JSON it may ask for in XML."""

    key: str = ""
    root: str = ROOT
    language: str = "en"

    def raw(self, method: str, path: str, data: Any = None, **more: Any) -> Any:
        headers = {"Accept-Language": self.language, **more.pop("headers", {})}
        address = path if path.startswith("/") else f"{self.root}/{path}"
        return getattr(Client(), method)(address, data, headers=headers, **more)

    def get(self, path: str, **asked: Any) -> Any:
        """The data of an answer that must be good."""
        answer = self.raw("get", path, asked)
        assert answer.status_code == 200, answer.content
        return told(answer)

    def refused(self, path: str, status: int, /, **asked: Any) -> Any:
        answer = self.raw("get", path, asked)
        assert answer.status_code == status, answer.content
        return told(answer)

    def post(self, path: str = "requests.json", status: int = 201, **fields: Any) -> Any:
        """Send a form, with the key."""
        answer = self.raw("post", path, {"api_key": self.key, **fields})
        assert answer.status_code == status, answer.content
        return told(answer)

    def report(self, **fields: Any) -> str:
        """The id of a new request about litter."""
        return str(
            self.post(**{"service_code": "06010", "description": "Rubbish", **HERE, **fields})[0]["service_request_id"]
        )


def told(answer: Any) -> Any:
    """What an answer says, from either format."""
    if answer["Content-Type"].startswith("text/xml"):
        assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
        return spark(ElementTree.fromstring(answer.content))
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(answer.content)


def spark(node: ElementTree.Element) -> Any:
    """An element as JSON has it by the Spark convention; every leaf is a text, as XML knows no types."""
    if node.tag in LISTS:
        return [spark(child) for child in node]
    if not len(node):
        return node.text
    found: dict[str, Any] = {}
    for child in node:
        if child.tag in found:
            before = found[child.tag]
            found[child.tag] = [*(before if isinstance(before, list) else [before]), spark(child)]
        else:
            found[child.tag] = spark(child)
    return found


def untyped(value: Any) -> Any:
    """JSON with every leaf as the text XML would hold; an empty text is nothing there."""
    if isinstance(value, dict):
        return {name: untyped(one) for name, one in value.items()}
    if isinstance(value, list):
        return [untyped(one) for one in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value in (None, "") else str(value)


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    cache.clear()


@pytest.fixture
def program(city: City) -> Program:
    """A client with a key for production."""
    return program_with()


def program_with(root: str = ROOT, **how: Any) -> Program:
    _, text = make_key(client="FixMyStreet", by=None, at=timezone.now(), **how)
    return Program(text, root)


def key_row() -> Open311Key:
    return Open311Key.objects.order_by("pk").last()


def add_questions(city: City) -> None:
    """Two questions about litter: one must be answered, one may be answered several times."""
    from civicloop.organisation.actions import bump

    values = [{"key": "1", "name": "少", "name_en": "little"}, {"key": "2", "name": "多", "name_en": "much"}]
    for number, (code, datatype, required) in enumerate(
        (("MUCH", "singlevaluelist", True), ("KINDS", "multivaluelist", False), ("NOTE", "text", False))
    ):
        Question.objects.create(
            category=city.litter, code=code, text=f"问{number}", text_en=f"question {number}", datatype=datatype,
            required=required, values=values if "list" in datatype else [], order=number,
        )  # fmt: skip
    bump("standards")


def ago(**much: float) -> str:
    return (timezone.now() - timedelta(**much)).isoformat(timespec="seconds")
