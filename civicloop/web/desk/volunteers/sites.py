"""The five levels of practice sites: as a tree, on a map, and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from civicloop.kernel.refusal import NotFound
from civicloop.volunteers import policy
from civicloop.volunteers.models import PracticeSite, Team
from civicloop.volunteers.models.places import LEVEL_LABELS
from civicloop.web.desk.asker import asker
from civicloop.web.desk.edit.history import history_of

# Where there are more, the tree ends with the stations; their posts stand on the page of the station.
MOST_IN_TREE = 240
UPPER = ("centre", "institute", "station")
MOST_EVENTS = 12


@dataclass
class Branch:
    """A site with those below it; `hidden` is how many more stand below it than are shown."""

    site: PracticeSite
    below: list[Branch] = field(default_factory=list)
    hidden: int = 0


@login_required
@require_GET
def sites(request: HttpRequest) -> HttpResponse:
    """All sites in use, as a tree and on the map; on wish those that were closed too. Two statements."""
    asking, idle = asker(request), request.GET.get("idle") == "1"
    in_use = PracticeSite.objects.all() if idle else PracticeSite.objects.filter(active=True)
    counts = dict(in_use.order_by().values_list("level").annotate(Count("pk")))
    every = sum(counts.values())
    rows = in_use if every <= MOST_IN_TREE else in_use.filter(level__in=UPPER)
    below = Count("below", filter=Q(below__active=True), distinct=True)
    found = list(rows.annotate(teams_here=Count("teams", distinct=True), many_below=below).order_by("code"))
    shown = {
        "tree": _tree(found),
        "levels": [(word, counts[level]) for level, word in LEVEL_LABELS.items() if level in counts],
        "points": _points([one for one in found if one.active]),
        "idle": idle,
        "may_make": policy.may_do(asking.actor, "site.make"),
    }
    return render(request, "desk/volunteers_sites.html", shown)


@login_required
@require_GET
def site(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One site: where it is, who keeps it, which teams start from it, what stands below it."""
    asking = asker(request)
    found = PracticeSite.objects.select_related("parent", "unit").filter(uid=uid).first()
    if found is None:
        raise NotFound("site", uid)
    may_change = policy.may_do(asking.actor, "site.change", found)
    below = list(found.below.filter(active=True).annotate(teams_here=Count("teams")).order_by("level", "code"))
    shown = {
        "site": found,
        "below": below,
        "teams": list(Team.objects.filter(site=found, active=True).select_related("unit").prefetch_related("skills")),
        "points": _points([found, *below]),
        "services": list(found.services.filter(ended_at=None)),
        "events": list(
            found.events.filter(state="published", ends_at__gt=asking.at).order_by("starts_at")[:MOST_EVENTS]
        ),
        "may_change": may_change,
        "may_make": policy.may_do(asking.actor, "site.make") and found.active and found.level in UPPER,
        "history": history_of("site", found.uid) if may_change else [],
    }
    return render(request, "desk/volunteers_site.html", shown)


def _tree(rows: Sequence[PracticeSite]) -> list[Branch]:
    """The sites under one another, upper levels first; one whose upper site is not shown stands at the top."""
    order = list(LEVEL_LABELS)
    branches = {row.pk: Branch(row) for row in rows}
    top: list[Branch] = []
    for row in sorted(rows, key=lambda one: (order.index(one.level), one.code)):
        over = branches.get(row.parent_id) if row.parent_id else None
        (top if over is None else over.below).append(branches[row.pk])
    for branch in branches.values():
        branch.hidden = branch.site.many_below - len(branch.below)  # type: ignore[attr-defined]
    return top


def _points(rows: Sequence[PracticeSite]) -> list[dict[str, Any]]:
    """What the map is told of the sites that have a place."""
    return [
        {"lon": row.lon, "lat": row.lat, "label": row.name, "url": reverse("desk:volunteer_site", args=[row.uid])}
        for row in rows
        if row.lon is not None
    ]
