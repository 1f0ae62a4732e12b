"""Whose requests are asked for. One server mostly serves one city; `jurisdiction_id` is read past then, as the standard says."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from civicloop.api.open311.asked import Arguments
from civicloop.api.open311.faults import Fault
from civicloop.standards.reference import Reference


@dataclass(frozen=True)
class Jurisdiction:
    """A jurisdiction by its name, with the grids it is responsible for; None: the whole city."""

    name: str = ""
    grids: frozenset[int] | None = None


def jurisdiction_of(args: Arguments, ref: Reference) -> Jurisdiction:
    """The jurisdiction asked for. Where there are several, a missing one is a Fault 400 and an unknown one a Fault 404.

    `open311.jurisdictions` names them, each with the code of the unit whose grids it has; "" is the whole city.
    """
    known: dict[str, str] = {str(name).lower(): code for name, code in ref.parameters["open311.jurisdictions"].items()}
    if len(known) < 2:
        return next((Jurisdiction(name) for name in known), Jurisdiction())
    name = args.get("jurisdiction_id").strip().lower()
    if not name:
        raise Fault(400, _("jurisdiction_id is missing; there are: %(known)s.") % {"known": ", ".join(sorted(known))})
    if name not in known:
        raise Fault(404, _("There is no jurisdiction %(name)s.") % {"name": name[:100]})
    return Jurisdiction(name, _grids(known[name], ref))


def _grids(code: str, ref: Reference) -> frozenset[int] | None:
    if not code:
        return None
    unit = ref.org.by_code(code)
    below = ref.org.subtree(unit.id) if unit else frozenset()
    return frozenset(one.id for one in ref.grids.grids.values() if one.unit_id in below)
