"""Late, and then taken away: a case that was recalled or returned after its time was up, which the next unit's new limit hides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from civicloop.insight.rules.rates import Period

GIVEN = frozenset({"dispatch", "reopen"})
TAKEN = frozenset({"recall", "return"})
# From these on the due time is no longer that of the last step that named it, or the unit had done its work: not judged.
MOVED = frozenset({"rectify", "suspend"})
NAMES = GIVEN | TAKEN | MOVED | {"grant_extension"}


@dataclass(frozen=True, slots=True)
class Deed:
    """A step of a case. `unit` (code) and `due` as the step named them; "" and None where it names none."""

    case: int
    name: str
    at: datetime
    unit: str = ""
    due: datetime | None = None


def taken_late(deeds: Iterable[Deed], period: Period) -> Mapping[str, int]:
    """How many cases each unit had whose time was up, in the period, when they were taken away. Deeds in order, case by case."""
    found: Counter[str] = Counter()
    case, unit, due = -1, "", None
    for deed in deeds:
        if deed.case != case:
            case, unit, due = deed.case, "", None
        if deed.name in GIVEN:
            unit, due = deed.unit, deed.due
        elif deed.name == "grant_extension" and unit:
            due = deed.due
        elif deed.name in MOVED:
            unit, due = "", None
        elif deed.name in TAKEN:
            if unit and due is not None and due < deed.at and period.holds(due):
                found[unit] += 1
            unit, due = "", None
    return found
