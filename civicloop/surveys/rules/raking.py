"""Weights that meet several known margins at once: raking, also called iterative proportional fitting.

Sources: W. E. Deming and F. F. Stephan, Ann. Math. Stat. 11 (1940), 427-444, for the method; M. DeBell and J. Krosnick,
Computing Weights for American National Election Study Survey Data (2009), for trimming in every round, at five times the
mean; L. Kish, Survey Sampling (1965), 11.7, for what unequal weights cost. How raking changes the variance stands in
`estimating`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UNKNOWN = ""
"""The group of somebody who did not say."""
MOST_ROUNDS = 500
TOLERANCE = 1e-6
MOST_TIMES = 5.0
"""A weight lies between the mean divided and multiplied by this."""


@dataclass(frozen=True, slots=True)
class Raked:
    """The weights. `met` says that every margin is met within a millionth of all people; `apart` how far the worst is off, as
    a share of all people; `held` how many weights stand at a bound; `joined` which groups of a margin had to be taken
    together; `groups` the group each answer was counted in, by margin.
    """

    weights: tuple[float, ...]
    rounds: int
    met: bool
    apart: float
    held: int
    joined: tuple[tuple[str, ...], ...]
    groups: tuple[tuple[str, ...], ...]


def rake(
    start: Sequence[float], groups: Sequence[Sequence[str]], margins: Sequence[Mapping[str, float]], *,
    most: float = MOST_TIMES, rounds: int = MOST_ROUNDS, least: int = 2,
) -> Raked:  # fmt: skip
    """Weights near `start` (above 0) that meet each margin: people by group, in any unit, scaled to the sum of `start`.

    `groups` has for each margin the group of every answer; who did not say it, or is in a group without known people, keeps
    his share of that margin. Groups with fewer than `least` answers are joined to their neighbour. Where the bounds and the
    margins cannot both be had, the bounds hold and `met` is false. Raises ValueError for a weight that is not above 0, or
    lengths that differ.
    """
    if any(weight <= 0 for weight in start) or any(len(one) != len(start) for one in groups):
        raise ValueError("weights are above 0, and every answer has a group in each margin")
    whole = sum(start)
    known, wanted, joined = _settled(groups, margins, least)
    weights, taken, apart = list(start), 0, 0.0
    low, high = (whole / len(start) / most, whole / len(start) * most) if start else (0.0, 0.0)
    for taken in range(1, rounds + 1):  # noqa: B007  (told afterwards)
        for places, people in zip(known, wanted, strict=True):
            _scale(weights, places, people, whole)
        weights = [min(high, max(low, weight)) for weight in weights]
        apart = max((_apart(weights, *one, whole) for one in zip(known, wanted, strict=True)), default=0.0)
        if apart <= TOLERANCE:
            break
    held = sum(weight in (low, high) for weight in weights)
    return Raked(tuple(weights), taken, apart <= TOLERANCE, apart, held, joined, tuple(tuple(one) for one in known))


def weight_effect(weights: Sequence[float]) -> float:
    """How many times as many answers unequal weights need for the same exactness: n Σw² / (Σw)², at least 1."""
    whole = sum(weights)
    return max(1.0, len(weights) * sum(weight * weight for weight in weights) / (whole * whole)) if whole else 1.0


def blocks_of(many: Mapping[str, int], people: Mapping[str, float], least: int) -> list[tuple[str, ...]]:
    """Neighbouring groups joined until each block has `least` answers and people living in it, or only one block is left."""
    blocks: list[tuple[str, ...]] = [(group,) for group in people]

    def poor(block: tuple[str, ...]) -> bool:
        return sum(many.get(one, 0) for one in block) < max(least, 1) or not sum(people[one] for one in block)

    while len(blocks) > 1 and (weak := next((at for at, block in enumerate(blocks) if poor(block)), None)) is not None:
        first = weak - 1 if weak else 0
        blocks[first : first + 2] = [blocks[first] + blocks[first + 1]]
    return blocks if sum(people.values()) else []


def _settled(
    groups: Sequence[Sequence[str]], margins: Sequence[Mapping[str, float]], least: int
) -> tuple[list[list[str]], list[dict[str, float]], tuple[tuple[str, ...], ...]]:
    """For each margin that says something: the block of every answer, the people of each block, and which groups were
    joined.
    """
    known, wanted, joined = [], [], []
    for given, people in zip(groups, margins, strict=True):
        alive = {group: float(many) for group, many in people.items() if many > 0}
        many = Counter(group for group in given if group in alive)
        blocks = [block for block in blocks_of(many, alive, least) if sum(many[one] for one in block)]
        name_of = {group: "+".join(block) for block in blocks for group in block}
        known.append([name_of.get(group, UNKNOWN) for group in given])
        wanted.append({"+".join(block): sum(alive[one] for one in block) for block in blocks})
        joined += [block for block in blocks if len(block) > 1]
    return known, wanted, tuple(joined)


def _sums(weights: Sequence[float], places: Sequence[str]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for weight, group in zip(weights, places, strict=True):
        sums[group] += weight
    return sums


def _targets(sums: Mapping[str, float], people: Mapping[str, float], whole: float) -> dict[str, float]:
    """What the groups shall sum to: their shares of all people but those who did not say."""
    left, known = max(0.0, whole - sums.get(UNKNOWN, 0.0)), sum(people.values())
    return {group: left * many / known for group, many in people.items()}


def _scale(weights: list[float], places: Sequence[str], people: Mapping[str, float], whole: float) -> None:
    if not people:
        return
    sums = _sums(weights, places)
    factors = {group: many / sums[group] for group, many in _targets(sums, people, whole).items()}
    for at, group in enumerate(places):
        weights[at] *= factors.get(group, 1.0)


def _apart(weights: Sequence[float], places: Sequence[str], people: Mapping[str, float], whole: float) -> float:
    sums = _sums(weights, places)
    targets = _targets(sums, people, whole)
    return max((abs(sums[group] - many) / whole for group, many in targets.items()), default=0.0)
