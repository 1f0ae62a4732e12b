"""Who asks, with which posts, and when: worked out once per request and handed down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import HttpRequest
from django.utils import timezone

from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Actor, Reference


@dataclass(frozen=True)
class Asker:
    """A logged-in person at one moment, with the books as of that moment."""

    person: Person
    actor: Actor
    ref: Reference
    at: datetime


def asker(request: HttpRequest) -> Asker:
    """The person who asks. One statement, once per request; views that call it ask for a log-in first."""
    known: Asker | None = getattr(request, "civicloop_asker", None)
    if known is None:
        at = timezone.now()
        person = cast(Person, request.user)
        ref = reference.now()
        known = Asker(person, ref.actor(person, timezone.localdate(at)), ref, at)
        request.civicloop_asker = known  # type: ignore[attr-defined]
    return known
