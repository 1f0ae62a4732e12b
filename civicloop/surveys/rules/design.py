"""How many people must be asked, where, and how exact the answer will be.

Sources: W. G. Cochran, Sampling Techniques (3rd ed. 1977), 4.4 (size for a share, finite population) and 5.9 (strata); L. Kish,
Survey Sampling (1965), 5.4, for clusters: neighbours think alike, so m answers from each cluster are worth fewer, by the design
effect 1 + (m − 1)ρ. For 95 %, a share of one half and a large city: 385 people for 5 points either way, 601 for 4.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from civicloop.kernel.refusal import Invalid
from civicloop.kernel.sampling import apportion

Z_95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on either side."""
WORST = 0.5
"""The share that needs most answers; used where nothing is known of the true one."""
PROPORTIONAL, EQUAL = "proportional", "equal"
WHOLE, EACH = "whole", "each"
LEAST_MARGIN, MOST_MARGIN = 0.005, 0.25
LEAST_IN_STRATUM = 2
MOST_IN_CLUSTER = 50


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum of a design: people living there, answers wanted, people to be asked, the margin of its own share, and how
    many clusters (buildings, residents' groups) are drawn.
    """

    population: int
    answers: int
    asked: int
    margin: float
    clusters: int


@dataclass(frozen=True, slots=True)
class Design:
    """A sample design. `margin` is that of the city's share (half the width of the 95 % interval, 0.05 is 5 points).

    `effect` is the design effect of asking in clusters, 1 where people are drawn one by one.
    """

    answers: int
    asked: int
    margin: float
    parts: Mapping[str, Part]
    effect: float = 1.0


def cluster_effect(per_cluster: int, alike: float) -> float:
    """The design effect 1 + (m − 1)ρ of m answers from each cluster; `alike` is ρ, the correlation within a cluster."""
    return 1.0 + (per_cluster - 1) * alike


def size_for(margin: float, population: int, *, share: float = WORST, z: float = Z_95, effect: float = 1.0) -> int:
    """Answers needed for a share with this margin: n₀ = D z²p(1−p)/e², n = n₀ / (1 + (n₀ − 1)/N), upwards; D is the design
    effect.
    """
    plain = effect * z * z * share * (1 - share) / (margin * margin)
    return min(population, math.ceil(round(plain / (1 + (plain - 1) / population), 9)))


def margin_of(answers: int, population: int, *, share: float = WORST, z: float = Z_95, effect: float = 1.0) -> float:
    """Margin of a share from a random sample, the finite population and the design effect allowed for. 1.0 where nobody
    answers.
    """
    if answers <= 0:
        return 1.0
    if answers >= population:
        return 0.0
    return z * math.sqrt(effect * share * (1 - share) / answers * (population - answers) / (population - 1))


def stratified_margin(
    answers: Mapping[str, int], people: Mapping[str, int], *, z: float = Z_95, effect: float = 1.0
) -> float:
    """Margin of the weighted share over all strata: z √Σ W_h² D p(1−p)/n_h (N_h−n_h)/(N_h−1), with p = ½."""
    whole = sum(people.values())
    parts = (people[key] / whole * margin_of(answers.get(key, 0), people[key], z=z, effect=effect) for key in people)
    return math.sqrt(sum(part * part for part in parts))


def allocate(total: int, people: Mapping[str, int], how: str) -> dict[str, int]:
    """`total` answers shared among strata by their people, or equally; at least two each, so that a variance is known."""
    return apportion(total, people, minimum=LEAST_IN_STRATUM, equal=how == EQUAL)


def plan(
    people: Mapping[str, int], *, margin: float, how: str = PROPORTIONAL, aim: str = WHOLE, response: float = 1.0,
    per_cluster: int = 1, alike: float = 0.0,
) -> Design:  # fmt: skip
    """The smallest design that reaches `margin`: for the city's share (`whole`) or in every stratum by itself (`each`).

    `people` counts those who may be asked in each stratum; `response` is the share of those asked who are expected to answer.
    `per_cluster` answers come from each building or residents' group, whose people think `alike` (0 to 1).
    Raises Invalid for a margin, a response, clusters or strata that make no sense.
    """
    _check(people, margin, how, aim, response)
    _check_clusters(per_cluster, alike)
    effect = cluster_effect(per_cluster, alike)
    if aim == EACH:
        answers = {key: size_for(margin, many, effect=effect) for key, many in people.items()}
    else:
        answers = allocate(_least_total(people, margin, how, effect), people, how)
    parts = {
        key: Part(
            people[key], many, min(people[key], math.ceil(round(many / response, 9))),
            margin_of(many, people[key], effect=effect), math.ceil(many / per_cluster),
        )
        for key, many in answers.items()
    }  # fmt: skip
    total, asked = sum(answers.values()), sum(part.asked for part in parts.values())
    return Design(total, asked, stratified_margin(answers, people, effect=effect), parts, effect)


def _least_total(people: Mapping[str, int], margin: float, how: str, effect: float) -> int:
    """Doubling, then bisection: the margin falls as the total grows, and a few hundred answers mostly do."""

    def reached(total: int) -> bool:
        return stratified_margin(allocate(total, people, how), people, effect=effect) <= margin

    whole = sum(people.values())
    low, high = 0, min(whole, LEAST_IN_STRATUM * len(people))
    while high < whole and not reached(high):
        low, high = high, min(whole, 2 * high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _check_clusters(per_cluster: int, alike: float) -> None:
    if not 1 <= per_cluster <= MOST_IN_CLUSTER:
        raise Invalid("per_cluster", "number_out_of_range", least=1, most=MOST_IN_CLUSTER)
    if not 0 <= alike <= 1:
        raise Invalid("alike", "number_out_of_range", least=0, most=1)


def _check(people: Mapping[str, int], margin: float, how: str, aim: str, response: float) -> None:
    if not people or any(many <= 0 for many in people.values()):
        raise Invalid("population", "survey_without_people")
    if not LEAST_MARGIN <= margin <= MOST_MARGIN:
        raise Invalid("margin", "number_out_of_range", least=LEAST_MARGIN * 100, most=MOST_MARGIN * 100)
    if not 0.01 <= response <= 1:
        raise Invalid("response", "number_out_of_range", least=1, most=100)
    if how not in (PROPORTIONAL, EQUAL):
        raise Invalid("allocation", "unknown_choice", value=how[:40])
    if aim not in (WHOLE, EACH):
        raise Invalid("aim", "unknown_choice", value=aim[:40])
