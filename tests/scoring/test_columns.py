"""The same formulas on columns: what DuckDB reckons is what the plain engine reckons."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import ibis
import pandas as pd
import pytest

from civicloop.scoring.columns import Tables, score
from civicloop.scoring.columns.points import Marking
from civicloop.scoring.columns.scoring import anywhere, small_tables
from civicloop.standards.rules.assessment import Repeat, ScoringRules
from civicloop.standards.rules.book import StandardBook
from tests.scoring import flat
from tests.scoring.made_up import RULES, SAMPLE, answered, made_up, standard
from tests.scoring.made_up import score as engine

PLAIN = standard()
CITIES = [
    pytest.param(PLAIN, {}, id="plain"),
    pytest.param(standard(RULES, SAMPLE), {}, id="repeats, vetoes, floor, cap, sample"),
    pytest.param(standard(RULES, SAMPLE), {"biggest": 40, "share": 0.5}, id="large strata"),
    pytest.param(PLAIN, {"biggest": 3, "share": 0.4, "rounds": 1}, id="single places and empty strata"),
    pytest.param(PLAIN, {"share": 1.0}, id="census"),
]


def filled(given: Any) -> tuple[Any, Tables]:
    """A DuckDB of its own with the tables of a city."""
    con = ibis.duckdb.connect()
    return con, Tables(**{name: con.create_table(name, rows) for name, rows in flat.tables(given).items()})


def columns(given: Any, book: StandardBook) -> Any:
    """The columns of a city, in a DuckDB of its own."""
    weights = {row.point_type: row.weight for row in book.sample.rows} if book.sample else None
    return score(filled(given)[1], book.scoring, weights)


def own_tables(con: Any) -> list[str]:
    """What a score has left in the engine."""
    rows = con.raw_sql("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'civicloop%'").fetchall()
    return [name for (name,) in rows]


@pytest.mark.parametrize(("book", "how"), CITIES)
@pytest.mark.parametrize("seed", range(4))
def test_columns_say_what_the_engine_says(book: StandardBook, how: dict[str, Any], seed: int) -> None:
    given = made_up(seed, book, **how)

    assert flat.differences(flat.of_book(engine(given)), flat.of_columns(columns(given, book))) == []


@pytest.mark.parametrize("answer", ["met", "not_met", "not_applicable"])
def test_columns_know_cities_without_variety(answer: str) -> None:
    given = made_up(3, PLAIN, rounds=1)
    given = replace(given, judgements=tuple(replace(row, answer=answer) for row in given.judgements))

    assert flat.differences(flat.of_book(engine(given)), flat.of_columns(columns(given, PLAIN))) == []


def test_columns_would_notice_a_difference() -> None:
    given = made_up(1, PLAIN)
    other = answered(given, 0, "not_met" if given.judgements[0].answer == "met" else "met")

    assert flat.differences(flat.of_book(engine(other)), flat.of_columns(columns(given, PLAIN)))


def test_columns_read_the_window_of_repeats() -> None:
    wide = standard(ScoringRules(methods={"site": 1.0}, sure="low", repeat=Repeat(30, 3.0)))
    narrow = standard(ScoringRules(methods={"site": 1.0}, sure="low", repeat=Repeat(3, 3.0)))
    values = [flat.of_columns(columns(made_up(2, book), book))["city"][0] for book in (wide, narrow)]

    assert values[0] < values[1]


def test_a_second_score_reads_the_tables_as_they_stand_by_then() -> None:
    given = made_up(1, PLAIN)
    con, tables = filled(given)
    before = score(tables, PLAIN.scoring)
    con.raw_sql("UPDATE observations SET answer = 'met'")
    after = score(tables, PLAIN.scoring)
    all_met = replace(given, judgements=tuple(replace(row, answer="met") for row in given.judgements))

    assert flat.differences(flat.of_book(engine(given)), flat.of_columns(before)) == []
    assert flat.differences(flat.of_book(engine(all_met)), flat.of_columns(after)) == []


def test_a_score_leaves_its_points_in_the_engine_and_these_as_long_as_they_are_held() -> None:
    con, tables = filled(made_up(1, PLAIN))
    found = score(tables, PLAIN.scoring)
    best = found.points.value.max()

    assert [name.rpartition("_")[2] for name in own_tables(con)] == ["marks"]
    del found
    assert best.execute() <= 100
    del best
    assert own_tables(con) == []


def test_rules_of_the_same_tables_are_not_mistaken_for_each_other() -> None:
    given = made_up(2, standard(RULES, SAMPLE))
    _, tables = filled(given)
    strict, plain = (flat.of_columns(score(tables, rules)) for rules in (RULES, PLAIN.scoring))

    assert flat.differences(strict, plain)
    assert flat.differences(strict, flat.of_columns(score(tables, RULES))) == []


@pytest.mark.parametrize("weights", [None, {row.point_type: row.weight for row in SAMPLE.rows}])
def test_engines_without_a_plan_of_their_own_take_the_same_stages(weights: dict[str, float] | None) -> None:
    """What Spark runs, here on DuckDB."""
    con, tables = filled(made_up(2, standard(RULES, SAMPLE)))
    _, found = anywhere(con, tables, Marking.of(RULES), small_tables(tables, weights))
    levels = flat.of_columns(SimpleNamespace(**found))

    assert flat.differences(flat.of_columns(score(tables, RULES, weights)), levels) == []


def test_reserves_that_outnumber_a_stratum_do_not_make_up_for_one_that_nobody_saw() -> None:
    given = made_up(2, PLAIN, share=1.0, rounds=1)
    frames = flat.tables(given)
    strata = frames["strata"]
    strata.loc[strata.population.idxmax(), "population"] -= 1
    unseen = strata.iloc[0].copy()
    unseen["area"], unseen["population"] = "nobody came", 1
    frames["strata"] = pd.concat([strata, unseen.to_frame().T.infer_objects()], ignore_index=True)
    con = ibis.duckdb.connect()
    told = score(Tables(**{name: con.create_table(name, rows) for name, rows in frames.items()}), PLAIN.scoring, None)
    low, high = (told.city.column(name)[0].as_py() for name in ("low", "high"))

    assert low < high
