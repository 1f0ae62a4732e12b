"""Projects and brand projects (品牌项目): what a unit offers for longer than a day; written down, published, ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import NotAllowed, NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.volunteers import people_policy
from civicloop.volunteers.actions import projects as actions
from civicloop.volunteers.models import Project, ServiceKind
from civicloop.volunteers.people_policy import About, about_unit
from civicloop.volunteers.queries.projects import KEEPERS, figures, listing, units_kept
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit import choosing
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.edit.history import history_of
from civicloop.web.desk.volunteers.pressing import answered, press
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

MOST = 200
MOST_EVENTS = 60
SHOWN = ("brand", "running", "ended", "draft")


@login_required
@require_GET
def projects(request: HttpRequest) -> HttpResponse:
    """All projects, those that run first, with how many events each has. Two statements."""
    asking = asker(request)
    shown = request.GET.get("show", "")
    rows = listing(asking.actor, at=asking.at)
    if shown == "brand":
        rows = rows.filter(brand=True)
    elif shown in SHOWN:
        rows = rows.filter(ended_at__isnull=shown != "ended")
        rows = rows.filter(published_at__isnull=shown == "draft") if shown != "ended" else rows
    told = {"rows": list(rows[:MOST]), "shown": shown if shown in SHOWN else "", "may_keep": asking.actor.has(*KEEPERS)}
    return render(request, "desk/volunteers_projects.html", told)


@login_required
@require_GET
def project(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One project: what it is about, its events, what it has come to, what was changed."""
    asking = asker(request)
    return _page(request, _find(uid, asking), asking)


def _page(request: HttpRequest, found: Project, asking: Asker, refused: Refused | None = None) -> HttpResponse:
    may_keep = _may(asking, "project.keep", found)
    events = found.events.select_related("unit", "site").order_by("-starts_at", "-pk")
    smallest = int(asking.ref.parameters["volunteers.smallest_group"])
    told = {
        "project": found,
        "events": list((events if may_keep else events.exclude(state="draft"))[:MOST_EVENTS]),
        "figures": figures(found, at=asking.at, smallest=smallest),
        "smallest": smallest,
        "may_keep": may_keep and found.ended_at is None,
        "may_publish": _may(asking, "project.publish", found) and found.published_at is None and found.ended_at is None,
        "history": history_of("project", found.uid) if may_keep else [],
        "at": asking.at,
    }
    return answered(request, "desk/volunteers_project.html", told, refused)


@login_required
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """A new project; nobody outside sees it before it is published."""
    asking = asker(request)
    if not asking.actor.has(*KEEPERS):
        raise NotAllowed("project.keep", "volunteer_desk", who=sorted(KEEPERS), about=None, by=asking.person)
    code = Asked("code", _("Code"), required=True, most=30, hint=_("Short and for good: lists and files name it."))

    def act(given: dict[str, Any]) -> Project:
        return actions.keep_project(**_ready(given), code=given["code"], by=asking.person, at=asking.at)

    own = asking.ref.org.unit(asking.unit_id).code if asking.unit_id else ""
    return run(request, Form(
        _("New project"), [code, *_fields(asking)], act, reverse("desk:volunteer_projects"), _("Write it down"),
        _("The project is written down: the volunteer centre publishes it."), now={"unit": own}, only_changes=False,
        then=lambda made: reverse("desk:volunteer_project", args=[made.uid]),
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What it is called and about, who organises it, whether it is a brand project."""
    asking = asker(request)
    found = _find(uid, asking)
    about = about_unit(found.unit_id, thing=("project", str(found.uid)))
    people_policy.require(asking.person, "project.keep", about, at=asking.at, ref=asking.ref)
    now = {
        "name": found.name, "unit": found.unit.code, "service": found.service.code if found.service else "",
        "brand": found.brand, "description": found.description,
    }  # fmt: skip

    def act(given: dict[str, Any]) -> Project:
        return actions.keep_project(project=found, **_ready({**now, **given}), by=asking.person, at=asking.at)

    return run(request, Form(
        _("Change %(name)s") % {"name": found.name}, _fields(asking), act, reverse("desk:volunteer_project", args=[uid]),
        _("Save"), _("The project is changed."), now=now, about=("project", found.uid),
        lead=_("Code %(code)s.") % {"code": found.code},
    ))  # fmt: skip


@login_required
@require_POST
def step(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Publish it, or end it."""
    asking = asker(request)
    found = _find(uid, asking)
    steps = {
        "publish": (actions.publish_project, _("%(name)s is published.")),
        "end": (actions.end_project, _("%(name)s has ended; events that are planned take place.")),
    }
    if step not in steps:
        raise NotFound("step", step)
    act, words = steps[step]
    return press(
        request, lambda: act(project=found, by=asking.person, at=asking.at), done=lambda made: words % {"name": made.name},
        then=lambda _made: reverse("desk:volunteer_project", args=[uid]),
        again=lambda refused: _page(request, found, asking, refused),
    )  # fmt: skip


def _find(uid: UUID, asking: Asker) -> Project:
    found = Project.objects.select_related("unit", "service").filter(uid=uid).first()
    if found is None or (found.published_at is None and not _may(asking, "project.keep", found)):
        raise NotFound("project", uid)
    return found


def _may(asking: Asker, verb: str, found: Project) -> bool:
    return people_policy.may(asking.actor, verb, about_unit(found.unit_id, thing=("project", str(found.uid))))


def _fields(asking: Asker) -> list[Asked]:
    services = [Choice(one.code, one.name) for one in ServiceKind.objects.order_by("group", "code")]
    return [
        Asked("name", _("Name"), required=True, most=100),
        Asked("unit", _("Organiser"), "choice", required=True, choices=_units(asking)),
        Asked("service", _("Service"), "choice", choices=services),
        Asked("brand", _("brand project"), "yes", hint=_("One the city stands for; residents see it first.")),
        Asked("description", _("What it is about"), "text"),
    ]


def _units(asking: Asker) -> list[Choice]:
    """The units that may organise it as far as the asker keeps their projects."""
    every = choosing.units(asking)
    if people_policy.volunteer_desk(asking.actor, About()):
        return every
    own = {asking.ref.org.unit(one).code for one in units_kept(asking.actor)}
    return [one for one in every if one.value in own]


def _ready(given: dict[str, Any]) -> dict[str, Any]:
    """Codes turned into what they name."""
    service = ServiceKind.objects.filter(code=given["service"]).first() if given["service"] else None
    unit: Unit | None = choosing.unit_of(given["unit"])
    return {
        "name": given["name"], "unit": unit, "service": service, "brand": given["brand"], "description": given["description"]
    }  # fmt: skip
