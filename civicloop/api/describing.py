"""The OpenAPI 3.1 description, made once from the operations themselves."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from ninja import NinjaAPI

from civicloop.api.once import MEDIA_TYPE
from civicloop.api.problems import MEDIA_TYPE as PROBLEM_TYPE
from civicloop.api.reading import dumps
from civicloop.api.shapes import Problem

PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 412, 413, 415, 422, 500, 503), Problem)
"""What any operation may answer with instead."""
HEADERS = {
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Made by the sender; the same request sent again with it gets the first answer again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[ -~]+$"},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The ETag of the case as it was looked at; 412 when it has changed since.",
        "schema": {"type": "string", "maxLength": 100},
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "304 when nothing has changed since this ETag.",
        "schema": {"type": "string", "maxLength": 200},
    },
}


def takes(*headers: str) -> dict[str, Any]:
    """The headers an operation reads, for its description."""
    return {"parameters": [HEADERS[name] for name in headers]}


def reply(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Plain data as an answer, written to JSON once."""
    return HttpResponse(dumps(data), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def description(api: NinjaAPI) -> dict[str, Any]:
    """The whole description: problems have their own media type, and what is streamed is said to be."""
    told: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    told["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    told["servers"] = [{"url": "/"}]
    told["jsonSchemaDialect"] = "https://spec.openapis.org/oas/3.1/dialect/base"
    for operations in told["paths"].values():
        for operation in operations.values():
            operation["responses"] = {
                str(status): _answer(status, one) for status, one in operation["responses"].items()
            }
    told["components"]["responses"] = {f"Problem{status}": _problem(status) for status in sorted({*PROBLEMS, 411})}
    return told


def _answer(status: int, one: dict[str, Any]) -> dict[str, Any]:
    if status < 400:
        return one
    return {"$ref": f"#/components/responses/Problem{status}"}


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return told
