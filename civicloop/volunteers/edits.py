"""What people have decided by hand for orders that wait: what of it still holds when the pool is solved anew, and what fell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.volunteers.away_rows import is_never_there
from civicloop.volunteers.models import DispatchEdit
from civicloop.volunteers.pooling import Gathered
from civicloop.volunteers.rules.matching import holds_bits

# A change whose order went to the very team named has done what it was for.
DONE = "done"


@dataclass(frozen=True)
class Held:
    """The changes that hold, as rows of the pool (order → team, None for staying in the pool), with the change of each order; and
    those that hold no more, each with the code of the reason.
    """

    hands: Mapping[int, int | None]
    edits: Mapping[int, DispatchEdit]
    over: Sequence[tuple[DispatchEdit, str]]

    @property
    def ids(self) -> frozenset[int]:
        """All the changes that were looked at."""
        return frozenset([*(one.pk for one in self.edits.values()), *(one.pk for one, _ in self.over)])


def kept_edits() -> list[DispatchEdit]:
    """All changes that are kept, the oldest first. Read before the pool is: what is decided meanwhile waits for the next time."""
    rows = DispatchEdit.objects.filter(state="kept").select_related("order", "team__unit", "kept_by")
    return list(rows.order_by("kept_at", "pk"))


def held(edits: Iterable[DispatchEdit], found: Gathered) -> Held:
    """Which changes are still possible. Of two that want a team's last place the older one holds.

    Distance, area, people and weekly times do not bind a person who decides; skills, refusals, capacity and days away bind every
    offer.
    """
    order_row = {one.pk: row for row, one in enumerate(found.orders)}
    team_row = {one.pk: row for row, one in enumerate(found.teams)}
    left = found.pool.teams.left.copy()
    hands: dict[int, int | None] = {}
    by_row: dict[int, DispatchEdit] = {}
    over: list[tuple[DispatchEdit, str]] = []
    for one in edits:
        row, team = order_row.get(one.order_id), team_row.get(one.team_id) if one.team_id else None
        why = _why_not(one, row, team, found, left)
        if why or row is None:
            over.append((one, why))
            continue
        hands[row], by_row[row] = team, one
        if team is not None:
            left[team] -= 1
    return Held(hands, by_row, over)


def _why_not(one: DispatchEdit, row: int | None, team: int | None, found: Gathered, left: np.ndarray) -> str:
    """The code of what has made a change impossible, empty where nothing has."""
    if row is None:
        return DONE if one.team_id is not None and one.order.team_id == one.team_id else "order_gone"
    if one.team_id is None:
        return ""
    if team is None:
        return "team_not_active"
    pool = found.pool
    if bool((pool.refused == (row, team)).all(axis=1).any()):
        return "team_refused_already"
    if not holds_bits(pool.teams.skills[[team]], pool.orders.needs[row])[0]:
        return "team_lacks_skill"
    if is_never_there(found, row, team):
        return "team_away"
    return "team_full" if left[team] <= 0 else ""
