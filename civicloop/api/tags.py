"""ETags of cases: the version first, so that If-Match can name it; then a digest of what the asker was shown.

What is shown depends on the asker, the language and the hour; two answers have one tag only if their bytes are equal.
"""

from __future__ import annotations

import re
from hashlib import sha256

from django.http import HttpRequest

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
