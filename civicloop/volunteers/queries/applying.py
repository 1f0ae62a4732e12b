"""Who would like to serve, and who a code stands for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from civicloop.kernel import codes
from civicloop.organisation.days import day_of
from civicloop.standards.reference import Actor
from civicloop.volunteers.models import Application, Membership, Team, Volunteer
from civicloop.volunteers.people_policy import visible_applications
from civicloop.volunteers.queries.people import teams_of


def waiting_for(actor: Actor) -> QuerySet[Application]:
    """The applications a person may answer, who waits longest first; those of devices that did no work come last."""
    rows = Application.objects.filter(visible_applications(actor), state="waiting")
    return rows.select_related("team__unit", "home").prefetch_related("skills", "areas").order_by("-proved", "at", "id")


def application_by_code(text: str) -> Application | None:
    """The application whose code somebody typed."""
    code = codes.read_code(text)
    if code is None:
        return None
    rows = Application.objects.filter(code_digest=codes.digest(code))
    return rows.select_related("volunteer", "team__unit").first()


def volunteer_by_code(text: str) -> Volunteer | None:
    """The volunteer who was taken on by this code and has not left."""
    found = application_by_code(text)
    who = found.volunteer if found is not None else None
    return who if who is not None and who.left_at is None else None


def memberships_of(application: Application, at: datetime) -> list[Membership]:
    """The teams somebody who was taken on serves in now."""
    who = application.volunteer
    return [] if who is None or who.left_at is not None else teams_of(who, day_of(at))


def known_phones(applications: Iterable[Application]) -> set[str]:
    """Phones of these that a registered volunteer has too: perhaps the same person. One statement."""
    phones = {one.phone for one in applications if one.phone}
    rows = Volunteer.objects.filter(phone__in=phones, left_at=None) if phones else Volunteer.objects.none()
    return set(rows.values_list("phone", flat=True))


def teams_to_wish() -> QuerySet[Team]:
    """The teams somebody may wish for."""
    return Team.objects.filter(active=True, unit__active=True).select_related("unit").order_by("unit__code")
