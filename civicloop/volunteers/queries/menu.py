"""Questions about the menu, the teams and the sites."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from civicloop.volunteers.models import Order, PracticeSite, ServiceKind, Team
from civicloop.volunteers.rules.lifecycle import WITH_TEAM


def menu(at: datetime) -> QuerySet[ServiceKind]:
    """What residents may order at a moment, by group and code."""
    on = Q(ended_at=None) | Q(ended_at__gt=at)
    return ServiceKind.objects.filter(on, published_at__lte=at).order_by("group", "code")


def services() -> QuerySet[ServiceKind]:
    """Every line of the menu, also those not published yet or withdrawn."""
    return ServiceKind.objects.prefetch_related("skills").order_by("group", "code")


def teams(*, active: bool | None = True) -> QuerySet[Team]:
    """Teams with units, sites, skills and areas, in order of code, each with `busy`: how many orders it has."""
    rows = team_load().select_related("unit", "site").prefetch_related("skills", "areas").order_by("unit__code")
    return rows if active is None else rows.filter(active=active, unit__active=active)


def team_load() -> QuerySet[Team]:
    """Teams with `busy`, the orders they were offered, have promised or are serving, and `free`, how many more they may have
    (below zero where their capacity was made smaller).
    """
    # A statement of its own: joined, every order a team ever had would be read to count the few that are open.
    open_ones = Order.objects.filter(team=OuterRef("pk"), state__in=sorted(WITH_TEAM)).order_by()
    counted = open_ones.values("team").annotate(many=Count("pk")).values("many")
    busy = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return Team.objects.annotate(busy=busy, free=F("capacity") - busy)


def sites(*, level: str = "", active: bool | None = True) -> QuerySet[PracticeSite]:
    """Practice sites with the one above them and their unit, in order of code."""
    rows = PracticeSite.objects.select_related("parent", "unit").order_by("code")
    rows = rows.filter(level=level) if level else rows
    return rows if active is None else rows.filter(active=active)
