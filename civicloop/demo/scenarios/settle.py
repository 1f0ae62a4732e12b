"""Settling a scenario: calendar, packs, units, square grids, people, areas and points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import cycle
from random import Random

from civicloop.demo.people import PASSWORD, names_of_people
from civicloop.demo.scenarios.shape import Ground, People, Places, Scenario
from civicloop.organisation import actions as organisation
from civicloop.organisation.actions.places import AreaRow, GridRow, PointRow
from civicloop.organisation.models import Grid, Person, Point, Unit
from civicloop.organisation.rules.roles import Role
from civicloop.standards import actions as standards
from civicloop.standards.rules.pack import load_packs, shipped_packs

PACKS = ("city-default", "gb47678-2026", "wenming", "weisheng")
METRES_PER_DEGREE = 111_320.0


@dataclass
class Place:
    """What was settled."""

    units: dict[str, Unit]
    grids: list[Grid]
    people: dict[tuple[str, str], list[Person]]
    points: list[Point] = field(default_factory=list)

    def of(self, role: str, unit: str | None = None) -> list[Person]:
        """Everybody with a role, in one unit or anywhere."""
        return [
            person for (held, code), many in self.people.items() if held == role and unit in (None, code)
            for person in many
        ]  # fmt: skip


def settle(told: Scenario, *, founded: date, at: datetime, rng: Random) -> Place:
    """Fill an empty database; everything holds from `founded` on."""
    calendar = organisation.add_calendar(code="city", name="机关作息", by=None, at=at)
    organisation.seed_calendar(calendar=calendar, years=range(founded.year - 1, founded.year + 3), by=None, at=at)
    packs = load_packs(shipped_packs())
    for name in PACKS:
        standards.load_pack(pack=packs[name], by=None, at=at)
    organisation.bring_in_units(rows=told.units, by=None, at=at)
    units = {unit.code: unit for unit in Unit.objects.all()}
    organisation.bring_in_grids(rows=list(_grids(told.ground, units)), by=None, at=at)
    grids = list(Grid.objects.order_by("code"))
    place = Place(units, grids, _people(told, units, grids, founded, at, rng))
    _areas(told.areas, units, at)
    _points(told, place, at, rng)
    return place


def _grids(ground: Ground, units: dict[str, Unit]) -> Iterator[GridRow]:
    """Squares side by side, numbered along the rows; class A in the middle, C at the border."""
    high = ground.side_m / METRES_PER_DEGREE
    wide = high / math.cos(math.radians(ground.lat))
    west, south = ground.lon - wide * ground.columns / 2, ground.lat - high * ground.rows / 2
    share = math.ceil(ground.rows * ground.columns / len(ground.blocks))
    for number in range(ground.rows * ground.columns):
        row, column = divmod(number, ground.columns)
        left, low = round(west + column * wide, 7), round(south + row * high, 7)
        right, top = round(west + (column + 1) * wide, 7), round(south + (row + 1) * high, 7)
        ring = [[left, low], [right, low], [right, top], [left, top], [left, low]]
        block = units[ground.blocks[number // share]]
        inner = min(row, ground.rows - 1 - row, column, ground.columns - 1 - column)
        yield GridRow(
            f"{ground.division}001001{number + 1:03d}", f"{block.short_name}第{number % share + 1}网格",
            {"type": "Polygon", "coordinates": [ring]}, block.pk, "A" if inner >= 2 else "B" if inner else "C",
        )  # fmt: skip


def _people(
    told: Scenario, units: dict[str, Unit], grids: list[Grid], founded: date, at: datetime, rng: Random
) -> dict[tuple[str, str], list[Person]]:
    """Everybody told of; all accounts have one password, hashed once."""
    names, found = names_of_people(rng), dict[tuple[str, str], list[Person]]()
    accounts: list[Person] = []
    for row in told.people:
        for number, code in ((n, code) for code in row.units for n in range(row.many)):
            first = row.account and number == 0 and code == row.units[0]
            username = row.account if first else f"{code.lower()}-{row.role}-{len(found.get((row.role, code), ())) + 1}"
            person = organisation.add_person(username=username, name=next(names), by=None, at=at)
            for grid in _own_grids(row, units[code], number, grids):
                organisation.appoint(
                    person=person, role=row.role, unit=units[code], grid=grid, starts_on=founded, by=None, at=at
                )
            found.setdefault((row.role, code), []).append(person)
            accounts += [person] if first else []
    for person in accounts[:1]:
        organisation.set_password(person=person, password=PASSWORD, by=None, at=at)
        person.refresh_from_db(fields=["password"])
        Person.objects.filter(pk__in=[one.pk for one in accounts]).update(password=person.password)
    return found


def _own_grids(row: People, unit: Unit, number: int, grids: list[Grid]) -> Sequence[Grid | None]:
    """The grids of a grid worker: every so many-th of his unit's; all others are appointed for the unit."""
    if row.role != Role.GRID_WORKER:
        return [None]
    return [grid for grid in grids if grid.unit_id == unit.pk][number :: row.many] or [None]


def _areas(areas: Sequence[Places], units: dict[str, Unit], at: datetime) -> None:
    rows = [
        AreaRow(f"{one.kind.upper()[:20]}-{n:04d}", one.name.format(n=n), one.kind, units[code].pk, area_class)
        for one in areas
        for n, code, area_class in zip(range(1, one.many + 1), cycle(one.units), cycle(one.classes), strict=False)
    ]
    organisation.bring_in_areas(rows=rows, by=None, at=at)


def _points(told: Scenario, place: Place, at: datetime, rng: Random) -> None:
    """Points lie in a grid of their unit, or in any where the unit has none."""
    of_unit: dict[int | None, list[Grid]] = {}
    for grid in place.grids:
        of_unit.setdefault(grid.unit_id, []).append(grid)
    rows = []
    for one in told.points:
        for n, code in zip(range(1, one.many + 1), cycle(one.units), strict=False):
            unit = place.units[code]
            grid = rng.choice(of_unit.get(unit.pk) or place.grids)
            lon, lat = inside(grid, rng)
            rows.append(
                PointRow(
                    f"{one.kind}-{n:04d}", one.name.format(n=n, unit=unit.short_name), one.kind, lon, lat, unit_id=unit.pk,
                    grid_id=grid.pk, address=f"{grid.name}{one.name.format(n=n, unit='')}",
                )
            )  # fmt: skip
    organisation.bring_in_points(rows=rows, by=None, at=at)
    place.points = list(Point.objects.select_related("grid", "unit").order_by("code"))


def inside(grid: Grid, rng: Random) -> tuple[float, float]:
    """A random place in a square grid, to the sixth decimal, a little away from its border."""
    share = [0.1 + 0.8 * rng.random() for _ in range(2)]
    return (
        round(grid.west + (grid.east - grid.west) * share[0], 6),
        round(grid.south + (grid.north - grid.south) * share[1], 6),
    )
