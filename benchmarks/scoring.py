"""Scoring ten million observations with intervals and ranks, against one bare grouped scan of the same table.

Both run by turns in one process over one table in memory, with the same threads. The peer is what nobody can do without: it reads
the table once and sums weights and answers by place. Ours makes the whole tree from the same table: places, types × areas (small
ones smoothed), types, units with joint intervals and rank intervals, city, with the weights of a sample.

What is prepared beforehand: the SQL that Ibis makes of the expressions, which depends on the rules and the types of the columns
alone and is kept by the process (`civicloop.scoring.columns.in_duckdb.plan`). Nothing that was reckoned is kept. The first score
of a process, which makes that SQL too, is told on a line of its own, measured in processes of their own. A last figure adds repeats
and vetoes to the rules: these need every place's faults in order of time, which the bare scan does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, replace

import ibis
from ibis.backends.duckdb import Backend

from benchmarks.verdicts import Line, main, median, peak_megabytes, ratio_line
from civicloop.scoring.columns import Columns, Tables, score
from civicloop.standards.rules.assessment import Repeat, ScoringRules, Veto

MOST_RATIO = 3.0
OBSERVATIONS = 10_000_000
ROUNDS = 7
FIRSTS = 3  # processes whose first score is timed
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


@dataclass(frozen=True)
class Took:
    """Seconds: on the clock, and of the processor for all threads of the process."""

    wall: float
    cpu: float


def run(quick: bool) -> list[Line]:
    """Both by turns; the ratio is that of the medians. The first turn warms everything up and does not count."""
    many = 200_000 if quick else OBSERVATIONS
    firsts = [_first(many) for _ in range(1 if quick else FIRSTS)]
    con = ibis.duckdb.connect()
    tables = _fill(con, many)
    took: list[tuple[Took, Took, Took]] = []
    for _ in range(ROUNDS + 1):
        scan = _timed(lambda: _scan(con))
        took.append((scan, _timed(lambda: _whole(tables, RULES)), _timed(lambda: _whole(tables, STRICT))))
    peer, ours, strict = (_median(column) for column in zip(*took[1:], strict=True))
    name = f"score tree and ranks with intervals, {many:,} observations".replace(",", " ")
    first_peer, first = (_median(column) for column in zip(*firsts, strict=True))
    return [
        ratio_line(name, ours.wall, peer.wall, MOST_RATIO, "bare DuckDB scan grouped by place"),
        Line("the same in CPU time of all threads", _against(ours.cpu, peer.cpu)),
        Line("the first of a process, with making the SQL", _against(first.wall, first_peer.wall)),
        Line("the first of a process, in CPU time", _against(first.cpu, first_peer.cpu)),
        Line("the same with repeats and vetoes", _against(strict.wall, peer.wall)),
        Line("scoring: most memory of the process", f"{peak_megabytes():.0f} MB"),
    ]


def _first(many: int) -> tuple[Took, Took]:
    """A warm scan and the first score, in a process that has not scored before."""
    asked = [sys.executable, "-m", "benchmarks.scoring", "--first", str(many)]
    told = json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return Took(*told[0]), Took(*told[1])


def _tell_first(many: int) -> None:
    """Scans before and after the first score, so that both meet the same machine; the very first warms the table up."""
    con = ibis.duckdb.connect()
    tables = _fill(con, many)
    scans = [_timed(lambda: _scan(con)) for _ in range(3)][1:]
    first = _timed(lambda: _whole(tables, RULES))
    scans += [_timed(lambda: _scan(con)) for _ in range(2)]
    print(json.dumps([astuple(_median(scans)), astuple(first)]))


def _scan(con: Backend) -> None:
    con.con.sql(SCAN).to_arrow_table()


def _whole(tables: Tables, rules: ScoringRules) -> Columns:
    """The tree, and every table of it but the places themselves fetched as it would be shown."""
    found = score(tables, rules, WEIGHTS)
    rows = (found.areas, found.types, found.units, found.city)
    if len(rows[3]) != 1 or not len(rows[2]):
        raise RuntimeError("the tree is not whole")
    return found


def _fill(con: Backend, many: int) -> Tables:
    """A made-up city: places over types and areas, each visited ten times; four of five answers are met."""
    places = many // (VISITS * ITEMS)
    con.raw_sql("SELECT setseed(0.7)")
    con.raw_sql(f"""
        CREATE TABLE places AS SELECT p AS point, 'type-' || (p % {TYPES}) AS type, (p // {TYPES}) % {AREAS} AS area,
        ((p // {TYPES}) % {AREAS}) * {UNITS_PER_AREA} + CAST(hash(p) % {UNITS_PER_AREA} AS BIGINT) AS unit FROM range({places}) t(p)
    """)
    con.raw_sql(f"""
        CREATE TABLE observations AS
        SELECT point, 'item-' || i AS item, CAST(1 + i % 4 AS DOUBLE) AS weight,
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
    return Tables(con.table("observations"), con.table("places"), con.table("strata"), con.table("belongs"))


def _timed(work: Callable[[], object]) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def _median(times: Iterable[Took]) -> Took:
    times = [*times]
    return Took(median(one.wall for one in times), median(one.cpu for one in times))


def _against(ours: float, peer: float) -> str:
    return f"{ours:.3g} s = {ours / peer:.2f} × {peer:.3g} s"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--first"]:
        _tell_first(int(sys.argv[2]))
    else:
        main(run)
