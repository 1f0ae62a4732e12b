"""What the forecast reads: points, judgements, open faults and handling times. Five statements, however many points there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.db.models import Q

from civicloop.cases.models import Case
from civicloop.inspection.models import Observation
from civicloop.organisation.models import Point
from civicloop.organisation.rules.roles import UnitKind
from civicloop.scoring.models import Adjustment
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards.reference import Reference

# The newest closed cases that handling times are taken from.
CASES_FOR_EFFORT = 20_000
HOUR = 3600.0


class PointRow(NamedTuple):
    """A point of the frame. `area` is the code of the town it lies in, empty where none is known."""

    id: int
    code: str
    name: str
    point_type: str
    area: str


class SeenRow(NamedTuple):
    """One judgement of an item at a point. `by_chance`: the point was drawn for the visit, not chosen for what was known of it."""

    point: int
    visit: int
    at: datetime
    by_chance: bool
    item: str
    answer: str
    case: int | None
    case_state: str | None
    case_ended: datetime | None
    edition: int


@dataclass(frozen=True)
class Read:
    """Everything that was read. `open` are the categories (code) of faults standing open at each point, by case."""

    points: tuple[PointRow, ...]
    seen: tuple[SeenRow, ...]
    open: Mapping[int, Mapping[int, str]]
    hours: Mapping[str, float]
    usual_hours: float | None = field(default=None)


def read(scope: Scope, as_of: datetime, ref: Reference, window_days: int) -> Read:
    """Read it, as of a moment. Points are those of today."""
    points = tuple(_points(ref))
    hours, usual = _hours(as_of, ref)
    return Read(points, tuple(_seen(scope, as_of, window_days)), _open(as_of, ref), hours, usual)


def town_of(unit_id: int | None, ref: Reference) -> str:
    """The code of the town at or above a unit."""
    if unit_id is None or unit_id not in ref.org.units:
        return ""
    line = (unit_id, *ref.org.above(unit_id))
    return next((ref.org.units[one].code for one in line if ref.org.units[one].kind == UnitKind.TOWN), "")


def _points(ref: Reference) -> Iterable[PointRow]:
    columns = ("id", "code", "name", "point_type", "unit_id", "grid_id")
    towns: dict[int | None, str] = {}
    for pk, code, name, kind, unit, grid in Point.objects.filter(active=True).order_by("code").values_list(*columns):
        info = ref.grids.info(grid) if grid is not None else None
        block = info.unit_id if info is not None and info.unit_id is not None else unit
        if block not in towns:
            towns[block] = town_of(block, ref)
        yield PointRow(pk, code, name, kind, towns[block])


def _seen(scope: Scope, as_of: datetime, window_days: int) -> Iterable[SeenRow]:
    """Judged items, oldest first. The second of a double visit is for agreement alone and left out."""
    wanted = Q(visit__state="judged", visit__judged_at__lte=as_of, visit__point__isnull=False, visit__twin=None)
    if scope.rounds is None and scope.start is None:
        wanted &= Q(visit__judged_at__gt=as_of - timedelta(days=window_days))
    if scope.rounds is not None:
        wanted &= Q(visit__round__in=scope.rounds)
    if scope.start is not None:
        wanted &= Q(visit__day__gte=scope.start)
    if scope.end is not None:
        wanted &= Q(visit__day__lte=scope.end)
    rows = Observation.objects.filter(wanted).exclude(item="").order_by("visit__judged_at", "visit", "seq")
    # An appeal that was granted by then changes what was found; the newest one holds.
    adjusted = Adjustment.objects.filter(observation__isnull=False, at__lte=as_of).order_by("at", "id")
    answers = dict(adjusted.values_list("observation_id", "answer"))
    columns = (
        "pk", "visit__point_id", "visit_id", "visit__judged_at", "visit__drawn__role", "item", "answer", "case_id",
        "case__state", "case__ended_at", "visit__round__edition_id",
    )  # fmt: skip
    for pk, point, visit, at, role, item, answer, *rest in rows.values_list(*columns):
        yield SeenRow(point, visit, at, role != "look_back", item, answers.get(pk, answer), *rest)


def _open(as_of: datetime, ref: Reference) -> dict[int, dict[int, str]]:
    rows = Case.objects.filter(Q(ended_at=None) | Q(ended_at__gt=as_of), point__isnull=False, reported_at__lte=as_of)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for pk, point, category in rows.order_by().values_list("id", "point_id", "category_id"):
        known = ref.categories.categories.get(category)
        if known is not None:
            found[point][pk] = known.code
    return dict(found)


def _hours(as_of: datetime, ref: Reference) -> tuple[dict[str, float], float | None]:
    """Median hours from dispatch to rectification of closed cases, by category and altogether."""
    rows = Case.objects.filter(
        state="closed", closed_at__lte=as_of, dispatched_at__isnull=False, rectified_at__isnull=False
    )
    by_code: dict[str, list[float]] = defaultdict(list)
    columns = ("category_id", "dispatched_at", "rectified_at")
    for category, begun, done in rows.order_by("-id").values_list(*columns)[:CASES_FOR_EFFORT]:
        known = ref.categories.categories.get(category)
        if known is not None:
            by_code[known.code].append(max((done - begun).total_seconds() / HOUR, 0.0))
    everything = [hours for many in by_code.values() for hours in many]
    return {code: median(many) for code, many in by_code.items()}, _median(everything)


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
