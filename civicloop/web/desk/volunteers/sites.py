"""The five levels of practice sites: folded by institute, looked for, on a map, and one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from civicloop.kernel.refusal import NotFound
from civicloop.organisation.rules.roles import UnitKind
from civicloop.volunteers import policy
from civicloop.volunteers.models import PracticeSite, Team
from civicloop.volunteers.models.places import LEVEL_LABELS
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.edit.history import history_of

# Where there are more, posts stand on the page of their station; and where there are more even so, stations in the list of their
# institute.
MOST_SHOWN = 240
UPPER = ("centre", "institute", "station")
TOP = ("centre", "institute")
MOST_EVENTS = 12
SIZE = 50
FILTERS = ("q", "level", "under")


@dataclass
class Branch:
    """A site with those below it; `hidden` is how many more stand below it than are shown."""

    site: PracticeSite
    below: list[Branch] = field(default_factory=list)
    hidden: int = 0


@dataclass
class Group:
    """A fold: an institute with what stands below it, or, where a town has no institute, the sites of the town."""

    name: str
    head: Branch | None = None
    below: list[Branch] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return self.head.hidden if self.head else 0

    @property
    def many(self) -> int:
        """How many stand directly below it, shown or not."""
        return len(self.below) + self.hidden


@login_required
@require_GET
def sites(request: HttpRequest) -> HttpResponse:
    """The sites in use (on wish those that were closed too): folded by institute and on the map, or as a list of those looked for,
    fifty at a time.
    """
    asking, idle = asker(request), request.GET.get("idle") == "1"
    in_use = PracticeSite.objects.all() if idle else PracticeSite.objects.filter(active=True)
    typed = {name: request.GET.get(name, "").strip()[:60] for name in FILTERS}
    counts = dict(in_use.order_by().values_list("level").annotate(Count("pk")))
    looked_for = any(typed.values())
    shown = {
        "levels": [(word, counts[level]) for level, word in LEVEL_LABELS.items() if level in counts],
        "form": typed,
        "idle": idle,
        "looked_for": looked_for,
        "level_choices": LEVEL_LABELS.items(),
        "institutes": list(in_use.filter(level="institute").order_by("code").values_list("code", "name")),
        "may_make": policy.may_do(asking.actor, "site.make"),
        **(_list(in_use, typed, request) if looked_for else _folds(in_use, counts, asking)),
    }
    return render(request, "desk/volunteers_sites.html", shown)


def _folds(in_use: QuerySet[PracticeSite], counts: Mapping[str, int], asking: Asker) -> dict[str, Any]:
    """The centre, and the folds below it as far down as fits a page. One statement."""
    levels = [*LEVEL_LABELS]
    for fewer in (UPPER, TOP):
        if sum(counts.get(level, 0) for level in levels) > MOST_SHOWN:
            levels = [*fewer]
    found = list(_counted(in_use.filter(level__in=levels)))
    top = _tree(found)
    centres = [one for one in top if one.site.level == "centre"]
    others = [*(one for centre in centres for one in centre.below), *(one for one in top if one.site.level != "centre")]
    return {
        "centres": centres,
        "groups": _groups(others, asking),
        "points": _points([one for one in found if one.active]),
    }


def _groups(branches: Sequence[Branch], asking: Asker) -> list[Group]:
    """Institutes in order of code, each a fold, then the sites of towns that have none."""
    found = [Group(one.site.name, one, one.below) for one in branches if one.site.level == "institute"]
    towns: dict[str, Group] = {}
    for one in branches:
        if one.site.level != "institute":
            name = _town(one.site.unit_id, asking)
            towns.setdefault(name, Group(name)).below.append(one)
    return [*found, *towns.values()]


def _town(unit_id: int, asking: Asker) -> str:
    """The town a site stands in, by the unit that keeps it; else that unit."""
    org = asking.ref.org
    line = [org.unit(one) for one in (unit_id, *org.above(unit_id))]
    return next((one.name for one in line if one.kind == UnitKind.TOWN), line[0].name)


def _list(in_use: QuerySet[PracticeSite], typed: Mapping[str, str], request: HttpRequest) -> dict[str, Any]:
    """The sites that fit, in order of code, those after the one the query names; and the query of the next page. One statement."""
    rows = _counted(in_use.select_related("parent"))
    if typed["q"]:
        words = typed["q"]
        rows = rows.filter(Q(name__icontains=words) | Q(address__icontains=words) | Q(code__iexact=words))
    if typed["level"]:
        rows = rows.filter(level=typed["level"])
    if typed["under"]:
        code = typed["under"]
        rows = rows.filter(Q(code=code) | Q(parent__code=code) | Q(parent__parent__code=code))
    after = request.GET.get("after", "")[:30]
    found = list(rows.filter(code__gt=after)[: SIZE + 1])
    kept = request.GET.copy()
    if len(found) > SIZE:
        kept["after"] = found[SIZE - 1].code
    first = request.GET.copy()
    first.pop("after", None)
    return {
        "rows": found[:SIZE],
        "next": f"?{kept.urlencode()}" if len(found) > SIZE else None,
        "first": f"?{first.urlencode()}" if after else None,
        "points": _points([one for one in found[:SIZE] if one.active]),
    }


def _counted(rows: QuerySet[PracticeSite]) -> QuerySet[PracticeSite]:
    below = Count("below", filter=Q(below__active=True), distinct=True)
    return rows.annotate(teams_here=Count("teams", distinct=True), many_below=below).order_by("code")


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
        shown = sum(one.site.active for one in branch.below)
        branch.hidden = branch.site.many_below - shown  # type: ignore[attr-defined]
    return top


def _points(rows: Sequence[PracticeSite]) -> list[dict[str, Any]]:
    """What the map is told of the sites that have a place."""
    return [
        {"lon": row.lon, "lat": row.lat, "label": row.name, "url": reverse("desk:volunteer_site", args=[row.uid])}
        for row in rows
        if row.lon is not None
    ]
