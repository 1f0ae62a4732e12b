"""Which item costs most: what the simulated samples lost, shared out over the items of each type.

Every gain is a difference within one and the same simulated sample (common random numbers), so that it is no noise between two
runs; gains of all items add up to what is lost altogether.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.scoring.rules.forecast.known import Floats, Known
from civicloop.scoring.rules.forecast.outcome import ItemGain

# An item leans on the failing rate of all items of its type with this many judgements.
LEAN = 2.0
HUNDRED_HOURS = 100.0


@dataclass(frozen=True, eq=False)
class Losses:
    """One type in all draws: its share in the score, its points, and what was lost to open faults and to others."""

    type: int
    weight: float
    population: int
    open: Floats
    other: Floats


def gains(known: Known, losses: Sequence[Losses], rng: np.random.Generator) -> tuple[ItemGain, ...]:
    """The items by gain for the effort; those whose effort is unknown come after, by gain."""
    if not len(known.pairs.item) or not losses:
        return ()
    draws = len(losses[0].open)
    gained = np.zeros((draws, len(known.items)))
    faults = np.zeros(len(known.items))
    for loss in losses:
        _share_out(known, loss, gained, faults, rng)
    low, high = np.quantile(gained, [0.05, 0.95], axis=0)
    mean = gained.mean(axis=0)
    found = [
        _gain(known, at, float(mean[at]), float(low[at]), float(high[at]), float(faults[at]))
        for at in sorted(set(known.pairs.item.tolist()))
        if mean[at] > 0
    ]
    return tuple(sorted(found, key=lambda one: (one.per_effort is None, -(one.per_effort or 0.0), -one.gain, one.item)))


def _share_out(known: Known, loss: Losses, gained: Floats, faults: Floats, rng: np.random.Generator) -> None:
    """Add one type: open faults by what is open, the rest by how often each item fails there, drawn in each draw."""
    pairs = known.pairs
    here = np.flatnonzero(pairs.type == loss.type)
    if not len(here):
        return
    share, fails, trials = pairs.share[here], pairs.fails[here], pairs.trials[here]
    # Half a failure in the whole type keeps the rate off zero, where nothing has failed yet.
    usual = (fails.sum() + 0.5) / (trials.sum() + 1.0)
    rate = rng.beta(
        fails + LEAN * usual, np.maximum(trials - fails, 0.0) + LEAN * (1 - usual), (len(loss.open), len(here))
    )
    weighed = share * rate
    other = loss.other[:, None] * weighed / weighed.sum(axis=1, keepdims=True)
    open_weight = share * pairs.open[here]
    split = open_weight / open_weight.sum() if open_weight.sum() else share / share.sum()
    lost = other + loss.open[:, None] * split
    # An item stands once in a type, so the columns are different ones.
    gained[:, pairs.item[here]] += 100 * loss.weight * lost
    standing = np.maximum(loss.population - pairs.open[here], 0.0)
    likely = (other.mean(axis=0) / np.maximum(share, 1e-12)).clip(0, 1) * standing
    faults[pairs.item[here]] += pairs.open[here] + likely


def _gain(known: Known, at: int, mean: float, low: float, high: float, faults: float) -> ItemGain:
    hours = float(known.effort[at])
    effort = None if np.isnan(hours) or not faults else hours * faults
    per_effort = mean / effort * HUNDRED_HOURS if effort else None
    return ItemGain(known.items[at], mean, low, high, faults, effort, per_effort)
