"""Who may not inspect what: nobody looks into the work of his own unit, nor of one above or below it in the same branch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

OWN_UNIT = "own_unit"
SAME_BRANCH = "same_branch"
OWN_WORK = "own_work"


@dataclass(frozen=True)
class Tree:
    """Units by their number: who stands above whom, and which work for the whole city (their branch is the whole tree)."""

    parents: Mapping[int, int | None]
    citywide: Collection[int] = field(default=frozenset())

    def above(self, unit: int) -> tuple[int, ...]:
        """The units above this one, nearest first."""
        found: list[int] = []
        parent = self.parents.get(unit)
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.parents.get(parent)
        return tuple(found)


def conflict(
    posts: Collection[int], unit: int | None, tree: Tree, *, handled: Collection[int] = (), person: int = 0
) -> str | None:
    """Why a person with posts in these units may not inspect a place of `unit`, or None.

    City-wide units are above everybody, so they make a conflict with themselves alone. `handled` are the people who took
    part in the case that is looked back at. A place without a unit conflicts with nobody's unit.
    """
    if person in handled:
        return OWN_WORK
    if unit is None:
        return None
    if unit in posts:
        return OWN_UNIT
    over = tree.above(unit)
    for post in posts:
        if post not in tree.citywide and post in over:
            return SAME_BRANCH
        if unit not in tree.citywide and unit in tree.above(post):
            return SAME_BRANCH
    return None
