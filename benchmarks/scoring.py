"""Scoring ten million observations with intervals and ranks, against one bare grouped scan of the same table.

Both run by turns in one process over one table in memory. The peer is what nobody can do without: it reads the table once and
sums weights and answers by place. Ours makes the whole tree from the same table: places, types × areas (small ones smoothed),
types, units with joint intervals and rank intervals, city, with the weights of a sample. A second figure adds repeats and vetoes
to the rules: these need every place's faults in order of time, which the bare scan does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import ibis
from ibis.backends.duckdb import Backend

from benchmarks.verdicts import Line, main, median, peak_megabytes, ratio_line
from civicloop.scoring.columns import Columns, Tables, score
from civicloop.standards.rules.assessment import Repeat, ScoringRules, Veto

MOST_RATIO = 3.0
OBSERVATIONS = 10_000_000
ROUNDS = 7
TYPES, AREAS, UNITS_PER_AREA, ITEMS = 29, 60, 8, 20
VISITS = 10  # to each place
RULES = ScoringRules(methods={"site": 1.0}, sure="low")
STRICT = replace(RULES, repeat=Repeat(30, 1.5), vetoes=(Veto("item-7", 60.0), Veto("item-13", 70.0)))
WEIGHTS = {f"type-{n}": 1.0 + n % 5 for n in range(TYPES)}
# The peer, in the engine's own language: nothing of ours lies between.
SCAN = """
SELECT point, count(*) AS n, sum(weight) FILTER (answer = 'met') AS got,
       sum(weight) FILTER (answer IN ('met', 'not_met')) AS base
FROM observations GROUP BY point
"""


def run(quick: bool) -> list[Line]:
    """Both by turns; the ratio is that of the medians. The first turn warms everything up and does not count."""
    con = ibis.duckdb.connect()
    many = 200_000 if quick else OBSERVATIONS
    tables = _fill(con, many)
    took: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS + 1):
        scan = _timed(lambda: con.raw_sql(SCAN).to_arrow_table())
        took.append((scan, _timed(lambda: _whole(tables, RULES)), _timed(lambda: _whole(tables, STRICT))))
    peer, ours, strict = (median(column) for column in zip(*took[1:], strict=True))
    name = f"score tree and ranks with intervals, {many:,} observations".replace(",", " ")
    return [
        ratio_line(name, ours, peer, MOST_RATIO, "bare DuckDB scan grouped by place"),
        Line("the same with repeats and vetoes", f"{strict:.3g} s = {strict / peer:.2f} × the scan"),
        Line("scoring: most memory of the process", f"{peak_megabytes():.0f} MB"),
    ]


def _whole(tables: Tables, rules: ScoringRules) -> Columns:
    """The tree, and every table of it but the places themselves fetched as it would be shown."""
    found = score(tables, rules, WEIGHTS)
    rows = [table.to_pyarrow() for table in (found.areas, found.types, found.units, found.city)]
    if len(rows[3]) != 1 or not len(rows[2]):
        raise RuntimeError("the tree is not whole")
    return found


def _fill(con: Backend, many: int) -> Tables:
    """A made-up city: places over types and areas, each visited ten times; four of five answers are met."""
    places = many // (VISITS * ITEMS)
    con.raw_sql("SELECT setseed(0.7)")
    con.raw_sql(f"""
        CREATE TABLE places AS SELECT p AS point, 'type-' || (p % {TYPES}) AS type, (p // {TYPES}) % {AREAS} AS area,
        ((p // {TYPES}) % {AREAS}) * {UNITS_PER_AREA} + hash(p) % {UNITS_PER_AREA} AS unit FROM range({places}) t(p)
    """)
    con.raw_sql(f"""
        CREATE TABLE observations AS
        SELECT point, type, area, CAST(unit AS BIGINT) AS unit, 'item-' || i AS item, CAST(1 + i % 4 AS DOUBLE) AS weight,
               CASE WHEN random() < 0.8 THEN 'met' WHEN random() < 0.7 THEN 'not_met'
                    WHEN random() < 0.5 THEN 'not_applicable' ELSE 'cannot_tell' END AS answer,
               CAST(v * 700000 + (point % 5000) * 60 AS BIGINT) AS at
        FROM range({VISITS}) t(v), places, range({ITEMS}) u(i)
    """)
    con.raw_sql("""
        CREATE TABLE strata AS SELECT type, area, CAST(unit AS BIGINT) AS unit, CAST(count(*) * 3 AS BIGINT) AS population
        FROM places GROUP BY ALL
    """)
    con.raw_sql(f"""
        CREATE TABLE belongs AS
        SELECT DISTINCT CAST(unit AS BIGINT) AS unit, CAST(unit AS BIGINT) AS counts_for, 'communities' AS grp FROM places
        UNION ALL SELECT DISTINCT CAST(unit AS BIGINT), CAST(100000 + unit // {UNITS_PER_AREA} AS BIGINT), 'towns' FROM places
    """)
    return Tables(con.table("observations"), con.table("strata"), con.table("belongs"))


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(run)
