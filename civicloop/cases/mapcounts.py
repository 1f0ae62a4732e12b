"""Keeping the counts of the map: folding changes into them, marking what became overdue, counting all anew.

Counts and changes together are right at every moment, also while nobody folds: folding only makes reading quicker. All of it may be
killed and run again, and several workers may run it at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from civicloop.cases.mapsql import UNSEEN, counted
from civicloop.cases.models.map import CITY, FINEST, LEVELS, MapChange, MapCount
from civicloop.organisation.revisions import bump

STAMP = "map"
"""The stamp that moves when everything was counted anew."""
BATCH = 5_000
MARK_BATCH = 500
COLUMNS = ("open", "late", "closed", "whole", "touched")
_SUMS = ", ".join(f"sum({name})" for name in COLUMNS)
_NAMES = ", ".join(COLUMNS)
_FOLD = f"""
INSERT INTO cases_mapcount (level, unit, cell, {_NAMES}) VALUES (%s, %s, %s, {", ".join(["%s"] * len(COLUMNS))})
ON CONFLICT (level, unit, cell) DO UPDATE SET {", ".join(f"{one} = cases_mapcount.{one} + excluded.{one}" for one in COLUMNS)}
"""
Key = tuple[int, int, int]


@dataclass
class Kept:
    """What one run of the sweep did."""

    marked: int = 0
    folded: int = 0


def keep_counts(*, at: datetime, most: int = 1_000_000) -> Kept:
    """Mark what became overdue by `at` and fold the changes. Safe to run at any time, by any number of workers."""
    kept = Kept()
    while kept.marked < most and (done := mark_late(at=at)):
        kept.marked += done
    while kept.folded < most and (done := fold()):
        kept.folded += done
    return kept


@transaction.atomic
def mark_late(*, at: datetime, batch: int = MARK_BATCH) -> int:
    """Let the counts count some of the open cases as overdue whose time to act has passed. Returns how many.

    The mark is the moment itself, so a case that is given more time has none, and its next delay is counted again.
    """
    waits = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    found = f"SELECT id FROM cases_case WHERE {UNSEEN} AND act_by < %s ORDER BY act_by LIMIT %s{waits}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cases_case SET late_for = act_by WHERE id IN ({found})",
            [connection.ops.adapt_datetimefield_value(at), batch],
        )
        return int(cursor.rowcount)


@transaction.atomic
def fold(batch: int = BATCH) -> int:
    """Add some of the waiting changes to the counts and remove them, in one transaction. Returns how many."""
    rows = MapChange.objects.order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    found = list(rows.values_list("pk", "unit", "cell", *COLUMNS)[:batch])
    if not found:
        return 0
    sums = _sums([row[1:] for row in found])
    with connection.cursor() as cursor:
        # Always in order of key, so that two workers wait for each other instead of locking up.
        cursor.executemany(_FOLD, [(*key, *sums[key]) for key in sorted(sums)])
    _remove([row[0] for row in found])
    return len(found)


def _sums(rows: Sequence[tuple[int, ...]]) -> dict[Key, list[int]]:
    sums: dict[Key, list[int]] = defaultdict(lambda: [0] * len(COLUMNS))
    for unit, cell, *counts in rows:
        for level in LEVELS:
            mine = sums[level, unit, cell >> 2 * (FINEST - level)]
            for number, count in enumerate(counts):
                mine[number] += count
    return sums


def _remove(numbers: Sequence[int]) -> None:
    """The rows just folded. They lie together: between the first and the last there are only those of other transactions."""
    for first in range(0, len(numbers), 500):
        MapChange.objects.filter(pk__in=numbers[first : first + 500]).delete()


@transaction.atomic
def count_anew() -> int:
    """Forget all counts and count every case again; needed only after rows were changed behind the triggers' back.

    Cases cannot be changed meanwhile. Returns how many counts were other than before.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE cases_case, cases_casereach, cases_mapchange IN SHARE ROW EXCLUSIVE MODE")
        while fold():
            pass
        before = _all_counts()
        cursor.execute("DELETE FROM cases_mapcount")
        count_all(cursor)
    bump(STAMP)
    after = _all_counts()
    return sum(before.get(key, _NONE) != after.get(key, _NONE) for key in before.keys() | after.keys())


_NONE = (0, 0, 0, 0)


def _all_counts() -> dict[Key, tuple[int, ...]]:
    rows = MapCount.objects.order_by().values_list("level", "unit", "cell", *COLUMNS[:-1])
    return {(level, unit, cell): tuple(counts) for level, unit, cell, *counts in rows.iterator()}


def count_all(cursor: CursorWrapper) -> None:
    """Fill the empty table of counts from the cases: what the migration does, too."""
    cell, *counts = counted("c", touched=0).split(", ")
    columns = f"{cell}, {', '.join(f'sum({one})' for one in counts)}"
    into = f"INSERT INTO cases_mapcount (level, unit, cell, {_NAMES})"
    placed = "WHERE c.tile_key IS NOT NULL"
    cursor.execute(f"{into} SELECT {FINEST}, {CITY}, {columns} FROM cases_case c {placed} GROUP BY {cell}")
    cursor.execute(
        f"{into} SELECT {FINEST}, r.unit_id, {columns} FROM cases_casereach r JOIN cases_case c ON c.id = r.case_id {placed} "
        f"GROUP BY r.unit_id, {cell}"
    )
    for level in LEVELS[:-1]:
        wider = f"cell >> {2 * (FINEST - level)}"
        cursor.execute(
            f"{into} SELECT {level}, unit, {wider}, {_SUMS} FROM cases_mapcount WHERE level = {FINEST} GROUP BY unit, {wider}"
        )
