"""Stratified estimates over any level: the formulas of rules.strata, rules.student and rules.smoothing on columns.

A table of cells has, beside the keys of its level: type, area, population, share, n, mean, var (None below two values). Every
function takes and gives tables of a few thousand rows at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ibis
from ibis import Table

from civicloop.scoring.rules.smoothing import LEAST_CELLS, SMALL
from civicloop.scoring.rules.strata import Bounds
from civicloop.scoring.rules.student import ALPHA, DF_ROWS, HAIR, quantile

Keys = Sequence[str]
# A level without keys is the city: one row. Every table then has the column `all` to be grouped and joined by.
CITY = ("all",)


def summed(points: Table, keys: Keys) -> Table:
    """n, mean and variance of the points in each cell. Equal values have no variance, exactly."""
    found = points.group_by([*keys]).aggregate(
        n=points.value.count(), mean=points.value.mean(), var=points.value.var(how="sample"), least=points.value.min(),
        most=points.value.max(),
    )  # fmt: skip
    none = ibis.null("float64")
    var = ibis.cases((found.n < 2, none), (found.least == found.most, 0.0), else_=found["var"])
    return found.select(*keys, "n", "mean", var=var)


def with_pools(cells: Table, types: Table, city: Table) -> Table:
    """Cells with where they take their spread from: `pool` and `pool_df` of the type, else of the city."""
    kinds = types.filter(types.n > 1).select(pool_type="type", type_var="var", type_df=types.n - 1)
    whole = city.select(city_var="var", city_df=city.n - 1)
    found = cells.left_join(kinds, [("type", "pool_type")]).cross_join(whole)
    own = found.type_var.notnull()
    return found.mutate(
        pool=ibis.coalesce(found.type_var, found.city_var),
        pool_df=own.ifelse(found.type_df, found.city_df).cast("float64"),
        pool_name=own.ifelse(found.type.cast("string"), ibis.literal("")),
    ).drop("pool_type", "type_var", "type_df", "city_var", "city_df")


def weighed(cells: Table, keys: Keys) -> Table:
    """Cells with `w`, their weight within their level: judged cells of a type share the type's weight by places."""
    places = ibis.greatest(cells.population, cells.n)
    cells = cells.mutate(places=ibis.cases((cells.n > 0, places), else_=0).cast("float64"))
    by_type = [*dict.fromkeys([*keys, "type"])]
    kinds = cells.group_by(by_type).aggregate(
        type_share=cells.share.sum(), type_places=cells.places.sum()
    )  # fmt: skip
    kinds = kinds.filter(kinds.type_places > 0)
    level = kinds.group_by([*keys]).aggregate(total=kinds.type_share.sum(), all_places=kinds.type_places.sum())
    found = _join(_join(cells, kinds, by_type), level, keys)
    by_places = found.total == 0
    share = by_places.ifelse(found.type_places, found.type_share) / by_places.ifelse(found.all_places, found.total)
    sampled = ibis.cases((found.population > 0, ibis.least(1.0, found.n / found.population)), else_=1.0)
    return found.mutate(
        w=ibis.cases((found.n > 0, share * found.places / found.type_places), else_=0.0),
        sampled=ibis.cases((found.n > 0, sampled), else_=0.0),
    )


def estimated(weighed: Table, keys: Keys) -> Table:
    """value, se, df, n, population, whole, collapsed, psi, psi_df of each level; `se` None where no spread is known.

    `psi` is the sampling variance with the spreads of whole types, for smoothing.
    """
    open_ = (weighed.n > 0) & (weighed.sampled < 1)
    own = weighed["var"].notnull()
    factor = weighed.w * weighed.w * (1 - weighed.sampled) / weighed.n
    spread = own.ifelse(weighed["var"], weighed.pool)
    rows = weighed.mutate(
        open=open_,
        term=ibis.cases((open_, factor * spread), else_=0.0),
        term_df=own.ifelse((weighed.n - 1).cast("float64"), weighed.pool_df),
        lacking=open_ & spread.isnull(),
        lent=open_ & ~own,
        pooled=ibis.cases((open_, factor * weighed.pool), else_=0.0),
        pooled_df=ibis.cases((open_, weighed.pool_df), else_=ibis.null("float64")),
        part=own.ifelse(weighed.type.cast("string") + "\t" + weighed.area.cast("string"), weighed.pool_name),
    )
    terms = rows.group_by([*keys, "part"]).aggregate(term=rows.term.sum(), df=rows.term_df.max())
    squares = terms.group_by([*keys]).aggregate(
        variance=terms.term.sum(), squares=(terms.term * terms.term / terms.df).sum()
    )
    level = rows.group_by([*keys]).aggregate(
        value=(rows.w * rows["mean"]).sum(), n=rows.n.sum(), population=rows.population.sum(),
        some_open=rows.open.any(), lacking=rows.lacking.any(), collapsed=rows.lent.any(), psi=rows.pooled.sum(),
        psi_df=rows.pooled_df.min(),
    )  # fmt: skip
    found = _join(level, squares, keys)
    none = ibis.null("float64")
    spread_known = ~found.lacking
    variance = ibis.cases((spread_known, found.variance), else_=none)
    return found.mutate(
        whole=~found.some_open & (found.n >= found.population),
        se=variance.sqrt(),
        df=ibis.cases((found.squares > 0, found.variance * found.variance / found.squares), else_=none),
        psi=ibis.cases((spread_known, found.psi), else_=none),
        psi_df=found.psi_df.fill_null(1.0),
    ).drop("variance", "squares", "lacking", "some_open")


