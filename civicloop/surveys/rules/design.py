"""How many people must be asked, where, and how exact the answer will be.

Sources: W. G. Cochran, Sampling Techniques (3rd ed. 1977), 4.4 (size for a share, finite population) and 5.9 (strata). For 95 %,
a share of one half and a large city: 385 people for 5 points either way, 601 for 4.
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


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum of a design: people living there, answers wanted, people to be asked, the margin of its own share."""

    population: int
    answers: int
    asked: int
    margin: float


@dataclass(frozen=True, slots=True)
class Design:
    """A sample design. `margin` is that of the city's share (half the width of the 95 % interval, 0.05 is 5 points)."""

    answers: int
    asked: int
    margin: float
    parts: Mapping[str, Part]


def size_for(margin: float, population: int, *, share: float = WORST, z: float = Z_95) -> int:
    """Answers needed for a share with this margin: n₀ = z²p(1−p)/e², n = n₀ / (1 + (n₀ − 1)/N), upwards."""
    plain = z * z * share * (1 - share) / (margin * margin)
    return min(population, math.ceil(round(plain / (1 + (plain - 1) / population), 9)))


def margin_of(answers: int, population: int, *, share: float = WORST, z: float = Z_95) -> float:
    """Margin of a share from a simple random sample, the finite population allowed for. 1.0 where nobody answers."""
    if answers <= 0:
        return 1.0
    if answers >= population:
        return 0.0
    return z * math.sqrt(share * (1 - share) / answers * (population - answers) / (population - 1))


def stratified_margin(answers: Mapping[str, int], people: Mapping[str, int], *, z: float = Z_95) -> float:
    """Margin of the weighted share over all strata: z √Σ W_h² p(1−p)/n_h (N_h−n_h)/(N_h−1), with p = ½."""
    whole = sum(people.values())
    parts = (people[key] / whole * margin_of(answers.get(key, 0), people[key], z=z) for key in people)
    return math.sqrt(sum(part * part for part in parts))


def allocate(total: int, people: Mapping[str, int], how: str) -> dict[str, int]:
    """`total` answers shared among strata by their people, or equally; at least two each, so that a variance is known."""
    return apportion(total, people, minimum=LEAST_IN_STRATUM, equal=how == EQUAL)


def plan(
    people: Mapping[str, int], *, margin: float, how: str = PROPORTIONAL, aim: str = WHOLE, response: float = 1.0
) -> Design:
    """The smallest design that reaches `margin`: for the city's share (`whole`) or in every stratum by itself (`each`).

    `people` counts those who may be asked in each stratum; `response` is the share of those asked who are expected to answer.
    Raises Invalid for a margin, a response or strata that make no sense.
    """
    _check(people, margin, how, aim, response)
    if aim == EACH:
        answers = {key: size_for(margin, many) for key, many in people.items()}
    else:
        answers = allocate(_least_total(people, margin, how), people, how)
    parts = {
        key: Part(
            people[key], many, min(people[key], math.ceil(round(many / response, 9))), margin_of(many, people[key])
        )
        for key, many in answers.items()
    }
    total, asked = sum(answers.values()), sum(part.asked for part in parts.values())
    return Design(total, asked, stratified_margin(answers, people), parts)


def _least_total(people: Mapping[str, int], margin: float, how: str) -> int:
    """Bisection: the margin falls as the total grows."""
    low, high = 0, sum(people.values())
    while high - low > 1:
        middle = (low + high) // 2
        reached = stratified_margin(allocate(middle, people, how), people) <= margin
        low, high = (low, middle) if reached else (middle, high)
    return high


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
