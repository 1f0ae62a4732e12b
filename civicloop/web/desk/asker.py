"""Who asks, with which posts, and when: worked out once per request and handed down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from django.http import HttpRequest
from django.utils import timezone

from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Actor, Reference

CHOSEN_UNIT = "unit_acted_for"


@dataclass(frozen=True)
class Asker:
    """A logged-in person at one moment, with the books as of that moment."""

    person: Person
    actor: Actor
    ref: Reference
    at: datetime

    @property
    def own_units(self) -> list[int]:
        """The units he holds posts in, the one chosen in the bar first."""
        return list(dict.fromkeys(post.unit_id for post in self.actor.posts))

    @property
    def unit_id(self) -> int | None:
        """The unit he acts for just now: the one chosen in the bar, else the unit of his first post."""
        return self.actor.unit_acted_for(None)


def asker(request: HttpRequest) -> Asker:
    """The person who asks. One statement, once per request; views that call it ask for a log-in first."""
    known: Asker | None = getattr(request, "civicloop_asker", None)
    if known is None:
        at = timezone.now()
        person = cast(Person, request.user)
        ref = reference.now()
        actor = _acting_for(ref.actor(person, timezone.localdate(at)), request.session.get(CHOSEN_UNIT))
        known = Asker(person, actor, ref, at)
        request.civicloop_asker = known  # type: ignore[attr-defined]
    return known


def _acting_for(actor: Actor, unit_id: int | None) -> Actor:
    """The same posts, those of the chosen unit first. What he may do is asked of all posts, in whatever order."""
    if unit_id is None or all(post.unit_id != unit_id for post in actor.posts):
        return actor
    return replace(actor, posts=tuple(sorted(actor.posts, key=lambda post: post.unit_id != unit_id)))
