"""Intervals: quantiles of Student's t, and what to say when nothing varied.

Degrees of freedom are rounded down to the rows of a table, as printed tables are read: the interval never gets narrower by it,
and every engine (plain Python, DuckDB, Spark) reads the same number.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

CONFIDENCE = 0.95
ALPHA = 1 - CONFIDENCE
# Every number up to 100, then wider steps; from the last row on the quantile changes by less than 0.2 %.
DF_ROWS: tuple[int, ...] = (*range(1, 101), 120, 150, 200, 300, 500, 1000)


# What should be a whole number comes out of a sum a hair below it; which way must not depend on the engine.
HAIR = 1e-6


def table_row(df: float) -> int:
    """The row of the table for these degrees of freedom (at least 1): the largest not above them."""
    return DF_ROWS[max(bisect_right(DF_ROWS, df + HAIR) - 1, 0)]


@cache
def quantile(row: int, many: int = 1) -> float:
    """How many standard errors to either side hold 95 % for `many` intervals together (Bonferroni). `row` is of the table."""
    from scipy.special import stdtrit  # noqa: PLC0415  (slow import; a process that scores nothing does not pay for it)

    return float(stdtrit(row, 1 - ALPHA / (2 * many)))


def unseen_share(n: int, many: int = 1) -> float:
    """When all of `n` places came out alike: the largest share of places that may differ and still not have shown.

    The exact bound of Clopper and Pearson for none in n: 1 − (α/2)^(1/n); α is divided by `many` for a joint statement.
    """
    return float(1 - (ALPHA / (2 * many)) ** (1 / n))


def interval(
    value: float, se: float | None, df: float | None, *, n: int, whole: bool, floor: float, cap: float, many: int = 1
) -> tuple[float, float]:
    """The 95 % interval of a value, joint for `many`, within floor and cap.

    `whole`: every place was judged, nothing is left to chance. `se` None: one place tells nothing of the others. `se` 0: all
    came out alike, and those not seen may lie anywhere between floor and cap, as far as `unseen_share` lets them.
    """
    if whole:
        return value, value
    if se is None:
        return floor, cap
    if se == 0 or df is None:
        share = unseen_share(n, many)
        return value - (value - floor) * share, value + (cap - value) * share
    half = quantile(table_row(df), many) * se
    return max(value - half, floor), min(value + half, cap)
