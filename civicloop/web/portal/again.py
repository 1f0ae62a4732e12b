"""The same words sent again from the same browser, as after Back: they belong to the order that they made already.

A page that is loaded anew has a new key, so the key alone cannot tell. What was sent is remembered by the browser only, for half an
hour: a signed cookie that no script can read holds the key and a keyed digest of the words. The house keeps nothing of it. The mark
on the map is not compared: browsers lose it on the way back.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac

from civicloop.kernel.codes import code_of
from civicloop.kernel.refusal import NotFound
from civicloop.volunteers import actions

COOKIE = "civicloop_ordered"
LASTS = 30 * 60
WORDS = ("address", "community", "day", "part", "description", "name", "phone")


def known_key(request: HttpRequest) -> str | None:
    """The key under which this browser has sent these words for this service already, while that order is under way."""
    said = str(request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=LASTS))
    words, _dot, key = said.partition(".")
    if not key or not constant_time_compare(words, _digest(request.path, request.POST)):
        return None
    try:
        found = actions.order_of_code(code_of(bytes.fromhex(key)))
    except NotFound:
        return None
    return key if found.ended_at is None else None


def remember(request: HttpRequest, answer: HttpResponseBase, key: str) -> None:
    """Let the browser know what it has sent."""
    answer.set_signed_cookie(
        COOKIE,
        f"{_digest(request.path, request.POST)}.{key}",
        salt=COOKIE,
        max_age=LASTS,
        path=request.path,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _digest(path: str, typed: QueryDict) -> str:
    words = [path, *(" ".join(typed.get(name, "").split()) for name in WORDS)]
    return salted_hmac(COOKIE, json.dumps(words), algorithm="sha256").hexdigest()
