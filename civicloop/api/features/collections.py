"""The three collections: what each is called, what can be asked, and how its features look. None holds anything of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from shapely.geometry import box as rectangle
from shapely.geometry import shape
from shapely.ops import unary_union

from civicloop.api.asking import Asked
from civicloop.api.features.questions import Box, Question
from civicloop.api.filters import categories_of, uid_of
from civicloop.api.paging import Page, Place, Row, listed, page_of, place_of
from civicloop.cases import queries
from civicloop.cases.models import Case
from civicloop.cases.queries import CaseFilters
from civicloop.cases.rules.lifecycle import State
from civicloop.insight.mapgrids import properties_of
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.models import Grid, Point

Feature = dict[str, Any]
CASE_FIELDS = (
    "id", "uid", "state", "category_id", "unit_id", "grid_id", "area_class", "urgent", "lon", "lat", "reported_at", "due_at",
    "act_by", "closed_at", "ended_at",
)  # fmt: skip
POINT_FIELDS = ("uid", "code", "name", "point_type", "lon", "lat", "unit_id", "grid_id")


@dataclass(frozen=True)
class Collection:
    """One collection. `filters` are the properties it can be asked for by, with what they mean."""

    name: str
    title: str
    about: str
    filters: Mapping[str, str]
    page: Callable[[Asked, Question, QueryDict], tuple[list[Feature], Place | None]]
    item: Callable[[Asked, str], Feature]
    timed: bool = False


def _feature(key: Any, geometry: Mapping[str, Any] | None, properties: Mapping[str, Any]) -> Feature:
    return {"type": "Feature", "id": str(key), "geometry": geometry, "properties": properties}


def _place(lon: float | None, lat: float | None) -> dict[str, Any] | None:
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}


# Cases


def _cases(who: Asked, asked: Question, typed: QueryDict) -> tuple[list[Feature], Place | None]:
    span, words = asked.span, typed.getlist("state")
    for word in words:
        if word not in set(State):
            raise Invalid("state", "unknown_choice", value=word[:20])
    filters = CaseFilters(
        states=words,
        category_ids=[number for code in typed.getlist("category") for number in categories_of(who.ref, code)],
        bbox=asked.box,
        reported_from=span.start if span else None,
        # Both ends of a span belong to it.
        reported_to=span.end + timedelta(microseconds=1) if span and span.end else None,
    )
    rows = queries.listing(who.actor, filters, who.ref)
    page = page_of(rows, CASE_FIELDS, place=place_of(asked.cursor), limit=asked.limit)
    return [_case(row, who) for row in page.rows], page.next


def _one_case(who: Asked, key: str) -> Feature:
    uid = uid_of(key)
    if uid is None:
        raise NotFound("case", key[:60])
    case: Case = queries.get(uid, who.actor)
    return _case({name: getattr(case, name) for name in CASE_FIELDS}, who)


def _case(row: Row, who: Asked) -> Feature:
    ref = who.ref
    category = ref.categories.categories.get(row["category_id"])
    unit, grid = ref.org.units.get(row["unit_id"]), ref.grids.info(row["grid_id"])
    return _feature(row["uid"], _place(row["lon"], row["lat"]), {
        "number": f"A{row['id']:06d}",
        "state": row["state"],
        "overdue": row["ended_at"] is None and row["act_by"] is not None and row["act_by"] < who.at,
        "urgent": row["urgent"],
        "category": category.code if category else None,
        "category_name": category.name if category else None,
        "unit": unit.code if unit else None,
        "unit_name": unit.name if unit else None,
        "grid": grid.code if grid else None,
        "class": row["area_class"],
        **{name: row[name].isoformat() if row[name] else None for name in ("reported_at", "due_at", "act_by", "closed_at")},
    })  # fmt: skip


# Points


def _points(who: Asked, asked: Question, typed: QueryDict) -> tuple[list[Feature], Place | None]:
    rows = Point.objects.filter(active=True).order_by("code")
    if asked.box:
        west, south, east, north = asked.box
        rows = rows.filter(lat__gte=south, lat__lte=north)
        inside = {"lon__gte": west, "lon__lte": east}
        rows = rows.filter(**inside) if west <= east else rows.exclude(lon__gt=east, lon__lt=west)
    if typed.get("type"):
        rows = rows.filter(point_type=typed["type"])
    page = page_of(rows, POINT_FIELDS, place=place_of(asked.cursor), limit=asked.limit)
    return [_point(row, who) for row in page.rows], page.next


def _one_point(who: Asked, key: str) -> Feature:
    uid = uid_of(key)
    row = Point.objects.filter(uid=uid, active=True).values(*POINT_FIELDS).first() if uid else None
    if row is None:
        raise NotFound("point", key[:60])
    return _point(row, who)


def _point(row: Row, who: Asked) -> Feature:
    unit, grid = who.ref.org.units.get(row["unit_id"]), who.ref.grids.info(row["grid_id"])
    return _feature(row["uid"], _place(row["lon"], row["lat"]), {
        "code": row["code"], "name": row["name"], "type": row["point_type"], "unit": unit.code if unit else None,
        "unit_name": unit.name if unit else None, "grid": grid.code if grid else None,
    })  # fmt: skip


# Grids


def _grids(who: Asked, asked: Question, typed: QueryDict) -> tuple[list[Feature], Place | None]:
    rows = Grid.objects.filter(active=True)
    if asked.box:
        west, south, east, north = asked.box
        rows = rows.filter(north__gte=south, south__lte=north)
        beside = Q(east__gte=west), Q(west__lte=east)
        rows = rows.filter(*beside) if west <= east else rows.filter(beside[0] | beside[1])
    if typed.get("class"):
        rows = rows.filter(area_class=typed["class"])
    outlines = dict(rows.values_list("code", "outline"))
    if asked.box:
        window = unary_union([rectangle(*one) for one in _halves(asked.box)])
        outlines = {code: outline for code, outline in outlines.items() if shape(outline).intersects(window)}
    page: Page
    codes, page = listed(sorted(outlines), lambda code: code, place=place_of(asked.cursor), limit=asked.limit)
    found = ((who.ref.grids.by_code(code), outlines[code]) for code in codes)
    return [_feature(grid.code, outline, properties_of(grid, who.ref)) for grid, outline in found if grid], page.next


def _halves(box: Box) -> list[Box]:
    """A box that crosses the 180th meridian is two."""
    west, south, east, north = box
    return [box] if west <= east else [(west, south, 180, north), (-180, south, east, north)]


def _one_grid(who: Asked, key: str) -> Feature:
    grid = who.ref.grids.by_code(key)
    row = Grid.objects.filter(code=key, active=True).first() if grid else None
    if grid is None or row is None:
        raise NotFound("grid", key[:60])
    return _feature(grid.code, row.outline, properties_of(grid, who.ref))


CASES = Collection(
    "cases", "Cases", "The cases you may see, newest first; `datetime` is when they were reported.",
    {"state": "One of the states; may be repeated.", "category": "Code of a category; may be repeated."},
    _cases, _one_case, timed=True,
)  # fmt: skip
GRIDS = Collection(
    "grids", "Unit grids", "The unit grids in force with their outlines.", {"class": "A, B or C."}, _grids, _one_grid
)  # fmt: skip
POINTS = Collection(
    "points", "Points", "The points that are inspected.", {"type": "A point type of the standard."}, _points, _one_point
)  # fmt: skip
COLLECTIONS: Mapping[str, Collection] = MappingProxyType({one.name: one for one in (CASES, GRIDS, POINTS)})
