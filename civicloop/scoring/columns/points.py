"""From observations to points, in one pass: what was got, what was possible, repeats and vetoes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
from ibis import Table

from civicloop.standards.rules.assessment import ScoringRules

DAY = 86_400


@dataclass(frozen=True)
class Tables:
    """What is read. Keys may be numbers or texts, the same in all three.

    observations: point, type, area, unit, item, weight, answer (met, not_met, not_applicable, cannot_tell), at (seconds since
    1970), one row for each item of the visits that count. strata: type, area, unit, population, one row for each part of the
    frame. belongs: unit, counts_for, grp: which units the places of a unit count for, and in which group those are compared.
    """

    observations: Table
    strata: Table
    belongs: Table


def points(tables: Tables, rules: ScoringRules) -> Table:
    """point, type, area, unit, got, possible, value: every point of which something could be judged."""
    rows = tables.observations
    met, failed = rows.answer == "met", rows.answer == "not_met"
    sums: dict[str, Any] = {
        "type": rows.type.arbitrary(),
        "area": rows.area.arbitrary(),
        "unit": rows.unit.arbitrary(),
        "got": rows.weight.sum(where=met).fill_null(0.0),
        "base": rows.weight.sum(where=met | failed).fill_null(0.0),
    }
    if rules.vetoes:
        caps = ibis.cases(*((failed & (rows.item == veto.item), veto.cap) for veto in rules.vetoes), else_=None)
        sums["veto"] = caps.min()
    found = rows.group_by("point").aggregate(**sums).filter(lambda t: t.base > 0)
    found = _with_repeats(found, rows, rules)
    value = 100.0 * found.got / found.possible
    if rules.vetoes:
        value = ibis.least(value, found.veto.fill_null(rules.cap))
    value = ibis.least(ibis.greatest(value, ibis.literal(rules.floor)), ibis.literal(rules.cap))
    return found.select("point", "type", "area", "unit", "got", "possible", value=value)


def _with_repeats(found: Table, rows: Table, rules: ScoringRules) -> Table:
    """A fault weighs more when the one before it, of the same item at the same point, lies within the window."""
    if rules.repeat is None:
        return found.mutate(possible=found.base)
    faults = rows.filter(rows.answer == "not_met").select("point", "item", "weight", "at")
    before = faults.at.lag().over(ibis.window(group_by=["point", "item"], order_by="at"))
    faults = faults.mutate(gap=faults.at - before)
    again = faults.filter((faults.gap > 0) & (faults.gap <= rules.repeat.within_days * DAY))
    more = again.group_by("point").aggregate(more=again.weight.sum() * (rules.repeat.factor - 1.0))
    joined = found.left_join(more.select(again_at="point", more="more"), [("point", "again_at")])
    return joined.mutate(possible=joined.base + joined.more.fill_null(0.0)).drop("again_at", "more")
