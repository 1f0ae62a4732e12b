"""Doors that map programs knock at: a bearer token, or Basic with the token as password, because that is all many can do."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from civicloop.api.asking import Asked, Token, asked
from civicloop.api.door import guarded
from civicloop.api.problems import Refusal, method_not_allowed, refusal
from civicloop.kernel.refusal import Invalid, Refused

CHALLENGE = 'Basic realm="civicloop", charset="UTF-8", Bearer realm="civicloop"'
View = Callable[..., HttpResponseBase]


def for_map_programs(view: View, *, first: Callable[..., HttpResponseBase | None] | None = None) -> View:
    """A view that only reads, called with the asker after the request. What cannot be read is answered with 400, as OGC asks.

    `first` may have an answer before it is worked out who asks.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return method_not_allowed(request, "GET, HEAD")
        try:
            early = first(request, *args, **kwargs) if first else None
            return early or view(request, who_knocks(request), *args, **kwargs)
        except Invalid as wrong:
            return refusal(Refusal(400, wrong.code, **{"field": wrong.field, **wrong.params}))
        except Refused as refused:
            told = refusal(refused)
            if told.status_code == 401:
                told["WWW-Authenticate"] = CHALLENGE
            return told

    return guarded(answer)


def who_knocks(request: HttpRequest) -> Asked:
    """The person behind the token: two statements. Raises Refusal 401."""
    request.auth = Token().authenticate(request, token_of(request))  # type: ignore[attr-defined]
    return asked(request)


def token_of(request: HttpRequest) -> str:
    """The token, in whichever way it is brought. Raises Refusal 401 where there is none."""
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        return _password(rest.strip())
    if kind.lower() != "bearer":
        raise Refusal(401, "token_missing")
    return rest.strip()


def _password(written: str) -> str:
    """What stands after the first colon. The name before it may be any: the token says who it is."""
    try:
        return base64.b64decode(written, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        raise Refusal(401, "token_not_valid") from None


def not_modified(tag: str) -> HttpResponse:
    """The asker has it already."""
    return HttpResponse(status=304, headers={"ETag": tag})
