"""Scores of many observations at once: the formulas of `scoring.rules` as Ibis expressions, for DuckDB and Spark alike.

    found = score(Tables(observations, places, strata, belongs), rules)
    found.units.to_pylist()

One pass over the observations makes points; everything above works on small tables. The SQL of every stage is Ibis's; what comes
out equals the plain engine's figures (tests/scoring/test_columns.py) up to the rounding of sums.
"""

from civicloop.scoring.columns.points import Tables, points
from civicloop.scoring.columns.scoring import Columns, score

__all__ = ["Columns", "Tables", "points", "score"]
