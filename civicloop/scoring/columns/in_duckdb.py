"""The stages in DuckDB, with the SQL that Ibis makes of them kept.

Ibis takes longer to make the SQL than DuckDB to run it on ten million rows. It depends on the rules and the types of the columns
alone, never on the rows, so it is made once for each such combination in a process (`plan`). Nothing that was reckoned is kept:
every run reads the tables as they stand.

In the SQL tables bear names that begin with MARK; every run puts a word of its own in its place, so runs do not meet.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

import duckdb
import ibis
import pyarrow as pa  # type: ignore[import-untyped]
from ibis import Schema, Table
from ibis.backends.duckdb import Backend
from ibis.expr import operations as ops

from civicloop.scoring.columns import estimates as est
from civicloop.scoring.columns import stages
from civicloop.scoring.columns.points import Marking, Tables, points

MARK = "civicloop_scoring_run_"
INPUTS = ("observations", "places", "strata", "belongs")
LEVELS = ibis.schema({"level": "string"})


@dataclass(frozen=True)
class Plan:
    """The SQL of every stage, and the columns of the points."""

    marks: str
    nodes: str
    sizes: str
    levels: Mapping[str, str]
    columns: Schema


@lru_cache(maxsize=32)
def plan(schemas: tuple[Schema, ...], weights: Schema | None, rules: Marking) -> Plan:
    """The plan for tables of these columns (in the order of INPUTS, then the weights of types if any) under these rules."""
    tables = Tables(*(_named(name, schema) for name, schema in zip(INPUTS, schemas, strict=True)))
    marks = points(tables.observations, tables.places, rules)
    ground = stages.Ground(
        _named("marks", marks.schema()), tables.strata, tables.belongs, _named("levels", LEVELS),
        None if weights is None else _named("weights", weights),
    )  # fmt: skip
    nodes = stages.nodes(ground, rules.bounds)
    kept = _named("nodes", nodes.schema())
    found = stages.levels(kept, _named("quantiles", est.QUANTILES), rules.bounds)
    return Plan(
        _sql(marks),
        _sql(nodes),
        _sql(stages.group_sizes(kept)),
        {name: _sql(table) for name, table in found.items()},
        marks.schema(),
    )


def run(
    engine: Backend, tables: Tables, rules: Marking, given: Mapping[str, pa.Table]
) -> tuple[Table, dict[str, pa.Table]]:
    """The points, as a table that goes when nobody holds it any more, and the levels. `given`: levels, and weights if any."""
    inputs = {name: getattr(tables, name) for name in INPUTS}
    weights = Schema.from_pyarrow(given["weights"].schema) if "weights" in given else None
    made = plan(tuple(one.schema() for one in inputs.values()), weights, rules)
    con, word = engine.con, f"civicloop_{uuid4().hex}_"

    def fetched(sql: str) -> pa.Table:
        return con.sql(sql.replace(MARK, word)).to_arrow_table()

    def kept(name: str, sql: str) -> None:
        con.execute(f'CREATE TEMP TABLE "{word}{name}" AS {sql.replace(MARK, word)}')

    small = dict(given)
    try:
        for name, table in inputs.items():
            con.execute(f'CREATE TEMP VIEW "{word}{name}" AS {engine.compile(table)}')
        for name, rows in small.items():
            con.register(word + name, rows)
        kept("marks", made.marks)
        marks = _lent(engine, f"{word}marks", made.columns)
        kept("nodes", made.nodes)
        small["quantiles"] = est.quantiles({1, *fetched(made.sizes)["m"].to_pylist()})
        con.register(f"{word}quantiles", small["quantiles"])
        return marks, {name: fetched(sql) for name, sql in made.levels.items()}
    finally:
        _clear(con, word, small)


def _named(name: str, schema: Schema) -> Table:
    return ibis.table(schema, name=MARK + name)


def _sql(table: Table) -> str:
    return str(ibis.to_sql(table, dialect="duckdb", pretty=False))


def _lent(engine: Backend, name: str, schema: Schema) -> Table:
    """The kept table, dropped when the last expression made from it is gone."""
    held = ops.DatabaseTable(name=name, schema=schema, source=engine, namespace=ops.Namespace("temp", "main"))
    weakref.finalize(held, _drop, engine.con, name).atexit = False
    return held.to_expr()


def _drop(con: duckdb.DuckDBPyConnection, name: str) -> None:
    # The connection may be closed before the table is let go: then it is gone already.
    with suppress(duckdb.ConnectionException):
        con.execute(f'DROP TABLE IF EXISTS temp."{name}"')


def _clear(con: duckdb.DuckDBPyConnection, word: str, small: Mapping[str, pa.Table]) -> None:
    """What a run leaves behind but the points."""
    con.execute(f'DROP TABLE IF EXISTS temp."{word}nodes"')
    for name in INPUTS:
        con.execute(f'DROP VIEW IF EXISTS temp."{word}{name}"')
    for name in small:
        con.unregister(word + name)
