"""Stratified estimates of every node: the formulas of rules.strata, rules.student and rules.smoothing on columns.

Every function takes and gives tables of a few ten thousand rows at most, whatever the observations.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis
import pyarrow as pa  # type: ignore[import-untyped]
from ibis import Table

from civicloop.scoring.columns.cells import NODE
from civicloop.scoring.rules.smoothing import LEAST_CELLS, SMALL
from civicloop.scoring.rules.strata import Bounds
from civicloop.scoring.rules.student import ALPHA, DF_ROWS, HAIR, quantile

# Small nodes lean on the others with the same three: areas on those of their type, units on those of their group. A type or the
# city stands alone and so leans on nothing.
WITHIN = ("level", "grp", "type")
QUANTILES = ibis.schema({"q_many": "int64", "q_row": "int32", "q": "float64"})


def weighed(cells: Table) -> Table:
    """Cells with `w`, their weight within their node: judged cells of a type share the type's weight by places; and `sampled`,
    the share of their places that was judged (0 where none was).
    """
    places = ibis.greatest(cells.population, cells.n)
    cells = cells.mutate(places=ibis.cases((cells.n > 0, places), else_=0).cast("float64"))
    kind = cells.group_by([*NODE, "kind"])
    cells = kind.mutate(kind_share=cells.share.sum(), kind_places=cells.places.sum())
    # Types of which nothing was judged leave their weight to the others.
    node = cells.group_by([*NODE])
    cells = node.mutate(total=cells.share.sum(where=cells.kind_places > 0), all_places=cells.places.sum())
    by_places = cells.total == 0
    share = by_places.ifelse(cells.kind_places, cells.kind_share) / by_places.ifelse(cells.all_places, cells.total)
    judged = cells.n > 0
    sampled = ibis.cases((cells.population > 0, ibis.least(1.0, cells.n / cells.population)), else_=1.0)
    return cells.mutate(
        w=ibis.cases((judged, share * cells.places / cells.kind_places), else_=0.0),
        sampled=ibis.cases((judged, sampled), else_=0.0),
    )


def estimated(weighed: Table) -> Table:
    """NODE, value, se, df, n, population, whole, collapsed, psi, psi_df of each node of which something was judged; `se` None
    where no spread is known.

    `psi` is the sampling variance with the spreads of whole types, for smoothing.
    """
    terms = _terms(weighed)
    square = terms.term * terms.term / terms.df
    found = terms.group_by([*NODE]).aggregate(
        value=terms.value.sum(), n=terms.n.sum(), population=terms.population.sum(), open=terms.open.any(),
        lacking=terms.lacking.any(), collapsed=terms.lent.any(), psi=terms.psi.sum(), psi_df=terms.psi_df.min(),
        variance=terms.term.sum(), squares=square.sum(),
    )  # fmt: skip
    none = ibis.null("float64")
    variance = ibis.cases((~found.lacking, found.variance), else_=none)
    return found.filter(found.n > 0).select(
        *NODE, "n", "population", "collapsed",
        value=found.value, whole=~found.open, se=variance.sqrt(),
        df=ibis.cases((found.squares > 0, found.variance * found.variance / found.squares), else_=none),
        psi=ibis.cases((~found.lacking, found.psi), else_=none), psi_df=found.psi_df.fill_null(1.0),
    )  # fmt: skip


def _terms(rows: Table) -> Table:
    """The terms of Satterthwaite's sum for each node: cells that share a spread are one of them."""
    open_, own = (rows.n > 0) & (rows.sampled < 1), rows["var"].notnull()
    factor = rows.w * rows.w * (1 - rows.sampled) / rows.n
    spread = own.ifelse(rows["var"], rows.pool)
    rows = rows.select(
        *NODE, "n", "population",
        own=own, part_kind=own.ifelse(rows.kind, rows.pool_kind), part_place=own.ifelse(rows.place, None),
        value=rows.w * rows["mean"], open=open_ | ((rows.n == 0) & (rows.population > 0)),
        term=ibis.cases((open_, factor * spread), else_=0.0),
        df=own.ifelse((rows.n - 1).cast("float64"), rows.pool_df),
        lacking=open_ & spread.isnull(), lent=open_ & ~own,
        psi=ibis.cases((open_, factor * rows.pool), else_=0.0),
        psi_df=ibis.cases((open_, rows.pool_df), else_=ibis.null("float64")),
    )  # fmt: skip
    return rows.group_by([*NODE, "own", "part_kind", "part_place"]).aggregate(
        value=rows.value.sum(), n=rows.n.sum(), population=rows.population.sum(), open=rows.open.any(),
        lacking=rows.lacking.any(), lent=rows.lent.any(), psi=rows.psi.sum(), psi_df=rows.psi_df.min(),
        term=rows.term.sum(), df=rows.df.max(),
    )  # fmt: skip


