"""How bodies and parameters are read: size first, then type, then JSON, then the characters in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from civicloop.api.problems import Refusal
from civicloop.kernel.refusal import Invalid

MOST_JSON = 1024 * 1024
"""Bytes of a JSON body; photos are sent by themselves."""
ALLOWED_CONTROLS = frozenset("\n\r\t")
# Raw ones below a space are not JSON; escaped ones, and those above ASCII, can get through.
MAY_HOLD_CONTROLS = re.compile(rb"\\u00|\\[bf]|\x7f|\xc2[\x80-\x9f]")
JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dumps(data: Any) -> bytes:
    """JSON in UTF-8; moments in UTC."""
    return orjson.dumps(data, default=str, option=JSON_OPTIONS)


class JsonRenderer(BaseRenderer):
    """What the API answers with."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return dumps(data)


class StrictParser(Parser):
    """JSON objects only, without control characters in texts."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise Refusal(415, "not_json")
        raw = request.body
        try:
            data = orjson.loads(raw)
        except orjson.JSONDecodeError as wrong:
            raise Refusal(400, "json_not_readable") from wrong
        if not isinstance(data, dict):
            raise Invalid("body", "body_missing")
        if MAY_HOLD_CONTROLS.search(raw):
            _refuse_controls(data, "")
        return data

    def parse_querydict(self, data: MultiValueDict, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        for key, values in data.lists():
            if any(_has_controls(value) for value in values):
                raise Invalid(str(key), "control_characters")
        return super().parse_querydict(data, list_fields, request)


def check_length(request: HttpRequest) -> None:
    """Refuse, before a byte of it is read, a JSON body that is too large or does not tell its length."""
    if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
        raise Refusal(411, "length_missing")
    if length_of(request) > MOST_JSON:
        raise Refusal(413, "body_too_large", limit=MOST_JSON)


def length_of(request: HttpRequest) -> int:
    """The length the sender claims; 0 when it claims none."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdigit() else 0


def check_names(request: HttpRequest, known: Iterable[str]) -> None:
    """Refuse parameters nobody reads: a mistyped filter must not answer with everything."""
    unknown = sorted(set(request.GET) - set(known))
    if unknown:
        raise Invalid(unknown[0], "unknown_parameter")


def _has_controls(text: str) -> bool:
    return not text.isprintable() and any(
        (char < " " and char not in ALLOWED_CONTROLS) or "\x7f" <= char <= "\x9f" for char in text
    )


def _refuse_controls(value: Any, where: str) -> None:
    if isinstance(value, str):
        if _has_controls(value):
            raise Invalid(where or "body", "control_characters")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_controls(key, f"{where}.{key}".strip("."))
            _refuse_controls(inner, f"{where}.{key}".strip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _refuse_controls(inner, f"{where}.{number}".strip("."))
