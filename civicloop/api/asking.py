"""Who asks, when, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja.security import HttpBearer

from civicloop.api.problems import Refusal
from civicloop.organisation.actions.people import digest
from civicloop.organisation.models import ApiToken, Person
from civicloop.rows import read
from civicloop.standards import reference
from civicloop.standards.reference import Actor, Reference

PHONE = "openrosa"
"""Tokens whose name begins so are for phones. They stand in addresses, which others may come to see: they open `/or/` alone."""
SCREEN = "screen"
"""Tokens whose name begins so are for big screens: they open `/screen` alone (web/desk/maproom/looking.py)."""
# Written out, because every request asks it and Django would put the same words together each time.
_BY_TOKEN = f"""
FROM {ApiToken._meta.db_table} AS token JOIN {Person._meta.db_table} AS person ON person.id = token.person_id
WHERE token.digest = %s AND token.name NOT LIKE '{PHONE}%%' AND token.name NOT LIKE '{SCREEN}%%' AND token.revoked_at IS NULL
AND (token.expires_at IS NULL OR token.expires_at > %s)
"""
PERSON = tuple(field.attname for field in Person._meta.concrete_fields)
BEARER = f"SELECT {', '.join(f'person.{name}' for name in PERSON)} {_BY_TOKEN}"
STILL_LET_IN = f"SELECT person.id {_BY_TOKEN} AND person.is_active"
"""Whom a token lets in, by number; with the values of BEARER."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the person with the posts of today, the moment, and the books as they stand."""

    person: Person
    actor: Actor
    at: datetime
    ref: Reference


class Token(HttpBearer):
    """`Authorization: Bearer <token>`; made with `civicloop token create USER`."""

    def __call__(self, request: HttpRequest) -> Person:
        person = super().__call__(request)
        if person is None:
            raise Refusal(401, "token_missing")
        return person

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        """The active person behind a token that is neither revoked nor expired: one statement."""
        # The database compares the moments: SQLite hands a column that is no model's field back as text.
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        for person in read(Person, PERSON, BEARER, [digest(token), now]):
            if person.is_active:
                if person.language and "Accept-Language" not in request.headers:
                    translation.activate(person.language)
                return person
        raise Refusal(401, "token_not_valid")


def asked(request: HttpRequest) -> Asked:
    """What every answer starts from: one statement besides the token's."""
    person: Person = request.auth  # type: ignore[attr-defined]
    at = timezone.now()
    ref = reference.now()
    return Asked(person, ref.actor(person, timezone.localdate(at)), at, ref)


def language_of(request: HttpRequest) -> str:
    """The language named in Accept-Language that we speak; Chinese when there is none."""
    return _language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:500])


@lru_cache(maxsize=256)
def _language(accepted: str) -> str:
    for code, _quality in parse_accept_lang_header(accepted):
        for spoken, _name in settings.LANGUAGES:
            if code.split("-")[0] == spoken.split("-")[0]:
                return spoken
    return settings.LANGUAGE_CODE
