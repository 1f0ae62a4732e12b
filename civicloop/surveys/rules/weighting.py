"""Weights that make those who answered stand for all who live there: post-stratification.

Source: D. Holt and T. M. F. Smith, Post Stratification, J. R. Stat. Soc. A 142 (1979), 33-46. A cell is a stratum (street), or a
group (age) within it where the people of each group are known. Cells with too few answers are joined to a neighbour of the same
stratum; a stratum nobody answered in is told as not covered, and its people are shared among the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UNKNOWN = ""
"""The group of somebody who did not say."""


@dataclass(frozen=True, slots=True)
class Ground:
    """People of one stratum; `groups` says how many belong to each group, in order, where that is known."""

    population: int
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weight for each answer and the cell it was taken from, the people of each cell, and what had to be joined or is missing."""

    weights: tuple[float, ...]
    cells: tuple[str, ...]
    people: Mapping[str, float]
    joined: tuple[tuple[str, ...], ...]
    uncovered: tuple[str, ...]


def weigh(answers: Sequence[tuple[str, str]], ground: Mapping[str, Ground], *, least: int = 2) -> Weighted:
    """Weights of answers given as (stratum, group). Their sum is the population of all strata, as long as anybody has answered.

    Raises KeyError for a stratum that `ground` does not know.
    """
    of_stratum: dict[str, list[int]] = {name: [] for name in ground}
    for place, (stratum, _) in enumerate(answers):
        of_stratum[stratum].append(place)
    weights, cells = [0.0] * len(answers), [""] * len(answers)
    people: dict[str, float] = {}
    joined: list[tuple[str, ...]] = []
    for name, places in of_stratum.items():
        if not places:
            continue
        cell_of, shares, merged = _cells(name, [answers[place][1] for place in places], ground[name], least)
        joined += merged
        many = Counter(cell_of)
        people |= shares
        for place, cell in zip(places, cell_of, strict=True):
            weights[place], cells[place] = shares[cell] / many[cell], cell
    uncovered = tuple(name for name, places in of_stratum.items() if not places and ground[name].population > 0)
    whole, reached = sum(one.population for one in ground.values()), sum(people.values())
    stretch = whole / reached if reached else 1.0
    return Weighted(
        tuple(weight * stretch for weight in weights), tuple(cells), {key: many * stretch for key, many in people.items()},
        tuple(joined), uncovered,
    )  # fmt: skip


def _cells(
    name: str, groups: Sequence[str], ground: Ground, least: int
) -> tuple[list[str], dict[str, float], list[tuple[str, ...]]]:
    """The cell of each answer of one stratum, the people of each cell, and which groups were joined."""
    told = [group for group in groups if group in ground.groups]
    blocks = _blocks(Counter(told), ground.groups, least) if told else []
    of_group = {group: name + "|" + "+".join(block) for block in blocks for group in block}
    cell_of = [of_group.get(group, name) for group in groups]
    known = sum(ground.groups[group] for block in blocks for group in block)
    # Who did not say his group stands for his share of the stratum; the groups share the rest.
    rest = ground.population * len(told) / len(groups)
    shares = {
        name + "|" + "+".join(block): rest * sum(ground.groups[group] for group in block) / known for block in blocks
    }
    if len(told) < len(groups):
        shares[name] = ground.population - rest
    return cell_of, shares, [(name, *block) for block in blocks if len(block) > 1]


def _blocks(many: Counter[str], groups: Mapping[str, int], least: int) -> list[tuple[str, ...]]:
    """Neighbouring groups joined until each block has `least` answers and people living in it, or only one block is left."""
    blocks: list[tuple[str, ...]] = [(group,) for group in groups]

    def poor(block: tuple[str, ...]) -> bool:
        return sum(many[one] for one in block) < max(least, 1) or not sum(groups[one] for one in block)

    while len(blocks) > 1 and (weak := next((at for at, block in enumerate(blocks) if poor(block)), None)) is not None:
        first = weak - 1 if weak else 0
        blocks[first : first + 2] = [blocks[first] + blocks[first + 1]]
    return blocks if sum(groups.values()) else []
