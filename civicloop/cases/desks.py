"""Which unit has a case while no unit is responsible yet, or while somebody else judges: the desks of the command post."""

from __future__ import annotations

from datetime import date

from civicloop.kernel.refusal import Invalid
from civicloop.organisation.rules.roles import CITYWIDE_KINDS, Role, UnitKind
from civicloop.standards.reference import Reference

STAGE_ROLE = {"file": Role.FILER, "dispatch": Role.DISPATCHER, "verify": Role.VERIFIER, "close": Role.FILER}


def desk_unit(ref: Reference, stage: str, on: date) -> int:
    """The unit whose desk does a stage: the city-wide unit where somebody holds the desk's role, lowest code first.

    Without one, the campaign office, then the command post, then the root of the tree. A house without units is refused.
    """
    role = STAGE_ROLE[stage]
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
