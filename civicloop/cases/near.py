"""What lies near: duplicates that are still open, and closed cases that may have come back. One statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from civicloop.cases.models import Case
from civicloop.cases.policy import seen_of
from civicloop.kernel.geo import distance_m
from civicloop.kernel.matching import Sighting, duplicates, recurrences
from civicloop.kernel.tilekey import ranges_around
from civicloop.rows import read
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Actor, Reference

COLUMNS = (
    "id", "uid", "state", "category_id", "lon", "lat", "reported_at", "closed_at", "ended_at", "description", "address",
    "unit_id", "due_at", "act_by", "condition_id", "area_class",
)  # fmt: skip
CONTEXT_METRES = 50
CONTEXT_WEEKS = 12
MOST = 50


@dataclass(frozen=True, slots=True)
class Near:
    """A case nearby and how far off it lies, in metres."""

    case: Case
    metres: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was found around a new problem. `hidden`: how many duplicates were left out because the reader may not see them."""

    duplicates: list[Near]
    recurrence: Case | None
    hidden: int = 0


def look_around(category: CategoryInfo, lon: float | None, lat: float | None, *, at: datetime, ref: Reference) -> Found:
    """Open cases that may be the same problem, and the closed case that this one may be a recurrence of."""
    if lon is None or lat is None:
        return Found([], None)
    came_back_m = max(category.radius_m, int(ref.parameters["recurrence.radius_m"]))
    ranges = ranges_around(lon, lat, max(category.radius_m, came_back_m))
    asked = [
        category.id, *(end for part in ranges for end in part), at - timedelta(days=category.duplicate_days),
        at - timedelta(days=category.recurrence_days), MOST * 4,
    ]  # fmt: skip
    cases = {case.pk: case for case in read(Case, COLUMNS, _statement(len(ranges)), _adapted(asked))}
    if not cases:
        return Found([], None)
    new = Sighting("new", category.id, lon, lat, at)
    sightings = [_sighting(case) for case in cases.values()]
    same = duplicates(sightings, new, category.radius_m, category.duplicate_days)
    back = recurrences(sightings, new, came_back_m, category.recurrence_days)
    return Found(
        [Near(cases[match.sighting.id], match.metres) for match in same[:MOST]],  # type: ignore[index]
        cases[back[0].sighting.id] if back else None,  # type: ignore[index]
    )


def told_to(actor: Actor | None, found: Found) -> Found:
    """What a person may be told of it: the cases within sight, and of the others only how many lie near. At most one statement.
    `actor` None is nobody of the house, who is told of none.
    """
    keys = [one.case.pk for one in found.duplicates] + ([found.recurrence.pk] if found.recurrence else [])
    seen = seen_of(actor, keys) if actor is not None else frozenset()
    shown = [one for one in found.duplicates if one.case.pk in seen]
    known = found.recurrence if found.recurrence is not None and found.recurrence.pk in seen else None
    return replace(found, duplicates=shown, recurrence=known, hidden=len(found.duplicates) - len(shown))


def _adapted(asked: list[Any]) -> list[Any]:
    """Moments as the database keeps them."""
    return [connection.ops.adapt_datetimefield_value(one) if isinstance(one, datetime) else one for one in asked]


@cache
def _statement(ranges: int) -> str:
    """Written out, because every report asks it and Django would put the same words together each time."""
    place = " OR ".join(["tile_key >= %s AND tile_key < %s"] * ranges)
    return (
        f"SELECT {', '.join(COLUMNS)} FROM cases_case WHERE category_id = %s AND ({place})"
        " AND (ended_at IS NULL AND reported_at >= %s OR state = 'closed' AND closed_at >= %s) ORDER BY id DESC LIMIT %s"
    )


def context(case: Case) -> QuerySet[Case]:
    """The cases of the last 12 weeks in the tiles within 50 m, of any category, newest first; `is_close` measures exactly."""
    if case.lon is None or case.lat is None:
        return Case.objects.none()
    since = case.reported_at - timedelta(weeks=CONTEXT_WEEKS)
    # Hidden from the index of report times: SQLite would walk through twelve weeks of the city where a few tiles do.
    rows = _around(case.lon, case.lat, CONTEXT_METRES).alias(reported=Coalesce("reported_at", "reported_at"))
    rows = rows.filter(reported__gte=since).exclude(pk=case.pk)
    return rows.order_by("-reported_at", "-id")


def is_recent(case: Case, other: Case) -> bool:
    """Whether another case was reported since 12 weeks before this one."""
    return other.reported_at >= case.reported_at - timedelta(weeks=CONTEXT_WEEKS)


def is_close(case: Case, other: Case) -> bool:
    """Whether two cases lie within 50 m of each other."""
    if case.lon is None or case.lat is None or other.lon is None or other.lat is None:
        return False
    return distance_m(case.lon, case.lat, other.lon, other.lat) <= CONTEXT_METRES


def _around(lon: float, lat: float, metres: float) -> QuerySet[Case]:
    return Case.objects.at_place(ranges_around(lon, lat, metres))


def _sighting(case: Case) -> Sighting:
    return Sighting(
        case.pk, case.category_id, case.lon, case.lat, case.reported_at, case.closed_at, is_open=case.ended_at is None
    )
