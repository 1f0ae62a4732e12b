"""What the forecast starts from: the points of the city, what was seen at them, and the sample that is expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


class BadKnown(ValueError):
    """Arrays that do not fit together, or numbers outside their range."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the data cannot say; offices may set it.

    `state_half_life` (days): after so long, half of what was seen at a point still holds, the rest is as anywhere in its type
    and area. `fade_half_life` (days): a visit this old counts half for what is said of other points. `spread` is the standard
    deviation (share of 1) that types, areas and points are thought to have before anything is seen, and `doubt` how many
    values that thought weighs.
    """

    state_half_life: float = 90.0
    fade_half_life: float = 180.0
    spread: float = 0.04
    point_spread: float = 0.12
    doubt: float = 2.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """What is known of each item in each type that is judged by it; one place per pair, all arrays equally long.

    `share`: the item's weight among the items of its type. `fails` and `trials`: judgements, faded. `open`: points of the type
    at which a fault of this item stands open.
    """

    type: Ints
    item: Ints
    share: Floats
    fails: Floats
    trials: Floats
    open: Floats

    @classmethod
    def none(cls) -> Pairs:
        """No items: only the score is forecast."""
        nothing = np.zeros(0)
        return cls(np.zeros(0, np.intp), np.zeros(0, np.intp), nothing, nothing, nothing, nothing)


@dataclass(frozen=True, eq=False)
class Known:
    """The frame and what is known of it. One place per point in the arrays; shares are of 1.

    `found`: the share met at the latest visit drawn by chance, as it was found (NaN: none); it says what to expect of points
    nobody saw. `now`: the share met today among the items without an open fault, after what has been put right (NaN: never
    visited). `age`: days since that was known. `open_share`: weight of the items with a fault known and not closed. `cap`: the
    most a point can get while a key item fails. `effort`: hours that putting one fault of an item right takes (NaN: unknown).
    `judged_items`: how many items of equal weight a type is worth, 1 / Σ share².
    """

    types: tuple[str, ...]
    areas: tuple[str, ...]
    items: tuple[str, ...]
    point_type: Ints
    point_area: Ints
    found: Floats
    now: Floats
    age: Floats
    open_share: Floats
    cap: Floats
    pairs: Pairs
    effort: Floats
    judged_items: Floats

    def __post_init__(self) -> None:
        many = len(self.point_type)
        per_point = (self.point_area, self.found, self.now, self.age, self.open_share, self.cap)
        if any(len(array) != many for array in per_point):
            raise BadKnown("arrays of points differ in length")
        if many and not (self.point_type.min() >= 0 and self.point_type.max() < len(self.types)):
            raise BadKnown("a point of a type that is not named")
        if many and not (self.point_area.min() >= 0 and self.point_area.max() < len(self.areas)):
            raise BadKnown("a point of an area that is not named")
        for name in ("found", "now", "open_share", "cap"):
            array = getattr(self, name)
            if np.any((array < 0) | (array > 1)):
                raise BadKnown(f"{name} outside 0 to 1")
        if np.any(self.age[~np.isnan(self.age)] < 0):
            raise BadKnown("seen in the future")
        if len(self.effort) != len(self.items):
            raise BadKnown("one effort for each item")
        if len(self.judged_items) != len(self.types) or np.any(self.judged_items < 1):
            raise BadKnown("one number of items for each type, 1 at least")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """So many points of a type; `weight` is the share of the type in the score."""

    point_type: str
    points: int
    weight: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The sample expected of the assessors. Weights need not add up to one; they are scaled."""

    rows: tuple[PlanRow, ...]

    def __post_init__(self) -> None:
        names = [row.point_type for row in self.rows]
        if len(set(names)) != len(names):
            raise BadKnown("a type stands twice in the sample")
        if any(row.points < 0 or not row.weight >= 0 for row in self.rows):
            raise BadKnown("a negative number in the sample")


def scaled(plan: Plan, points: int) -> Plan:
    """The same sample with `points` points altogether, by largest remainders; every type with a share keeps one at least."""
    total = sum(row.points for row in plan.rows)
    if not total or not points:
        return plan
    exact = [row.points * points / total for row in plan.rows]
    counts = [max(int(one), 1 if row.points else 0) for one, row in zip(exact, plan.rows, strict=True)]
    for place in _by_remainder(exact)[: max(points - sum(counts), 0)]:
        counts[place] += 1
    rows = (PlanRow(row.point_type, many, row.weight) for row, many in zip(plan.rows, counts, strict=True))
    return Plan(tuple(rows))


def _by_remainder(exact: Sequence[float]) -> list[int]:
    return sorted(range(len(exact)), key=lambda place: (-(exact[place] % 1), place))
