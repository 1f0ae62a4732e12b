"""Ranks as intervals, from confidence intervals that hold for all units of a group together.

Klein, Wright and Wieczorek (2020), A joint confidence region for an overall ranking of populations: when every unit's true
score lies in its joint interval, unit i ranks no better than 1 + #{j: low_j > high_i} and no worse than
m − #{j: high_j < low_i}. Units whose intervals overlap cannot be told apart; they are shown as tied.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from civicloop.scoring.rules.shapes import Estimate, Ranked

# Ends that are the same number may come out of two sums a hair apart; that ranks nobody, in no engine.
HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Contender:
    """A unit of a group with its own estimate and its joint interval, both after `deducted` points were taken."""

    unit_id: int
    code: str
    name: str
    estimate: Estimate
    low: float
    high: float
    deducted: float = 0.0


def rank(contenders: Sequence[Contender]) -> tuple[Ranked, ...]:
    """The units of one group, highest value first; equal values in order of their codes, which says nothing."""
    lows, highs = sorted(one.low for one in contenders), sorted(one.high for one in contenders)
    rows = sorted(contenders, key=lambda one: (-(one.estimate.value or 0.0), one.code))
    return tuple(
        Ranked(
            one.unit_id,
            one.name,
            one.estimate,
            1 + len(lows) - bisect_right(lows, one.high + HAIR),
            len(highs) - bisect_left(highs, one.low - HAIR),
            tuple(j.unit_id for j in rows if j is not one and j.low <= one.high + HAIR and j.high >= one.low - HAIR),
            one.code,
            one.low,
            one.high,
            one.deducted,
        )
        for one in rows
    )
