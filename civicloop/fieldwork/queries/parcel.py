"""What a person takes along for a day without signal. Reads only, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from civicloop.cases import queries as cases
from civicloop.cases.models import Case, CaseEvidence
from civicloop.fieldwork.queries.onphone import steps_on_phone
from civicloop.inspection.models import Visit
from civicloop.inspection.queries.sheets import VisitSheet, sheet
from civicloop.inspection.queries.visits import visits_between
from civicloop.kernel.refusal import Conflict
from civicloop.organisation.days import day_of
from civicloop.organisation.models import DutyGrid, Grid, Person, Point
from civicloop.organisation.rules.roles import UNIT_ROLES
from civicloop.standards.models import StandardText
from civicloop.standards.reference import Actor, Reference

MOST_CASES = 300
MOST_OWN = 200
"""Of those, so many from the person's own inbox at most."""
MOST_POINTS = 500
MOST_GRIDS = 60
MOST_PHOTOS = 4


@dataclass(frozen=True, slots=True)
class CaseInParcel:
    """An open case with the steps the person may take and its newest photos as (SHA-256, kind). `mine`: he must act."""

    case: Case
    mine: bool
    steps: tuple[str, ...]
    photos: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Parcel:
    """Everything for one day. `sheets` holds one visit's questions per kind of visit, by `sheet_key`."""

    person: Person
    actor: Actor
    day: date
    visits: tuple[Visit, ...]
    sheets: dict[str, VisitSheet]
    points: tuple[Point, ...]
    cases: tuple[CaseInParcel, ...]
    left_out: bool
    grids: tuple[Grid, ...]
    own_grids: frozenset[int]
    texts: tuple[StandardText, ...]


def parcel(person: Person, actor: Actor, *, day: date | None = None, at: datetime, ref: Reference) -> Parcel:
    """The parcel of a day, today's when none is named. Raises Conflict (`draw_sealed`) for a day that has not begun."""
    today = day_of(at)
    day = day or today
    if day > today:
        raise Conflict("draw_sealed", opens_on=day.isoformat())
    visits = _visits(person, day, at, ref)
    own = own_grids(actor, ref)
    found, mine, left_out = _cases(actor, visits, own, ref)
    grids = own | {one.point.grid_id for one in visits if one.point and one.point.grid_id}
    return Parcel(
        person, actor, day, tuple(visits), _sheets(visits), tuple(_points(visits, own)),
        tuple(_told(actor, found, mine, at, ref)), left_out,
        tuple(Grid.objects.filter(pk__in=sorted(grids)[:MOST_GRIDS], active=True).order_by("code")), own,
        tuple(StandardText.objects.order_by("state", "code", "pk")),
    )  # fmt: skip


def sheet_key(visit: Visit) -> str:
    """Visits with the same key ask the same questions."""
    kind = "look_back" if visit.case_id else visit.point_type or (visit.point.point_type if visit.point else "")
    return f"{visit.round.edition_id}:{kind}"


def own_grids(actor: Actor, ref: Reference) -> frozenset[int]:
    """The grids a person answers for: those of his posts, else those of the units he works in and below. No statement, but one
    where a post is for a duty grid."""
    found = {post.grid_id for post in actor.posts if post.grid_id is not None}
    duty = [post.duty_grid_id for post in actor.posts if post.duty_grid_id is not None]
    if duty:
        found |= set(DutyGrid.grids.through.objects.filter(dutygrid__in=duty).values_list("grid_id", flat=True))
    if not found and not actor.sees_all:
        units = {unit for post in actor.posts if post.role in UNIT_ROLES for unit in ref.org.subtree(post.unit_id)}
        found = {grid.id for grid in ref.grids.grids.values() if grid.unit_id in units}
    return frozenset(found)


def _visits(person: Person, day: date, at: datetime, ref: Reference) -> list[Visit]:
    """The day's, and those of the days before that may still be sent."""
    grace = timedelta(days=int(ref.parameters["visit.grace_days"]))
    rows = visits_between(person, day - grace, day, at)
    return [one for one in rows if one.day == day or one.state in ("planned", "waiting")]


def _sheets(visits: Iterable[Visit]) -> dict[str, VisitSheet]:
    found: dict[str, VisitSheet] = {}
    for visit in visits:
        if sheet_key(visit) not in found:
            found[sheet_key(visit)] = sheet(visit)
    return found


def _points(visits: Sequence[Visit], own: frozenset[int]) -> list[Point]:
    """The points of the visits, and the others of one's own grids."""
    of_visits = {one.point_id: one.point for one in visits if one.point is not None}
    room = MOST_POINTS - len(of_visits)
    rows = Point.objects.filter(active=True, grid__in=sorted(own)[:MOST_GRIDS]).exclude(pk__in=list(of_visits))
    return [*(one for one in of_visits.values() if one), *(rows.order_by("grid", "code")[:room] if own else ())]


def _cases(
    actor: Actor, visits: Sequence[Visit], own: frozenset[int], ref: Reference
) -> tuple[list[Case], set[int], bool]:
    """One's own inbox first, then what is open at the points of the visits, then in one's own grids; the most pressing first."""
    found: dict[int, Case] = {}
    inbox = list(_whole(cases.inbox(actor, ref))[: MOST_OWN + 1])
    mine = {one.pk for one in inbox[:MOST_OWN]}
    left_out = len(inbox) > MOST_OWN
    points = [one.point_id for one in visits if one.point_id]
    visible = Case.objects.visible_to(actor).filter(ended_at=None)
    at_points = list(_whole(visible.filter(point__in=points).order_by("act_by", "id"))[:MOST_CASES]) if points else []
    grids = sorted(own)[:MOST_GRIDS]
    in_grids = _whole(visible.filter(grid__in=grids).order_by("act_by", "id"))[: MOST_CASES + 1] if grids else ()
    for case in (*inbox[:MOST_OWN], *at_points, *in_grids):
        if len(found) >= MOST_CASES and case.pk not in found:
            left_out = True
            break
        found.setdefault(case.pk, case)
    return list(found.values()), mine, left_out


def _whole(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("point").defer("search", "answers", "proposal", "clock", "stage_clock")


def _told(actor: Actor, found: Sequence[Case], mine: set[int], at: datetime, ref: Reference) -> Iterable[CaseInParcel]:
    steps = steps_on_phone(actor, found, at=at, ref=ref)
    photos: dict[int, list[tuple[str, str]]] = {}
    rows = CaseEvidence.objects.filter(case__in=[one.pk for one in found]).order_by("-id")
    for number, sha256, kind in rows.values_list("case", "photo", "kind"):
        photos.setdefault(number, []).append((sha256, kind))
    for case in found:
        yield CaseInParcel(case, case.pk in mine, steps[case.pk], tuple(photos.get(case.pk, [])[:MOST_PHOTOS]))
