"""One POST to another Open311 server: a form, ten seconds, no redirects, and of the answer only whether it was taken."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

SECONDS = 10
READ = 10_000


class _Stay(HTTPRedirectHandler):
    """A redirect could lead anywhere, with our key."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def post(address: str, fields: Mapping[str, str]) -> str:
    """Send the form. Returns "" when it was taken, else a word for what went wrong; never what the other side said, which may
    repeat the key.
    """
    body = urlencode(fields).encode()
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    request = Request(address, data=body, method="POST", headers={"Content-Type": kind, "User-Agent": "CivicLoop"})
    try:
        with build_opener(_Stay).open(request, timeout=SECONDS) as answer:
            answer.read(READ)
    except HTTPError as refused:
        return f"http_{refused.code}"
    except (URLError, OSError, http.client.HTTPException, ValueError):
        return "no_connection"
    return ""
