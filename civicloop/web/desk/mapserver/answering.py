"""How the map's requests are answered: 401 instead of a way to the log-in, nothing sent twice, packed where it is worth while."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from civicloop.insight.mapanswers import is_known, packed
from civicloop.kernel.refusal import NotFound, Refused

View = Callable[..., HttpResponse]
KEPT = "private, no-cache"
"""Only in the asker's own browser, and never shown without asking whether it still holds."""


def for_scripts(view: View, *, first: Callable[..., HttpResponse | None] | None = None) -> View:
    """A view that a script asks: whoever is not logged in gets 401, what is not there 404, what cannot be read 400.

    `first` may have an answer before it is worked out who asks.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if first and (early := first(request, *args, **kwargs)):
            return early
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            return HttpResponse(status=404)
        except Refused as refused:
            return HttpResponse(refused.code, status=400, content_type="text/plain")

    return require_GET(answer)


def answered(request: HttpRequest, tag: str, make: Callable[[], bytes], media_type: str) -> HttpResponse:
    """304 when the asker has it; 204 when there is nothing; else what `make` makes."""
    if known := same(request, tag):
        return known
    if body := make():
        body, told = packed(body, request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(body, content_type=media_type, headers=told)
    else:
        response = HttpResponse(status=204)
    return _tagged(response, tag)


def same(request: HttpRequest, tag: str | None) -> HttpResponse | None:
    """304 where the asker has the answer with this tag."""
    if tag is None or not is_known(request.headers.get("If-None-Match", ""), tag):
        return None
    return _tagged(HttpResponse(status=304), tag)


def _tagged(response: HttpResponse, tag: str) -> HttpResponse:
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = KEPT
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response
