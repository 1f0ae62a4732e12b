"""Which rooms a person may enter, asked of the policy that the room's own page asks: nobody is shown the way to a closed door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import NoReverseMatch, reverse

from civicloop.importing import policy as importing
from civicloop.organisation import policy as organisation
from civicloop.residents import policy as residents
from civicloop.surveys import policy as surveys
from civicloop.volunteers import people_policy as volunteers
from civicloop.volunteers.policy import OVERSEERS
from civicloop.web.desk.asker import Asker


def edits_grids(asking: Asker) -> bool:
    """Whether the grid editor opens. The statement is made only for those who hold the role at all."""
    return asking.actor.has(*organisation.MAY["grid.edit"]) and organisation.may(
        asking.person, "grid.edit", at=asking.at
    )


def import_kinds(asking: Asker) -> list[str]:
    """The kinds of files the person may bring in."""
    return [verb.removeprefix("import.") for verb, roles in importing.MAY.items() if asking.actor.has(*roles)]


def measures_unit(asking: Asker) -> int | None:
    """The unit whose figures of voluntary service are shown where nobody chose one: one's own; None for the whole city."""
    return None if volunteers.may(asking.actor, "measures.see", volunteers.About()) else asking.unit_id


def _sees_measures(asking: Asker) -> bool:
    unit = measures_unit(asking)
    return volunteers.may(asking.actor, "measures.see", volunteers.About(frozenset(() if unit is None else (unit,))))


DOORS: Mapping[str, Callable[[Asker], bool]] = {
    "desk:grids_edit": edits_grids,
    "desk:import_page": lambda asking: bool(import_kinds(asking)),
    "desk:residents": lambda asking: residents.may(asking.actor, "residents.read"),
    "desk:screen": lambda asking: asking.actor.sees_all,
    "desk:surveys": lambda asking: surveys.may(asking.actor, "survey.read"),
    "desk:volunteer_board": lambda asking: asking.actor.has(*OVERSEERS),
    "desk:volunteer_measures": _sees_measures,
    "desk:open311_keys": lambda asking: asking.actor.has(*organisation.MAY["token.make"]),
}
"""The pages that refuse some who are logged in, by the name of their address; every other page opens for all of them."""


def is_open(name: str, asking: Asker) -> bool:
    """Whether the page of this name opens for the person."""
    door = DOORS.get(name)
    return door is None or door(asking)


def reachable(entries: Sequence[tuple[Any, ...]], asking: Asker | None = None) -> list[tuple[Any, ...]]:
    """The entries whose first part, an address name, leads somewhere, with that address put in its place; for a person, those that
    open for him.
    """
    found = []
    for name, *rest in entries:
        if asking is not None and not is_open(name, asking):
            continue
        try:
            found.append((reverse(name), *rest))
        except NoReverseMatch:
            continue
    return found
