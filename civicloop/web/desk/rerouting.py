"""Routes of a day made anew, and what could not be fitted."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from civicloop.inspection import policy
from civicloop.inspection.actions import make_routes
from civicloop.inspection.models import Round, Visit
from civicloop.inspection.queries.visits import whole_visits
from civicloop.inspection.rules.routes import Plan
from civicloop.kernel.refusal import Conflict, Invalid, Refused
from civicloop.organisation.models import Person
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.assigning import WHY
from civicloop.web.desk.rounds import find
from civicloop.web.refusals import keep


@login_required
@require_http_methods(["GET", "POST"])
def routes(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a day of the round; everybody keeps his visits, in a better order, and those that do not fit are named."""
    asking = asker(request)
    found = find(code, asking)
    policy.require(asking.person, "route.order", at=timezone.localtime(asking.at))
    if request.method == "GET":
        return _form(request, found, asking)
    try:
        day = _day(request.POST.get("day", ""))
        if day < timezone.localdate(asking.at):
            raise Conflict("no_visits_on_day", day=day.isoformat())
        plan = make_routes(
            round=found, day=day, balance=request.POST.get("balance") == "yes", by=asking.person, at=asking.at,
            ref=asking.ref,
        )  # fmt: skip
    except Refused as refused:
        keep(request, refused)
        return _form(request, found, asking, sentence(refused), status=refused.status)
    return _result(request, found, day, plan, asking)


def _form(request: HttpRequest, found: Round, asking: Asker, fault: str = "", status: int = 200) -> HttpResponse:
    planned = Visit.objects.filter(round=found, state="planned", inspector__isnull=False).order_by("day")
    days = planned.filter(day__gte=timezone.localdate(asking.at)).values_list("day", flat=True).distinct()
    typed = request.POST if request.method == "POST" else request.GET
    shown = {"round": found, "days": list(days), "chosen": typed.get("day", ""), "typed": typed, "fault": fault}
    return render(request, "desk/route_new.html", shown, status=status)


def _result(request: HttpRequest, found: Round, day: date, plan: Plan, asking: Asker) -> HttpResponse:
    """What came of it. A place is named only to those who may read the visit already."""
    names = dict(Person.objects.filter(pk__in=[one.crew for one in plan.routes]).values_list("pk", "name"))
    seen = whole_visits().filter(policy.visible_visits(asking.actor, asking.at), uid__in=[one.key for one in plan.left])
    visits = {str(one.uid): one for one in seen}
    shown = {
        "round": found, "day": day, "plan": plan,
        "fitted": sum(len(one.calls) for one in plan.routes),
        "routes": [(names.get(one.crew, ""), len(one.calls), one.km) for one in plan.routes if one.calls],
        "left": [(visits.get(one.key), WHY.get(one.why, one.why)) for one in plan.left],
    }  # fmt: skip
    return render(request, "desk/route_made.html", shown)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("day", "not_a_date", value=text[:40]) from None
