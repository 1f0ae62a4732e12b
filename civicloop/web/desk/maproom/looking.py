"""Who stands before the big screen: a person logged in, or the screen itself with a token of its own.

A screen token is an API token whose name begins with "screen". It opens the big screen and nothing else: the API refuses it. It
is shown to the browser once, in the address `/screen/open/<token>`; from then on a signed cookie that no script can read names its
row, and the row is asked every time, so that revoking it darkens the screen at the next refresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from civicloop.organisation.actions.people import digest
from civicloop.organisation.models import ApiToken
from civicloop.standards import reference
from civicloop.standards.reference import Actor, Reference

NAMED = "screen"
COOKIE = "civicloop_screen"
SALT = "civicloop.screen"
ONE_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Looker:
    """Who looks, when, with which books."""

    actor: Actor
    ref: Reference
    at: datetime


def looker(request: HttpRequest) -> Looker | None:
    """Who looks at the big screen; None for nobody known. Two statements."""
    at = timezone.now()
    if request.user.is_authenticated:
        person = request.user
    else:
        token = _token(request, at)
        if token is None:
            return None
        person = token.person
    ref = reference.now()
    return Looker(ref.actor(person, timezone.localdate(at)), ref, at)  # type: ignore[arg-type]


def may_look(request: HttpRequest) -> bool:
    """Whether somebody known asks: logged in, or a screen with its token."""
    return bool(request.user.is_authenticated) or _token(request, timezone.now()) is not None


def by_word(word: str, at: datetime) -> ApiToken | None:
    """The screen token with these words, when it still opens anything."""
    row = ApiToken.objects.select_related("person").filter(digest=digest(word)).first()
    return row if row is not None and _opens(row, at) else None


def remember(response: HttpResponse, token: ApiToken) -> None:
    """Let this browser be the screen from now on."""
    response.set_signed_cookie(
        COOKIE, str(token.pk), salt=SALT, max_age=ONE_YEAR, httponly=True, samesite="Strict", secure=settings.HTTPS
    )


def _token(request: HttpRequest, at: datetime) -> ApiToken | None:
    known = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    if not known or not known.isdigit():
        return None
    row = ApiToken.objects.select_related("person").filter(pk=int(known)).first()
    return row if row is not None and _opens(row, at) else None


def _opens(row: ApiToken, at: datetime) -> bool:
    lasts = row.revoked_at is None and (row.expires_at is None or row.expires_at > at)
    return lasts and row.name.startswith(NAMED) and row.person.is_active
