"""Complaints and suggestions about the platform: the list, and one with its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Person
from civicloop.residents import policy
from civicloop.residents.actions import complaints
from civicloop.residents.models import Complaint, ComplaintStep
from civicloop.residents.queries import desk
from civicloop.residents.rules.lifecycle import LIFECYCLE
from civicloop.sentences import sentence
from civicloop.spoken import COMPLAINT_STEPS
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep

MOST = 100


@login_required
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All complaints the reader may see: those that wait first."""
    rows = list(desk.complaints_for(asker(request).actor)[:MOST])
    return render(request, "desk/complaints.html", {"rows": rows, "tab": "complaints"})


@login_required
@require_GET
def complaint(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One complaint."""
    return _page(request, _find(asker(request), uid))


@login_required
@require_POST
def step(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """Take a step."""
    asking = asker(request)
    found = _find(asking, uid)
    note = request.POST.get("note", "")
    common: dict[str, Any] = {"by": asking.person, "at": asking.at, "ref": asking.ref}
    try:
        if name == "accept":
            about = _about(request.POST.get("about", "").strip())
            complaints.accept(uid, about=about, nobody=bool(request.POST.get("nobody")), note=note, **common)
        elif name == "hand_over":
            complaints.hand_over(uid, unit_id=_unit(asking, request.POST.get("unit", "")), reason=note, **common)
        elif name == "answer":
            complaints.answer(uid, note=note, **common)
        elif name == "close":
            complaints.close(uid, note=note, **common)
        else:
            raise NotFound("step", name)
    except Refused as refused:
        keep(request, refused)
        return _page(request, found, fault=sentence(refused), took=name, status=refused.status)
    messages.success(request, _("Done: %(step)s.") % {"step": COMPLAINT_STEPS[name]})
    if not desk.complaints_for(asking.actor).filter(uid=uid).exists():
        return redirect("desk:complaints")  # handed over, or about the reader himself
    return redirect("desk:complaint", uid)


def _page(
    request: HttpRequest, found: Complaint, *, fault: str = "", took: str = "", status: int = 200
) -> HttpResponse:
    asking = asker(request)
    until = complaints.asked_again_until(found, asking.ref)
    barred = policy.units_barred(asking.ref.org, found.about_unit_id)
    steps = [
        one.name for one in LIFECYCLE.steps_from(found.state)
        if one.name != "ask_again" and policy.may_step(asking.actor, one.name, found)
        and (one.name != "close" or until is None or asking.at > until)
    ]  # fmt: skip
    story = [
        (COMPLAINT_STEPS.get(one.name, one.name), one)
        for one in ComplaintStep.objects.filter(complaint=found).select_related("by", "unit").order_by("-seq")
    ]
    told = {
        "complaint": found,
        "steps": [(name, COMPLAINT_STEPS[name]) for name in steps],
        "story": story,
        "units": sorted(
            (one for one in asking.ref.org.units.values() if one.active and one.id not in barred),
            key=lambda one: one.code,
        ),
        "fault": fault,
        "until": until if until is not None and asking.at <= until and found.state == "answered" else None,
        "took": took,
        "note": request.POST.get("note", ""),
        "tab": "complaints",
    }
    return render(request, "desk/complaint.html", told, status=status)


def _find(asking: Asker, uid: UUID) -> Complaint:
    found = desk.complaints_for(asking.actor).filter(uid=uid).first()
    if found is None:
        raise NotFound("complaint", uid)
    return found


def _about(username: str) -> Person | None:
    """Whom it is about, by user name; nobody where nothing was typed. Raises Invalid."""
    if not username:
        return None
    person = Person.objects.filter(username=username[:60]).first()
    if person is None:
        raise Invalid("about", "unknown_person", person=username[:60])
    return person


def _unit(asking: Asker, code: str) -> int:
    unit = asking.ref.org.by_code(code)
    if unit is None:
        raise Invalid("unit", "unknown_unit", unit=code[:60])
    return unit.id
