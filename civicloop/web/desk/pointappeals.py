"""Appeals against points that a rule took off from a unit in a round."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civicloop.inspection.models import Round
from civicloop.kernel.refusal import NotFound, Refused
from civicloop.scoring import policy, queries
from civicloop.scoring.actions import lodge_appeal
from civicloop.scoring.rows import moment
from civicloop.sentences import sentence
from civicloop.standards.editions import book
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.rounds import find
from civicloop.web.refusals import keep


@login_required
@require_http_methods(["GET", "POST"])
def lodge(request: HttpRequest) -> HttpResponse:
    """The form that speaks against what a rule took off. The address names the round, the unit and the key of the rule."""
    asking = asker(request)
    typed = request.POST if request.method == "POST" else request.GET
    round_ = find(typed.get("round", ""), asking)
    unit = asking.ref.org.by_code(typed.get("unit", ""))
    if unit is None:
        raise NotFound("unit", typed.get("unit", "")[:40])
    key = typed.get("rule", "")
    rule = next((one for one in book(round_.edition_id).scoring.deductions if one.key == key), None)
    if rule is None:
        raise NotFound("deduction", key[:40])
    policy.require(asking.actor, "lodge", policy.Matter(unit.id), by=asking.person)
    fault, status = "", 200
    if request.method == "POST":
        try:
            made = lodge_appeal(
                unit_id=unit.id, round_id=round_.pk, deduction=key, reason=typed.get("reason", ""), by=asking.person,
                at=asking.at, ref=asking.ref,
            )  # fmt: skip
        except Refused as refused:
            keep(request, refused)
            fault, status = sentence(refused), refused.status
        else:
            messages.success(request, _("The appeal is lodged. Its stages are shown here."))
            return redirect("desk:score_appeal", made.uid)
    end = until(round_, unit.id, asking)
    shown = {
        "round": round_, "unit": unit, "rule": rule, "until": end, "late": asking.at > end, "fault": fault,
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "desk/appeal_points.html", shown, status=status)


def until(round_: Round, unit_id: int, asking: Asker) -> datetime:
    """Until when a unit may speak against points of a round: counted from its end. No statement."""
    since = round_.closed_at or moment(round_.ends_on + timedelta(days=1))
    return queries.appeal_until(since, unit_id, asking.ref)


def open_for(round_: Round | None, unit_id: int, asking: Asker) -> bool:
    """Whether the asker may still speak against points taken from this unit in the round."""
    if round_ is None or not policy.may(asking.actor, "lodge", policy.Matter(unit_id)):
        return False
    return asking.at <= until(round_, unit_id, asking)
