"""A share with its interval, from weighted answers.

The variance is that of a ratio, linearised, summed over cells with their finite populations (Cochran 1977, 5A.14; Särndal, Swensson
and Wretman 1992, 5.6). The interval is Wilson's (J. Am. Stat. Assoc. 22, 1927) with the effective number of answers in place of the
real one (Korn and Graubard, Survey Methodology 24, 1998), so that it stays between 0 and 1 and holds for few answers and for shares
near the ends.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from civicloop.surveys.rules.design import Z_95
from civicloop.surveys.rules.weighting import Weighted


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share between 0 and 1 with its 95 % interval, the answers it rests on, and how many they are worth."""

    share: float
    low: float
    high: float
    answers: int
    effective: float

    @property
    def margin(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def wilson(share: float, trials: float, z: float = Z_95) -> tuple[float, float]:
    """Low and high end of a share seen in `trials` (a real number above 0) independent answers."""
    spread = z * z / trials
    middle = share + spread / 2
    half = z * math.sqrt(max(0.0, share * (1 - share) / trials + spread / trials / 4))
    return max(0.0, min(share, (middle - half) / (1 + spread))), min(1.0, max(share, (middle + half) / (1 + spread)))


def estimate(values: Sequence[int | None], weighted: Weighted, *, z: float = Z_95) -> Estimate | None:
    """The share of ones among `values` (None: not asked, does not count, or not of this group). None where nobody is left."""
    weights = weighted.weights
    within = [place for place, value in enumerate(values) if value is not None]
    total = sum(weights[place] for place in within)
    if not within or total <= 0:
        return None
    share = min(1.0, sum(weights[place] for place in within if values[place]) / total)
    residues = [
        0.0 if value is None else weights[place] * (value - share) / total for place, value in enumerate(values)
    ]
    variance = _variance(residues, weighted.cells, weighted.people)
    kish = total * total / sum(weights[place] ** 2 for place in within)
    counted = _is_census(weighted, within)
    effective = share * (1 - share) / variance if variance > 1e-15 and 0 < share < 1 else kish
    low, high = (share, share) if counted else wilson(share, effective, z)
    return Estimate(share, low, high, len(within), effective)


def _variance(residues: Sequence[float], cells: Sequence[str], people: Mapping[str, float]) -> float:
    groups: dict[str, list[float]] = {}
    for residue, cell in zip(residues, cells, strict=True):
        groups.setdefault(cell, []).append(residue)
    total = 0.0
    for rows, living in _joined(groups, people):
        many = len(rows)
        mean = sum(rows) / many
        left = max(0.0, 1 - many / living) if living > 0 else 1.0
        total += left * many / max(1, many - 1) * sum((row - mean) ** 2 for row in rows)
    return total


def _joined(groups: Mapping[str, list[float]], people: Mapping[str, float]) -> list[tuple[list[float], float]]:
    """Cells with one answer know no variance: they are taken together, with the smallest other cell where that is one too."""
    whole = [(rows, people[cell]) for cell, rows in sorted(groups.items()) if len(rows) > 1]
    lone = [(rows, people[cell]) for cell, rows in sorted(groups.items()) if len(rows) == 1]
    if not lone:
        return whole
    if len(lone) == 1 and whole:
        nearest = min(range(len(whole)), key=lambda at: len(whole[at][0]))
        lone.append(whole.pop(nearest))
    return [*whole, ([row for rows, _ in lone for row in rows], sum(living for _, living in lone))]


def _is_census(weighted: Weighted, within: Sequence[int]) -> bool:
    """Whether everybody there is was asked: then nothing is uncertain."""
    return all(weighted.weights[place] <= 1.0 + 1e-9 for place in within)
