"""Settling the city: calendar, packs, units, grids, people and points, through the same actions the doors use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from civicloop.demo.land import Land, land
from civicloop.demo.offices import unit_of_village, unit_rows
from civicloop.demo.people import PASSWORD, Human, people
from civicloop.demo.points import spots
from civicloop.organisation import actions as organisation
from civicloop.organisation.actions.places import GridRow, PointRow
from civicloop.organisation.models import Grid, Person, Point, Unit
from civicloop.standards import actions as standards
from civicloop.standards.rules.pack import load_packs, shipped_packs
from civicloop.standards.rules.shapes import Pack

# The default parameters first, then what builds on the codes; the order is that in which categories are looked up.
PACKS = ("city-default", "gb47678-2026", "wenming", "weisheng")


@dataclass
class City:
    """What was settled, by the codes the plan of the history speaks in."""

    land: Land
    humans: list[Human]
    units: dict[str, Unit]
    grids: dict[str, int]
    persons: dict[str, Person]
    points_of: dict[str, list[Point]] = field(default_factory=lambda: defaultdict(list))


def settle(*, seed: int, founded: date, at: datetime) -> City:
    """Fill an empty database with the organisation; everything holds from `founded` on."""
    ground = land()
    calendar = organisation.add_calendar(code="city", name="机关作息", by=None, at=at)
    organisation.seed_calendar(calendar=calendar, years=range(founded.year - 1, founded.year + 3), by=None, at=at)
    packs = load_packs(shipped_packs())
    for name in PACKS:
        standards.load_pack(pack=packs[name], by=None, at=at)
    organisation.bring_in_units(rows=unit_rows(ground), by=None, at=at)
    units = {unit.code: unit for unit in Unit.objects.all()}
    grids = _settle_grids(ground, units, at)
    humans = people(ground, Random(f"{seed}:people"))
    city = City(ground, humans, units, grids, _settle_people(humans, units, founded, at))
    _settle_points(city, _types(packs["wenming"]), Random(f"{seed}:points"), at)
    return city


def _settle_grids(ground: Land, units: dict[str, Unit], at: datetime) -> dict[str, int]:
    unit_of = unit_of_village(ground)
    rows = [
        GridRow(
            plot.code, f"{plot.village.short}第{int(plot.code[-3:])}网格", plot.outline, units[unit_of[plot.village.code]].pk,
            plot.area_class,
        )
        for plot in ground.plots
    ]  # fmt: skip
    organisation.bring_in_grids(rows=rows, by=None, at=at)
    return dict(Grid.objects.values_list("code", "pk"))


def _settle_people(humans: list[Human], units: dict[str, Unit], founded: date, at: datetime) -> dict[str, Person]:
    grids = {grid.code: grid for grid in Grid.objects.defer("outline")}
    persons: dict[str, Person] = {}
    for human in humans:
        persons[human.username] = person = organisation.add_person(
            username=human.username, name=human.name, by=None, at=at
        )
        for job in human.jobs:
            organisation.appoint(
                person=person,
                role=job.role,
                unit=units[job.unit],
                grid=grids.get(job.grid),
                starts_on=founded,
                by=None,
                at=at,
            )
    _open_accounts([persons[human.username] for human in humans if human.account], at)
    return persons


def _open_accounts(persons: list[Person], at: datetime) -> None:
    """All printed accounts have one password, which is hashed once: hashing is slow, as it must be."""
    first = persons[0]
    organisation.set_password(person=first, password=PASSWORD, by=None, at=at)
    first.refresh_from_db(fields=["password"])
    Person.objects.filter(pk__in=[person.pk for person in persons]).update(password=first.password)


def _types(wenming: Pack) -> list[tuple[str, str]]:
    return [(one.code, one.name.zh_Hans) for one in wenming.point_types]


def _settle_points(city: City, types: list[tuple[str, str]], rng: Random, at: datetime) -> None:
    unit_of = unit_of_village(city.land)
    found = spots(city.land, types, rng)
    rows = [
        PointRow(
            spot.code, spot.name, spot.point_type, spot.lon, spot.lat, grid_id=city.grids[spot.plot.code],
            unit_id=city.units[unit_of[spot.plot.village.code]].pk if spot.owned else None, address=spot.name,
        )
        for spot in found
    ]  # fmt: skip
    organisation.bring_in_points(rows=rows, by=None, at=at)
    kept = {point.code: point for point in Point.objects.all()}
    for spot in found:
        city.points_of[spot.plot.code].append(kept[spot.code])


def founding_day(until: date, days: int) -> date:
    """The organisation stands two weeks before its first case."""
    return until - timedelta(days=days + 14)
