"""The register of displays: map and list, what is due, one display with its steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.lifecycle import Step
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.publicity import actions, policy, queries
from civicloop.publicity.actions.displays import broken_category
from civicloop.publicity.models import Display
from civicloop.publicity.models.displays import KIND_LABELS, STATE_LABELS
from civicloop.sentences import sentence
from civicloop.standards.categories import CategoryInfo
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.casesight import cases_seen
from civicloop.web.desk.codepages import page_by_code
from civicloop.web.desk.paging import Order, page_of
from civicloop.web.desk.uploads import remembered, taken
from civicloop.web.refusals import keep

MOST_ON_MAP = 500
DUE = Order(("act_by", "pk"), ("act_by", "pk"), newest_first=False)
GRAVE = frozenset({"take_down"})
PHOTO_KINDS = ("near", "far", "after")


@login_required
@require_GET
def displays(request: HttpRequest) -> HttpResponse:
    """The register, by kind, state and words, a page at a time; those alone that are due by the clock where asked so."""
    asking = asker(request)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    words, due = request.GET.get("q", "").strip()[:60], bool(request.GET.get("due"))
    every = queries.displays(asking.actor)
    rows = queries.narrowed(
        every, kind=kind if kind in KIND_LABELS else "", state=state if state in STATE_LABELS else "", words=words,
        due_at=asking.at if due else None,
    )  # fmt: skip
    page = page_of(rows.order_by("act_by", "pk"), DUE, request.GET) if due else page_by_code(rows, request.GET)
    placed = list(rows.filter(lon__isnull=False).select_related(None)[: MOST_ON_MAP + 1])
    told = {
        "page": page, "sums": queries.sums(every, asking.at), "now": asking.at, "kinds": KIND_LABELS.items(),
        "points": [_point(one, asking.at) for one in placed[:MOST_ON_MAP]], "more": len(placed) > MOST_ON_MAP,
        "most": MOST_ON_MAP, "states": STATE_LABELS.items(),
        "typed": {"kind": kind, "state": state, "q": words, "due": due}, "cases_seen": cases_seen(asking, page.rows),
        "may_plan": asking.actor.has(*policy.KEEPERS, *policy.OFFICE),
    }  # fmt: skip
    return render(request, "desk/display_list.html", told)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form by which a display is entered."""
    asking = asker(request)
    fault: Refused | None = None
    if request.method == "POST":
        try:
            made = actions.plan_display(**_given(request, asking), by=asking.person, at=asking.at, ref=asking.ref)
        except Refused as refused:
            keep(request, refused)
            fault = refused
        else:
            messages.success(request, _("The display is entered."))
            return redirect("desk:display", made.uid)
    units = [
        one
        for one in asking.ref.org.units.values()
        if one.active and policy.may_begin(asking.actor, "display.plan", one.id)
    ]
    told = {
        "typed": request.POST, "kinds": KIND_LABELS.items(), "units": units, "fault": sentence(fault) if fault else "",
        "place": {name: request.POST.get(name, "") for name in ("address", "lon", "lat", "datum")}, "kept": remembered(request),
        "place_fault": "", "field": fault.field if isinstance(fault, Invalid) else "",
    }  # fmt: skip
    return render(request, "desk/display_new.html", told, status=fault.status if fault else 200)


@login_required
@require_http_methods(["GET", "POST"])
def display(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One display: what it is, what may be done, what was done."""
    asking = asker(request)
    found = queries.display(uid, asking.actor)
    fault: Refused | None = None
    if request.method == "POST":
        try:
            _take(request, asking, uid)
        except Refused as refused:
            keep(request, refused)
            fault = refused
            found = queries.display(uid, asking.actor)
        else:
            messages.success(request, _("Kept."))
            return redirect("desk:display", uid)
    told = {
        "display": found, "steps": _steps(found, asking), "story": queries.story(found), "grave": GRAVE,
        "late": found.act_by is not None and found.act_by <= asking.at, "fault": sentence(fault) if fault else "",
        "typed": request.POST, "kept": remembered(request) if request.method == "POST" else [], "photo_kinds": PHOTO_KINDS,
        "category": _category(asking), "points": [_point(found, asking.at)] if found.lon is not None else [],
        "cases_seen": cases_seen(asking, [found]),
    }  # fmt: skip
    return render(request, "desk/display_page.html", told, status=fault.status if fault else 200)


def _steps(found: Display, asking: Asker) -> list[Step]:
    """What may be done. While the case of its fault is open nobody may say that it is mended, so no button says so."""
    waits = found.case is not None and found.case.ended_at is None
    return [one for one in queries.steps_open_to(found, asking.actor) if one.name != "mend" or not waits]


def _take(request: HttpRequest, asking: Asker, uid: UUID) -> None:
    typed, step = request.POST, request.POST.get("step", "")
    told: dict[str, Any] = {"uid": uid, "by": asking.person, "at": asking.at, "version": _version(typed)}
    if step == "take_down":
        actions.take_down(**told, reason=typed.get("reason", ""))
        return
    told["photos"] = taken(request)
    if step == "change_content":
        actions.change_content(**told, content=typed.get("content", ""))
    elif step == "find_broken":
        actions.find_broken(**told, note=typed.get("note", ""), ref=asking.ref)
    elif step in ("put_up", "check", "mend"):
        {"put_up": actions.put_up, "check": actions.check, "mend": actions.mend}[step](
            **told, note=typed.get("note", "")
        )
    else:
        raise NotFound("step", step[:40])


def _version(typed: QueryDict) -> int | None:
    text = typed.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _given(request: HttpRequest, asking: Asker) -> dict[str, Any]:
    typed = request.POST
    unit = asking.ref.org.by_code(typed.get("unit", ""))
    if unit is None:
        raise Invalid("unit", "required", field="unit")
    told = {name: typed.get(name, "") for name in ("kind", "code", "name", "content", "address")}
    lon, lat = (_degrees(typed.get(name, "")) for name in ("lon", "lat"))
    return {
        **told,
        "unit_id": unit.id,
        "lon": lon,
        "lat": lat,
        "datum": typed.get("datum") or "wgs84",
        "photos": taken(request),
    }


def _degrees(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise Invalid("place", "not_a_number", value=text[:40]) from None


def _category(asking: Asker) -> CategoryInfo | None:
    """The category a broken display is reported under; None where the city has none: reporting then says so."""
    try:
        return asking.ref.categories.by_id(broken_category(asking.ref))
    except Refused:
        return None


def _point(one: Display, now: datetime) -> dict[str, Any]:
    """A place of the map; `wanted` where it is broken or its look is due."""
    due = one.state == "in_use" and one.act_by is not None and one.act_by <= now
    tone = "wanted" if one.state == "broken" or due else ""
    return {
        "lon": one.lon,
        "lat": one.lat,
        "label": one.code,
        "url": reverse("desk:display", args=[one.uid]),
        "tone": tone,
    }


urlpatterns = [
    path("displays", displays, name="displays"),
    path("displays/new", new, name="display_new"),
    path("displays/<uuid:uid>", display, name="display"),
]
