"""Honours at the desk: the list, an application, one honour with its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.days import day_of
from civicloop.publicity import actions, policy, queries
from civicloop.publicity.models.honours import KIND_LABELS, STATE_LABELS
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep

MOST = 100
GRAVE = frozenset({"turn_down", "revoke", "withdraw_honour"})
# What a step is called by; the value says under which name it takes what was typed.
TAKES: dict[str, tuple[Callable[..., Any], str]] = {
    "recommend": (actions.recommend, "note"), "examine": (actions.examine, "note"), "object": (actions.object_to, "note"),
    "award": (actions.award, "note"), "turn_down": (actions.turn_down, "reason"),
    "withdraw_honour": (actions.withdraw_honour, "reason"), "revoke": (actions.revoke, "reason"),
}  # fmt: skip


@login_required
@require_GET
def honours(request: HttpRequest) -> HttpResponse:
    """The honours a person may read, the latest first; families are masked here for everybody."""
    asking = asker(request)
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    rows = queries.honours(
        asking.actor, state=state if state in STATE_LABELS else "", kind=kind if kind in KIND_LABELS else ""
    )
    found = list(rows[: MOST + 1])
    told = {
        "rows": [(one, queries.public_name(one)) for one in found[:MOST]], "more": len(found) > MOST, "most": MOST,
        "states": STATE_LABELS.items(), "kinds": KIND_LABELS.items(), "typed": {"state": state, "kind": kind},
        "may_apply": asking.actor.has(*policy.APPLICANTS), "now": asking.at,
    }  # fmt: skip
    return render(request, "desk/honour_list.html", told)


@login_required
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """The form of an application."""
    asking = asker(request)
    fault: Refused | None = None
    if request.method == "POST":
        try:
            made = actions.apply_for(**_given(request, asking), by=asking.person, at=asking.at, ref=asking.ref)
        except Refused as refused:
            keep(request, refused)
            fault = refused
        else:
            messages.success(request, _("The application is in; the level above recommends it."))
            return redirect("desk:honour", made.uid)
    units = [
        one
        for one in asking.ref.org.units.values()
        if one.active and policy.may_begin(asking.actor, "honour.apply_for", one.id)
    ]
    told = {
        "typed": request.POST, "kinds": KIND_LABELS.items(), "units": units, "year": timezone.localdate(asking.at).year,
        "fault": sentence(fault) if fault else "", "field": fault.field if isinstance(fault, Invalid) else "",
    }  # fmt: skip
    return render(request, "desk/honour_new.html", told, status=fault.status if fault else 200)


@login_required
@require_http_methods(["GET", "POST"])
def honour(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One honour: what it is for, what may be done, what was done."""
    asking = asker(request)
    found = queries.honour(uid, asking.actor)
    fault: Refused | None = None
    if request.method == "POST":
        try:
            _take(request, asking, uid)
        except Refused as refused:
            keep(request, refused)
            fault = refused
            found = queries.honour(uid, asking.actor)
        else:
            messages.success(request, _("Kept."))
            return redirect("desk:honour", uid)
    steps = queries.steps_open_to(found, asking.actor)
    # Before the notice is over awarding is refused; the button would only promise what cannot be.
    waits = found.notice_until is not None and day_of(asking.at) <= found.notice_until and found.state == "on_notice"
    named = policy.names_holder(asking.actor, found)
    told = {
        "honour": found, "holder": queries.shown_name(found, asking.actor), "named": named,
        "steps": [one for one in steps if one.name != "award" or not waits], "waits": waits,
        "story": queries.story(found) if named else [], "grave": GRAVE,
        "late": found.act_by is not None and found.act_by <= asking.at,
        "fault": sentence(fault) if fault else "", "typed": request.POST,
    }  # fmt: skip
    return render(request, "desk/honour_page.html", told, status=fault.status if fault else 200)


def _take(request: HttpRequest, asking: Asker, uid: UUID) -> None:
    step = request.POST.get("step", "")
    if step not in TAKES:
        raise NotFound("step", step[:40])
    action, name = TAKES[step]
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 10 else None
    action(uid=uid, by=asking.person, at=asking.at, version=version, **{name: request.POST.get("note", "")})


def _given(request: HttpRequest, asking: Asker) -> dict[str, Any]:
    typed = request.POST
    unit = asking.ref.org.by_code(typed.get("unit", ""))
    if unit is None:
        raise Invalid("unit", "required", field="unit")
    year = typed.get("year", "")
    if not year.isdecimal() or len(year) != 4:
        raise Invalid("year", "not_a_whole_number", value=year[:40])
    told = {name: typed.get(name, "") for name in ("kind", "holder", "grounds")}
    return {**told, "unit_id": unit.id, "year": int(year)}


urlpatterns = [
    path("honours", honours, name="honours"),
    path("honours/new", apply, name="honour_new"),
    path("honours/<uuid:uid>", honour, name="honour"),
]
