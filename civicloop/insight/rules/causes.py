"""Root causes (根因): what kind of thing is behind a problem, by a table of rules that a city may edit.

The class is a hint for a talk, not a finding: it goes by the category, its condition, and whether the case was returned or came
back. The first rule that fits decides; the table ends with one that always fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

HORIZONS = ("immediate", "short", "long")


class BadTable(ValueError):
    """A table that names an unknown class or key, or does not decide every case."""


@dataclass(frozen=True, slots=True)
class CauseClass:
    """A class of causes with what helps at once, within weeks, and for good; words by language."""

    key: str
    name: Mapping[str, str]
    measures: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Empty parts fit everything; `returned` and `recurred` fit where the case was, or was not."""

    cause: str
    kinds: tuple[str, ...] = ()
    majors: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    returned: bool | None = None
    recurred: bool | None = None

    def fits(self, case: Circumstances) -> bool:
        """Whether the rule speaks of such a case."""
        named = (
            (self.kinds, case.kind),
            (self.majors, case.major),
            (self.codes, case.code),
            (self.conditions, case.condition),
        )
        told = ((self.returned, case.returned), (self.recurred, case.recurred))
        return all(not wanted or value in wanted for wanted, value in named) and all(
            wanted is None or wanted == value for wanted, value in told
        )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the table looks at. `condition` is the code of the filing condition."""

    kind: str
    major: str
    code: str
    condition: str
    returned: bool
    recurred: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The classes, and the rules in the order in which they are asked."""

    version: str
    classes: tuple[CauseClass, ...]
    rules: tuple[Rule, ...]

    def cause(self, case: Circumstances) -> str:
        """The class of a case."""
        return next(rule.cause for rule in self.rules if rule.fits(case))


@dataclass(frozen=True, slots=True)
class CauseShare:
    """How many cases a class is behind, of how many, and the categories that bring most of them (code, cases)."""

    cause: CauseClass
    count: int
    total: int
    categories: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float | None:
        """Share of all; None where there is no case."""
        return self.count / self.total if self.total else None


def table_from(data: Mapping[str, Any]) -> Table:
    """Read a table. Raises BadTable."""
    classes = tuple(CauseClass(one["key"], one["name"], one["measures"]) for one in data["classes"])
    known = {one.key for one in classes}
    for one in classes:
        if set(one.measures) != set(HORIZONS):
            raise BadTable(f"{one.key} needs measures for {', '.join(HORIZONS)}")
    rules = tuple(_rule(one, known) for one in data["rules"])
    if not rules or rules[-1] != Rule(rules[-1].cause):
        raise BadTable("the last rule must fit every case")
    return Table(str(data["version"]), classes, rules)


def shares(counted: Iterable[tuple[Circumstances, int]], table: Table, most: int = 5) -> tuple[CauseShare, ...]:
    """Every class of the table, the most frequent first."""
    found: dict[str, Counter[str]] = {one.key: Counter() for one in table.classes}
    for case, many in counted:
        found[table.cause(case)][case.code] += many
    total = sum(counter.total() for counter in found.values())
    rows = [CauseShare(one, found[one.key].total(), total, _top(found[one.key], most)) for one in table.classes]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.cause.key)))


def _top(counter: Counter[str], most: int) -> tuple[tuple[str, int], ...]:
    return tuple(
        sorted(((code, many) for code, many in counter.items() if many), key=lambda row: (-row[1], row[0]))[:most]
    )


def _rule(data: Mapping[str, Any], known: set[str]) -> Rule:
    given = dict(data)
    kinds, majors, codes, conditions = (
        tuple(map(str, given.pop(name, ()))) for name in ("kinds", "majors", "codes", "conditions")
    )
    if given.get("cause") not in known:
        raise BadTable(f"no class {given.get('cause')}")
    if wrong := set(given) - {"cause", "returned", "recurred"}:
        raise BadTable(f"unknown: {', '.join(sorted(wrong))}")
    return Rule(given["cause"], kinds, majors, codes, conditions, given.get("returned"), given.get("recurred"))
