"""Units: the tree of lines and blocks, each unit with its people and open cases, and the places nobody answers for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from civicloop.cases.models import Case
from civicloop.kernel.refusal import NotFound
from civicloop.organisation import policy, queries
from civicloop.organisation.book import UnitInfo
from civicloop.organisation.models import Unit
from civicloop.organisation.queries import contact_book
from civicloop.web.desk.asker import Asker, asker

MOST_CASES = 20
MOST_GAPS = 500


GAP_KINDS = {"grid": _("unit grid"), "area": _("area"), "point": _("point")}
MISSING = {"unit": _("no responsible unit"), "person": _("no person")}


@dataclass(frozen=True)
class Branch:
    """A unit in the tree with what it must act on now."""

    unit: UnitInfo
    open: int
    overdue: int
    below: list[Branch]


@login_required
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """The tree, with open and overdue cases that each unit must act on (those the asker may see)."""
    asking = asker(request)
    counts = {
        row["owner"]: (row["open"], row["late"])
        for row in Case.objects.visible_to(asking.actor).open().order_by().values("owner").annotate(
            open=Count("pk"), late=Count("pk", filter=Q(act_by__lt=asking.at))
        )
    }  # fmt: skip
    return render(request, "desk/units.html", {"tree": _branches(asking, None, counts), "may_edit": _may_edit(asking)})


@login_required
@require_GET
def unit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One unit: where it stands, who works there, what it must act on."""
    asking = asker(request)
    found = Unit.objects.select_related("parent", "calendar").filter(uid=uid).first()
    if found is None:
        raise NotFound("unit", uid)
    today = timezone.localdate(asking.at)
    posts = (
        contact_book(today).filter(unit=found).select_related("person", "unit", "grid", "duty_grid", "area", "point")
    )
    rows = Case.objects.visible_to(asking.actor).open().filter(owner=found).order_by("act_by", "pk")[: MOST_CASES + 1]
    below = [one for one in asking.ref.org.units.values() if one.parent_id == found.pk]
    told = {
        "unit": found,
        "posts": posts,
        "rows": list(rows)[:MOST_CASES],
        "below": below,
        "most": MOST_CASES,
        "may_edit": _may_edit(asking),
    }
    return render(request, "desk/unit.html", told)


@login_required
@require_GET
def gaps(request: HttpRequest) -> HttpResponse:
    """Grids, areas and points without a unit or without a person: a problem there would wait."""
    found = queries.owner_gaps(timezone.localdate(asker(request).at))
    rows = [(GAP_KINDS.get(gap.kind, gap.kind), gap, MISSING.get(gap.missing, gap.missing)) for gap in found]
    return render(request, "desk/gaps.html", {"rows": rows[:MOST_GAPS], "total": len(rows), "most": MOST_GAPS})


def _may_edit(asking: Asker) -> bool:
    """Whether the page offers to edit; the action asks again."""
    return asking.actor.has(*policy.MAY["unit.change"])


def _branches(asking: Asker, parent: int | None, counts: dict[int, tuple[int, int]]) -> list[Branch]:
    children = [one for one in asking.ref.org.units.values() if one.parent_id == parent and one.active]
    return [Branch(one, *counts.get(one.id, (0, 0)), _branches(asking, one.id, counts)) for one in children]
