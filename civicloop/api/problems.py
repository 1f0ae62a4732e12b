"""Every refusal and fault as problem+json (RFC 9457), in the asker's language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from civicloop.api import words
from civicloop.kernel.refusal import Invalid, NotAllowed, Refused, StepRefused, as_record
from civicloop.ledger import actions as ledger
from civicloop.sentences import sentence

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:civicloop:problem:"
log = logging.getLogger(__name__)


class Refusal(Refused):
    """What this door refuses by itself, before any rule of the house is asked."""

    def __init__(self, status: int, code: str, **params: Any) -> None:
        super().__init__(code, **params)
        self.status = status


def answer_exceptions(api: NinjaAPI) -> None:
    """Tell the API how each exception is answered: by the row of its nearest class."""
    for kind, answer in ANSWERS.items():
        api.add_exception_handler(kind, answer)


def refusal(refused: Refused, *, by: Any = None) -> HttpResponse:
    """The answer to a refusal. One of permission is kept in the ledger: its transaction has been rolled back by now."""
    if isinstance(refused, NotAllowed):
        refused.by = refused.by or by
        ledger.record_refusal(refused, at=timezone.now())
    detail = words.said(refused.code, refused.params) or sentence(refused)
    errors: list[dict[str, Any]] = []
    if isinstance(refused, Invalid):
        errors = [{"field": refused.field, "code": refused.code, "detail": detail}]
    elif isinstance(refused, StepRefused):
        errors = [{"field": name, "code": "missing", "detail": words.found("missing", {})} for name in refused.missing]
    told = {key: value for key, value in as_record(refused).items() if key != "code"}
    return problem(refused.status, refused.code, detail, errors=errors, params=told)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Iterable[Mapping[str, Any]] = (),
    params: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """One problem document. `params` are the plain facts the sentence was made of."""
    body = {
        "type": TYPE_PREFIX + code,
        "title": str(words.TITLES.get(status, words.TITLES[400])),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": list(errors),
        "params": params or {},
    }
    response = HttpResponse(orjson.dumps(body, default=str), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="civicloop"' + (
            ', error="invalid_token"' if code == "token_not_valid" else ""
        )
    elif status == 503:
        response["Retry-After"] = "1"
    return response


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """The address exists, but not for this method."""
    response = refusal(Refusal(405, "method_not_allowed", method=request.method))
    response["Allow"] = allowed
    return response


def _not_valid(request: HttpRequest, wrong: Any) -> HttpResponse:
    errors = []
    for one in wrong.errors:
        where = [str(part) for part in one["loc"]]
        code = str(one["type"])
        context = one.get("ctx") or {}
        if code in ("value_error", "assertion_error"):
            code = str(context.get("error") or one["msg"]).rsplit(", ", 1)[-1]
        detail = words.said(code, context) or words.found(code, context)
        errors.append({"field": _field(where), "code": code, "detail": detail})
    whole = errors[0]["detail"] if len(errors) == 1 else words.said("invalid", {"count": len(errors)})
    return problem(422, "invalid", str(whole), errors=errors)


def _field(where: list[str]) -> str:
    """The name of a field as the sender wrote it: without `body` and the name of our own parameter."""
    if where[0] == "body" and len(where) > 1:
        return ".".join(where[2:]) or "body"
    names = [part for part in where if not part.isdigit()]
    return names[-1] if where[0] in ("query", "path", "header") else ".".join(where)


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    cause: BaseException | None = error.__cause__
    if isinstance(cause, Refused):
        return refusal(cause)
    codes = {400: "json_not_readable", 401: "token_missing", 429: "busy"}
    return refusal(Refusal(error.status_code, codes.get(error.status_code, "invalid"), count=1))


def _conflict(request: HttpRequest, error: Any) -> HttpResponse:
    log.warning("refused by a constraint of the database: %s", error)
    return refusal(Refusal(409, "conflict"))


def _busy(request: HttpRequest, error: Any) -> HttpResponse:
    log.warning("database busy or away: %s", error)
    return refusal(Refusal(503, "busy"))


def _fault(request: HttpRequest, fault: Any) -> HttpResponse:
    log.error("fault while answering", exc_info=fault)
    return refusal(Refusal(500, "failed"))


def _refused(request: HttpRequest, refused: Any) -> HttpResponse:
    return refusal(refused, by=getattr(request, "auth", None))


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(Refusal(404, "no_such_address"))


def _not_readable(request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(Refusal(400, "json_not_readable"))


ANSWERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Refused: _refused,
    ValidationError: _not_valid,
    HttpError: _http_error,
    Http404: _not_found,
    UnreadablePostError: _not_readable,
    RawPostDataException: _not_readable,
    IntegrityError: _conflict,
    OperationalError: _busy,
    Exception: _fault,
}
