"""What is heard at the door: the list, noting one, and what becomes of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.masking import masked
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.sentences import sentence
from civicloop.standards.categories import CategoryInfo
from civicloop.surveys import actions, policy, queries
from civicloop.surveys.models.opinions import KIND_LABELS, OPEN, STATE_LABELS
from civicloop.textintake.queries import suggest_categories
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.casesight import cases_seen
from civicloop.web.desk.paging import Order, page_of
from civicloop.web.desk.rounds import read_day
from civicloop.web.desk.surveys_asking import sent_by
from civicloop.web.refusals import keep

LATEST = Order(("noted_at", "pk"), ("noted_at", "pk"), newest_first=True)
SUGGESTED = 3
STEPS = ("open_case", "pass_on", "answer", "set_aside")


@login_required
@require_GET
def opinions(request: HttpRequest) -> HttpResponse:
    """The opinions a person may read, the latest first, a page at a time."""
    asking = asker(request)
    state, late = request.GET.get("state", ""), request.GET.get("late") == "1"
    found = queries.opinions(
        asking.actor, state=state if state in STATE_LABELS else "", late=asking.at if late else None
    )
    page = page_of(found, LATEST, request.GET)
    told = {
        "page": page, "rows": [(one, masked(one.words)[:120], one.is_late(asking.at)) for one in page.rows],
        "states": STATE_LABELS.items(), "state": state, "late": late, "may_note": asking.actor.has(*policy.LISTENERS),
        "open": OPEN, "cases_seen": cases_seen(asking, page.rows),
    }  # fmt: skip
    return render(request, "desk/opinion_list.html", told)


@login_required
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest) -> HttpResponse:
    """The form by which one is noted."""
    asking = asker(request)
    fault: Refused | None = None
    if request.method == "POST":
        try:
            made = actions.note_opinion(**_given(request, asking), by=asking.person, at=asking.at, ref=asking.ref)
        except Refused as refused:
            keep(request, refused)
            fault = refused
        else:
            messages.success(request, _("The opinion is noted."))
            return redirect("desk:opinion", made.uid)
    told = {
        "typed": request.POST, "kinds": KIND_LABELS.items(), "units": _units(asking), "today": timezone.localdate(asking.at),
        "place": {name: request.POST.get(name, "") for name in ("address", "lon", "lat", "datum")},
        "place_fault": sentence(fault) if isinstance(fault, Invalid) and fault.field in ("place", "lon", "lat", "datum") else "",
        "fault": sentence(fault) if fault else "", "sent": sent_by(request.POST) or uuid4(),
    }  # fmt: skip
    return render(request, "desk/opinion_new.html", told, status=fault.status if fault else 200)


@login_required
@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One opinion, and what may become of it."""
    asking = asker(request)
    found = queries.opinion(uid, asking.actor)
    fault: Refused | None = None
    if request.method == "POST":
        try:
            _decide(request, asking, uid)
        except Refused as refused:
            keep(request, refused)
            fault = refused
        else:
            messages.success(request, _("Kept."))
            return redirect("desk:opinion", uid)
        found = queries.opinion(uid, asking.actor)
    units = {found.unit_id, *({found.passed_to_id} if found.passed_to_id else ())}
    may = found.state in OPEN and any(policy.may(asking.actor, "opinion.answer", one) for one in units)
    told = {
        "opinion": found, "cases_seen": cases_seen(asking, [found]),
        "open": found.state in OPEN, "late": found.is_late(asking.at), "may": may,
        "fault": sentence(fault) if fault else "", "typed": request.POST,
        "categories": [one for one in asking.ref.categories.all() if one.active and one.kind != "component"] if may else [],
        "units": [one for one in asking.ref.org.units.values() if one.active] if may else [],
        "suggested": _suggested(found.words, asking) if may else [],
    }  # fmt: skip
    return render(request, "desk/opinion_page.html", told, status=fault.status if fault else 200)


def _suggested(words: str, asking: Asker) -> list[CategoryInfo]:
    """The categories the words may mean, likeliest first; a person chooses."""
    found = suggest_categories(words, asking.ref, SUGGESTED)
    return [asking.ref.categories.by_id(one.category) for one in found]


def _decide(request: HttpRequest, asking: Asker, uid: UUID) -> None:
    step, typed = request.POST.get("step", ""), request.POST
    told: dict[str, Any] = {"opinion_uid": uid, "by": asking.person, "at": asking.at}
    if step == "open_case":
        category = next((one for one in asking.ref.categories.all() if str(one.uid) == typed.get("category")), None)
        if category is None:
            raise Invalid("category", "required", field="category")
        actions.open_case(**told, category_id=category.id, ref=asking.ref)
    elif step == "pass_on":
        actions.pass_on(**told, unit_id=_unit(typed.get("unit", ""), asking), ref=asking.ref)
    elif step == "answer":
        actions.answer_opinion(**told, answer=typed.get("answer", ""))
    elif step == "set_aside":
        actions.set_aside(**told, reason=typed.get("reason", ""))
    else:
        raise NotFound("step", step[:40])


def _given(request: HttpRequest, asking: Asker) -> dict[str, Any]:
    typed = request.POST
    lon, lat = (_degrees(typed.get(name, "")) for name in ("lon", "lat"))
    return {
        "unit_id": _unit(typed.get("unit", ""), asking), "kind": typed.get("kind", ""), "words": typed.get("words", ""),
        "heard_on": read_day(typed, "heard_on"), "address": typed.get("address", ""), "lon": lon, "lat": lat,
        "datum": typed.get("datum") or "wgs84", "sent": sent_by(typed),
    }  # fmt: skip


def _degrees(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise Invalid("place", "not_a_number", value=text[:40]) from None


def _unit(code: str, asking: Asker) -> int:
    found = asking.ref.org.by_code(code) if code else None
    if found is None:
        raise Invalid("unit", "required", field="unit")
    return found.id


def _units(asking: Asker) -> list[Any]:
    """The communities and towns in which a person may note what is heard."""
    units = [one for one in asking.ref.org.units.values() if one.active and one.kind in ("community", "town")]
    return [one for one in units if policy.may(asking.actor, "opinion.note", one.id)]


urlpatterns = [
    path("opinions", opinions, name="opinions"),
    path("opinions/new", note, name="opinion_new"),
    path("opinions/<uuid:uid>", opinion, name="opinion"),
]
