"""Volunteers: found, registered with their consent, shown masked; who looks behind the mask says what for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import UnitKind
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import people as actions
from civicloop.volunteers.models import Membership, Skill, Team, Volunteer
from civicloop.volunteers.models.people import ID_LABELS, SEX_LABELS
from civicloop.volunteers.people_policy import About, about_unit, about_volunteer
from civicloop.volunteers.queries.applying import waiting_for
from civicloop.volunteers.queries.hours import records_of, totals, totals_of
from civicloop.volunteers.queries.people import teams_of, volunteers_for
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.volunteers.pressing import answered, press, unmasked
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

MOST = 100
MOST_RECORDS = 60
MOST_WAITING = 50
HOMES = (UnitKind.TOWN, UnitKind.COMMUNITY)


@login_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The volunteers the asker may find, masked, newest first; and those who would like to be."""
    asking = asker(request)
    rows = volunteers_for(asking.actor, asking.at).filter(left_at=None)
    skill, team, last4 = (request.GET.get(name, "").strip()[:30] for name in ("skill", "team", "last4"))
    if skill:
        rows = rows.filter(pk__in=Volunteer.objects.filter(skills__code=skill).values("pk"))
    if team:
        rows = rows.filter(memberships__team__unit__code=team, memberships__until=None)
    if last4:
        rows = rows.filter(id_last4=last4[:4].upper())
    found = list(rows[: MOST + 1])
    served = totals_of(one.pk for one in found[:MOST])
    shown = {
        "rows": [(one, served.get(one.pk)) for one in found[:MOST]],
        "more": len(found) > MOST,
        "most": MOST,
        "skills": list(Skill.objects.all()),
        "form": {"skill": skill, "team": team, "last4": last4},
        "waiting": list(waiting_for(asking.actor).prefetch_related(None)[:MOST_WAITING]),
        "may_register": _may_register(asking),
    }
    return render(request, "desk/volunteers_people.html", shown)


@login_required
@require_GET
def person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One volunteer, masked: teams, hours, records."""
    asking = asker(request)
    return page_of(request, find(uid, asking), asking)


@login_required
@require_POST
def look(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what lies behind the mask, once, for a purpose that the ledger keeps."""
    asking = asker(request)
    found = find(uid, asking)
    read = partial(actions.look, volunteer=found, by=asking.person, at=asking.at)
    return unmasked(request, lambda purpose: read(purpose=purpose), partial(page_of, request, found, asking))


@login_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register somebody who has agreed; under 14 a guardian agrees."""
    asking = asker(request)
    about = About(frozenset({asking.unit_id} if asking.unit_id is not None else ()))
    people_policy.require(asking.person, "volunteer.register", about, at=asking.at, ref=asking.ref)

    def act(given: dict[str, Any]) -> Volunteer:
        return actions.register(**_ready(given, asking), by=asking.person, at=asking.at)

    return run(request, Form(
        _("Register a volunteer"), _fields(asking), act, reverse("desk:volunteer_people"), _("Register"),
        _("The volunteer is registered."), now={"id_type": "resident"}, only_changes=False,
        lead=_("The number of the identity paper is sealed at once; of it only the last four are ever shown in lists."),
        then=lambda made: reverse("desk:volunteer_person", args=[made.uid]),
    ))  # fmt: skip


@login_required
@require_POST
def join(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let a volunteer serve in a team from today on."""
    asking = asker(request)
    found, today = find(uid, asking), timezone.localdate(asking.at)
    team = Team.objects.filter(unit__code=request.POST.get("team", "")[:30]).first()
    if team is None:
        raise NotFound("team", request.POST.get("team", "")[:30])
    return press(
        request, lambda: actions.join(volunteer=found, team=team, since=today, by=asking.person, at=asking.at),
        done=lambda _made: _("Serves in the team from today on."),
        then=lambda _made: reverse("desk:volunteer_person", args=[uid]),
        again=lambda refused: page_of(request, found, asking, refused=refused),
    )  # fmt: skip


