"""JSONP: JSON as the call of a function, for pages of before CORS. `jsonp` or `callback` names the function, and nothing but a
name is ever called; browsers are told not to guess what the answer is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import wrong
from civicloop.api.open311.writing import CONTENT_TYPES

NAMES = ("jsonp", "callback")
SCRIPT = "application/javascript; charset=utf-8"
_FUNCTION = re.compile(r"[A-Za-z_$][\w$]{0,60}(?:\.[A-Za-z_$][\w$]{0,60}){0,3}", re.ASCII)
# JSON may hold them as they are, a script of before 2019 may not.
_LINES = {"\u2028".encode(): b"\\u2028", "\u2029".encode(): b"\\u2029"}


def function_of(request: HttpRequest, form: str) -> str:
    """The function that is asked for; "" where none is, and for whatever is not read as JSON. Raises Fault 400."""
    if form != "json" or request.method not in ("GET", "HEAD"):
        return ""
    asked = next((request.GET[name] for name in NAMES if request.GET.get(name)), "")
    if asked and not _FUNCTION.fullmatch(asked):
        raise wrong("jsonp", _("the name of a function is expected"))
    return asked


def called(response: HttpResponseBase, function: str) -> HttpResponseBase:
    """The answer as a call of the function, also one that is written while it is read; as it is where it is no JSON."""
    if not function or response.headers.get("Content-Type") != CONTENT_TYPES["json"]:
        return response
    if isinstance(response, StreamingHttpResponse):
        pieces = cast(Iterable[bytes], response.streaming_content)
        response.streaming_content = _call(function, pieces)
        del response["Content-Disposition"]  # a script is no file to be kept
    elif isinstance(response, HttpResponse):
        response.content = b"".join(_call(function, [response.content]))
    response["Content-Type"], response["X-Content-Type-Options"] = SCRIPT, "nosniff"
    return response


def _call(function: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The call, piece by piece: none of them ends within a character."""
    # The comment before it keeps old plug-ins from reading the name as the head of a file.
    yield b"/**/" + function.encode() + b"("
    for piece in pieces:
        for sign, written in _LINES.items():
            piece = piece.replace(sign, written)
        yield piece
    yield b");"
