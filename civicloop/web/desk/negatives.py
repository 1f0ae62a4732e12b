"""The register of the negative list: what happened, until when it counts, and what was revoked with its reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.scoring import policy, queries
from civicloop.scoring.actions import record_negative_event, revoke_negative_event
from civicloop.scoring.models import NegativeEvent
from civicloop.sentences import sentence
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.once import key_of, same_again
from civicloop.web.desk.rounds import read_day
from civicloop.web.desk.scoping import require_city
from civicloop.web.refusals import keep

MOST = 300


@login_required
@require_GET
def negatives(request: HttpRequest) -> HttpResponse:
    """All events, revoked ones too, the newest first."""
    asking = asker(request)
    require_city(asking, "negative_event.read")
    standard = _book()
    rows = [(one, _clause(one, standard)) for one in queries.negative_events()[:MOST]]
    shown = {"rows": rows, "may_record": asking.actor.holds(policy.PUBLISHERS, None), "most": MOST}
    return render(request, "desk/score_negative.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """The form that records an event."""
    asking = asker(request)
    policy.require_publisher(asking.person, "negative_event.record", at=asking.at)
    fault, status = "", 200
    if request.method == "POST":
        try:
            uid = same_again(key_of(request), request.POST)
            record_negative_event(**_given(request, asking), uid=uid, by=asking.person, at=asking.at, ref=asking.ref)
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            messages.success(request, _("The event is recorded; scores count it from now on."))
            return redirect("desk:score_negative")
    standard = _book()
    shown = {
        "clauses": standard.negative_list.values() if standard else [], "fault": fault, "typed": request.POST,
        "once": key_of(request), "units": [one for one in asking.ref.org.units.values() if one.active],
        "today": timezone.localdate(asking.at),
    }  # fmt: skip
    return render(request, "desk/score_negative_new.html", shown, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say that an event was recorded wrongly."""
    asking = asker(request)
    policy.require_publisher(asking.person, "negative_event.revoke", at=asking.at)
    found = queries.negative_events().filter(uid=uid).first()
    if found is None:
        raise NotFound("negative_event", uid)
    fault, status = "", 200
    if request.method == "POST":
        try:
            revoke_negative_event(event_uid=uid, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at)
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            messages.success(request, _("The event is revoked. Scores as of earlier moments still have it."))
            return redirect("desk:score_negative")
    shown = {"event": found, "clause": _clause(found, _book()), "fault": fault, "typed": request.POST}
    return render(request, "desk/score_negative_revoke.html", shown, status=status)


def _given(request: HttpRequest, asking: Asker) -> dict[str, Any]:
    code = request.POST.get("unit", "")
    unit = asking.ref.org.by_code(code) if code else None
    if code and unit is None:
        raise Invalid("unit", "unknown_unit", unit=code[:60])
    return {
        "clause": request.POST.get("clause", ""),
        "happened_on": read_day(request.POST, "happened_on"),
        "note": request.POST.get("note", ""),
        "unit_id": unit.id if unit else None,
    }


def _book() -> StandardBook | None:
    try:
        return editions.book(editions.current().pk)
    except NotFound:
        return None


def _clause(one: NegativeEvent, standard: StandardBook | None) -> Any:
    return standard.negative_list.get(one.clause) if standard else None
