"""Cases that reach several of the units somebody has posts in: counted under each, they are one case on his map.

Which cases these are changes only when a case comes to reach one of the units, and then the numbers of cases under these units
change. So the list is kept by a process under these numbers, and looked through anew when they are others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civicloop.cases.models.map import LEVELS
from civicloop.insight.mapstatements import asked_of_database, marks

MOST_SHARED = 2_000
"""Above this, the cases of a tile are counted one by one instead."""
MOST_KEPT = 200
"""Sets of units kept by a process; they are kept as long as there are not more."""
Shared = Mapping[int, int]
_NUMBERS = """
SELECT unit, sum(whole) FROM (
  SELECT unit, whole FROM cases_mapcount WHERE level = %s AND unit IN ({units})
  UNION ALL SELECT unit, whole FROM cases_mapchange WHERE unit IN ({units})
) AS told GROUP BY unit ORDER BY unit
"""
_SHARED = """
SELECT case_id, count(*) - 1 FROM cases_casereach WHERE unit_id IN ({units}) GROUP BY case_id HAVING count(*) > 1 LIMIT %s
"""
_kept: dict[tuple[int, ...], tuple[list[tuple[int, ...]], Shared | None]] = {}


def shared_cases(units: Sequence[int]) -> Shared | None:
    """By number of the case, how many times too often the counts of these units hold it; None where there are too many such cases.

    One statement, and a second one after the numbers have changed.
    """
    key, places = tuple(units), marks(units)
    # Asked before the cases are: what comes in between is found the next time.
    numbers = [tuple(row) for row in asked_of_database(_NUMBERS.format(units=places), [LEVELS[0], *key, *key])]
    known = _kept.get(key)
    if known is not None and known[0] == numbers:
        return known[1]
    rows = asked_of_database(_SHARED.format(units=places), [*key, MOST_SHARED + 1])
    found: dict[int, int] = {int(case): int(times) for case, times in rows}
    shared = found if len(found) <= MOST_SHARED else None
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = (numbers, shared)
    return shared


def forget() -> None:
    """Forget what was kept: after rows were taken away, which the house never does."""
    _kept.clear()
