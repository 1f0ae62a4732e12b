"""What every OpenRosa answer carries, and who asks: the token in the address, never written to a log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from civicloop.api import words
from civicloop.api.asking import PHONE, Asked, language_of
from civicloop.api.problems import Refusal
from civicloop.kernel.refusal import NotAllowed, Refused
from civicloop.ledger import actions as ledger
from civicloop.organisation.actions.people import digest
from civicloop.organisation.days import day_of
from civicloop.organisation.models import ApiToken
from civicloop.sentences import sentence
from civicloop.standards import reference

XML = "text/xml; charset=utf-8"
ACCEPT_LENGTH = 100_000_000
"""Bytes of one POST: three of the largest photos and the form. Phones split what is longer."""
log = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
RESPONSE = (
    '<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
    '<message nature="{nature}">{text}</message></OpenRosaResponse>'
)


def envelope(text: str, *, status: int, nature: str = "submit_success") -> HttpResponse:
    """A sentence as OpenRosa says it."""
    return HttpResponse(RESPONSE.format(nature=nature, text=escape(text)), status=status, content_type=XML)


def guarded(*methods: str) -> Callable[[View], View]:
    """Around every address: method, token, language, headers, and refusals as OpenRosa says them."""

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, token: str, **named: Any) -> HttpResponseBase:
            with translation.override(language_of(request)):
                response = _answered(view, request, token, methods, named)
            response["X-OpenRosa-Version"] = "1.0"
            response["Date"] = http_date()
            response.headers.setdefault("Cache-Control", "private, no-store")
            # Django would write the address, and with it the token, into its log of refused requests.
            response._has_been_logged = True  # type: ignore[attr-defined]
            return response

        return csrf_exempt(answer)

    return wrap


def _answered(
    view: View, request: HttpRequest, token: str, methods: tuple[str, ...], named: dict[str, Any]
) -> HttpResponseBase:
    who: Asked | None = None
    try:
        who = asked(token, timezone.now())
        if request.method not in methods:
            refused = refusal(Refusal(405, "method_not_allowed", method=request.method))
            refused["Allow"] = ", ".join(methods)
            return refused
        return view(request, who=who, token=token, **named)
    except Refused as reason:
        if isinstance(reason, NotAllowed):
            reason.by = reason.by or (who.person if who else None)
            ledger.record_refusal(reason, at=timezone.now())
        return refusal(reason)
    except OperationalError as fault:
        log.warning("database busy or away: %s", fault)
        return refusal(Refusal(503, "busy"))
    except Exception:
        log.exception("fault while answering a phone")
        return refusal(Refusal(500, "failed"))


def refusal(refused: Refused) -> HttpResponse:
    """A refusal in the words of the house; what cannot be taken is a bad request to a phone, which knows no 422."""
    text = words.said(refused.code, refused.params) or sentence(refused)
    status = {412: 409, 422: 400}.get(refused.status, refused.status)
    return envelope(text, status=status, nature="error")


def asked(token: str, at: datetime) -> Asked:
    """The person whose phone this is. Raises Refusal 401: unknown, revoked, expired, not for phones, or gone."""
    row = ApiToken.objects.select_related("person").filter(digest=digest(token), revoked_at=None).first()
    expired = row is not None and row.expires_at is not None and row.expires_at <= at
    if row is None or expired or not row.name.startswith(PHONE) or not row.person.is_active:
        raise Refusal(401, "token_not_valid")
    ref = reference.now()
    return Asked(row.person, ref.actor(row.person, day_of(at)), at, ref)
