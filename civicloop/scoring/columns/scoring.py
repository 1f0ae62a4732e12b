"""The whole tree on columns: points, types × areas, types, units with rank intervals, city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import pyarrow as pa  # type: ignore[import-untyped]
from ibis import Table
from ibis.backends.duckdb import Backend as DuckDB
from ibis.backends.sql import SQLBackend

from civicloop.scoring.columns import estimates as est
from civicloop.scoring.columns import in_duckdb, stages
from civicloop.scoring.columns.cells import LEVELS
from civicloop.scoring.columns.points import Marking, Tables, points
from civicloop.standards.rules.assessment import ScoringRules

Small = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Columns:
    """What comes out: points as a table of the engine, the few rows above them fetched, with value, low, high, se, df, n,
    population.

    points: point, type, area, unit, got, possible, value. areas: type, area. types: type. units: unit, grp, joint_low,
    joint_high, rank_low, rank_high, ties, before deductions. city: one row.
    """

    points: Table
    areas: pa.Table
    types: pa.Table
    units: pa.Table
    city: pa.Table


def score(tables: Tables, rules: ScoringRules, type_weights: Mapping[str, float] | None = None) -> Columns:
    """Score the observations. `type_weights` are the weights of the edition's sample; without them types weigh by places.

    The points are kept in the engine for as long as the result lives; the observations are read once (twice with repeats).
    """
    marking, given = Marking.of(rules), small_tables(tables, type_weights)
    engine = tables.observations.get_backend()
    run = in_duckdb.run if isinstance(engine, DuckDB) else anywhere
    marks, found = run(engine, tables, marking, given)
    return Columns(points=marks, **found)


def small_tables(tables: Tables, type_weights: Mapping[str, float] | None) -> Small:
    """What the stages need beside the tables: `levels`, and `weights` if types have any."""
    given = {"levels": pa.table({"level": [*LEVELS]})}
    if type_weights is not None:
        schema = ibis.schema({"of_type": tables.strata.type.type(), "weight": "float64"})
        rows = [[*type_weights], [float(one) for one in type_weights.values()]]
        given["weights"] = pa.table(rows, schema=schema.to_pyarrow())
    return given


def anywhere(engine: SQLBackend, tables: Tables, rules: Marking, given: Small) -> tuple[Table, dict[str, pa.Table]]:
    """The stages on any engine Ibis knows, which keeps points and nodes by its own means. Ibis takes what is kept for an
    expression for that expression's value: tables that change are to be given another name, or the result let go first.
    """
    small = {name: _handed_over(engine, rows) for name, rows in given.items()}
    marks = points(tables.observations, tables.places, rules).cache()
    ground = stages.Ground(marks, tables.strata, tables.belongs, small["levels"], small.get("weights"))
    nodes = stages.nodes(ground, rules.bounds).cache()
    sizes = stages.group_sizes(nodes).to_pyarrow()["m"].to_pylist()
    found = stages.levels(nodes, _handed_over(engine, est.quantiles({1, *sizes})), rules.bounds)
    return marks, {name: table.to_pyarrow() for name, table in found.items()}


def _handed_over(engine: SQLBackend, rows: pa.Table) -> Table:
    """A small table in the engine. Ibis hands one over when it is first asked about; keeping what it is part of is not asking."""
    table = ibis.memtable(rows)
    engine.execute(table.count())
    return table
