"""The numbers of the day by unit: counted at once where little stands open, else as a worker counted them a moment ago.

A desk of a large city looks at tens of thousands of open cases, and its morning page must not cost more for each of them. So a
worker counts once a minute for everybody, and a page of a large scope reads that, with the moment it was counted. A unit's own
people are told what stands open as they ask; what moved in a week is found by its time among the whole city's cases, so in a large
city they read that from the kept numbers too. Every small city is told what is true as it asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from civicloop.insight.today import Day, Numbers, Units, day_at, flow, standing
from civicloop.scoring.actions import keep_named
from civicloop.scoring.models import KeptFigures
from civicloop.standards.reference import Reference

KEPT = "day"
FRESH = timedelta(minutes=3)
"""Without a worker the kept numbers grow old; then the page counts for itself and is slower."""
LIVE_UP_TO = 2_000
"""With so many open cases, about a millisecond's work for each database, nobody needs to read an older number."""


@dataclass(frozen=True)
class Counted:
    """By unit how many cases each lens shows, and as of when. A unit without any is left out."""

    by_unit: Numbers
    as_of: datetime


def standing_of(day: Day, units: Units | None) -> Counted:
    """What stands open, by the unit that must act. One statement where kept numbers serve, else two."""
    return _kept(day, units, looked_through=units) or Counted(standing(day, units), day.at)


def all_of(day: Day, units: Units | None) -> Counted:
    """What stands open and what moved. One statement where kept numbers serve, else five."""
    return _kept(day, units, looked_through=None) or Counted(_everything(day, units), day.at)


def is_large(at: datetime) -> bool:
    """Whether more is open in the city than anybody should wait for to be counted, as a worker saw it lately. One statement."""
    row = _fresh(at)
    return row is not None and _many(_numbers(row), None)


def keep_counted(*, at: datetime, ref: Reference) -> int:
    """Count for the whole city and keep it; returns how many units have any. Nobody decides anything: no policy, no ledger line."""
    day = day_at(at, ref)
    found = _everything(day, None)
    content = {"day": day.day.isoformat(), "units": {str(unit): dict(numbers) for unit, numbers in found.items()}}
    keep_named(name=KEPT, content=content, at=at)
    return len(found)


def _everything(day: Day, units: Units | None) -> Numbers:
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for counted in (standing(day, units), *flow(day, units)):
        for unit, numbers in counted.items():
            if unit is None:  # a case taken back to the desk is nobody's promise yet
                continue
            for name, many in numbers.items():
                sums[unit][name] += many
    return sums


def _kept(day: Day, units: Units | None, *, looked_through: Units | None) -> Counted | None:
    """The kept numbers of these units: not when old, of another day, of the future, or where so few cases are open in the units
    that counting would look through that it is as quick.
    """
    row = _fresh(day.at)
    if row is None or row.content["day"] != day.day.isoformat() or not _many(_numbers(row), looked_through):
        return None
    return Counted(_of(units, _numbers(row)), row.as_of)


def _fresh(at: datetime) -> KeptFigures | None:
    row = KeptFigures.objects.filter(name=KEPT).first()
    return row if row is not None and timedelta() <= at - row.as_of <= FRESH else None


def _numbers(row: KeptFigures) -> Numbers:
    return {int(unit): numbers for unit, numbers in row.content["units"].items()}


def _many(kept: Numbers, units: Units | None) -> bool:
    return sum(numbers.get("open", 0) for numbers in _of(units, kept).values()) > LIVE_UP_TO


def _of(units: Units | None, kept: Numbers) -> dict[int, Mapping[str, int]]:
    return {unit: numbers for unit, numbers in kept.items() if units is None or unit in units}
