"""The same words sent again from the same browser, as after Back: they belong to what they made already.

A page that is loaded anew has a new key, so the key alone cannot tell. What was sent is remembered by the browser only, for half an
hour: a signed cookie that no script can read holds the key and a keyed digest of the words. The house keeps nothing of it. The mark
on the map is no word: browsers lose it on the way back.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from civicloop.kernel.codes import code_of
from civicloop.kernel.refusal import NotFound
from civicloop.volunteers import actions

COOKIE = "civicloop_ordered"
LASTS = 30 * 60
KEY = re.compile(r"[\w-]{16,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one kind of form has sent from this browser: `words` are the fields that make it the same."""

    cookie: str
    words: tuple[str, ...]

    def key(self, request: HttpRequest) -> str | None:
        """The key under which this browser has sent these words already."""
        said = str(request.get_signed_cookie(self.cookie, default="", salt=self.cookie, max_age=LASTS))
        words, _dot, key = said.partition(".")
        return key if key and constant_time_compare(words, self._digest(request)) else None

    def remember(self, request: HttpRequest, answer: HttpResponseBase, key: str) -> None:
        """Let the browser know what it has sent. A key that somebody made up in other signs is not remembered."""
        if not KEY.fullmatch(key):
            return
        answer.set_signed_cookie(
            self.cookie,
            f"{self._digest(request)}.{key}",
            salt=self.cookie,
            max_age=LASTS,
            path=request.path,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )

    def _digest(self, request: HttpRequest) -> str:
        words = [request.path, *(" ".join(request.POST.get(name, "").split()) for name in self.words)]
        return salted_hmac(self.cookie, json.dumps(words), algorithm="sha256").hexdigest()


ORDERS = Sent(COOKIE, ("address", "community", "day", "part", "description", "name", "phone"))
REPORTS = Sent("civicloop_reported", ("description", "address", "plate"))
COMPLAINTS = Sent("civicloop_complained", ("kind", "text", "about_unit", "name", "phone", "email"))


def known_key(request: HttpRequest) -> str | None:
    """The key under which this browser has sent these words for this service already, while that order is under way."""
    key = ORDERS.key(request)
    try:
        found = actions.order_of_code(code_of(bytes.fromhex(key))) if key else None
    except NotFound:
        return None
    return key if found is not None and found.ended_at is None else None


def remember(request: HttpRequest, answer: HttpResponseBase, key: str) -> None:
    """Let the browser know which order it has sent."""
    ORDERS.remember(request, answer, key)
