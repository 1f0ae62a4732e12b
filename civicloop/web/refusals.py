"""Refusals as pages: a sentence and the right status; refused permissions go into the ledger."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.kernel.refusal import Invalid, NotAllowed, Refused, TooLarge
from civicloop.ledger.actions import record_refusal
from civicloop.sentences import sentence
from civicloop.web.language import API

log = logging.getLogger(__name__)
# What a page's form may bring: a report with a dozen photos. A single photo is judged by the photo store.
MOST_BYTES = 128 * 1024 * 1024
PORTAL = "/p/"


class RefusalMiddleware:
    """Turns refusals that no view has caught into pages. The API answers for itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API) and _length(request) > MOST_BYTES:
            # Refused before anything is read, or the whole upload would be written to disk first.
            return page(request, TooLarge("photos", "too_large", megabytes=MOST_BYTES // 2**20))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for a refusal; everything else is a fault and goes on."""
        if isinstance(exception, DataError):  # what no column of PostgreSQL holds, such as NUL, or a number too large
            log.warning("refused by a column of the database")
            exception = Invalid("text", "not_text")
        if not isinstance(exception, Refused) or request.path_info.startswith(API):
            return None
        return page(request, exception)


def keep(request: HttpRequest, refused: Refused) -> None:
    """Write a refused permission into the ledger. The refused transaction was rolled back before this is called."""
    if isinstance(refused, NotAllowed):
        if refused.by is None and request.user.is_authenticated:
            refused.by = request.user
        record_refusal(refused, at=timezone.now())


def page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal as a page of its own."""
    keep(request, refused)
    shown = {"title": _title(refused.status), "sentence": sentence(refused), "status": refused.status}
    answered = render(request, _template(request), shown, status=refused.status)
    if "seconds" in refused.params:
        answered["Retry-After"] = str(refused.params["seconds"])
    return answered


def _template(request: HttpRequest) -> str:
    return "portal/refused.html" if request.path_info.startswith(PORTAL) else "desk/refused.html"


def _title(status: int) -> str:
    titles = {
        403: _("You may not do this"),
        404: _("Not found"),
        409: _("This does not fit the present state"),
        412: _("Somebody else was faster"),
        413: _("Too large"),
        429: _("Too often"),
        422: _("Something is not right yet"),
    }
    return titles.get(status, _("This was refused"))


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