def smoothed(rows: Table, bounds: Bounds) -> Table:
    """Small nodes lean on the others of their WITHIN: adds direct, shrinkage, how, `m` (how many they are) and `at_row` (see
    `with_interval`); value, se and df are those to be told.
    """
    rows = rows.group_by([*WITHIN]).mutate(
        m=rows.n.count(), own=rows.value.var(how="sample"), mean_psi=rows.psi.mean(),
        lacking=rows.psi.isnull().any(), lightest=rows.psi.min(where=rows.psi > 0),
    )  # fmt: skip
    between = ibis.greatest(0.0, rows.own - rows.mean_psi)
    varied = rows.psi > 0
    total = ibis.cases((varied, between + rows.psi), else_=between + rows.lightest.fill_null(1.0))
    rows = rows.mutate(total=total, keep=ibis.cases((varied, between / total), else_=1.0))
    rows = rows.group_by([*WITHIN]).mutate(
        pulled=(rows.value / rows.total).sum(), weight=(1 / rows.total).sum(), squares=(rows.total * rows.total).sum()
    )
    lean = (rows.m >= LEAST_CELLS) & ~rows.lacking & (rows.n < SMALL) & (rows.psi > 0)
    others, wobble = 1 - rows.keep, 2 * rows.squares / (rows.m * rows.m)
    mse = (
        rows.keep * rows.psi
        + others * others / rows.weight
        + 2 * wobble * rows.psi * rows.psi / (rows.total * rows.total * rows.total)
    )
    leant = rows.keep * rows.value + others * rows.pulled / rows.weight
    clipped = ibis.least(ibis.greatest(leant, ibis.literal(bounds.floor)), ibis.literal(bounds.cap))
    none = ibis.null("float64")
    plain = ibis.cases((rows.whole, "census"), (rows.collapsed, "collapsed"), else_="direct")
    df = lean.ifelse(rows.psi_df, rows.df)
    return rows.select(
        *NODE, "n", "population", "collapsed", "m",
        value=lean.ifelse(clipped, rows.value), se=lean.ifelse(mse.sqrt(), rows.se), df=df, whole=rows.whole & ~lean,
        how=lean.ifelse("smoothed", plain), shrinkage=ibis.cases((lean, others), else_=none),
        direct=ibis.cases((lean, rows.value), else_=none), at_row=_place_of_row(df),
    )  # fmt: skip


def quantiles(manys: Iterable[int]) -> pa.Table:
    """The table of Student's t for so many intervals together: q_many, q_row (counted from 0) and q."""
    rows = [(many, at, quantile(row, many)) for many in sorted({*manys}) for at, row in enumerate(DF_ROWS)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return pa.table(columns, schema=QUANTILES.to_pyarrow())


def with_interval(rows: Table, table: Table, bounds: Bounds, many: Any, names: tuple[str, str]) -> Table:
    """The 95 % interval of each row under these names, joint for `many` (a column or literal), as rules.student.interval has
    it. `table`: the `quantiles` of every number there is.
    """
    rows = rows.mutate(many=many)
    rows = rows.left_join(table, [rows.many == table.q_many, rows.at_row == table.q_row])
    floor, cap = ibis.literal(bounds.floor), ibis.literal(bounds.cap)
    unseen = 1 - (ibis.literal(ALPHA / 2) / rows.many) ** (1 / rows.n)
    half = rows.q * rows.se
    alike = (rows.se == 0) | rows.df.isnull()
    low = ibis.cases(
        (rows.whole, rows.value), (rows.se.isnull(), floor), (alike, rows.value - (rows.value - floor) * unseen),
        else_=ibis.greatest(rows.value - half, floor),
    )  # fmt: skip
    high = ibis.cases(
        (rows.whole, rows.value), (rows.se.isnull(), cap), (alike, rows.value + (cap - rows.value) * unseen),
        else_=ibis.least(rows.value + half, cap),
    )  # fmt: skip
    return rows.mutate(**{names[0]: low, names[1]: high}).drop("many", "q_many", "q_row", "q")


def _place_of_row(df: Any) -> Any:
    """Where in the table the row stands that rules.student.table_row names, counted from 0; 0 without degrees of freedom."""
    df = df + HAIR
    steps = [(df >= row, place) for place, row in reversed(list(enumerate(DF_ROWS))) if row > 100]
    small = ibis.greatest(ibis.least(df, 100.0), 1.0).floor().cast("int64") - 1
    return ibis.cases((df.isnull(), 0), *steps, else_=small).cast("int32")
