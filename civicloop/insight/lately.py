"""What was counted a moment ago, in a large city.

The rates of a month are counted from its rows, each time anew, so that they are right as of the moment they name. In a city with a
million cases that is a second's work, and leaders look at the same page together, turn it, print it. There a process keeps what it
has counted for some minutes; the page names the moment it was counted. Elsewhere nothing is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

from django.utils.translation import get_language

from civicloop.cases.models import Case
from civicloop.insight import analysis, maprates, queries
from civicloop.insight.counted import is_large
from civicloop.insight.mapsight import sight_of
from civicloop.insight.rules.rates import Period
from civicloop.standards.reference import Actor, Reference

T = TypeVar("T")

KEPT_FOR = timedelta(minutes=5)
MOST = 30
"""Countings kept by a process; the one that was made first goes first."""


@dataclass(frozen=True, slots=True)
class _Counting:
    at: datetime
    found: Any


class Lately:
    """What a process has counted, by what was asked."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: OrderedDict[Hashable, _Counting] = OrderedDict()
        self._lock = Lock()
        self._most = most

    def or_now(self, asked: Hashable, at: datetime, count: Callable[[], T]) -> T:
        """What was counted for this within `KEPT_FOR` before `at`, else what `count` says."""
        kept = self._kept.get(asked)
        if kept is not None and timedelta() <= at - kept.at <= KEPT_FOR:
            found: T = kept.found
            return found
        found = count()
        with self._lock:
            self._kept[asked] = _Counting(at, found)
            self._kept.move_to_end(asked)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


_LATELY = Lately()


def rates(period: Period, *, actor: Actor, at: datetime, ref: Reference, group_by: str) -> queries.Report:
    """`queries.rates` of the cases a person may see."""

    def count() -> queries.Report:
        cases = None if actor.sees_all else Case.objects.visible_to(actor)
        return queries.rates(period, as_of=at, ref=ref, group_by=group_by, cases=cases)

    return _counted(("rates", sight_of(actor), period, group_by), at, ref, count)


def analyse(
    period: Period, *, at: datetime, ref: Reference, group_by: str, edition_id: int | None
) -> analysis.Analysis:
    """`analysis.analyse` of the whole city."""

    def count() -> analysis.Analysis:
        return analysis.analyse(period, as_of=at, ref=ref, group_by=group_by, edition_id=edition_id)

    return _counted(("analysis", period, group_by, edition_id), at, ref, count)


def grid_rates(name: str, month: str, *, actor: Actor, at: datetime, ref: Reference) -> dict[str, Any]:
    """`maprates.grid_rates` of the cases a person may see."""

    def count() -> dict[str, Any]:
        return maprates.grid_rates(name, month, actor=actor, at=at, ref=ref)

    # A month left open is the present one: not the one of some minutes ago.
    first = maprates.month_of(month, at).start
    return _counted(("grids", sight_of(actor), name, first, get_language()), at, ref, count)


def _counted(asked: Hashable, at: datetime, ref: Reference, count: Callable[[], T]) -> T:
    # With the stamps: a unit renamed, an edition put into force is seen at once.
    return _LATELY.or_now((asked, *sorted(ref.stamps.items())), at, count) if is_large(at) else count()
