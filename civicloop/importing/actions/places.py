"""Rows that are units, grids or points."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from civicloop.cases.place import locate
from civicloop.importing.actions.judged import Judged
from civicloop.importing.readers.geojson import GEOMETRY
from civicloop.importing.rules.mapping import MappingFile
from civicloop.importing.rules.values import Cells, number, take
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.actions import bring_in_grids, bring_in_points, bring_in_units
from civicloop.organisation.actions.places import GridRow, PointRow
from civicloop.organisation.actions.units import UnitRow
from civicloop.organisation.models import Area, Grid, Person, Point, Unit
from civicloop.organisation.rules.roles import AreaClass, UnitKind
from civicloop.standards import editions, reference

Verdicts = list[tuple[str, Refused | None]]
Nothing: tuple[Refused, ...] = ()


class _Bringer(ABC):
    """What the three have in common."""

    batch = 500
    whole = False

    def __init__(self, mapping: MappingFile) -> None:
        self.mapping = mapping
        self.ref = reference.now()

    @abstractmethod
    def write(self, records: Sequence[Any], *, by: Person | None, at: datetime) -> Verdicts:
        """Write the records; a verdict for each."""

    def judge(self, records: Sequence[Any], judged: Judged, *, by: Person | None, at: datetime) -> Verdicts:
        """As `write`, with the codes of earlier rows known: what comes under one of them again would not be written."""
        before = judged.marks(one.code for one in records)
        fresh = iter(self.write([one for one in records if one.code not in before], by=by, at=at))
        return [("same", None) if one.code in before else next(fresh) for one in records]

    def mark(self, record: Any) -> tuple[str, str]:
        """The code; whatever else a row says, a code that is known stays as it is."""
        return record.code, ""

    def texts(self, cells: Cells) -> dict[str, str]:
        """Every field of the mapping as text; code and name must be there."""
        found = {
            name: take(value, cells, field=name) for name, value in self.mapping.fields.items() if name != "outline"
        }
        for name in ("code", "name"):
            if not found[name]:
                raise Invalid(name, "required", field=name)
        return found

    def unit_id(self, code: str) -> int | None:
        """The number of the unit with a code; None for no code."""
        unit = self.ref.org.by_code(code) if code else None
        if code and unit is None:
            raise Invalid("unit", "unknown_unit", value=code, code=code)
        return unit.id if unit else None


class UnitBringer(_Bringer):
    """Units. All rows are one batch, since a parent may stand below its children in the file."""

    batch = 100_000
    whole = True

    def read(self, cells: Cells) -> tuple[UnitRow, str, tuple[Refused, ...]]:
        """The unit a row tells of; functions are separated by blanks, commas or semicolons."""
        text = self.texts(cells)
        if text["kind"] not in set(UnitKind):
            raise Invalid("kind", "unknown_choice", value=text["kind"])
        lines = text.get("lines", "").replace("、", " ").replace(";", " ").replace("；", " ").replace(",", " ").split()
        row = UnitRow(
            code=text["code"], name=text["name"], kind=text["kind"], parent=text.get("parent", ""),
            short_name=text.get("short_name", ""), lines=lines, division_code=text.get("division_code", ""),
            phone=text.get("phone", ""), address=text.get("address", ""),
        )  # fmt: skip
        return row, row.code, Nothing

    def write(self, records: Sequence[UnitRow], *, by: Person | None, at: datetime) -> Verdicts:
        """Add the units whose code is new."""
        known = set(Unit.objects.values_list("code", flat=True))
        bring_in_units(rows=records, by=by, at=at)
        return _verdicts([one.code for one in records], known)


class GridBringer(_Bringer):
    """Grids: a feature's polygon, or a column that holds GeoJSON."""

    batch = 200

    def __init__(self, mapping: MappingFile) -> None:
        super().__init__(mapping)
        self.seen: set[str] = set()

    def read(self, cells: Cells) -> tuple[GridRow, str, tuple[Refused, ...]]:
        """The grid a row tells of. A second row with the same code is refused: one of the two outlines would be lost."""
        text = self.texts(cells)
        if text["code"] in self.seen:
            raise Invalid("code", "code_twice", value=text["code"])
        self.seen.add(text["code"])
        area_class = text.get("area_class") or AreaClass.B
        if area_class not in set(AreaClass):
            raise Invalid("area_class", "unknown_choice", value=area_class)
        outline = _outline(cells, self.mapping)
        return (
            GridRow(text["code"], text["name"], outline, self.unit_id(text.get("unit", "")), str(area_class)),
            text["code"],
            Nothing,
        )

    def write(self, records: Sequence[GridRow], *, by: Person | None, at: datetime) -> Verdicts:
        """Add new grids and redraw those that differ; the same grid again is left alone."""
        wanted = [one.code for one in records]
        present = {one.code: one for one in Grid.objects.filter(code__in=wanted)}
        fresh = [one for one in records if one.code not in present or _differs(present[one.code], one)]
        if fresh:
            bring_in_grids(rows=fresh, by=by, at=at)
        return _verdicts(wanted, set(wanted) - {one.code for one in fresh})


