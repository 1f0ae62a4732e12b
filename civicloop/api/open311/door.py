"""What happens around every address: the format, who asks, in which language, and errors in the format that was asked for."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from civicloop.api.asking import language_of
from civicloop.api.open311 import jsonp, limits
from civicloop.api.open311.asked import Arguments, read
from civicloop.api.open311.faults import Fault, faults_of
from civicloop.api.open311.jurisdictions import Jurisdiction, jurisdiction_of
from civicloop.api.open311.writing import CONTENT_TYPES, Told, answer
from civicloop.kernel.refusal import Refused
from civicloop.residents.models import Open311Key
from civicloop.standards import reference
from civicloop.standards.reference import Reference

log = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
# A feed's reader reads XML; in a table no error could stand.
ERRORS = {"rss": "xml"}


@dataclass(frozen=True)
class Asked:
    """One request: its arguments, whose requests are meant, the moment and the books. `test`: at the address for trying out."""

    args: Arguments
    where: Jurisdiction
    at: datetime
    ref: Reference
    form: str
    test: bool

    def key(self, *, needed: bool) -> Open311Key | None:
        """The client behind `api_key`. Raises Fault 403 for one that is missing where needed, unknown, revoked or not for here."""
        text = self.args.get("api_key", "token")
        if not text:
            if needed:
                raise Fault(403, _("api_key is missing. How to get one is said in the discovery document."))
            return None
        row = Open311Key.objects.filter(digest=hashlib.sha256(text.encode()).hexdigest(), revoked_at=None).first()
        if row is None:
            raise Fault(403, _("This api_key is unknown or was revoked."))
        if row.test != self.test:
            raise Fault(403, _("This api_key is for the other endpoint: test and production have their own."))
        if row.jurisdiction and self.where.name and row.jurisdiction.lower() != self.where.name:
            raise Fault(403, _("This api_key is for another jurisdiction."))
        limits.count(f"key:{row.pk}", row.per_minute)
        return row


def opened(*methods: str, several: bool = True) -> Callable[[View], View]:
    """Make a view of this door: it is called with the request and an `Asked`. `several=False`: of no jurisdiction."""

    def wrap(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, form: str = "json", test: bool = False, **named: Any) -> HttpResponseBase:
            with translation.override(language_of(request)):
                try:
                    function = jsonp.function_of(request, form)
                    response = jsonp.called(
                        _answered(view, request, form, test, methods, several, named), function
                    )  # fmt: skip
                except Fault as fault:
                    response = refusal(fault, form)
                response.headers.setdefault("Content-Language", translation.get_language() or "")
            # Anybody may read here, from any page; no cookie is ever looked at.
            response["Access-Control-Allow-Origin"] = "*"
            response.headers.setdefault("Cache-Control", "no-cache")
            patch_vary_headers(response, ("Accept-Language",))
            # Django would write the address of a refused request, and with it the key, into its log.
            response._has_been_logged = True  # type: ignore[attr-defined]
            return response

        return csrf_exempt(answered)

    return wrap


def _answered(
    view: View,
    request: HttpRequest,
    form: str,
    test: bool,
    methods: tuple[str, ...],
    several: bool,
    named: dict[str, Any],
) -> HttpResponseBase:
    try:
        if request.method not in methods:
            return _not_this_way(form, request, methods)
        limits.count(f"from:{limits.address_of(request)}", limits.STRANGERS)
        args, ref = read(request), reference.now()
        where = jurisdiction_of(args, ref) if several else Jurisdiction()
        return view(request, Asked(args, where, timezone.now(), ref, form, test), **named)
    except Refused as reason:
        return refusal(reason, form)
    except IntegrityError as fault:
        log.warning("refused by a constraint of the database: %s", fault)
        return refusal(Fault(400, _("Somebody else did the same at the same moment. Look again.")), form)
    except DataError:  # a sign that no column of PostgreSQL holds, such as NUL
        log.warning("refused by a column of the database")
        return refusal(Fault(400, _("The form cannot be read.")), form)
    except OperationalError as fault:
        log.warning("database busy or away: %s", fault)
        return refusal(Fault(503, _("The database is busy. Nothing was done; try again in a moment.")), form)
    except Exception:
        if settings.DEBUG:
            raise
        log.exception("fault while answering an Open311 client")
        return refusal(Fault(500, _("A fault of ours. Nothing was done; the operator has been told.")), form)


def refusal(reason: Refused, form: str) -> HttpResponse:
    """The errors of a refusal, in the format asked for; JSON where that cannot hold them."""
    status, errors = faults_of(reason)
    response = answer(
        Told("errors", errors), ERRORS.get(form, form if form in CONTENT_TYPES else "json"), status=status
    )
    if isinstance(reason, limits.TooOften):
        response["Retry-After"] = str(reason.seconds)
    return response


def _not_this_way(form: str, request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Access-Control-Allow-Methods"] = ", ".join(methods)
        response["Access-Control-Allow-Headers"] = "Content-Type, Accept-Language, Idempotency-Key"
    else:
        response = refusal(
            Fault(405, _("This address does not answer to %(method)s.") % {"method": str(request.method)[:20]}), form
        )
    response["Allow"] = ", ".join(methods)
    return response
