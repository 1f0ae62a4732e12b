"""How the phone's endpoints answer: always JSON that names this server, never a page and never another address.

A phone behind a hotel's log-in page gets HTML with status 200. Whatever does not say `"server": "civicloop"` is no answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from civicloop.kernel.refusal import Invalid, NotAllowed, Refused, TooLarge
from civicloop.ledger.actions import record_refusal
from civicloop.sentences import sentence

SERVER = "civicloop"
FORMAT = 1
MOST_BYTES = 2 * 1024 * 1024
RETRY_SECONDS = 5
log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


class Said(Refused):
    """What this door refuses by itself, before any rule of the house is asked."""

    def __init__(self, status: int, code: str, **params: Any) -> None:
        super().__init__(code, **params)
        self.status = status


class _Guard(CsrfViewMiddleware):
    """Django's own check of the token; only its refusal is said in JSON."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return refusal(Said(403, "csrf_failed"))


def _handler(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_guard = _Guard(_handler)


def endpoint(*methods: str, for_all: bool = False) -> Callable[[View], View]:
    """An address of the phone: these methods, with a log-in unless it is `for_all`, and every refusal as JSON."""

    def wrap(view: View) -> View:
        @csrf_exempt  # the guard below asks instead, and answers in JSON
        @wraps(view)
        def answer(request: HttpRequest, **given: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Said(405, "wrong_method")
                if not for_all and not request.user.is_authenticated:
                    raise Said(401, "logged_out")
                failed = _check_token(request)
                response = failed or view(request, **given)
            except Refused as reason:
                response = _refused(request, reason)
            except (RequestDataTooBig, RawPostDataException):
                response = refusal(TooLarge("body", "too_large", megabytes=MOST_BYTES // 2**20))
            except UnreadablePostError:
                response = refusal(Said(400, "not_json"))
            except (OperationalError, InterfaceError):
                log.warning("the database was busy or away", exc_info=True)
                response = refusal(Said(503, "server_busy"))
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return answer  # type: ignore[no-any-return]  # csrf_exempt has no types

    return wrap


def _check_token(request: HttpRequest) -> HttpResponse | None:
    _guard.process_request(request)
    found: HttpResponse | None = _guard.process_view(request, _handler, (), {})
    return found


def _refused(request: HttpRequest, reason: Refused) -> HttpResponse:
    if isinstance(reason, NotAllowed) and reason.code == "not_allowed":
        reason.by = reason.by or request.user
        record_refusal(reason, at=timezone.now())
    return refusal(reason)


def told(reason: Refused) -> dict[str, Any]:
    """A refusal as JSON tells it: status, code, the sentence, and the field at fault."""
    field = {"field": reason.field} if isinstance(reason, Invalid) else {}
    return {"ok": False, "status": reason.status, "code": reason.code, "sentence": sentence(reason), **field}


def refusal(reason: Refused) -> HttpResponse:
    """The whole request is refused."""
    body = {**told(reason), "server": SERVER}
    if reason.code == "logged_out":
        body["login"] = f"{reverse('desk:login')}?next={reverse('field:shell')}"
    response = HttpResponse(orjson.dumps(body), status=reason.status, content_type="application/json")
    if reason.code == "server_busy":
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def reply(body: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """An answer."""
    data = orjson.dumps({"ok": True, "server": SERVER, **body})
    return HttpResponse(data, status=status, content_type="application/json")


def token(request: HttpRequest) -> str:
    """The token to send back as X-CSRFToken."""
    return get_token(request)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object. Raises Said, TooLarge."""
    if len(request.body) > MOST_BYTES:
        raise TooLarge("body", "too_large", megabytes=MOST_BYTES // 2**20)
    try:
        found = orjson.loads(request.body)
    except orjson.JSONDecodeError as fault:
        raise Said(400, "not_json") from fault
    if not isinstance(found, dict):
        raise Invalid("body", "not_an_object")
    return found
