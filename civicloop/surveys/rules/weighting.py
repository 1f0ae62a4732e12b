"""Weights that make those who answered stand for all who live there: post-stratification, or raking over several margins.

Source: D. Holt and T. M. F. Smith, Post Stratification, J. R. Stat. Soc. A 142 (1979), 33-46. A cell is a stratum (street),
or a group (age) within it where the people of each group are known. Cells with too few answers are joined to a neighbour of
the same stratum; a stratum nobody answered in is told as not covered, and its people are shared among the others. Where only
the margins of several features are known, and not the people of each cell, strata and margins are raked (`raking`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from civicloop.surveys.rules.raking import UNKNOWN, Raked, blocks_of, rake


@dataclass(frozen=True, slots=True)
class Ground:
    """People of one stratum; `groups` says how many belong to each group, in order, where that is known."""

    population: int
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weight for each answer and the cell it was taken from, the people of each cell, and what had to be joined or is
    missing.

    `raked` says how raking went, where it was done. `effect` is what asking in clusters costs, measured or assumed: the variance
    is so many times that of people drawn one by one.
    """

    weights: tuple[float, ...]
    cells: tuple[str, ...]
    people: Mapping[str, float]
    joined: tuple[tuple[str, ...], ...]
    uncovered: tuple[str, ...]
    raked: Raked | None = None
    effect: float = 1.0


def weigh_by_margins(
    strata: Sequence[str], groups: Mapping[str, Sequence[str]], ground: Mapping[str, Ground],
    margins: Mapping[str, Mapping[str, float]],
) -> Weighted:  # fmt: skip
    """Weights that meet the people of the strata and each margin. `groups` has for each margin the group of every answer.

    Cells are the strata: within them the variance is reckoned.
    """
    base = weigh([(stratum, UNKNOWN) for stratum in strata], ground)
    if not strata or min(base.weights) <= 0:
        return base
    names = list(margins)
    raked = rake(
        base.weights, [base.cells, *(groups[name] for name in names)], [base.people, *(margins[name] for name in names)]
    )
    return Weighted(raked.weights, base.cells, base.people, raked.joined, base.uncovered, raked)


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
    blocks = blocks_of(Counter(told), ground.groups, least) if told else []
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
