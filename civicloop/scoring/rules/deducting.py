"""What is taken from a score: deductions by ladder for what happened with a unit's cases, and the negative list."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from civicloop.scoring.rules.material import CaseEvent, NegativeFact
from civicloop.scoring.rules.shapes import Deducted, Negative
from civicloop.standards.rules.assessment import Deduction, LadderStep, NegativeClause

DEDUCT = "deduct"


def ladder_points(ladder: Iterable[LadderStep], count: int, at_most: float | None = None) -> float:
    """What `count` occurrences take: each takes the points of the highest step it has reached, together at most `at_most`.

    Before the first step's number nothing is taken.
    """
    steps = sorted(ladder, key=lambda step: step.from_count)
    total = 0.0
    ends = [*(following.from_count - 1 for following in steps[1:]), count]
    for step, end in zip(steps, ends, strict=False):
        last = min(count, end)
        total += max(0, last - step.from_count + 1) * step.points
    return total if at_most is None else min(total, at_most)


def deduct(
    events: Iterable[CaseEvent], rules: Iterable[Deduction], charged: Mapping[int, Iterable[int]]
) -> tuple[Deducted, ...]:
    """The deductions of every unit. `charged` tells which units answer for a unit's cases: itself, its town, its department."""
    by_event: dict[str, list[CaseEvent]] = defaultdict(list)
    for event in sorted(events, key=lambda one: (one.at, one.case)):
        by_event[event.event].append(event)
    found = []
    for rule in rules:
        of_unit: dict[int, list[CaseEvent]] = defaultdict(list)
        for event in by_event[rule.event]:
            if not rule.source or rule.source == event.source:
                for unit in charged.get(event.unit_id, (event.unit_id,)):
                    of_unit[unit].append(event)
        for unit, rows in sorted(of_unit.items()):
            points = ladder_points(rule.ladder, len(rows), rule.at_most)
            cases = tuple(dict.fromkeys(row.case for row in rows))
            found.append(Deducted(unit, rule.key, str(rule.name), rule.event, len(rows), points, cases))
    return tuple(found)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of the month where it has fewer days."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def in_force(facts: Iterable[NegativeFact], clauses: Mapping[str, NegativeClause], day: date) -> tuple[Negative, ...]:
    """The events that count on a day: happened by then, less than the clause's months ago. Unknown clauses count nothing."""
    found = []
    for fact in facts:
        clause = clauses.get(fact.clause)
        if clause is None or fact.happened_on > day:
            continue
        until = add_months(fact.happened_on, clause.window_months)
        if day < until:
            points = clause.points if clause.consequence == DEDUCT else 0.0
            text, what = str(clause.text), clause.consequence
            found.append(Negative(fact.uid, fact.clause, text, what, fact.unit_id, fact.happened_on, until, points))
    return tuple(sorted(found, key=lambda one: (one.happened_on, one.clause, one.uid)))