def find(uid: UUID, asking: Asker) -> Volunteer:
    """A volunteer whom the asker may find. Raises NotFound."""
    found = volunteers_for(asking.actor, asking.at).filter(uid=uid).first()
    if found is None:
        raise NotFound("volunteer", uid)
    return found


def _may_register(asking: Asker) -> bool:
    units = frozenset(asking.own_units)
    return people_policy.may(asking.actor, "volunteer.register", About(units))


def page_of(
    request: HttpRequest, found: Volunteer, asking: Asker, *, seen: Any = None, fault: str = "",
    refused: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of a volunteer, masked but for what was `seen`; with the sentence of what was refused on it."""
    about = about_volunteer(found, asking.at)
    memberships = teams_of(found, timezone.localdate(asking.at))
    may_join = people_policy.may(asking.actor, "membership.change", about)
    shown = {
        "one": found,
        "areas": list(found.areas.all()),
        "memberships": memberships,
        "sums": totals(found),
        "records": list(records_of(found)[:MOST_RECORDS]),
        "seen": seen,
        "fault": fault,
        "may_look": people_policy.may(asking.actor, "volunteer.look", about),
        "may_join": may_join,
        "may_change": people_policy.may(asking.actor, "volunteer.change", about),
        "may_leave": people_policy.may(asking.actor, "volunteer.leave", about),
        "today": timezone.localdate(asking.at),
        "typed": {name: request.POST.get(name, "") for name in ("until", "reason", "membership")},
        "may_certify": people_policy.may(asking.actor, "certificate.issue", about),
        "certificates": list(found.certificates.select_related("unit").order_by("-issued_at")),
        "teams": _teams_to_join(asking, memberships) if may_join else [],
    }
    return answered(request, "desk/volunteers_person.html", shown, refused)


def _teams_to_join(asking: Asker, memberships: Sequence[Membership]) -> list[Team]:
    """The teams to which the action lets this person add somebody who serves in these already."""
    rows = Team.objects.filter(active=True, unit__active=True).exclude(pk__in=[one.team_id for one in memberships])
    return [
        one
        for one in rows.select_related("unit").order_by("unit__code")
        if people_policy.may(asking.actor, "membership.change", about_unit(one.unit_id))
    ]


def _fields(asking: Asker) -> list[Asked]:
    skills = [Choice(one.code, one.name) for one in Skill.objects.all()]
    homes = [Choice(one.code, one.name) for one in asking.ref.org.units.values() if one.kind in HOMES and one.active]
    return [
        Asked("name", _("Name of the person"), required=True, most=60),
        Asked("birth_on", _("Date of birth"), "date", required=True),
        Asked("sex", _("Sex"), "choice", choices=[Choice(key, str(word)) for key, word in SEX_LABELS.items() if key]),
        Asked("id_type", _("Identity paper"), "choice", required=True,
              choices=[Choice(key, str(word)) for key, word in ID_LABELS.items()]),
        Asked("id_number", _("Number of the identity paper"), most=40),
        Asked("phone", _("Phone"), required=True, most=30),
        Asked("home", _("Lives in"), "choice", choices=homes),
        Asked("skills", _("Skills"), "many", choices=skills),
        Asked("guardian_name", _("Guardian"), most=60, hint=_("Under 14 a guardian is needed, who has agreed.")),
        Asked("guardian_phone", _("Phone of the guardian"), most=30),
        Asked("guardian_consent", _("The guardian has agreed"), "yes"),
        Asked("consent", _("The volunteer has agreed that these data are kept for voluntary service"), "yes"),
    ]  # fmt: skip


def _ready(given: dict[str, Any], asking: Asker) -> dict[str, Any]:
    """Codes turned into what they name; registered with the unit the asker acts for."""
    ready = dict(given)
    ready["skills"] = list(Skill.objects.filter(code__in=given["skills"]))
    ready["home"] = Unit.objects.filter(code=given["home"]).first() if given["home"] else None
    ready["unit"] = Unit.objects.filter(pk=asking.unit_id or 0).first()
    return ready
