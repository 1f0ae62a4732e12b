"""The API put together: routers, how exceptions are answered, and what every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from civicloop import __version__
from civicloop.api import cases, inspection, me, orders, photos, standing, textintake, visits
from civicloop.api.asking import Token, language_of
from civicloop.api.describing import description
from civicloop.api.problems import Refusal, answer_exceptions, method_not_allowed, refusal
from civicloop.api.reading import JsonRenderer, StrictParser, check_length, dumps
from civicloop.kernel.refusal import Refused

View = Callable[..., HttpResponseBase]
RAW = "/photos/"
"""Addresses that take bytes instead of JSON and look after their length themselves."""


def build() -> NinjaAPI:
    """The API with all its operations."""
    api = NinjaAPI(
        title="CivicLoop",
        version=__version__,
        description="Problems of a city as loops: reported, put right, verified, closed. See docs/reference/api.md.",
        auth=Token(),
        renderer=JsonRenderer(),
        parser=StrictParser(),
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
    )
    for room in (cases, me, photos, standing, inspection, visits, textintake, orders):
        api.add_router("", room.router)
    answer_exceptions(api)
    return api


api = build()


def guarded(view: View) -> View:
    """What happens around every operation: language, size, method, and the headers of the answer."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(language_of(request)):
            try:
                if RAW not in request.path:
                    check_length(request)
                response = view(request, *args, **kwargs)
            except Refused as refused:
                response = refusal(refused)
            if isinstance(response, HttpResponseNotAllowed):
                response = method_not_allowed(request, response["Allow"])
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Authorization", "Accept-Language"))
        return response

    return csrf_exempt(answer)


@cache
def _described() -> bytes:
    return dumps(description(api))


def openapi(request: HttpRequest) -> HttpResponse:
    """The description, for everybody."""
    if request.method not in ("GET", "HEAD"):
        return method_not_allowed(request, "GET, HEAD")
    return HttpResponse(_described(), content_type="application/json")


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Every other address under the API answers in the API's own way."""
    return refusal(Refusal(404, "no_such_address"))


def urls() -> tuple[list[URLPattern], str, str]:
    """The addresses under /api/v1/."""
    made, app_name, namespace = api.urls
    operations = [one for one in made if isinstance(one, URLPattern) and one.name != "api-root"]
    for operation in operations:
        assert operation.callback is not None
        operation.callback = guarded(operation.callback)
    own = [
        path("openapi.json", guarded(openapi), name="openapi"),
        *operations,
        re_path(r"", guarded(nothing_here), name="nothing"),
    ]
    return own, app_name, namespace
