"""Who would like to serve: the application, masked; taken on into a team, or not taken on with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civicloop.kernel.refusal import NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import Role
from civicloop.sentences import sentence
from civicloop.volunteers.actions import applying as actions
from civicloop.volunteers.models import Application, Team
from civicloop.volunteers.queries.applying import known_phones, teams_to_wish, waiting_for
from civicloop.volunteers.rules.persons import age_on, needs_guardian
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep


@login_required
@require_GET
def application(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One application that waits."""
    asking = asker(request)
    return _page(request, _find(uid, asking), asking)


@login_required
@require_POST
def look(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Name and phone in full, once, for a purpose that the ledger keeps."""
    asking = asker(request)
    found = _find(uid, asking)
    if not request.POST.get("purpose", "").strip():
        return _page(request, found, asking, fault=_("Say what you need it for; the ledger keeps it."), status=422)
    seen = actions.look(application=found, purpose=request.POST["purpose"], by=asking.person, at=asking.at)
    return _page(request, found, asking, seen=seen)


@login_required
@require_POST
def accept(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take somebody on, into a team or none."""
    asking = asker(request)
    found = _find(uid, asking)
    try:
        team = _team(request.POST.get("team", ""), asking)
        unit = Unit.objects.filter(pk=asking.unit_id or 0).first()
        made = actions.accept(application=found, unit=unit, team=team, by=asking.person, at=asking.at)
    except Refused as refused:
        keep(request, refused)
        return _page(request, found, asking, sentence_=sentence(refused), status=refused.status)
    messages.success(request, _("Taken on. The answer stands under the code."))
    return redirect("desk:volunteer_person", made.uid)


@login_required
@require_POST
def refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Not take somebody on; he reads the reason by his code."""
    asking = asker(request)
    found = _find(uid, asking)
    try:
        actions.refuse(
            application=found, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at
        )  # fmt: skip
    except Refused as refused:
        keep(request, refused)
        return _page(request, found, asking, sentence_=sentence(refused), status=refused.status)
    messages.success(request, _("Not taken on. The reason stands under the code; what was told is taken away."))
    return redirect("desk:volunteer_people")


def teams_for(asking: Asker) -> list[Team]:
    """The teams somebody may be taken into: all for the desk, for others those they act for."""
    rows = teams_to_wish()
    if not asking.actor.has(Role.ORDER_DESK):
        units = {below for own in asking.own_units for below in asking.ref.org.subtree(own)}
        rows = rows.filter(unit__in=units)
    return list(rows)


def _find(uid: UUID, asking: Asker) -> Application:
    found = waiting_for(asking.actor).filter(uid=uid).first()
    if found is None:
        raise NotFound("application", uid)
    return found


def _team(code: str, asking: Asker) -> Team | None:
    if not code:
        return None
    found = next((one for one in teams_for(asking) if one.unit.code == code), None)
    if found is None:
        raise NotFound("team", code[:30])
    return found


def _page(
    request: HttpRequest, found: Application, asking: Asker, *, seen: Any = None, fault: str = "", sentence_: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    today = timezone.localdate(asking.at)
    shown = {
        "one": found,
        "age": age_on(found.birth_on, today) if found.birth_on else None,
        "child": found.birth_on is not None and needs_guardian(found.birth_on, today),
        "known": found.phone in known_phones([found]),
        "teams": teams_for(asking),
        "may_be_teamless": asking.actor.has(Role.ORDER_DESK),
        "seen": seen,
        "fault": fault,
        "sentence": sentence_,
        "typed": {name: request.POST.get(name, "") for name in ("reason", "team")},
    }
    return render(request, "desk/volunteers_application.html", shown, status=status)
