"""Which units a place counts for, and in which group each is compared.

A place counts for the nearest unit of every kind at or above the unit that answers for it, and at or above the block it lies
in; where no department answers for it, for the one that holds the line of its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civicloop.organisation.rules.roles import UnitKind
from civicloop.scoring.rules.material import Place, UnitCard
from civicloop.standards.rules.book import StandardBook

GROUP_OF: Mapping[str, str] = {
    UnitKind.COMMAND_POST: "districts",
    UnitKind.TOWN: "towns",
    UnitKind.DEPARTMENT: "departments",
    UnitKind.COMMUNITY: "communities",
    UnitKind.COMPANY: "companies",
}


def group_of(unit: UnitCard) -> str:
    """The group a unit is compared in; "" for the city itself and for desks, which are not compared."""
    if unit.kind == UnitKind.COMMAND_POST and unit.parent_id is None:
        return ""
    return GROUP_OF.get(unit.kind, "")


class Belonging:
    """Looks up, once for each pair of units, which units answer."""

    def __init__(self, units: Mapping[int, UnitCard], book: StandardBook) -> None:
        self._units = units
        self._book = book
        self._by_line = {
            line: unit.id
            for unit in sorted(units.values(), key=lambda one: one.code, reverse=True)
            if unit.kind == UnitKind.DEPARTMENT
            for line in unit.lines
        }
        self._known: dict[tuple[int | None, int | None, str], tuple[int, ...]] = {}

    def of_place(self, place: Place) -> tuple[int, ...]:
        """The units a place counts for, in order of their numbers."""
        point_type = self._book.point_types.get(place.point_type)
        return self._of(place.unit_id, place.town_id, point_type.line if point_type else "")

    def of_unit(self, unit_id: int) -> tuple[int, ...]:
        """The units that answer for a unit's cases."""
        return self._of(unit_id, None, "")

    def _of(self, unit_id: int | None, town_id: int | None, line: str) -> tuple[int, ...]:
        key = (unit_id, town_id, line)
        if key not in self._known:
            found: dict[str, int] = {}
            for unit in (*self._upwards(unit_id), *self._upwards(town_id)):
                if group := group_of(unit):
                    found.setdefault(group, unit.id)
            if line in self._by_line:
                found.setdefault("departments", self._by_line[line])
            self._known[key] = tuple(sorted(found.values()))
        return self._known[key]

    def _upwards(self, unit_id: int | None) -> Iterator[UnitCard]:
        seen: set[int] = set()
        while unit_id is not None and unit_id in self._units and unit_id not in seen:
            seen.add(unit_id)
            yield self._units[unit_id]
            unit_id = self._units[unit_id].parent_id
