"""Giving visits to inspectors by lot, and what to do when a place or a visit falls through."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from civicloop.inspection import policy, queries
from civicloop.inspection.actions.assigning import Assigned, assign_visits
from civicloop.inspection.actions.substituting import miss_visit, substitute
from civicloop.inspection.models import Draw, DrawnPoint, Visit
from civicloop.inspection.rules.routes import Limits
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.sentences import sentence
from civicloop.web.desk import draws
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep

FIRST_DAYS = 5
MOST_DAYS = 62
WHY = {
    "nobody_eligible": gettext_lazy("no inspector without a conflict"),
    "no_second_inspector": gettext_lazy("no second inspector for the double visit"),
    "day_full": gettext_lazy("the days are full"),
    "too_far": gettext_lazy("too far for a day"),
    "window": gettext_lazy("cannot be reached while it may be visited"),
    "no_place": gettext_lazy("nobody knows where it is"),
}


@login_required
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Choose inspectors and days; the seed draws who goes where."""
    asking = asker(request)
    found = draws.find(code, asking)
    if request.method == "GET":
        policy.require(asking.person, "draw.assign", at=timezone.localtime(asking.at))
        return _form(request, found)
    try:
        days, limits = _days(request), _limits(request)
        people = list(Person.objects.filter(uid__in=_uids(request), is_active=True))
        done = assign_visits(
            draw=found, inspectors=people, days=days, by=asking.person, at=asking.at, limits=limits, ref=asking.ref,
            seed_part=request.POST.get("part", ""),
        )  # fmt: skip
    except Refused as refused:
        keep(request, refused)
        return _form(request, found, sentence(refused), status=refused.status)
    return _result(request, found, done)


@login_required
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, code: str, order: int) -> HttpResponse:
    """Let the next reserve take a drawn place's place, with a reason."""
    asking = asker(request)
    found = draws.find(code, asking)
    policy.require(asking.person, "draw.substitute", at=timezone.localtime(asking.at))
    policy.require_open(found, at=asking.at)
    row = DrawnPoint.objects.select_related("point", "case", "draw").filter(draw=found, order=order).first()
    if row is None:
        raise NotFound("point", order)
    if request.method == "GET":
        return _reason(request, found, row)
    try:
        taken = substitute(drawn=row, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at)
    except Refused as refused:
        keep(request, refused)
        return _reason(request, found, row, sentence(refused), status=refused.status)
    messages.success(request, _("No. %(new)s takes the place of no. %(old)s.") % {"new": taken.order, "old": row.order})
    return redirect("desk:draw", found.code)


@login_required
@require_http_methods(["GET", "POST"])
def miss(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say that a visit was not made, with a reason."""
    asking = asker(request)
    policy.require(asking.person, "visit.miss", at=timezone.localtime(asking.at))
    found = queries.get_visit(uid, asking.actor, asking.at)
    if request.method == "GET":
        return render(request, "desk/visit_missed.html", {"visit": found})
    try:
        miss_visit(visit=found, reason=request.POST.get("reason", ""), by=asking.person, at=asking.at)
    except Refused as refused:
        keep(request, refused)
        shown = {"visit": found, "fault": sentence(refused), "typed": request.POST}
        return render(request, "desk/visit_missed.html", shown, status=refused.status)
    messages.success(request, _("The visit is marked as not made."))
    return redirect("desk:visit", found.uid)


def _form(request: HttpRequest, found: Draw, fault: str = "", status: int = 200) -> HttpResponse:
    asking, typed = asker(request), request.POST if request.method == "POST" else None
    today = timezone.localdate(asking.at)
    first = max(found.round.starts_on, today)
    possible = [first + timedelta(days=n) for n in range(min(MOST_DAYS, (found.round.ends_on - first).days + 1))]
    working = [day for day in possible if day.weekday() < FIRST_DAYS]
    chosen = set(typed.getlist("day")) if typed is not None else {day.isoformat() for day in (working or possible)[:5]}
    people = _inspectors(asking, first)
    named = set(typed.getlist("inspector")) if typed is not None else {str(person.uid) for person, _unit in people}
    shown = {
        "draw": found,
        "round": found.round,
        "days": [(day, day.isoformat() in chosen) for day in possible],
        "people": [(person, unit, str(person.uid) in named) for person, unit in people],
        "typed": typed or {"starts": "08:30", "ends": "17:30", "speed": "20"},
        "part": str(Visit.objects.filter(drawn__draw=found).count()),
        "fault": fault,
    }
    return render(request, "desk/draw_assign.html", shown, status=status)


def _result(request: HttpRequest, found: Draw, done: Assigned) -> HttpResponse:
    """What came of it. Places left over are named only once the draw may be read."""
    asking = asker(request)
    rows = Visit.objects.filter(drawn__draw=found).exclude(state="replaced").order_by("day", "inspector__username")
    told = rows.values_list("day", "inspector__name").exclude(inspector=None)
    points = {
        row.pk: row
        for row in DrawnPoint.objects.filter(pk__in=[one.drawn_id for one in done.left]).select_related("point")
    }
    opened = policy.is_open(found, timezone.localdate(asking.at))
    shown = {
        "draw": found,
        "round": found.round,
        "done": done,
        "days": sorted(Counter(told).items()),
        "left": [(points[one.drawn_id], WHY.get(one.why, one.why)) for one in done.left],
        "reasons": sorted(Counter(str(WHY.get(one.why, one.why)) for one in done.left).items()),
        "opened": opened,
    }
    return render(request, "desk/draw_assigned.html", shown)


def _reason(request: HttpRequest, found: Draw, row: DrawnPoint, fault: str = "", status: int = 200) -> HttpResponse:
    shown = {"draw": found, "drawn": row, "fault": fault, "typed": request.POST}
    return render(request, "desk/draw_substitute.html", shown, status=status)


def _inspectors(asking: Asker, on: date) -> list[tuple[Person, str]]:
    """Who holds the inspector's role on a day, with the unit."""
    units = {
        person: asking.ref.org.unit(post.unit_id).name
        for person, posts in asking.ref.org.posts.items()
        for post in posts
        if post.role == Role.INSPECTOR and post.holds_on(on)
    }
    people = Person.objects.filter(pk__in=units, is_active=True).order_by("username")
    return [(person, units[person.pk]) for person in people]


def _days(request: HttpRequest) -> list[date]:
    try:
        return sorted({date.fromisoformat(text) for text in request.POST.getlist("day")})
    except ValueError:
        raise Invalid("days", "not_a_date", value="") from None


def _uids(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist("inspector")]
    except ValueError:
        raise NotFound("person", "") from None


def _limits(request: HttpRequest) -> Limits:
    starts, ends = (_minutes(request, name) for name in ("starts", "ends"))
    if ends <= starts:
        raise Invalid("ends", "ends_before_start")
    text = request.POST.get("speed", "20")
    try:
        speed = float(text)
    except ValueError:
        raise Invalid("speed", "not_a_number", value=text[:40]) from None
    if not 1 <= speed <= 120:
        raise Invalid("speed", "not_a_number", value=text[:40])
    return Limits(starts=starts, ends=ends, most_minutes=ends - starts, speed_kmh=speed)


def _minutes(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    try:
        hour, minute = (int(part) for part in text.split(":")[:2])
    except ValueError:
        raise Invalid(name, "not_a_moment", value=text[:40]) from None
    if not (0 <= hour <= 24 and 0 <= minute < 60):
        raise Invalid(name, "not_a_moment", value=text[:40])
    return hour * 60 + minute
