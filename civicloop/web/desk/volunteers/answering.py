"""Who would like to serve: the application, masked; taken on into a team, or not taken on with a reason."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from civicloop.kernel.refusal import NotFound, Refused
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import Role
from civicloop.volunteers.actions import applying as actions
from civicloop.volunteers.models import Application, Team, Volunteer
from civicloop.volunteers.queries.applying import known_phones, waiting_for
from civicloop.volunteers.rules.persons import age_on, needs_guardian
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.volunteers.people import teams_open_to
from civicloop.web.desk.volunteers.pressing import answered, press, pressed, unmasked


@login_required
@require_GET
def application(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One application that waits."""
    asking = asker(request)
    return _page(request, _find(uid, asking), asking)


@login_required
@pressed("desk:volunteer_application")
def look(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Name and phone in full, once, for a purpose that the ledger keeps."""
    asking = asker(request)
    found = _find(uid, asking)
    read = partial(actions.look, application=found, by=asking.person, at=asking.at)
    return unmasked(request, lambda purpose: read(purpose=purpose), partial(_page, request, found, asking))


@login_required
@pressed("desk:volunteer_application")
def accept(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take somebody on, into a team or none."""
    asking = asker(request)
    found = _find(uid, asking)

    def act() -> Volunteer:
        team = _team(request.POST.get("team", ""), asking)
        unit = Unit.objects.filter(pk=asking.unit_id or 0).first()
        return actions.accept(application=found, unit=unit, team=team, by=asking.person, at=asking.at)

    return press(
        request, act, done=lambda _made: _("Taken on. The answer stands under the code."),
        then=lambda made: reverse("desk:volunteer_person", args=[made.uid]),
        again=lambda refused: _page(request, found, asking, refused=refused),
    )  # fmt: skip


@login_required
@pressed("desk:volunteer_application")
def refuse(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Not take somebody on; he reads the reason by his code."""
    asking = asker(request)
    found, reason = _find(uid, asking), request.POST.get("reason", "")
    return press(
        request, lambda: actions.refuse(application=found, reason=reason, by=asking.person, at=asking.at),
        done=lambda _made: _("Not taken on. The reason stands under the code; what was told is taken away."),
        then=lambda _made: reverse("desk:volunteer_people"),
        again=lambda refused: _page(request, found, asking, refused=refused),
    )  # fmt: skip


def _find(uid: UUID, asking: Asker) -> Application:
    found = waiting_for(asking.actor).filter(uid=uid).first()
    if found is None:
        raise NotFound("application", uid)
    return found


def _team(code: str, asking: Asker) -> Team | None:
    if not code:
        return None
    found = next((one for one in teams_open_to(asking) if one.unit.code == code), None)
    if found is None:
        raise NotFound("team", code[:30])
    return found


def _page(
    request: HttpRequest, found: Application, asking: Asker, *, seen: Any = None, fault: str = "",
    refused: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    today = timezone.localdate(asking.at)
    shown = {
        "one": found,
        "age": age_on(found.birth_on, today) if found.birth_on else None,
        "child": found.birth_on is not None and needs_guardian(found.birth_on, today),
        "known": found.phone in known_phones([found]),
        "teams": teams_open_to(asking),
        "may_be_teamless": asking.actor.has(Role.ORDER_DESK),
        "seen": seen,
        "fault": fault,
        "typed": {name: request.POST.get(name, "") for name in ("reason", "team")},
    }
    return answered(request, "desk/volunteers_application.html", shown, refused)