class PointBringer(_Bringer):
    """Points. Their types are those of the standard in force; where none is loaded nothing can be held against them."""

    def __init__(self, mapping: MappingFile) -> None:
        super().__init__(mapping)
        self.types = _point_types()

    def read(self, cells: Cells) -> tuple[PointRow, str, tuple[Refused, ...]]:
        """The point a row tells of; its grid is the one it lies in unless the row names one."""
        text = self.texts(cells)
        lon, lat = number(text.get("lon", ""), field="lon"), number(text.get("lat", ""), field="lat")
        warnings = Nothing if lon is not None else (Invalid("place", "no_place"),)
        place = locate(lon, lat, self.mapping.datum.value, self.ref)
        grid = self.ref.grids.by_code(text["grid"]) if text.get("grid") else place.grid
        if text.get("grid") and grid is None:
            raise Invalid("grid", "unknown_grid", value=text["grid"], grid=text["grid"])
        row = PointRow(
            code=text["code"], name=text["name"], point_type=self._type(text["point_type"]), lon=place.lon, lat=place.lat,
            datum=place.datum, unit_id=self.unit_id(text.get("unit", "")) or (grid.unit_id if grid else None),
            grid_id=grid.id if grid else None, area_id=_area(text.get("area", "")), address=text.get("address", ""),
        )  # fmt: skip
        return row, row.code, warnings

    def _type(self, given: str) -> str:
        """The code of a point type that a row gives by its code or its name."""
        if not given:
            raise Invalid("point_type", "required", field="point_type")
        if not self.types:
            return given
        found = self.types.get(given.casefold())
        if found is None:
            raise Invalid("point_type", "point_type_not_in_force", value=given[:40])
        return found

    def write(self, records: Sequence[PointRow], *, by: Person | None, at: datetime) -> Verdicts:
        """Add the points whose code is new."""
        wanted = [one.code for one in records]
        known = set(Point.objects.filter(code__in=wanted).values_list("code", flat=True))
        bring_in_points(rows=records, by=by, at=at)
        return _verdicts(wanted, known)


def _outline(cells: Cells, mapping: MappingFile) -> Mapping[str, Any]:
    if "outline" not in mapping.fields:
        found = cells.get(GEOMETRY)
    else:
        text = take(mapping.fields["outline"], cells, field="outline")
        try:
            found = json.loads(text) if text else None
        except ValueError:
            raise Invalid("outline", "not_a_polygon", code="", why="JSON") from None
    if not isinstance(found, Mapping):
        raise Invalid("outline", "required", field="outline")
    return found


def _differs(present: Grid, wanted: GridRow) -> bool:
    return (present.name, present.unit_id, present.area_class, present.outline, present.active) != (
        wanted.name, wanted.unit_id, wanted.area_class, dict(wanted.outline), True,
    )  # fmt: skip


def _point_types() -> dict[str, str]:
    """The codes of the point types by code and by name in every language, in small letters; none without a standard."""
    try:
        book = editions.book(editions.current().pk)
    except NotFound:
        return {}
    named = {
        row.name.in_language(language): code for code, row in book.point_types.items() for language in ("zh-hans", "en")
    }
    return {word.casefold(): code for word, code in [*named.items(), *((code, code) for code in book.point_types)]}


def _area(code: str) -> int | None:
    found = Area.objects.filter(code=code).values_list("pk", flat=True).first() if code else None
    if code and found is None:
        raise Invalid("area", "unknown_area", value=code)
    return found


def _verdicts(codes: Sequence[str], known: set[str]) -> Verdicts:
    """New the first time a code appears and is not known, the same after that."""
    seen, verdicts = set(known), Verdicts()
    for code in codes:
        verdicts.append(("same" if code in seen else "new", None))
        seen.add(code)
    return verdicts
