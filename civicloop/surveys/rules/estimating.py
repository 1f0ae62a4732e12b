"""A share with its interval, from weighted answers.

The variance is that of a ratio, linearised, summed over cells with their finite populations (Cochran 1977, 5A.14; Särndal,
Swensson and Wretman 1992, 5.6). After raking it is that of what the margins leave unexplained: residues of a weighted
regression on the groups (J.-C. Deville, C.-E. Särndal and O. Sautory, J. Am. Stat. Assoc. 88, 1993, 1013-1020). The interval
is Wilson's (J. Am. Stat. Assoc. 22, 1927) with the effective number of answers in place of the real one (Korn and Graubard,
Survey Methodology 24, 1998), so that it stays between 0 and 1 and holds for few answers and for shares near the ends.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from civicloop.surveys.rules.design import Z_95
from civicloop.surveys.rules.raking import UNKNOWN
from civicloop.surveys.rules.weighting import Weighted

Floats = npt.NDArray[np.float64]


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

    @property
    def effect(self) -> float:
        """The design effect: how many answers are worth one of a person drawn by himself from a large city."""
        return self.answers / self.effective if self.effective > 0 else 1.0


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
    residues = _residues(values, weighted, share, total)
    variance = _variance(residues, weighted.cells, weighted.people) * weighted.effect
    kish = total * total / sum(weights[place] ** 2 for place in within) / weighted.effect
    effective = share * (1 - share) / variance if variance > 1e-15 and 0 < share < 1 else kish
    if weighted.raked is not None:
        # Margins that explain nearly everything in a small sample promise more than it can hold.
        effective = min(effective, len(within) / weighted.effect)
    low, high = (share, share) if _is_census(weighted, within) else wilson(share, effective, z)
    return Estimate(share, low, high, len(within), effective)


def residues_of(values: Sequence[int | None], weighted: Weighted) -> list[float]:
    """What each answer adds to the error of the share, as far as its cell does not explain it: what a cluster is measured by
    (`clustering.measured`). 0 for who does not count; empty where nobody does.
    """
    total = sum(weight for weight, value in zip(weighted.weights, values, strict=True) if value is not None)
    if total <= 0:
        return []
    share = sum(weight for weight, value in zip(weighted.weights, values, strict=True) if value) / total
    residues = _residues(values, weighted, share, total)
    sums: dict[str, list[float]] = {}
    for residue, cell in zip(residues, weighted.cells, strict=True):
        sums.setdefault(cell, []).append(residue)
    means = {cell: sum(rows) / len(rows) for cell, rows in sums.items()}
    return [residue - means[cell] for residue, cell in zip(residues, weighted.cells, strict=True)]


def _residues(values: Sequence[int | None], weighted: Weighted, share: float, total: float) -> list[float]:
    """Each answer's weighted distance from the share, as a part of the sum of weights; after raking, what it leaves of that."""
    apart = [0.0 if value is None else (value - share) / total for value in values]
    return [weight * one for weight, one in zip(weighted.weights, _unexplained(apart, weighted), strict=True)]


def _unexplained(apart: Sequence[float], weighted: Weighted) -> Sequence[float]:
    """What the margins of a raking leave of each answer's distance; all of it where nothing was raked."""
    if weighted.raked is None:
        return apart
    basis, roots = _basis(weighted.raked.groups, weighted.weights)
    told = np.asarray(apart) * roots
    left = told - basis @ (basis.T @ told)
    return (left / roots).tolist()  # type: ignore[no-any-return]


@lru_cache(maxsize=4)
def _basis(groups: tuple[tuple[str, ...], ...], weights: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Orthonormal columns that span the groups of all margins, each answer times the root of its weight; and those roots."""
    roots = np.sqrt(np.asarray(weights))
    columns = [[float(one == name) for one in given] for given in groups for name in sorted(set(given) - {UNKNOWN})]
    found, sizes, _ = np.linalg.svd(np.asarray(columns).T * roots[:, None], full_matrices=False)
    return found[:, sizes > sizes[0] * 1e-9], roots


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
