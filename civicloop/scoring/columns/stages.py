"""The tree in three stages, each a table made of those before: points, nodes, and the levels with intervals and ranks."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis import Table

from civicloop.scoring.columns import estimates as est
from civicloop.scoring.columns.cells import cells, frame
from civicloop.scoring.rules.ranking import HAIR
from civicloop.scoring.rules.strata import Bounds

FIGURES = ("value", "low", "high", "se", "df", "n", "population", "whole", "collapsed", "how", "shrinkage", "direct")


@dataclass(frozen=True)
class Ground:
    """What the nodes stand on: the points, the frame (`Tables.strata`), belongs, the names of the levels, and the weights of
    types (of_type, weight) where the sample has any.
    """

    marks: Table
    strata: Table
    belongs: Table
    levels: Table
    weights: Table | None


def nodes(ground: Ground, bounds: Bounds) -> Table:
    """Every node of every level with its estimate, still without an interval."""
    found = cells(ground.marks, frame(ground.strata, ground.weights), ground.belongs, ground.levels)
    return est.smoothed(est.estimated(est.weighed(found)), bounds)


def group_sizes(nodes: Table) -> Table:
    """`m`: how many units stand in a group, each number once."""
    return nodes.filter(nodes.level == "unit").select("m").distinct()


def levels(nodes: Table, quantiles: Table, bounds: Bounds) -> dict[str, Table]:
    """areas, types, units (ranked) and city, with intervals. `quantiles`: for 1 and every one of the group sizes."""
    one = ibis.literal(1, "int64")
    rows = est.with_interval(nodes, quantiles, bounds, one, ("low", "high"))
    units = _of_level(rows, "unit", ("grp", "unit"), ("m", "at_row"))
    return {
        "areas": _of_level(rows, "area", ("type", "area")),
        "types": _of_level(rows, "type", ("type",)),
        "units": _ranked(units, quantiles, bounds),
        "city": _of_level(rows, "city", ()),
    }


def _of_level(rows: Table, level: str, keys: tuple[str, ...], more: tuple[str, ...] = ()) -> Table:
    return rows.filter(rows.level == level).select(*keys, *FIGURES, *more)


def _ranked(units: Table, quantiles: Table, bounds: Bounds) -> Table:
    """Units with joint intervals and, from these, the interval of their rank and the number of those they tie with."""
    rows = est.with_interval(units, quantiles, bounds, units.m, ("joint_low", "joint_high"))
    others = rows.select(other_grp="grp", other="unit", other_low="joint_low", other_high="joint_high")
    pairs = rows.select("grp", "unit", "joint_low", "joint_high").inner_join(others, [("grp", "other_grp")])
    above, below = pairs.other_low > pairs.joint_high + HAIR, pairs.other_high < pairs.joint_low - HAIR
    tied = ~above & ~below & (pairs.other != pairs.unit)
    counts = pairs.group_by(["grp", "unit"]).aggregate(above=above.sum(), below=below.sum(), ties=tied.sum())
    counts = counts.rename(same_grp="grp", same_unit="unit")
    found = rows.left_join(counts, [("grp", "same_grp"), ("unit", "same_unit")])
    found = found.mutate(rank_low=1 + found.above, rank_high=found.m - found.below)
    return found.drop("same_grp", "same_unit", "above", "below", "m", "at_row")
