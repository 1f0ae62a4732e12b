"""The whole tree on columns: points, types × areas, types, units with rank intervals, city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
from ibis import Table

from civicloop.scoring.columns import estimates as est
from civicloop.scoring.columns.points import Tables, points
from civicloop.scoring.rules.strata import Bounds
from civicloop.standards.rules.assessment import ScoringRules


@dataclass(frozen=True)
class Columns:
    """What comes out, as tables of the same engine. Every table but `points` has value, low, high, se, df, n, population.

    points: point, type, area, unit, got, possible, value. areas: type, area. types: type. units: unit, grp, joint_low,
    joint_high, rank_low, rank_high, ties, before deductions. city: one row.
    """

    points: Table
    areas: Table
    types: Table
    units: Table
    city: Table


def score(tables: Tables, rules: ScoringRules, type_weights: Mapping[str, float] | None = None) -> Columns:
    """Score the observations. `type_weights` are the weights of the edition's sample; without them types weigh by places.

    The points and the cells are kept in the engine for as long as the result lives; the observations are read once.
    """
    bounds = Bounds(rules.floor, rules.cap)
    marks = points(tables, rules).cache()
    strata = _strata(tables, type_weights).cache()
    cells = _cells(marks, strata).cache()
    shared = _unit_cells(marks, tables, strata, cells).cache()
    found = shared.filter(shared.n > 0).group_by("grp").aggregate(m=lambda t: t.unit.nunique()).m.execute()
    manys = {1, *(int(one) for one in found)}
    areas = _level(cells, ("type", "area"), bounds, manys, within=("type",))
    types = _level(cells, ("type",), bounds, manys)
    city = _level(cells.mutate(all=ibis.literal(1)), est.CITY, bounds, manys).drop("all")
    units = _ranked(_level(shared, ("grp", "unit"), bounds, manys, within=("grp",)).cache(), manys, bounds)
    return Columns(marks, areas, types, units, city)


def _strata(tables: Tables, type_weights: Mapping[str, float] | None) -> Table:
    """type, area, unit, population, and `share`: what each part of the frame weighs in the city."""
    rows = tables.strata
    whole = rows.group_by("type").aggregate(type_population=rows.population.sum())
    found = rows.left_join(whole.rename(same_type="type"), [("type", "same_type")]).drop("same_type")
    if type_weights is None:
        return found.mutate(share=found.population.cast("float64")).drop("type_population")
    wanted = ibis.cases(*((found.type == one, weight) for one, weight in type_weights.items()), else_=0.0)
    return found.mutate(share=wanted * found.population / found.type_population).drop("type_population")


def _cells(marks: Table, strata: Table) -> Table:
    """Type × area with places, share, n, mean, variance, and where a single place takes its spread from."""
    frame = strata.group_by(["type", "area"]).aggregate(population=strata.population.sum(), share=strata.share.sum())
    return _measured(marks, frame, ("type", "area"))


def _unit_cells(marks: Table, tables: Tables, strata: Table, cells: Table) -> Table:
    """The same for the part of each stratum that counts for a unit."""
    belongs = tables.belongs.select(of="unit", counts_for="counts_for", grp="grp")
    keys = ("grp", "unit", "type", "area")

    def counted(rows: Table) -> Table:
        joined = rows.rename(own="unit").inner_join(belongs, [("own", "of")])
        return joined.drop("own", "of").rename(unit="counts_for")

    frame = counted(strata)
    frame = frame.group_by([*keys]).aggregate(population=frame.population.sum(), share=frame.share.sum())
    found = est._join(frame, est.summed(counted(marks), keys), keys).mutate(n=lambda t: t.n.fill_null(0))
    pools = cells.select("type", "area", "pool", "pool_df", "pool_name")
    return est._join(found, pools, ("type", "area"))


def _measured(marks: Table, frame: Table, keys: tuple[str, ...]) -> Table:
    found = est._join(frame, est.summed(marks, keys), keys).mutate(n=lambda t: t.n.fill_null(0))
    city = est.summed(marks.mutate(all=ibis.literal(1)), est.CITY)
    return est.with_pools(found, est.summed(marks, ("type",)), city)


def _level(
    cells: Table, keys: tuple[str, ...], bounds: Bounds, manys: Iterable[int], within: tuple[str, ...] = ()
) -> Table:
    """Estimates with intervals of one level; small ones lean on the others where `within` says which."""
    found = est.estimated(est.weighed(cells, keys), keys)
    found = found.filter(found.n > 0)
    if within:
        found = est.smoothed(found, within, bounds)
    return est.with_interval(found, manys, bounds).drop("psi", "psi_df")


def _ranked(units: Table, manys: Iterable[int], bounds: Bounds) -> Table:
    """Units with joint intervals and, from these, the interval of their rank and the number of those they tie with."""
    rows = est.with_interval(units, manys, bounds, many=units.m, names=("joint_low", "joint_high"))
    others = rows.select(other_grp="grp", other="unit", other_low="joint_low", other_high="joint_high")
    pairs = rows.select("grp", "unit", "joint_low", "joint_high").inner_join(others, [("grp", "other_grp")])
    above, below = pairs.other_low > pairs.joint_high, pairs.other_high < pairs.joint_low
    counts = pairs.group_by(["grp", "unit"]).aggregate(
        rank_low=1 + above.sum(), below=below.sum(), ties=(~above & ~below & (pairs.other != pairs.unit)).sum()
    )
    found = est._join(rows, counts, ("grp", "unit"))
    return found.mutate(rank_high=found.m - found.below).drop("below", "m")
