"""From observations to points, in one pass: what was got, what was possible, repeats and vetoes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
from ibis import Table

from civicloop.scoring.rules.strata import Bounds
from civicloop.standards.rules.assessment import Repeat, ScoringRules, Veto

DAY = 86_400


@dataclass(frozen=True)
class Tables:
    """What is read. Keys may be numbers or texts, the same in all four; answers may be texts or an enumeration.

    observations: point, item, weight, answer (met, not_met, not_applicable, cannot_tell), at (seconds since 1970), one row for
    each item of the visits that count. places: point, type, area, unit, one row for each point. strata: type, area, unit,
    population, one row for each part of the frame. belongs: unit, counts_for, grp: which units the places of a unit count for,
    and in which group those are compared.
    """

    observations: Table
    places: Table
    strata: Table
    belongs: Table


@dataclass(frozen=True)
class Marking:
    """What of the rules the columns depend on; equal for equal rules, so that what is made of it can be kept."""

    bounds: Bounds
    repeat: Repeat | None
    vetoes: tuple[Veto, ...]

    @classmethod
    def of(cls, rules: ScoringRules) -> Marking:
        """That of these rules."""
        return cls(Bounds(rules.floor, rules.cap), rules.repeat, tuple(rules.vetoes))


def points(observations: Table, places: Table, rules: Marking) -> Table:
    """point, type, area, unit, got, possible, value: every point of which something could be judged.

    The observations are read once and carry sums alone; where a point lies is looked up when they are few.
    """
    rows = observations
    met, failed = rows.answer == "met", rows.answer == "not_met"
    sums: dict[str, Any] = {"got": rows.weight.sum(where=met), "base": rows.weight.sum(where=met | failed)}
    if rules.vetoes:
        caps = ibis.cases(*((failed & (rows.item == veto.item), veto.cap) for veto in rules.vetoes), else_=None)
        sums["veto"] = caps.min()
    found = rows.group_by("point").aggregate(**sums).filter(lambda t: t.base > 0)
    found = _with_repeats(found, rows, rules)
    got = found.got.fill_null(0.0)
    value = 100.0 * got / found.possible
    if rules.vetoes:
        value = ibis.least(value, found.veto.fill_null(rules.bounds.cap))
    value = ibis.least(ibis.greatest(value, ibis.literal(rules.bounds.floor)), ibis.literal(rules.bounds.cap))
    joined = found.inner_join(places, "point")
    return joined.select("point", "type", "area", "unit", "possible", got=got, value=value)


def _with_repeats(found: Table, rows: Table, rules: Marking) -> Table:
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
