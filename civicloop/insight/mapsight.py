"""Whose cases a map shows."""

from __future__ import annotations

from dataclasses import dataclass

from civicloop.cases.models.map import CITY
from civicloop.standards.reference import Actor


@dataclass(frozen=True, slots=True)
class Sight:
    """The whole city, or the cases that reach one of some units: what `Case.objects.visible_to(actor)` holds."""

    city: bool
    units: tuple[int, ...] = ()

    @property
    def counted_as(self) -> tuple[int, ...]:
        """The numbers under which the counts keep these cases, a case perhaps under several; none when there are none to see."""
        return (CITY,) if self.city else self.units

    @property
    def counters(self) -> tuple[int, ...]:
        """The counters of change that move when these cases do."""
        return (CITY,) if self.city else (CITY, *self.units)


def sight_of(actor: Actor) -> Sight:
    """What a person may see today.

    A case that reaches a unit reaches those above it: of two posts of which one lies below the other, the upper one says it all.
    """
    if actor.sees_all:
        return Sight(True)
    held = actor.sight_units
    below = {one for one in held for over in held if over != one and one in actor.book.subtree(over)}
    return Sight(False, tuple(sorted(held - below)))
