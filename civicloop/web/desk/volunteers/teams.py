"""Teams: what they can do, from where, how far, when, and how much they have at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Avg, Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from civicloop.kernel.refusal import NotFound
from civicloop.organisation.days import day_of
from civicloop.volunteers import policy, queries
from civicloop.volunteers.models import Order, Skill, Team
from civicloop.volunteers.queries.days_away import coming
from civicloop.volunteers.queries.people import members_of, volunteers_for
from civicloop.volunteers.rules.lifecycle import WITH_TEAM
from civicloop.web.desk.asker import asker
from civicloop.web.desk.edit.history import history_of
from civicloop.web.ui import timewords

MOST = 300
MOST_ORDERS = 50
MOST_MEMBERS = 100
MOST_AWAY = 12
FIELDS = ("skill", "q")


@dataclass(frozen=True)
class Weekly:
    """A weekly time of a team."""

    day: str
    hours: str
    orders: Any


@login_required
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """All teams with their load: as of now, out of their capacity. Four statements."""
    asking, idle = asker(request), request.GET.get("idle") == "1"
    rows = queries.teams(active=None if idle else True)
    skill, words = request.GET.get("skill", ""), request.GET.get("q", "").strip()[:60]
    if skill:
        rows = rows.filter(pk__in=Team.objects.filter(skills__code=skill[:30]).values("pk"))
    if words:
        rows = rows.filter(unit__name__icontains=words)
    found = list(rows[: MOST + 1])
    shown = {
        "rows": found[:MOST],
        "more": len(found) > MOST,
        "most": MOST,
        "skills": list(Skill.objects.all()),
        "form": {name: request.GET.get(name, "") for name in FIELDS},
        "idle": idle,
        "full": sum(one.free <= 0 for one in found[:MOST]),  # type: ignore[attr-defined]
        "at": asking.at,
        "may_make": policy.may_do(asking.actor, "team.make"),
    }
    return render(request, "desk/volunteers_teams.html", shown)


@login_required
@require_GET
def team(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One team: what it can do, what it has at hand, who serves in it (masked)."""
    asking = asker(request)
    rows = Team.objects.select_related("unit", "site").prefetch_related("skills", "areas")
    found = rows.filter(unit__uid=uid).first()
    if found is None:
        raise NotFound("team", uid)
    at_hand = queries.visible_to(asking.actor).filter(team=found, state__in=sorted(WITH_TEAM)).select_related("service")
    sums = Order.objects.filter(team=found).aggregate(
        served=Count("pk", filter=Q(served_at__isnull=False)),
        mean=Avg("score", filter=Q(rated_by_time=False)),
        rated=Count("pk", filter=Q(score__isnull=False, rated_by_time=False)),
        load=Count("pk", filter=Q(state__in=sorted(WITH_TEAM))),
    )
    members = volunteers_for(asking.actor, asking.at).filter(
        pk__in=members_of(found.pk, day_of(asking.at)).order_by().values("pk")
    )
    may_change = policy.may_do(asking.actor, "team.change", found)
    shown = {
        "team": found,
        "may_change": may_change,
        "history": history_of("team", found.unit.uid) if may_change else [],
        "orders": list(at_hand.order_by("act_by", "pk")[:MOST_ORDERS]),
        "load": sums["load"],
        "sums": sums,
        "weekly": [_weekly(one) for one in found.slots],
        "away": list(coming(found, at=asking.at)[:MOST_AWAY]),
        "members": list(members.order_by("pk")[:MOST_MEMBERS]),
        "points": _points(found),
        "today": timezone.localdate(asking.at),
    }
    return render(request, "desk/volunteers_team.html", shown)


def _weekly(slot: dict[str, Any]) -> Weekly:
    day = int(slot.get("weekday", 1))
    name = str(timewords.WEEKDAYS[day - 1]) if 1 <= day <= 7 else ""
    return Weekly(name, f"{slot.get('from', '')} – {slot.get('to', '')}", slot.get("orders", ""))


def _points(found: Team) -> list[dict[str, Any]]:
    if found.start is None:
        return []
    lon, lat = found.start
    return [{"lon": lon, "lat": lat, "label": found.unit.name, "url": ""}]
