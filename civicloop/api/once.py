"""Writing once: one transaction per request, and the first answer again for a request that is sent again.

The happy path looks for no receipt: it does its work and writes the receipt last. Only when that fails is the receipt
read, so a key costs one statement, and two requests with one key that arrive together are told apart by the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from civicloop.kernel.refusal import Conflict, Invalid, Refused
from civicloop.loops import receipts
from civicloop.loops.models import Receipt
from civicloop.organisation.models import Person

HEADER = "Idempotency-Key"
MEDIA_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back, and kept for the same request sent again."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        """The answer as HTTP."""
        return HttpResponse(self.body, status=self.status, content_type=MEDIA_TYPE, headers=dict(self.headers))


def once(
    request: HttpRequest, work: Callable[[], Answer], *, by: Person, at: datetime, whole: bool = False
) -> HttpResponse:  # fmt: skip
    """Do the work in one transaction. With an Idempotency-Key it is done once, however often it is sent.

    `whole`: the work is one action, which has a transaction of its own, and asks nothing afterwards; another one around it would
    cost two statements.
    """
    key = _key(request)
    if key is None:
        with nullcontext() if whole else transaction.atomic():
            answer = work()
        return answer.response()
    mark = _fingerprint(request)
    try:
        with transaction.atomic():
            answer = work()
            receipts.keep(
                by=by,
                at=at,
                key=key,
                fingerprint=mark,
                status=answer.status,
                body=answer.body.decode(),
                headers=answer.headers,
            )
    except (IntegrityError, Refused):
        # A replayed step is refused because its first sending has moved the case on: that too finds its receipt.
        earlier = receipts.find(by=by, key=key)
        if earlier is None:
            raise
        return _again(earlier, mark)
    return answer.response()


def _again(earlier: Receipt, mark: str) -> HttpResponse:
    if earlier.fingerprint != mark:
        raise Conflict("key_used_for_other_content", key=earlier.key) from None
    response = Answer(earlier.status, earlier.body.encode(), earlier.headers).response()
    response["Idempotency-Replayed"] = "true"
    return response


def _key(request: HttpRequest) -> str | None:
    key: str | None = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise Invalid(HEADER, "bad_key")
    return key


def _fingerprint(request: HttpRequest) -> str:
    """What makes two requests the same: method, address and bytes."""
    return sha256(
        b"\n".join([str(request.method).encode(), request.get_full_path().encode(), request.body])
    ).hexdigest()
