"""Redrawing the unit grids: new ones, other edges, splitting, merging, another unit.

A grid that is split or merged is kept as history and not in use any more; its successors have codes of their own. Duty grids
follow, and so do appointments: whoever answered for the old ground answers for the new grids until the security administrator says
otherwise (`inheriting`). Points are located again here; cases by a job that listens to `GridsChanged`.

Grids are redrawn by one person at a time: what one draws ends where the other's begins, and each must see the other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from shapely.geometry import shape

from civicloop.bus import announce
from civicloop.kernel.locate import GridIndex
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Stale
from civicloop.ledger.actions import Entry, record_many
from civicloop.organisation.actions.inheriting import appointments_follow
from civicloop.organisation.actions.units import clean, insert
from civicloop.organisation.facts import GridsChanged
from civicloop.organisation.models import DutyGrid, Grid, Person, Point, Unit
from civicloop.organisation.policy import require
from civicloop.organisation.queries import codes_after
from civicloop.organisation.revisions import bump, hold
from civicloop.organisation.rules import gridding

EDITABLE = frozenset({"name", "area_class", "unit", "outline"})
FIELDS = ["name", "area_class", "unit", "outline", "west", "south", "east", "north", "active"]


@transaction.atomic
def draw_grid(
    *, outline: Mapping[str, Any], name: str, unit: Unit, code: str = "", area_class: str = "B", fit: bool = True,
    by: Person | None, at: datetime,
) -> Grid:  # fmt: skip
    """A grid on ground that had none. Without a code it gets the next one of its community (the unit's 12-digit code).

    `fit` draws it to the edges of its neighbours and takes none of their ground. Raises Invalid, Conflict("code_taken").
    """
    require(by, "grid.draw", at=at)
    hold("grids")
    named = _named([code], 1)[0] if code else codes_after(unit.code, 1)[0]
    made = Grid(code=named, name=name, unit=unit, area_class=area_class)
    _shape(made, _fitted(outline, (), fit))
    insert(made)
    _keep([(made, "grid.add", {})], by, at, fresh={made.code})
    _tell(1, 0, [made])
    return made


@transaction.atomic
def edit_grid(
    *, code: str, changes: Mapping[str, Any], fit: bool = True, seen: str = "", by: Person | None, at: datetime
) -> Grid:
    """Give a grid another outline, name, class or unit. Raises Stale where `seen` (rules.gridding.seen) says it was redrawn since.

    Cases and points keep the unit they have; where new ones go is the new unit's.
    """
    require(by, "grid.edit", at=at)
    hold("grids")
    for name in changes:
        if name not in EDITABLE:
            raise Invalid(name, "not_editable", field=name)
    (row,) = _locked([code], {code: seen})
    before, box = {name: _told(row, name) for name in changes}, _box(row)
    for name in sorted(set(changes) - {"outline"}):
        setattr(row, name, changes[name])
    _shape(row, _fitted(changes["outline"], (code,), fit) if "outline" in changes else row.outline)
    row.save(update_fields=FIELDS)
    after = {name: _told(row, name) for name in changes}
    _keep([(row, "grid.change", {"before": before, "after": after})], by, at)
    _tell(0, 1, [row] if "outline" in changes else [], [box] if "outline" in changes else [])
    return row


@transaction.atomic
def split_grid(
    *, code: str, line: Mapping[str, Any], codes: Sequence[str] = (), seen: str = "", by: Person | None, at: datetime
) -> tuple[Grid, ...]:
    """Split a grid along a line. The parts have the old one's class and unit; the old grid is kept, not in use.

    `codes` are those of the parts, in the order of `rules.gridding.split`; without them each gets a free one of its community.
    Raises Invalid, Conflict("code_taken").
    """
    require(by, "grid.split", at=at)
    hold("grids")
    (old,) = _locked([code], {code: seen})
    parts = gridding.split(old.outline, line)
    named = _named(codes, len(parts)) if codes else codes_after(old.code, len(parts))
    made = [
        _made(Grid(code=new, name=_name(old.name, f"-{number}"), unit=old.unit, area_class=old.area_class), outline)
        for number, (new, outline) in enumerate(zip(named, parts, strict=True), 1)
    ]
    _succeed([old], made, "grid.split", by, at)
    return tuple(made)


@transaction.atomic
def merge_grids(
    *, codes: Sequence[str], name: str = "", code: str = "", seen: Mapping[str, str] | None = None, by: Person | None,
    at: datetime,
) -> Grid:  # fmt: skip
    """Merge neighbours of one unit into one new grid with the strictest of their classes. Without a code it gets a free one.

    Raises Invalid("codes", …), Conflict("code_taken").
    """
    require(by, "grid.merge", at=at)
    hold("grids")
    wanted = sorted(set(codes))
    old = _locked(wanted, seen or {})
    if len({row.unit_id for row in old}) > 1:
        raise Invalid("codes", "grids_of_two_units")
    outline = gridding.merge([row.outline for row in old])
    named = _named([code], 1)[0] if code else codes_after(old[0].code, 1)[0]
    strictest = min(row.area_class for row in old)
    made = _made(Grid(code=named, name=name or old[0].name, unit=old[0].unit, area_class=strictest), outline)
    _succeed(old, [made], "grid.merge", by, at)
    return made


def _locked(codes: Sequence[str], seen: Mapping[str, str]) -> list[Grid]:
    """The grids in use with these codes, held fast, in order of code."""
    found = Grid.objects.select_for_update(of=("self",)).select_related("unit").filter(code__in=codes, active=True)
    rows = list(found.order_by("code"))
    for code in sorted(set(codes) - {row.code for row in rows}):
        raise NotFound("grid", code)
    for row in rows:
        if seen.get(row.code) and seen[row.code] != gridding.seen(row.outline):
            raise Stale(expected=seen[row.code], present=gridding.seen(row.outline))
    return rows


def _named(codes: Sequence[str], many: int) -> tuple[str, ...]:
    """Codes as they were typed, each for one grid, and none that ever named another."""
    if len(codes) != many or not all(codes):
        raise Invalid("code", "codes_for_parts", many=many)
    if len(set(codes)) < many:
        raise Invalid("code", "new_code_twice")
    for taken in Grid.objects.filter(code__in=codes).values_list("code", flat=True).order_by("code")[:1]:
        raise Conflict("code_taken", code=taken)
    return tuple(codes)


def _fitted(outline: Any, without: Sequence[str], fit: bool) -> Mapping[str, Any]:
    ground = gridding.polygon(outline)
    if not fit:
        return gridding.plain(ground)
    west, south, east, north = ground.bounds
    near = Grid.objects.filter(active=True, west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    return gridding.fitted(outline, near.exclude(code__in=without).values_list("outline", flat=True))


def _made(grid: Grid, outline: Mapping[str, Any]) -> Grid:
    _shape(grid, outline)
    return grid


def _shape(grid: Grid, outline: Mapping[str, Any]) -> None:
    grid.outline, grid.active = dict(outline), True
    grid.west, grid.south, grid.east, grid.north = shape(outline).bounds
    clean(grid)


def _name(name: str, suffix: str) -> str:
    return name[: 120 - len(suffix)] + suffix


def _succeed(old: Sequence[Grid], made: Sequence[Grid], verb: str, by: Person | None, at: datetime) -> None:
    """New grids take the place of old ones, in duty grids and for points too."""
    for row in old:
        row.active = False
        row.save(update_fields=["active"])
    for row in made:
        insert(row)
    held = DutyGrid.grids.through.objects.filter(grid__in=old).values("dutygrid")
    for duty in DutyGrid.objects.select_for_update().filter(pk__in=held).order_by("pk"):
        duty.grids.add(*made)
        duty.grids.remove(*old)
    _points_follow(old, made)
    appointments_follow(old, made, by=by, at=at)
    told = {"from": [row.code for row in old], "to": [row.code for row in made]}
    lines = [(row, "grid.add", told) for row in made] + [(row, verb, told) for row in old]
    _keep(lines, by, at, fresh={row.code for row in made})
    _tell(len(made), len(old), made, [_box(row) for row in old])
    bump("organisation")


def _points_follow(old: Sequence[Grid], made: Sequence[Grid]) -> None:
    """Points of the old grids are put into the new ones: by their place, or into the only one there is."""
    index = GridIndex((row.pk, row.outline) for row in made)
    for point in Point.objects.select_for_update().filter(grid__in=old).order_by("pk"):
        found = index.locate(point.lon, point.lat) if point.lon is not None and point.lat is not None else None
        successor = found if found is not None else made[0].pk if len(made) == 1 else None
        if successor is not None:
            point.grid_id = successor
            point.save(update_fields=["grid"])


def _keep(
    lines: Iterable[tuple[Grid, str, Mapping[str, Any]]], by: Person | None, at: datetime, fresh: Iterable[str] = ()
) -> None:
    new, uid = set(fresh), by.uid if by else None
    record_many([
        Entry("grid", row.uid, verb, uid, at, {"code": row.code, "name": row.name, **data}, new=row.code in new)
        for row, verb, data in lines
    ])  # fmt: skip


def _tell(added: int, changed: int, rows: Iterable[Grid], boxes: Iterable[tuple[float, ...]] = ()) -> None:
    bump("grids")
    announce(GridsChanged(added, changed, (*boxes, *map(_box, rows))))


def _box(row: Grid) -> tuple[float, float, float, float]:
    return (row.west, row.south, row.east, row.north)


def _told(row: Grid, name: str) -> Any:
    if name == "outline":
        return gridding.seen(row.outline)
    value = getattr(row, name)
    return getattr(value, "code", value)
