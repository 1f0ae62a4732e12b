"""From observations to the score of a point: 100 × points got / points possible.

Met gets the item's weight, not met gets nothing; not applicable and cannot tell leave the base. A fault found again at the
same point within the window weighs `factor` times its item. A failed key item caps the point (veto). Several visits of one
point (one per round) are summed: each counts by what it could judge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from civicloop.scoring.rules.material import Fault, Judgement
from civicloop.standards.rules.assessment import ScoringRules
from civicloop.standards.rules.book import StandardBook

MET, NOT_MET = "met", "not_met"
IN_BASE = frozenset({MET, NOT_MET})


@dataclass(frozen=True, slots=True)
class Mark:
    """One judged item. `weight` is the item's, `weighs` what it counts here (more when repeated); 0 possible: not in the base."""

    judgement: Judgement
    weight: float
    weighs: float
    got: float
    possible: float

    @property
    def repeated(self) -> bool:
        """Whether it counts as a fault found again."""
        return self.weighs != self.weight


@dataclass(frozen=True, slots=True)
class PointMark:
    """A point's score. `value` is None when nothing could be judged; `capped_by` names the failed key item that capped it."""

    point: str
    stands_for: str
    marks: tuple[Mark, ...]
    got: float
    possible: float
    value: float | None
    capped_by: str = ""


def first_visits(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Of several visits to one point in one round only the one judged first counts; the others are for agreement."""
    rows = list(judgements)
    first: dict[tuple[int, str], tuple[datetime, str]] = {}
    for row in rows:
        key, when = (row.round_id, row.point), (row.judged_at, row.visit)
        first[key] = min(first.get(key, when), when)
    return [row for row in rows if first[row.round_id, row.point][1] == row.visit]


def mark_all(
    judgements: Iterable[Judgement], books: Mapping[int, StandardBook], earlier: Iterable[Fault] = ()
) -> dict[str, PointMark]:
    """The score of every point that has a judgement, by point."""
    rows = sorted(judgements, key=lambda row: (row.judged_at, row.visit, row.item))
    seen = _faults(rows, earlier)
    by_point: dict[str, list[Mark]] = defaultdict(list)
    for row in rows:
        book = books[row.edition_id]
        item = book.items.get(row.item)
        if item is not None:
            by_point[row.point].append(_mark(row, item.weight, book.scoring, seen))
    rules = {edition: book.scoring for edition, book in books.items()}
    return {point: point_mark(point, marks, rules) for point, marks in sorted(by_point.items())}


def point_mark(point: str, marks: Iterable[Mark], rules: Mapping[int, ScoringRules]) -> PointMark:
    """Marks of one point, summed, capped and bounded by the rules of their editions."""
    rows = tuple(marks)
    got, possible = sum(row.got for row in rows), sum(row.possible for row in rows)
    stands_for = rows[-1].judgement.stands_for if rows else point
    if not possible:
        return PointMark(point, stands_for, rows, 0.0, 0.0, None)
    value, capped_by = 100.0 * got / possible, ""
    for row in rows:
        for veto in rules[row.judgement.edition_id].vetoes if row.judgement.answer == NOT_MET else ():
            if veto.item == row.judgement.item and veto.cap < value:
                value, capped_by = veto.cap, veto.item
    last = rules[rows[-1].judgement.edition_id]
    return PointMark(point, stands_for, rows, got, possible, bounded(value, last), capped_by)


def bounded(value: float, rules: ScoringRules) -> float:
    """The value within floor and cap."""
    return min(max(value, rules.floor), rules.cap)


Faults = dict[tuple[str, str], list[datetime]]


def _faults(rows: Iterable[Judgement], earlier: Iterable[Fault]) -> Faults:
    found: Faults = defaultdict(list)
    for fault in earlier:
        found[fault.point, fault.item].append(fault.at)
    for row in rows:
        if row.answer == NOT_MET:
            found[row.point, row.item].append(row.judged_at)
    return found


def _mark(row: Judgement, weight: float, rules: ScoringRules, seen: Faults) -> Mark:
    if row.answer not in IN_BASE:
        return Mark(row, weight, weight, 0.0, 0.0)
    if row.answer == MET:
        return Mark(row, weight, weight, weight, weight)
    weighs = weight
    if rules.repeat is not None:
        since = row.judged_at - timedelta(days=rules.repeat.within_days)
        if any(since <= at < row.judged_at for at in seen[row.point, row.item]):
            weighs = weight * rules.repeat.factor
    return Mark(row, weight, weighs, 0.0, weighs)
