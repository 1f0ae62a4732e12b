"""Which unit has a loop while a desk must act, and who there hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from civicloop.kernel.refusal import Invalid
from civicloop.organisation.rules.roles import CITYWIDE_KINDS, UnitKind
from civicloop.standards.reference import Reference


def unit_of_desk(ref: Reference, role: str, on: date) -> int:
    """The unit whose desk does the work of a role: the city-wide unit where somebody holds it, lowest code first.

    Without one, the campaign office, then the command post, then the root of the tree. A house without units is refused.
    """
    staffed = ref.org.staffed(role, on)
    citywide = [ref.org.units[one] for one in staffed if one in ref.org.units]
    citywide = [unit for unit in citywide if unit.active and (unit.kind in CITYWIDE_KINDS or unit.parent_id is None)]
    if citywide:
        return min(citywide, key=lambda unit: unit.code).id
    found = ref.org.first_of_kind(UnitKind.CAMPAIGN_OFFICE, UnitKind.COMMAND_POST)
    if found is None:
        found = next((unit for unit in ref.org.units.values() if unit.parent_id is None), None)
    if found is None:
        raise Invalid("unit", "no_units")
    return found.id


def holders_near(unit_id: int, roles: Sequence[str], ref: Reference, on: date) -> tuple[int, ...]:
    """People who hold one of these roles in the unit, or in the nearest unit above it where it has none."""
    for unit in (unit_id, *ref.org.above(unit_id)):
        found = tuple(person for role in roles for person in ref.org.holders(role, {unit}, on))
        if found:
            return tuple(dict.fromkeys(found))
    return ()
