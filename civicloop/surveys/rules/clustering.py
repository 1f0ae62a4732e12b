"""What asking in clusters (buildings, residents' groups) costs, measured in the answers themselves.

Neighbours think alike, so ten answers from one building are worth fewer than ten from ten. How many fewer is not the same for
every question: about the noise in the yard a building agrees, about the bus it does not.

The variance is that of ultimate clusters: only what whole clusters sum to is compared, within each stratum (M. H. Hansen, W. N.
Hurwitz and W. G. Madow, Sample Survey Methods and Theory, 1953, vol. 1, ch. 6; K. M. Wolter, Introduction to Variance Estimation,
2nd ed. 2007, 1.4). Beside it stands the variance the same answers would have if each were a cluster; the quotient is the design
effect of clusters. From it follows how alike neighbours are, rho = (deff - 1)/(m - 1), with m = sum of squares / sum of the answers
to a cluster (L. Kish, Survey Sampling, 1965, 5.4 and 8.2). Rho is what carries over to a part of the people, of whom fewer live in
each cluster: for them the effect is 1 + (m' - 1) rho (Kish, Groves and Krotki, Sampling Errors for Fertility Surveys, 1976).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST_DEGREES = 20
"""Clusters less strata, below which a variance between clusters is guesswork: with 20 it is off by a third, one time in three."""

Place = tuple[str, str]
"""Stratum and number of a cluster; the number "" is that of nobody's cluster: a person drawn by himself."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """What was measured for one question: how alike neighbours are (ρ, 0 to 1), in how many clusters, with how many degrees of
    freedom."""

    alike: float
    clusters: int
    degrees: int

    def effect(self, places: Iterable[Place]) -> float:
        """The design effect for those who answered from these places: 1 + (m − 1)ρ, at least 1."""
        return 1.0 + (mean_size(places) - 1.0) * self.alike


def mean_size(places: Iterable[Place]) -> float:
    """Answers to a cluster as the variance feels them, Σm²/Σm; 1 where everybody was drawn by himself."""
    many: Counter[Place] = Counter()
    alone = 0
    for place in places:
        if place[1]:
            many[place] += 1
        else:
            alone += 1
    whole = alone + sum(many.values())
    return (alone + sum(size * size for size in many.values())) / whole if whole else 1.0


def measured(residues: Sequence[float], places: Sequence[Place], *, least: int = LEAST_DEGREES) -> Clustered | None:
    """How alike neighbours are, from what each answer adds to the error of a share (`estimating.residues_of`; 0 for who does not
    count), and where each was given. None where there are too few clusters to say, or nobody has a neighbour.

    Strata with a single cluster say nothing of clusters and are left out.
    """
    within: dict[str, dict[object, list[float]]] = defaultdict(lambda: defaultdict(list))
    for at, (residue, place) in enumerate(zip(residues, places, strict=True)):
        within[place[0]][place[1] or at].append(residue)
    told = {stratum: clusters for stratum, clusters in within.items() if len(clusters) > 1}
    inside = [place for place in places if place[0] in told]
    size, numbered = mean_size(inside), {place for place in inside if place[1]}
    degrees = len(numbered) - len({stratum for stratum, _number in numbered})
    if size <= 1.0 or degrees < least:
        return None
    between = sum(_spread([sum(rows) for rows in clusters.values()]) for clusters in told.values())
    alone = sum(_spread([row for rows in clusters.values() for row in rows]) for clusters in told.values())
    effect = between / alone if alone > 0 else 1.0
    return Clustered(min(1.0, max(0.0, (effect - 1.0) / (size - 1.0))), len(numbered), degrees)


def _spread(sums: Sequence[float]) -> float:
    """n/(n − 1) Σ(z − z̄)²: the variance of a sum of n that were drawn apart."""
    many = len(sums)
    mean = sum(sums) / many
    return many / max(1, many - 1) * sum((one - mean) ** 2 for one in sums)
