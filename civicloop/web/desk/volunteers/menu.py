"""The menu (照单上菜): what residents may order, made, changed, published and withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import NotFound
from civicloop.volunteers import policy, queries
from civicloop.volunteers.actions import menu as actions
from civicloop.volunteers.models import ServiceKind, Skill
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked


@login_required
@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    """Every line, with how often it was ordered. Three statements."""
    asking = asker(request)
    rows = list(queries.services().annotate(ordered=Count("orders")))
    shown = {
        "rows": rows,
        "on": [row for row in rows if row.published_at is not None and row.ended_at is None],
        "may_make": policy.may_do(asking.actor, "service.make"),
    }
    return render(request, "desk/volunteers_menu.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """A new line of the menu; residents see it once it is published."""
    asking = asker(request)
    policy.require_do(asking.person, "service.make", at=asking.at, ref=asking.ref)
    code = Asked("code", _("Code"), required=True, most=30, hint=_("Short and for good: lists and files name it."))

    def act(given: dict[str, Any]) -> ServiceKind:
        return actions.make_service(**_ready(given), by=asking.person, at=asking.at)

    return run(request, Form(
        _("Add a service"), [code, *_fields()], act, reverse("desk:volunteer_menu"), _("Add"), _("The service is added."),
        now={"minutes": 60, "people": 1}, only_changes=False,
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is done, what it needs, how long it takes."""
    asking, found = asker(request), _find(uid)
    policy.require_do(asking.person, "service.change", at=asking.at, ref=asking.ref)
    now = {name: getattr(found, name) for name in ("name", "group", "description", "minutes", "people")}
    now["skills"] = [one.code for one in found.skills.all()]

    def act(given: dict[str, Any]) -> ServiceKind:
        return actions.change_service(service=found, changes=_ready(given), by=asking.person, at=asking.at)

    return run(request, Form(
        _("Change %(name)s") % {"name": found.name}, _fields(), act, reverse("desk:volunteer_menu"), _("Save"),
        _("The service is changed."), now=now, about=("service", found.uid),
        lead=_("Code %(code)s. Orders that were placed keep what they asked for.") % {"code": found.code},
    ))  # fmt: skip


@login_required
@require_POST
def publish(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put it on the menu."""
    asking: Asker = asker(request)
    done = actions.publish_service(service=_find(uid), by=asking.person, at=asking.at)
    messages.success(request, _("%(name)s is on the menu.") % {"name": done.name})
    return redirect("desk:volunteer_menu")


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take it from the menu."""
    asking: Asker = asker(request)
    done = actions.withdraw_service(service=_find(uid), by=asking.person, at=asking.at)
    messages.success(request, _("%(name)s was taken from the menu; running orders go on.") % {"name": done.name})
    return redirect("desk:volunteer_menu")


def _find(uid: UUID) -> ServiceKind:
    found = ServiceKind.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("service", uid)
    return found


def _fields() -> list[Asked]:
    skills = [Choice(one.code, one.name) for one in Skill.objects.all()]
    return [
        Asked("name", _("Name"), required=True, most=60),
        Asked("group", _("Group on the menu"), most=40, hint=_("Services of one group stand together on the menu.")),
        Asked("description", _("What is done"), "text", hint=_("Residents read it before they order.")),
        Asked("skills", _("Skills needed"), "many", choices=skills),
        Asked("minutes", _("Usual minutes"), "integer", required=True, most=1440),
        Asked("people", _("People needed"), "integer", required=True, most=200),
    ]


def _ready(given: dict[str, Any]) -> dict[str, Any]:
    """Codes of skills turned into what they name."""
    ready = dict(given)
    if "skills" in ready:
        ready["skills"] = list(Skill.objects.filter(code__in=ready["skills"]))
    return ready
