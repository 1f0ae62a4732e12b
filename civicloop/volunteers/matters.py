"""What is told of voluntary service besides orders: events, and who would like to serve."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from civicloop.loops.matters import Matter
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor, Reference
from civicloop.volunteers.models import Application, Event, SignUp
from civicloop.volunteers.people_policy import visible_applications

KEEPERS = (Role.ORDER_DESK, Role.UNIT_HANDLER, Role.UNIT_LEADER)
CALLED_OFF = ("event_cancelled", "shift_cancelled")
"""Reasons of sign-ups that were ended by the house, not by the volunteer."""


class Events(Matter):
    """Events of voluntary service; who has signed up for one needs no post to hear of it."""

    name = "event"

    def visible_to(self, actor: Actor) -> QuerySet[Event]:
        """The events a person's units keep, and those he has signed up for and not left of his own will."""
        if actor.holds({Role.ORDER_DESK}, None):
            return Event.objects.all()
        posts = [post.unit_id for post in actor.posts if post.role in KEEPERS]
        units = sorted({one for unit in posts for one in actor.book.subtree(unit)})
        left_to_him = Q(cancelled_at=None) | Q(reason__in=CALLED_OFF)
        own = SignUp.objects.filter(left_to_him, shift__event=OuterRef("pk"), volunteer__account=actor.person_id)
        return Event.objects.filter(Q(unit__in=units) | Exists(own))

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Event]:
        """The events of the unit and those below it."""
        return Event.objects.filter(unit__in=sorted(ref.org.subtree(unit_id)))

    def called(self, row: Any, ref: Reference) -> tuple[str, str]:
        """The title."""
        return row.title, ""


class Applications(Matter):
    """Residents who would like to serve and wait for an answer."""

    name = "application"

    def visible_to(self, actor: Actor) -> QuerySet[Application]:
        """Those a person may answer, while they wait."""
        rows = Application.objects.filter(visible_applications(actor), state="waiting")
        return rows.select_related("team__unit")

    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Application]:
        """Those who wish for a team of the unit or below it."""
        return Application.objects.filter(team__unit__in=sorted(ref.org.subtree(unit_id)), state="waiting")

    def called(self, row: Any, ref: Reference) -> tuple[str, str]:
        """The team that is wished for; nothing of the person."""
        return str(_("application to volunteer")), row.team.unit.name if row.team is not None else ""


EVENTS = Events()
APPLICATIONS = Applications()
