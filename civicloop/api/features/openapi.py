"""The description of the door for map programs, as OpenAPI 3.0 (which this standard asks for)."""

from __future__ import annotations

from typing import Any

from civicloop import __version__
from civicloop.api.features.collections import COLLECTIONS, Collection
from civicloop.api.features.questions import MOST, USUAL

NUMBERS = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
WORDS = {"type": "array", "items": {"type": "string"}}


def described(root: str, title: str, about: str) -> dict[str, Any]:
    """The description; `root` is the address it holds for."""
    paths = {
        "/": _get("landing", "What there is", "application/json"),
        "/conformance": _get("conformance", "What it conforms to", "application/json"),
        "/collections": _get("collections", "The collections", "application/json"),
    }
    for one in COLLECTIONS.values():
        paths |= _paths(one)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": __version__, "description": about},
        "servers": [{"url": root}],
        "security": [{"basic": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "Any name; the token is the password."},
                "bearer": {"type": "http", "scheme": "bearer"},
            }
        },
    }


def _paths(one: Collection) -> dict[str, Any]:
    path = f"/collections/{one.name}"
    asks = [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "Features on a page."),
        _query("bbox", NUMBERS, "West, south, east, north in degrees."),
        _query(
            "datetime", {"type": "string"}, "A moment, a day, or two with a slash between; `..` leaves an end open."
        ),
        _query("cursor", {"type": "string"}, "From a `next` link."),
        *(_query(name, WORDS, about) for name, about in one.filters.items()),
    ]
    key = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        path: _get(f"{one.name}.about", one.title, "application/json"),
        f"{path}/items": _get(f"{one.name}.items", one.about, "application/geo+json", asks),
        f"{path}/items/{{featureId}}": _get(f"{one.name}.item", one.title, "application/geo+json", [key]),
    }


def _query(name: str, schema: dict[str, Any], about: str) -> dict[str, Any]:
    asked = {"name": name, "in": "query", "required": False, "description": about, "schema": schema, "style": "form"}
    return {**asked, "explode": schema is not NUMBERS}


def _get(operation: str, about: str, kind: str, parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    answers = {
        "200": {"description": about, "content": {kind: {"schema": {"type": "object"}}}},
        "400": {"description": "A parameter cannot be read."},
        "401": {"description": "No token, or one that does not hold."},
        "404": {"description": "Not there, or not for you to see."},
    }
    return {"get": {"operationId": operation, "summary": about, "parameters": parameters or [], "responses": answers}}
