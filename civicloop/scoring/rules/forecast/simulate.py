"""The assessors' sample, drawn and judged thousands of times: which points, and what they would find there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civicloop.scoring.rules.forecast.fit import Believed, believe, cells_of
from civicloop.scoring.rules.forecast.gains import Losses, gains
from civicloop.scoring.rules.forecast.known import Assumptions, Floats, Ints, Known, Plan, PlanRow
from civicloop.scoring.rules.forecast.outcome import Forecast, Note, TypePart, histogram_of, intervals_of, nothing

EDGE = 5e-4
# A Beta distribution tighter than this is a number.
TIGHTEST, LOOSEST = 1e5, 0.2


@dataclass(frozen=True, eq=False)
class _Judged:
    """One type in all draws: its mean score, and what was lost to faults known to be open and to others (shares of 1)."""

    row: PlanRow
    points: Ints
    sampled: int
    mean: Floats
    lost_open: Floats
    lost_other: Floats


def forecast(known: Known, plan: Plan, *, draws: int = 2000, seed: int, assumed: Assumptions | None = None) -> Forecast:
    """Simulate `draws` official samples and say what came out. The same arguments give the same numbers.

    Types of the sample without any point in the city are left out, the other weights are scaled, and a note says so. Without
    a single visit drawn by chance there is no number.
    """
    assumed = assumed or Assumptions()
    rng = np.random.Generator(np.random.PCG64(seed))
    rows, notes = _usable(known, plan)
    if not rows or np.isnan(known.found).all():
        notes = (Note("nothing_known"), *notes)
        return nothing(seed, draws, len(known.point_type), notes)
    believed = believe(cells_of(known, assumed), assumed, draws, rng)
    judged = [_judge(known, row, believed, assumed, rng) for row in rows]
    total = sum(row.weight for row in rows)
    weights = {one.row.point_type: one.row.weight / total for one in judged}
    scores = 100 * np.sum([weights[one.row.point_type] * one.mean for one in judged], axis=0)
    losses = [
        Losses(known.types.index(one.row.point_type), weights[one.row.point_type], len(one.points), one.lost_open, one.lost_other)
        for one in judged
    ]  # fmt: skip
    return Forecast(
        value=float(scores.mean()),
        median=float(np.median(scores)),
        intervals=intervals_of(scores),
        histogram=histogram_of(scores),
        types=tuple(_part(known, one, weights[one.row.point_type]) for one in judged),
        items=gains(known, losses, rng),
        notes=notes,
        draws=draws,
        seed=seed,
        sampled=sum(one.sampled for one in judged),
        population=len(known.point_type),
        visited=int((~np.isnan(known.now)).sum()),
        scores=scores,
    )


def choose(population: int, many: int, draws: int, rng: np.random.Generator) -> Ints:
    """`draws` rows of `many` different numbers below `population`, every set equally likely."""
    if many >= population:
        return np.broadcast_to(np.arange(population), (draws, population))
    if 3 * many > population:
        keys = rng.random((draws, population), dtype=np.float32)
        return np.argpartition(keys, many, axis=1)[:, :many]
    chosen = np.sort(rng.integers(0, population, (draws, many)), axis=1)
    rows = np.arange(draws)
    while len(rows):
        # What stands twice is drawn again until nothing does: all numbers are treated alike, so all sets are.
        part = chosen[rows]
        twice = np.zeros(part.shape, bool)
        twice[:, 1:] = part[:, 1:] == part[:, :-1]
        again = twice.any(axis=1)
        part[twice] = rng.integers(0, population, int(twice.sum()))
        chosen[rows] = np.sort(part, axis=1)
        rows = rows[again]
    return chosen


def _usable(known: Known, plan: Plan) -> tuple[list[PlanRow], tuple[Note, ...]]:
    """The rows that can be judged, and what must be said of the others."""
    number = {name: at for at, name in enumerate(known.types)}
    counts = np.bincount(known.point_type, minlength=len(known.types))
    seen = np.bincount(known.point_type[~np.isnan(known.found)], minlength=len(known.types))
    rows, notes = [], []
    for row in plan.rows:
        many = int(counts[number[row.point_type]]) if row.point_type in number else 0
        if not row.points or not row.weight:
            notes.append(Note("type_not_sampled", row.point_type, many))
        elif not many:
            notes.append(Note("type_without_points", row.point_type))
        else:
            rows.append(row)
            if many < row.points:
                notes.append(Note("fewer_points_than_sampled", row.point_type, many))
            if not seen[number[row.point_type]]:
                notes.append(Note("type_never_visited", row.point_type, many))
    return rows, tuple(notes)


def _judge(known: Known, row: PlanRow, believed: Believed, assumed: Assumptions, rng: np.random.Generator) -> _Judged:
    """Draw the points of one type and what is found at them.

    What was seen fades item by item: each item still stands as it was seen with chance k, which halves every half-life, and is
    anew like any of its type and area otherwise. At points never visited k is 0. Faults known to be open fail for certain.
    """
    kind = known.types.index(row.point_type)
    points = np.flatnonzero(known.point_type == kind)
    draws = len(believed.cells)
    chosen = points[choose(len(points), row.points, draws, rng)]
    seen = ~np.isnan(known.now)
    keep = np.where(seen, 0.5 ** (np.where(seen, known.age, 0.0) / assumed.state_half_life), 0.0)[chosen]
    expected = np.take_along_axis(believed.cells[:, kind, :], known.point_area[chosen], axis=1)
    expected = np.clip(expected, EDGE, 1 - EDGE)
    was = np.where(seen, known.now, 0.0)[chosen]
    mean = np.clip(expected + keep * (was - expected), EDGE, 1 - EDGE)
    open_share = known.open_share[chosen]
    # Items with an open fault are certain; chance within the point is left to the others.
    items = np.maximum(float(known.judged_items[kind]) * (1 - open_share), 1.0)
    spread = _spread(was, expected, keep, believed.scatter[:, kind, None], items)
    share = _scattered(mean, spread, rng)
    got = np.minimum((1 - open_share) * share, known.cap[chosen])
    lost_open = np.minimum(open_share.mean(axis=1), 1 - got.mean(axis=1))
    return _Judged(row, points, chosen.shape[1], got.mean(axis=1), lost_open, 1 - got.mean(axis=1) - lost_open)


def _spread(was: Floats, expected: Floats, keep: Floats, scatter: Floats, items: Floats) -> Floats:
    """Variance of the share met at a point today. `scatter` is that of points nobody saw; part of it is chance within the point
    (so many items, met or not), the rest is how points differ. Where k is 0 this is the scatter itself.
    """
    within = np.minimum(expected * (1 - expected) / items, scatter)
    still, come = keep + (1 - keep) * expected, (1 - keep) * expected
    mixed = was * still * (1 - still) + (1 - was) * come * (1 - come)
    share = np.where(keep > 0, mixed / np.maximum(expected * (1 - expected), 1e-9), 1.0)
    return np.asarray((1 - keep) ** 2 * (scatter - within) + share * within)


def _scattered(mean: Floats, variance: Floats, rng: np.random.Generator) -> Floats:
    """Shares between 0 and 1 with these means and variances (Beta)."""
    size = np.clip(mean * (1 - mean) / np.maximum(variance, 1e-9) - 1, LOOSEST, TIGHTEST)
    return rng.beta(mean * size, (1 - mean) * size)


def _part(known: Known, one: _Judged, weight: float) -> TypePart:
    low, high = np.quantile(one.mean, [0.05, 0.95]) * 100
    value = float(one.mean.mean()) * 100
    visited = int((~np.isnan(known.now[one.points])).sum())
    return TypePart(
        point_type=one.row.point_type, weight=weight, points=one.sampled, population=len(one.points), visited=visited,
        value=value, low=float(low), high=float(high), contribution=weight * value, loss=weight * (100 - value),
        how="visits" if not np.isnan(known.found[one.points]).all() else "other_types",
    )  # fmt: skip
