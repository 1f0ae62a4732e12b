"""JSONP: JSON as the call of a function, for pages of before CORS. `jsonp` or `callback` names the function, and nothing but a
name is ever called; browsers are told not to guess what the answer is.
"""

from __future__ import annotations

import re

from django.http import HttpRequest
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
    """The answer as a call of the function; as it is where it is no JSON, or is written while it is read."""
    if not function or response.streaming or response.headers.get("Content-Type") != CONTENT_TYPES["json"]:
        return response
    body: bytes = response.content  # type: ignore[attr-defined]
    for sign, written in _LINES.items():
        body = body.replace(sign, written)
    # The comment before it keeps old plug-ins from reading the name as the head of a file.
    response.content = b"/**/" + function.encode() + b"(" + body + b");"  # type: ignore[attr-defined]
    response["Content-Type"], response["X-Content-Type-Options"] = SCRIPT, "nosniff"
    return response
