"""How pages look to one person: light or dark, usual or large text (适老).

The choice is kept with the person and, since the log-in page has nobody yet, in a cookie; pages read the cookie only, so that
looking costs no statement. It becomes `data-theme` and `data-text` on `<html>`; no style stands in a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from civicloop.organisation.models import Person
from civicloop.organisation.preferences import choose, chosen
from civicloop.web.language import ONE_YEAR

KEY = "look"
COOKIE = "civicloop_look"
THEMES = {"auto": _("as this device"), "light": _("light"), "dark": _("dark")}
TEXTS = {"usual": _("usual"), "large": _("large")}


@dataclass(frozen=True)
class Look:
    """One of the themes and one of the text sizes."""

    theme: str = "auto"
    text: str = "usual"


def look_of(request: HttpRequest) -> Look:
    """What the cookie says; the usual look for whatever it does not say."""
    theme, _dot, text = request.COOKIES.get(COOKIE, "").partition(".")
    return made_of({"theme": theme, "text": text})


def made_of(typed: Any) -> Look:
    """A look from what was typed or kept; unknown words fall back to the usual."""
    if not hasattr(typed, "get"):
        return Look()
    theme, text = typed.get("theme", ""), typed.get("text", "")
    return Look(theme if theme in THEMES else "auto", text if text in TEXTS else "usual")


def keep(look: Look, by: Person) -> None:
    """Keep the look with the person, so that it is there on the next machine."""
    choose(key=KEY, value={"theme": look.theme, "text": look.text}, by=by)


def kept(person: Person) -> Look | None:
    """The look the person has kept; None when there is none. One statement."""
    value = chosen(person, KEY)
    return None if value is None else made_of(value)


def remember(response: HttpResponse, look: Look) -> None:
    """Keep a look in the browser."""
    response.set_cookie(
        COOKIE, f"{look.theme}.{look.text}", max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=settings.HTTPS
    )
