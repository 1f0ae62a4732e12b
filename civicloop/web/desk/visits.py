"""Visits: those of a day in the order of the route, one answered or read, and one that could not be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.cases.policy import seen_of
from civicloop.inspection import queries
from civicloop.inspection.models import Observation, Visit
from civicloop.inspection.policy import may, visible_visits
from civicloop.inspection.queries.visits import whole_visits
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.scoring import policy as appealing
from civicloop.scoring import queries as scoring
from civicloop.scoring.queries import Scope
from civicloop.sentences import sentence
from civicloop.standards.editions import StandardBook, book
from civicloop.standards.models import Edition
from civicloop.web.desk import sheet
from civicloop.web.desk.asker import Asker, asker

OPEN = ("planned", "waiting")
MOST = 600


@dataclass(frozen=True)
class Route:
    """One inspector's visits of the day."""

    person: Person | None
    rows: Sequence[Visit]

    @property
    def left(self) -> int:
        """How many are still to be made."""
        return sum(one.state in OPEN for one in self.rows)

    @property
    def km(self) -> float:
        """The way between the stops."""
        return float(sum(one.plan.get("km") or 0 for one in self.rows))

    @property
    def places(self) -> list[dict[str, Any]]:
        """The stops for a small map, numbered as in the list beside it; those whose place is not known are left out."""
        stops = [(number, one, one.point or one.case) for number, one in enumerate(self.rows, start=1)]
        return [
            {
                "lon": at.lon, "lat": at.lat, "label": getattr(at, "name", ""), "number": number,
                "url": reverse("desk:visit", args=[one.uid]),
            }
            for number, one, at in stops if at is not None and at.lon is not None
        ]  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """What the other of two visits says about the same items."""

    visit: Visit
    answers: dict[str, str]
    differing: int


@login_required
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """My visits of a day; for those who direct the round, after opening, everybody's."""
    asking = asker(request)
    today = timezone.localdate(asking.at)
    day, fault = _day(request, today)
    everybody = may(asking.actor, "draw.read")
    mine: Sequence[Visit] = []
    if not fault:
        try:
            mine = queries.visits_of(asking.person, day, asking.at)
        except Refused as refused:
            # Whoever directs the round looks at any day; only one's own are sealed before theirs.
            fault = "" if everybody else sentence(refused)
    others = _others(asking, day) if everybody else []
    shown = {
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "fault": fault,
        "mine": Route(asking.person, mine),
        "next": next((one for one in mine if one.state in OPEN), None) if day == today else None,
        "others": others,
        "everybody": everybody,
        "books": _books([*mine, *(one for route in others for one in route.rows)]),
    }
    return render(request, "desk/visit_list.html", shown, status=422 if fault else 200)


@login_required
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The answer sheet while the visit is to be made by the asker; afterwards, and for others, what was found."""
    asking = asker(request)
    found = queries.get_visit(uid, asking.actor, asking.at)
    if request.method == "POST":
        return sheet.take(request, found)
    if found.state in OPEN and found.inspector_id == asking.person.pk and asking.actor.has(Role.INSPECTOR):
        return sheet.show(request, found)
    return _result(request, found, asking)


@login_required
@require_GET
def score(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How the place of a judged visit stands in its round; a part of the visit's page, fetched after it."""
    asking = asker(request)
    found = queries.get_visit(uid, asking.actor, asking.at)
    if found.state != "judged" or found.point is None or found.case_id is not None:
        raise NotFound("visit", uid)
    node = scoring.node(
        Scope((found.round_id,), None, None), f"point:{found.point.code}", as_of=asking.at, ref=asking.ref
    )
    return render(request, "ui/visit_score.html", {"node": node, "as_of": asking.at})


def _result(request: HttpRequest, found: Visit, asking: Asker) -> HttpResponse:
    page = queries.visit_page(found, asking.actor, asking.at, asking.ref)
    counted: dict[str, int] = {}
    for one in page.seen:
        if one.item is not None:
            counted[one.observation.answer] = counted.get(one.observation.answer, 0) + 1
    shown = {
        "visit": page.visit,
        "page": page,
        "book": book(page.visit.round.edition_id),
        "counted": [(answer, counted.get(answer, 0)) for answer in ("met", "not_met", "not_applicable", "cannot_tell")],
        "faults": [one for one in page.seen if one.observation.answer == "not_met"],
        "others": [one for one in page.seen if one.observation.answer != "not_met"],
        "compared": _compared(page, asking),
        "cases_seen": seen_of(asking.actor, {key for one in page.seen if (key := one.observation.case_id) is not None}),
        "waiting": [one for one in page.submissions if one.state != "applied"],
        # Visits are secret ones: a unit reads what was found, not by whom.
        "names": may(asking.actor, "draw.read") or page.visit.inspector_id == asking.person.pk,
        "may_miss": page.visit.state == "planned"
        and page.visit.day <= timezone.localdate(asking.at)
        and may(asking.actor, "visit.miss"),
        "may_appeal": _may_appeal(page.visit, asking),
        "edition": Edition.objects.values_list("uid", flat=True).get(pk=page.visit.round.edition_id),
    }
    return render(request, "desk/visit_result.html", shown)


def _may_appeal(found: Visit, asking: Asker) -> bool:
    """Whether the asker may speak against what was judged, and the time for it is not over. No statement."""
    unit_id = found.unit_id or (found.point.unit_id if found.point else None)
    if unit_id is None or found.judged_at is None:
        return False
    matter = appealing.Matter(unit_id, frozenset({found.inspector_id} if found.inspector_id else ()))
    if not appealing.may(asking.actor, "lodge", matter):
        return False
    return asking.at <= scoring.appeal_until(found.judged_at, unit_id, asking.ref)


def _compared(page: queries.VisitPage, asking: Asker) -> Compared | None:
    """The other visit of a double visit, where both are judged and the asker may see it."""
    own = page.visit
    twins = whole_visits().filter(visible_visits(asking.actor, asking.at), drawn_id=own.drawn_id, state="judged")
    other = twins.exclude(pk=own.pk).first() if own.drawn.double and own.state == "judged" else None
    if other is None:
        return None
    answers = dict(Observation.objects.filter(visit=other).exclude(item="").values_list("item", "answer"))
    differing = sum(answers.get(one.observation.item) not in (None, one.observation.answer) for one in page.seen)
    return Compared(other, answers, differing)


def _others(asking: Asker, day: date) -> list[Route]:
    """Every inspector's visits of a day that the asker may see, by inspector. One statement."""
    rows = whole_visits().filter(visible_visits(asking.actor, asking.at), day=day).exclude(state="replaced")
    rows = rows.exclude(inspector=asking.person).order_by("inspector__username", "order", "id")[:MOST]
    groups: dict[int | None, list[Visit]] = {}
    for one in rows:
        groups.setdefault(one.inspector_id, []).append(one)
    return [Route(found[0].inspector, found) for found in groups.values()]


def _books(rows: Sequence[Visit]) -> dict[int, StandardBook]:
    return {one: book(one) for one in {row.round.edition_id for row in rows}}


def _day(request: HttpRequest, today: date) -> tuple[date, str]:
    text = request.GET.get("day", "")
    if not text:
        return today, ""
    try:
        found = date.fromisoformat(text)
        if 2000 <= found.year <= 2100:
            return found, ""
    except ValueError:
        pass
    return today, sentence(Invalid("day", "not_a_date", value=text[:40]))
