"""The same formulas on columns: what DuckDB reckons is what the plain engine reckons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import pytest

from civicloop.scoring.columns import Tables, score
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


def columns(given: Any, book: StandardBook) -> Any:
    """The columns of a city, in a DuckDB of its own."""
    con = ibis.duckdb.connect()
    made = {name: con.create_table(name, rows) for name, rows in flat.tables(given).items()}
    weights = {row.point_type: row.weight for row in book.sample.rows} if book.sample else None
    return score(Tables(**made), book.scoring, weights)


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
