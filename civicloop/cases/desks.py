"""Which unit has a case while no unit is responsible yet, or while somebody else judges: the desks of the command post."""

from __future__ import annotations

from datetime import date

from civicloop.loops.desks import unit_of_desk
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Reference

STAGE_ROLE = {"file": Role.FILER, "dispatch": Role.DISPATCHER, "verify": Role.VERIFIER, "close": Role.FILER}


def desk_unit(ref: Reference, stage: str, on: date) -> int:
    """The unit whose desk does a stage; see `loops.desks.unit_of_desk`."""
    return unit_of_desk(ref, STAGE_ROLE[stage], on)
