"""Voice notes, played to their sender and to whoever may see a case they belong to; whole, or the part a browser asks for."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from civicloop.cases.actions.engine import KIND
from civicloop.cases.models import Case
from civicloop.photos import voices
from civicloop.web.desk.asker import asker

RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")


@login_required
@require_safe
@cache_control(private=True, no_cache=True)
def voice(request: HttpRequest, sha256: str) -> HttpResponse:
    """The recording, or the part asked for (RFC 9110, 14.2): some browsers play nothing that comes whole only."""
    asking = asker(request)
    seen = Case.objects.visible_to(asking.actor).order_by().values("uid")
    found = voices.heard(sha256, by=asking.person, loops={KIND: seen})
    with voices.open_voice(found) as file:
        data = file.read()
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    response = _part(data, asked) if asked else HttpResponse(data)
    response["Content-Type"] = found.media_type
    response["Accept-Ranges"] = "bytes"
    response["X-Robots-Tag"] = "noindex"
    return response


def _part(data: bytes, asked: re.Match[str]) -> HttpResponse:
    first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
    if first > last:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{len(data)}"
        return response
    response = HttpResponse(data[first : last + 1], status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return response
