"""Who is there to act, and how well each unit works."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from civicloop.demo.offices import unit_of_village
from civicloop.demo.settle import City
from civicloop.organisation.rules.roles import BLOCKS, Role, UnitKind
from civicloop.standards.reference import Reference

CREWS = frozenset({UnitKind.TEAM, UnitKind.COMPANY})
# A few units are plainly worse than the others: lists and ranks must have something to show.
WEAK_SHARE, WEAK_LATENESS = 0.12, (0.25, 0.4)


@dataclass
class Cast:
    """People by role and unit, the units that may be given a case, and each unit's share of late work."""

    ref: Reference
    at_desk: dict[str, list[int]]
    handlers: dict[int, list[int]]
    leaders: dict[int, list[int]]
    workers: dict[str, int]
    block_of: dict[str, int]
    crews: dict[int, list[int]] = field(default_factory=dict)
    lateness: dict[int, float] = field(default_factory=dict)

    def desk(self, role: Role, rng: Random) -> int:
        """Somebody at a desk of the city."""
        return rng.choice(self.at_desk[role])

    def handler(self, unit: int, rng: Random) -> int:
        """Somebody who puts things right in a unit."""
        return rng.choice(self.handlers[unit])

    def leader(self, unit: int) -> int:
        """The head of a unit."""
        return self.leaders[unit][0]

    def unit_for(self, line: str, block: int, by_block: bool, rng: Random) -> int:
        """Who gets a case: mostly as the kind of problem says; a department shares its work with its crews."""
        if rng.random() < 0.12:
            by_block = not by_block
        departments = self.ref.org.for_line(line)
        if by_block or not departments:
            return block
        first = departments[0].id
        return rng.choice([first, *self.crews.get(first, ())])

    def others(self, unit: int, many: int, rng: Random) -> list[int]:
        """Departments other than this unit, to be whistled for."""
        departments = [u.id for u in self.ref.org.units.values() if u.kind == UnitKind.DEPARTMENT and u.id != unit]
        return rng.sample(sorted(departments), many)

    def is_block(self, unit: int) -> bool:
        """Whether a unit is territory: only these may whistle."""
        return self.ref.org.unit(unit).kind in BLOCKS


def cast_of(city: City, ref: Reference, rng: Random) -> Cast:
    """The cast, from the people who were settled."""
    desk: dict[str, list[int]] = defaultdict(list)
    handlers: dict[int, list[int]] = defaultdict(list)
    leaders: dict[int, list[int]] = defaultdict(list)
    workers: dict[str, int] = {}
    for human in city.humans:
        person = city.persons[human.username].pk
        for job in human.jobs:
            if job.role == Role.GRID_WORKER:
                workers[job.grid] = person
            elif job.role == Role.UNIT_HANDLER:
                handlers[city.units[job.unit].pk].append(person)
            elif job.role == Role.UNIT_LEADER:
                leaders[city.units[job.unit].pk].append(person)
            else:
                desk[job.role].append(person)
    block = {village: city.units[code].pk for village, code in unit_of_village(city.land).items()}
    cast = Cast(
        ref, desk, handlers, leaders, workers, {plot.code: block[plot.village.code] for plot in city.land.plots}
    )
    for unit in sorted(ref.org.units.values(), key=lambda one: one.code):
        weak = rng.random() < WEAK_SHARE
        cast.lateness[unit.id] = rng.uniform(*WEAK_LATENESS) if weak else rng.betavariate(2, 22)
        if unit.kind in CREWS and unit.parent_id is not None:
            cast.crews.setdefault(unit.parent_id, []).append(unit.id)
    return cast
