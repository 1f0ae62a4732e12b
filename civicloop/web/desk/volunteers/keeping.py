"""What is kept of a volunteer: changed when he asks for it, ended in a team, and taken away when he leaves."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import people as actions
from civicloop.volunteers.models import Membership, Volunteer
from civicloop.volunteers.people_policy import about_volunteer
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.volunteers.people import find, named, page_of, person_fields
from civicloop.web.desk.volunteers.pressing import press, pressed


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what is known of a volunteer; he may ask for that at any time (order 67)."""
    asking = asker(request)
    found = find(uid, asking)
    about = about_volunteer(found, asking.at)
    people_policy.require(asking.person, "volunteer.change", about, at=asking.at, ref=asking.ref)

    def act(given: dict[str, Any]) -> Volunteer:
        return actions.change(volunteer=found, changes=named(given), by=asking.person, at=asking.at)

    now: dict[str, Any] = {
        "sex": found.sex, "id_type": found.id_type, "home": found.home.code if found.home else "",
        "skills": [one.code for one in found.skills.all()], "areas": sorted(one.code for one in found.areas.all()),
        "guardian_consent": found.guardian_consent_at is not None,
    }  # fmt: skip
    back, fields = reverse("desk:volunteer_person", args=[uid]), person_fields(asking, new=False, areas=now["areas"])
    return run(request, Form(
        _("Change what is known"), fields, act, back, _("Save"), _("Saved."), now=now,
        lead=_("Name, phone and numbers are not shown here: what you leave empty stays as it is."),
    ))  # fmt: skip


@login_required
@pressed("desk:volunteer_person")
def part(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a membership, on a day that still counts."""
    asking = asker(request)
    found = find(uid, asking)
    rows = Membership.objects.select_related("team__unit").filter(volunteer=found, uid=_uid(request, "membership"))
    membership = rows.first()
    if membership is None:
        raise NotFound("membership", request.POST.get("membership", "")[:40])
    return press(
        request, lambda: actions.part(membership=membership, until=_day(request, asking), by=asking.person, at=asking.at),
        done=lambda made: _("%(team)s: the membership ends.") % {"team": made.team.unit.name},
        then=lambda _made: reverse("desk:volunteer_person", args=[uid]),
        again=lambda refused: page_of(request, found, asking, refused=refused),
    )  # fmt: skip


@login_required
@pressed("desk:volunteer_person")
def leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let somebody go: what is personal is taken away, name and records stay."""
    asking = asker(request)
    found = find(uid, asking)

    def act() -> Volunteer:
        if not request.POST.get("sure"):
            raise Invalid("sure", "say_you_mean_it")
        return actions.leave(volunteer=found, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at)

    return press(
        request, act, done=lambda _made: _("Has left: the personal data are taken away, the records stay."),
        then=lambda _made: reverse("desk:volunteer_people"),
        again=lambda refused: page_of(request, found, asking, refused=refused),
    )  # fmt: skip


def _uid(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotFound(name, request.POST.get(name, "")[:40]) from None


def _day(request: HttpRequest, asking: Asker) -> date:
    text = request.POST.get("until", "").strip()
    if not text:
        return timezone.localdate(asking.at)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("until", "not_a_date", value=text[:40]) from None
