"""Frames from the rows: active points, or closed cases of a window. What comes out of here is frozen and never asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db.models import Count
from django.utils import timezone

from civicloop.cases.models import Case, CaseEvidence
from civicloop.inspection.models import Draw
from civicloop.inspection.policy import is_open
from civicloop.inspection.rules import design as designs
from civicloop.inspection.rules import drawing, frame
from civicloop.inspection.rules.design import Design
from civicloop.inspection.rules.frame import Place
from civicloop.kernel.refusal import Conflict
from civicloop.kernel.sampling import decimal
from civicloop.kernel.tilekey import KEY_ZOOM
from civicloop.organisation.models import Point
from civicloop.organisation.rules.roles import UnitKind
from civicloop.standards.reference import Reference

# A closed case is published with its tile of zoom 15 only, about a kilometre wide: a report from a resident has no address here.
CASE_ZOOM = 15


def freeze(design: Design, ref: Reference, *, on: date) -> list[Place]:
    """The frame that a design asks for, as things stand now; `on` is today."""
    places = _cases(design, ref) if design.kind == "look_back" else _points(design, ref, on)
    areas = set(design.content["areas"])
    return [place for place in places if not areas or place.area in areas]


def _points(design: Design, ref: Reference, on: date) -> Iterator[Place]:
    before = _last_time(design, on)
    wanted = set(design.content["types"]) or set(design.quota)
    rows = Point.objects.filter(active=True).order_by()
    if wanted:
        rows = rows.filter(point_type__in=wanted)
    town, code_of = _towns(ref), _codes(ref)
    for code, kind, unit, grid, lon, lat, key in rows.values_list(
        "code", "point_type", "unit_id", "grid_id", "lon", "lat", "tile_key"
    ).iterator(5000):
        info = (
            ref.grids.info(grid)
            if grid
            else ref.grids.locate(lon, lat)
            if lon is not None and lat is not None
            else None
        )
        area = town((info.unit_id if info else None) or unit)
        panel, prior = before.get(code, (0, "0"))
        yield Place(
            code, kind, area, code_of(unit), "" if lon is None else f"{lon:.6f}", "" if lat is None else f"{lat:.6f}",
            -1 if key is None else key, 1, panel, prior,
        )  # fmt: skip


def _last_time(design: Design, on: date) -> Mapping[str, tuple[int, str]]:
    """Of the draw whose panel is kept: per code whether it was visited, and the chance it had.

    A draw that is still sealed keeps no panel: the new frame, published first, would tell what came out of it.
    """
    if not design.panel_from:
        return {}
    draw = Draw.objects.filter(code=design.panel_from, kind="points", state__in=["drawn", "published"]).first()
    if draw is None:
        raise Conflict("panel_not_drawn", draw=design.panel_from)
    if not is_open(draw, on):
        raise Conflict("draw_sealed", draw=draw.code, opens_on=draw.opens_on.isoformat())
    chances = drawing.chances(frame.decode(frame.unpack(draw.frame)), designs.read(draw.design))
    used = set(draw.drawn.filter(in_use=True).values_list("point__code", flat=True))
    texts = cache(decimal)
    return {code: (int(code in used), texts(chance)) for code, chance in chances.items()}


def _cases(design: Design, ref: Reference) -> Iterator[Place]:
    start, end = (_midnight(date.fromisoformat(design.content[key])) for key in ("from", "to"))
    rows = Case.objects.filter(state="closed", closed_at__gte=start, closed_at__lt=end + timedelta(days=1)).order_by()
    marked = _marks(rows)
    weights = {**designs.MARKS, **design.content["weights"]}
    town, code_of, shift = _towns(ref), _codes(ref), 2 * (KEY_ZOOM - CASE_ZOOM)
    for pk, uid, kind, unit, grid, key, sent_back, rectified_at, due_at, excused in rows.values_list(
        "pk", "uid", "category__code", "unit_id", "grid__unit_id", "tile_key", "sent_back_count", "rectified_at", "due_at",
        "excused",
    ).iterator(5000):  # fmt: skip
        late = bool(rectified_at and due_at and rectified_at > due_at and not excused)
        told = {
            "recurrence": unit in marked["units"], "sent_back": sent_back > 0, "late": late,
            "photo_repeated": pk in marked["cases"],
        }  # fmt: skip
        marks = [mark for mark, given in told.items() if given and weights[mark]]
        weight = 1 + sum(weights[mark] for mark in marks)
        coarse = -1 if key is None else key >> shift << shift
        yield Place(str(uid), kind, town(grid or unit), code_of(unit), "", "", coarse, weight, 0, "0", "+".join(marks))


def _marks(rows: Any) -> dict[str, set[int]]:
    """Units with recurrences in the window, and cases one of whose photos is evidence of another case as well."""
    again = rows.filter(recurrence_of__isnull=False).values_list("unit_id", flat=True)
    came_back = Case.objects.filter(recurrence_of__in=rows.values("pk")).values_list(
        "recurrence_of__unit_id", flat=True
    )
    shown = CaseEvidence.objects.filter(case__in=rows.values("pk")).order_by()
    twice = (
        CaseEvidence.objects.filter(photo__in=shown.values("photo"))
        .order_by()
        .values("photo")
        .annotate(cases=Count("case", distinct=True))
        .filter(cases__gt=1)
    )
    return {
        "units": {*again, *came_back},
        "cases": set(shown.filter(photo__in=twice.values("photo")).values_list("case_id", flat=True)),
    }


def _towns(ref: Reference) -> Callable[[int | None], str]:
    """From a unit to the code of the town it belongs to; its own code where there is none above, "" without a unit."""

    @cache
    def town(unit_id: int | None) -> str:
        if unit_id is None or unit_id not in ref.org.units:
            return ""
        line = [ref.org.units[one] for one in (unit_id, *ref.org.above(unit_id))]
        return next((one.code for one in line if one.kind == UnitKind.TOWN), line[0].code)

    return town


def _codes(ref: Reference) -> Callable[[int | None], str]:
    units = ref.org.units

    def code(unit_id: int | None) -> str:
        found = units.get(unit_id or 0)
        return found.code if found else ""

    return code


def _midnight(day: date) -> datetime:
    """When a day begins in the city."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())
