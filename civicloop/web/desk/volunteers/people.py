"""Volunteers: found, registered with their consent, shown masked; who looks behind the mask says what for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import UnitKind
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import people as actions
from civicloop.volunteers.models import Membership, Skill, Team, Volunteer
from civicloop.volunteers.models.people import ID_LABELS, SEX_LABELS
from civicloop.volunteers.people_policy import About, about_unit, about_volunteer
from civicloop.volunteers.queries.applying import teams_to_wish, waiting_for
from civicloop.volunteers.queries.hours import records_of, totals, totals_of
from civicloop.volunteers.queries.people import serving, teams_of, volunteers_for
from civicloop.volunteers.rules.persons import bare_phone
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.volunteers.pressing import answered, press, pressed, unmasked
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

MOST = 100
MOST_RECORDS = 60
MOST_WAITING = 50
HOMES = (UnitKind.TOWN, UnitKind.COMMUNITY)


@login_required
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The volunteers the asker may find, masked, newest first; and those who would like to be. Somebody is found by phone or whole
    name, which are sent as a POST: addresses stand in logs.
    """
    asking = asker(request)
    rows = volunteers_for(asking.actor, asking.at).filter(left_at=None)
    skill, team, last4 = (request.GET.get(name, "").strip()[:30] for name in ("skill", "team", "last4"))
    if skill:
        rows = rows.filter(pk__in=Volunteer.objects.filter(skills__code=skill).values("pk"))
    if team:
        members = serving(timezone.localdate(asking.at)).filter(team__unit__code=team)
        rows = rows.filter(pk__in=members.values("volunteer"))
    if last4:
        rows = rows.filter(id_last4=last4[:4].upper())
    if who := request.POST.get("who", "").strip()[:60]:
        rows = rows.filter(Q(phone=bare_phone(who)) | Q(name=who))
    found = list(rows[: MOST + 1])
    served = totals_of(one.pk for one in found[:MOST])
    shown = {
        "rows": [(one, served.get(one.pk)) for one in found[:MOST]],
        "more": len(found) > MOST,
        "most": MOST,
        "skills": list(Skill.objects.all()),
        "form": {"skill": skill, "team": team, "last4": last4, "who": who},
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
@pressed("desk:volunteer_person")
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

    consent = Asked("consent", _("The volunteer has agreed that these data are kept for voluntary service"), "yes")

    def act(given: dict[str, Any]) -> Volunteer:
        unit = Unit.objects.filter(pk=asking.unit_id or 0).first()
        return actions.register(**named(given), unit=unit, by=asking.person, at=asking.at)

    return run(request, Form(
        _("Register a volunteer"), [*person_fields(asking, new=True), consent], act, reverse("desk:volunteer_people"),
        _("Register"), _("The volunteer is registered."), now={"id_type": "resident"}, only_changes=False,
        lead=_("The number of the identity paper is sealed at once; of it only the last four are ever shown in lists."),
        then=lambda made: reverse("desk:volunteer_person", args=[made.uid]),
    ))  # fmt: skip


@login_required
@pressed("desk:volunteer_person")
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
        "teams": teams_open_to(asking, but=memberships) if may_join else [],
    }
    return answered(request, "desk/volunteers_person.html", shown, refused)


def teams_open_to(asking: Asker, *, but: Sequence[Membership] = ()) -> list[Team]:
    """The teams to which the action lets this person add somebody who serves in some already. One statement."""
    rows = teams_to_wish().exclude(pk__in=[one.team_id for one in but])
    return [one for one in rows if people_policy.may(asking.actor, "membership.change", about_unit(one.unit_id))]


def person_fields(asking: Asker, *, new: bool, areas: Collection[str] = ()) -> list[Asked]:
    """What is known of a volunteer: for somebody new who he is must be said, later what is left empty stays as it is. `areas` are
    the codes of those he serves in already.
    """
    every = asking.ref.org.units.values()
    units = [one for one in every if one.active]
    towns = [
        Choice(one.code, one.name) for one in every if (one.active and one.kind == UnitKind.TOWN) or one.code in areas
    ]
    return [
        Asked("name", _("Name of the person"), required=new, most=60),
        Asked("birth_on", _("Date of birth"), "date", required=new),
        Asked("sex", _("Sex"), "choice", choices=[Choice(key, str(word)) for key, word in SEX_LABELS.items() if key]),
        Asked("id_type", _("Identity paper"), "choice", required=True,
              choices=[Choice(key, str(word)) for key, word in ID_LABELS.items()]),
        Asked("id_number", _("Number of the identity paper"), most=40),
        Asked("phone", _("Phone"), required=new, most=30),
        Asked("home", _("Lives in"), "choice", choices=[Choice(one.code, one.name) for one in units if one.kind in HOMES]),
        Asked("skills", _("Skills"), "many", choices=[Choice(one.code, one.name) for one in Skill.objects.all()]),
        Asked("areas", _("Serves in"), "many", choices=towns),
        Asked("guardian_name", _("Guardian"), most=60, hint=_("Under 14 a guardian is needed, who has agreed.")),
        Asked("guardian_phone", _("Phone of the guardian"), most=30),
        Asked("guardian_consent", _("The guardian has agreed"), "yes"),
    ]  # fmt: skip


def named(given: dict[str, Any]) -> dict[str, Any]:
    """Codes turned into what they name, of what was given."""
    ready = dict(given)
    for name, table in (("skills", Skill), ("areas", Unit)):
        if name in ready:
            ready[name] = list(table._default_manager.filter(code__in=ready[name]))
    if "home" in ready:
        ready["home"] = Unit.objects.filter(code=ready["home"]).first() if ready["home"] else None
    return ready
