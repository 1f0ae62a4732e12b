"""The cells all levels are estimated from, in one long table: every level by the same expressions, each made and compiled once.

A row is a stratum (kind × place), or the part of it that counts for a unit, as one node of a level asks for it. NODE names the
node: areas have type and area, types a type, units grp and unit, the city nothing; what does not apply is null.
"""

from __future__ import annotations

import ibis
from ibis import Table

NODE = ("level", "grp", "unit", "type", "area")
LEVELS = ("city", "type", "area")


def frame(strata: Table, weights: Table | None) -> Table:
    """type, area, unit, population, and `share`: what each part of the frame weighs in the city. `weights`: of_type, weight;
    without them by places.
    """
    if weights is None:
        return strata.select("type", "area", "unit", "population", share=strata.population.cast("float64"))
    rows = strata.left_join(weights, [("type", "of_type")])
    whole = rows.population.sum().over(group_by="type")
    share = rows.weight.fill_null(0.0) * rows.population / whole
    return rows.select("type", "area", "unit", "population", share=share)


def cells(marks: Table, strata: Table, belongs: Table, levels: Table) -> Table:
    """NODE, kind, place, population, share, n, mean, var (null below two values), and `pool`, `pool_df`, `pool_kind`: where a
    single place takes its spread from, its type (`pool_kind`), else the city (null). `strata` is a `frame`; `levels` has the
    names of the levels that see the whole of it, in `level`.
    """
    places = _measured(marks, strata, ("type", "area")).rename(kind="type", place="area")
    parts = _measured(_counted(marks, belongs), _counted(strata, belongs), ("grp", "unit", "type", "area"))
    units = parts.rename(kind="type", place="area")
    no_type, no_area = ibis.null(places.kind.type()), ibis.null(places.place.type())
    units = units.mutate(level=ibis.literal("unit"), type=no_type, area=no_area)
    whole = places.cross_join(levels)
    whole = whole.mutate(
        grp=ibis.null(units.grp.type()), unit=ibis.null(units.unit.type()),
        type=(whole.level == "city").ifelse(no_type, whole.kind), area=(whole.level == "area").ifelse(whole.place, no_area),
    )  # fmt: skip
    columns = (*NODE, "kind", "place", "population", "share", "n", "mean", "var")
    return _with_pools(whole.select(*columns).union(units.select(*columns)), marks)


def _measured(marks: Table, strata: Table, keys: tuple[str, ...]) -> Table:
    """The frame's population and share by these keys, with what was judged of it."""
    whole = strata.group_by([*keys]).aggregate(population=strata.population.sum(), share=strata.share.sum())
    seen = _summed(marks, keys).rename({f"seen_{key}": key for key in keys})
    rows = whole.left_join(seen, [(key, f"seen_{key}") for key in keys])
    return rows.select(*keys, "population", "share", "mean", "var", n=rows.n.fill_null(0))


def _summed(points: Table, keys: tuple[str, ...]) -> Table:
    """n, mean and variance of the points in each cell. Equal values have no variance, exactly."""
    value = points.value
    alike = value.min() == value.max()
    var = ibis.cases((value.count() < 2, ibis.null("float64")), (alike, 0.0), else_=value.var(how="sample"))
    grouped = points.group_by([*keys]) if keys else points
    return grouped.aggregate(n=value.count(), mean=value.mean(), var=var)


def _counted(rows: Table, belongs: Table) -> Table:
    """Points or parts of the frame once for each unit they count for."""
    belongs = belongs.select("counts_for", "grp", of="unit")
    joined = rows.rename(own="unit").inner_join(belongs, [("own", "of")])
    return joined.drop("own", "of").rename(unit="counts_for")


def _with_pools(rows: Table, marks: Table) -> Table:
    kinds = _summed(marks, ("type",)).filter(lambda t: t.n > 1)
    kinds = kinds.select(pool_kind="type", type_var="var", type_df=kinds.n - 1)
    whole = _summed(marks, ())
    found = rows.left_join(kinds, [("kind", "pool_kind")])
    found = found.cross_join(whole.select(city_var="var", city_df=whole.n - 1))
    return found.mutate(
        pool=ibis.coalesce(found.type_var, found.city_var),
        pool_df=ibis.coalesce(found.type_df, found.city_df).cast("float64"),
    ).drop("type_var", "type_df", "city_var", "city_df")
