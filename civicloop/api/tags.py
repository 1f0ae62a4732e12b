"""ETags of cases: the version first, so that If-Match can name it; then a digest of what the asker was shown.

What is shown depends on the asker, the language and the hour; two answers have one tag only if their bytes are equal.
"""

from __future__ import annotations

import re
from hashlib import sha256

from django.http import HttpRequest, HttpResponse

from civicloop.api.once import MEDIA_TYPE
from civicloop.kernel.refusal import Invalid

_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:-[0-9a-f]{12})?"')


def tag_of(version: int, body: bytes) -> str:
    """The tag of a case as it is shown."""
    return f'"{version}-{sha256(body).hexdigest()[:12]}"'


def tag_of_version(version: int) -> str:
    """A weak tag that tells the version only: good for If-Match."""
    return f'W/"{version}"'


def expected_version(request: HttpRequest) -> int | None:
    """The version named in If-Match; None when any will do. Raises Invalid for what is not a tag of ours."""
    told = request.headers.get("If-Match", "*").strip()
    if told == "*":
        return None
    found = _TAG.fullmatch(told)
    if found is None:
        raise Invalid("If-Match", "bad_etag")
    return int(found[1])


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether If-None-Match names this tag."""
    return tag in [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]


def tagged(request: HttpRequest, version: int, body: bytes) -> HttpResponse:
    """The answer that shows a thing of this version, or 304 without a body to who holds the same bytes already."""
    tag = tag_of(version, body)
    if is_known(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(body, content_type=MEDIA_TYPE, headers={"ETag": tag})
