"""The language of a page: what the person chose, else Chinese.

The browser's own wish is not asked on pages: office machines are often set up in a language nobody chose. The API asks, and so do
pages for people without an account.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

API = "/api/"
OUTSIDE = "/f/"
CODES = frozenset(code for code, _ in settings.LANGUAGES)
ONE_YEAR = 365 * 24 * 3600


class LanguageMiddleware:
    """Puts each answer into the asker's language and says so in `Content-Language`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = wanted(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response


def wanted(request: HttpRequest) -> str:
    """The language to answer in."""
    if request.path_info.startswith((API, OUTSIDE)):
        return translation.get_language_from_request(request) if request.headers.get("Accept-Language") else default()
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in CODES else default()


def default() -> str:
    """The language of the house."""
    return settings.LANGUAGE_CODE


def remember(response: HttpResponse, language: str) -> None:
    """Keep a person's choice in the browser."""
    if language in CODES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=ONE_YEAR,
            samesite="Lax",
            httponly=True,
            secure=settings.HTTPS,
        )
