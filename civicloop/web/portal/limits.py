"""How often a stranger may ask, and what every page of the portal says to browsers and search engines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from civicloop.web.outside.limits import Window, address_of

View = Callable[..., Any]
WINDOWS: dict[str, Window] = {}


def window(name: str, most: int, *, seconds: float = 60.0) -> Window:
    """The window of this name, counted over all web processes together (`outside.limits`)."""
    found = WINDOWS.get(name)
    if found is None:
        found = WINDOWS[name] = Window(most, seconds, name=f"portal.{name}")
    return found


def limited(name: str, *, per_minute: int, key: Callable[[HttpRequest], str] = address_of) -> Callable[[View], View]:
    """A view that answers `per_minute` requests a minute of one key: the network address, unless `key` tells another.

    Raises `outside.limits.TooOften` with the seconds to wait, which is told as a page with status 429.
    """

    def wrapping(view: View) -> View:
        counted = window(name, per_minute)

        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            counted.count(key(request))
            return view(request, *args, **kwargs)

        return asked

    return wrapping


def public(view: View) -> View:
    """A page for everybody: found by no search engine, kept by no cache, and its address told to no other site.

    The referrer stays within the site. `no-referrer` would go further, but a browser told so sends no origin with a form either,
    and then nobody could say whether the form was our own.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return guarded(view(request, *args, **kwargs))

    return asked


def guarded(response: Any) -> Any:
    """The headers of a page for everybody."""
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def forget() -> None:
    """Begin to count anew: for tests."""
    for one in WINDOWS.values():
        one.forget()