def smoothed(found: Table, within: Keys, bounds: Bounds) -> Table:
    """Small cells lean on the others of the same `within`: adds direct, shrinkage and how; replaces value, se and df."""
    known = found.filter(found.n > 0)
    sums = known.group_by([*within]).aggregate(
        m=known.n.count(), own=known.value.var(how="sample"), mean_psi=known.psi.mean(),
        lacking=known.psi.isnull().any(), lightest=known.psi.min(where=known.psi > 0),
    )  # fmt: skip
    rows = _join(known, sums.mutate(between=ibis.greatest(0.0, sums.own - sums.mean_psi)), within)
    total = ibis.cases((rows.psi > 0, rows.between + rows.psi), else_=rows.between + rows.lightest.fill_null(1.0))
    rows = rows.mutate(total=total, keep=ibis.cases((rows.psi > 0, rows.between / total), else_=1.0))
    means = rows.group_by([*within]).aggregate(
        mean=(rows.value / rows.total).sum() / (1 / rows.total).sum(), weight=(1 / rows.total).sum(),
        wobble=2 * (rows.total * rows.total).sum() / (rows.n.count() * rows.n.count()),
    )  # fmt: skip
    rows = _join(rows, means, within)
    lean = (rows.m >= LEAST_CELLS) & ~rows.lacking & (rows.n < SMALL) & (rows.psi > 0)
    mse = (
        rows.keep * rows.psi
        + (1 - rows.keep) * (1 - rows.keep) / rows.weight
        + 2 * rows.wobble * rows.psi * rows.psi / (rows.total * rows.total * rows.total)
    )
    leant = rows.keep * rows.value + (1 - rows.keep) * rows["mean"]
    clipped = ibis.least(ibis.greatest(leant, ibis.literal(bounds.floor)), ibis.literal(bounds.cap))
    none = ibis.null("float64")
    plain = ibis.cases((rows.whole, "census"), (rows.collapsed, "collapsed"), else_="direct")
    return rows.mutate(
        value=lean.ifelse(clipped, rows.value), se=lean.ifelse(mse.sqrt(), rows.se),
        df=lean.ifelse(rows.psi_df, rows.df), whole=rows.whole & ~lean, how=lean.ifelse("smoothed", plain),
        shrinkage=ibis.cases((lean, 1 - rows.keep), else_=none), direct=ibis.cases((lean, rows.value), else_=none),
    ).drop("own", "mean_psi", "lacking", "lightest", "between", "total", "keep", "mean", "weight", "wobble")  # fmt: skip


def with_interval(
    found: Table, manys: Iterable[int], bounds: Bounds, many: Any = 1, names: Keys = ("low", "high")
) -> Table:
    """The 95 % interval of each row, joint for `many` (a number or a column with values of `manys`), as
    rules.student.interval has it.
    """
    rows = found.mutate(at_row=_place_of_row(found.df), q_many=ibis.literal(many) if isinstance(many, int) else many)
    tables = [(rows.q_many == one, _row_of_table(one)[rows.at_row]) for one in sorted(set(manys))]
    floor, cap = ibis.literal(bounds.floor), ibis.literal(bounds.cap)
    unseen = 1 - (ibis.literal(ALPHA / 2) / rows.q_many) ** (1 / rows.n)
    half = ibis.cases(*tables, else_=ibis.null("float64")) * rows.se
    alike = (rows.se == 0) | rows.df.isnull()
    low = ibis.cases(
        (rows.whole, rows.value), (rows.se.isnull(), floor), (alike, rows.value - (rows.value - floor) * unseen),
        else_=ibis.greatest(rows.value - half, floor),
    )  # fmt: skip
    high = ibis.cases(
        (rows.whole, rows.value), (rows.se.isnull(), cap), (alike, rows.value + (cap - rows.value) * unseen),
        else_=ibis.least(rows.value + half, cap),
    )  # fmt: skip
    return rows.mutate(**{names[0]: low, names[1]: high}).drop("at_row", "q_many")


def _row_of_table(many: int) -> Any:
    """The quantiles for so many intervals together, in the order of the table's rows."""
    return ibis.literal([quantile(row, many) for row in DF_ROWS], type="array<float64>")


def _place_of_row(df: Any) -> Any:
    """Where in the table the row stands that rules.student.table_row names, counted from 0; 0 without degrees of freedom."""
    df = df + HAIR
    steps = [(df >= row, place) for place, row in reversed(list(enumerate(DF_ROWS))) if row > 100]
    small = ibis.greatest(ibis.least(df, 100.0), 1.0).floor().cast("int64") - 1
    return ibis.cases((df.isnull(), 0), *steps, else_=small).cast("int32")


def _join(left: Table, right: Table, keys: Keys) -> Table:
    """A left join on columns of the same names, which stand once in the result."""
    renamed = right.rename({f"{key}_right": key for key in keys})
    found = left.left_join(renamed, [(key, f"{key}_right") for key in keys])
    return found.drop(*(f"{key}_right" for key in keys))
