"""Finding volunteers. Lists give rows to be shown masked; personal data in full is `actions.people.look`."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

from django.db.models import Q, QuerySet

from civicloop.standards.reference import Actor
from civicloop.volunteers.models import Membership, Volunteer
from civicloop.volunteers.people_policy import visible_volunteers
from civicloop.volunteers.rules.persons import bare_phone


def volunteers_for(actor: Actor, at: datetime) -> QuerySet[Volunteer]:
    """The volunteers a person may find, newest first, those who left among them."""
    rows = Volunteer.objects.filter(visible_volunteers(actor, at)).select_related("home", "unit")
    return rows.prefetch_related("skills").order_by("-id")


def find(*, phone: str, id_last4: str) -> Volunteer | None:
    """The one volunteer with this phone and these last four of the identity number; None for none or several.

    It answers a stranger's question: the door counts the tries.
    """
    told, last4 = bare_phone(phone), unicodedata.normalize("NFKC", id_last4[:10]).strip().upper()
    if not told or len(last4) != 4:
        return None
    rows = list(Volunteer.objects.filter(phone=told, id_last4=last4, left_at=None)[:2])
    return rows[0] if len(rows) == 1 else None


def serving(on: date) -> QuerySet[Membership]:
    """The memberships that hold on a day."""
    return Membership.objects.filter(Q(until=None) | Q(until__gte=on), since__lte=on)


def members_of(team_id: int, on: date) -> QuerySet[Volunteer]:
    """Who serves in a team on a day, the longest known first."""
    rows = serving(on).filter(team=team_id)
    return Volunteer.objects.filter(pk__in=rows.values("volunteer"), left_at=None).order_by("pk")


def teams_of(volunteer: Volunteer, on: date) -> list[Membership]:
    """In which teams somebody serves on a day, since when."""
    rows = serving(on).filter(volunteer=volunteer)
    return list(rows.select_related("team__unit").order_by("since"))
