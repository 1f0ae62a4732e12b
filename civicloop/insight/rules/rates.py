"""What is counted, and how rates are made of the counts. The definitions in words: docs/explanation/rates.md.

Source: GB/T 30428.4 as used in running systems (处置率, 按期处置率, 结案率, 返工率, 立案率, 督办率); the on-time rate of closing is
the project's own. "Should have been done" goes by the due time, never by the time of reporting: otherwise the last days of a
month distort every rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Self

DROPPED = frozenset({"voided", "merged"})
# The unit's work is done; a case sent back or reopened is in none of these, whatever times it still carries.
DONE = frozenset({"rectified", "verified", "closed"})


class BadPeriod(ValueError):
    """A period that ends before it begins, or moments without a time zone."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` on and before `end`; both are aware moments."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise BadPeriod("naive")
        if self.end < self.start:
            raise BadPeriod("ends before it begins")

    def holds(self, moment: datetime | None) -> bool:
        """Whether a moment lies in the period; what never happened does not."""
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Facts:
    """What the numbers need to know of one case. `rectified` are the times of all its rectifications."""

    state: str
    reported_at: datetime
    filed_at: datetime | None = None
    dispatched_at: datetime | None = None
    due_at: datetime | None = None
    act_by: datetime | None = None
    rectified_at: datetime | None = None
    closed_at: datetime | None = None
    ended_at: datetime | None = None
    rectified: tuple[datetime, ...] = ()
    excused: bool = False
    returned: int = 0
    sent_back: int = 0
    supervised: bool = False
    came_back: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of cases. Tallies add up: a town's is the sum of its grids'."""

    # Of the cases reported in the period: all, those filed since, voided since, merged since.
    reported: int = 0
    reported_filed: int = 0
    reported_voided: int = 0
    reported_merged: int = 0
    # Filed, dispatched, closed, ended in the period.
    filed: int = 0
    filed_supervised: int = 0
    dispatched: int = 0
    dispatched_returned: int = 0
    closed: int = 0
    closed_came_back: int = 0
    voided: int = 0
    merged: int = 0
    # Rectified at least once in the period, and those of them that were ever sent back.
    rectified: int = 0
    rectified_sent_back: int = 0
    # Due in the period (and by now), neither voided nor merged, clock not standing still.
    due: int = 0
    due_rectified: int = 0
    due_rectified_on_time: int = 0
    due_closed: int = 0
    due_closed_on_time: int = 0
    due_open_overdue: int = 0
    # As of the moment asked for, whenever they were reported.
    open: int = 0
    open_overdue: int = 0
    open_suspended: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, name) + getattr(other, name) for name in COUNTS))


COUNTS = tuple(field.name for field in fields(Tally))


@dataclass(frozen=True, slots=True)
class RateRule:
    """A rate is the sum of some counts over the sum of others. `better` says which direction is praise."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    better: str = "high"


RATES: Mapping[str, RateRule] = MappingProxyType(
    {
        "filing_rate": RateRule(("reported_filed",), ("reported",)),
        "rectified_rate": RateRule(("due_rectified",), ("due",)),
        "rectified_on_time_rate": RateRule(("due_rectified_on_time",), ("due",)),
        "closing_rate": RateRule(("due_closed",), ("due",)),
        "on_time_rate": RateRule(("due_closed_on_time",), ("due_closed", "due_open_overdue")),
        "returned_rate": RateRule(("dispatched_returned",), ("dispatched",), "low"),
        "sent_back_rate": RateRule(("rectified_sent_back",), ("rectified",), "low"),
        "recurrence_rate": RateRule(("closed_came_back",), ("closed",), "low"),
        "supervised_rate": RateRule(("filed_supervised",), ("filed",), "low"),
        "void_rate": RateRule(("reported_voided",), ("reported",), "low"),
        "suspended_rate": RateRule(("open_suspended",), ("open",), "low"),
        "overdue_rate": RateRule(("open_overdue",), ("open",), "low"),
    }
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with all it is made of. `value` is None, not 0, where there was nothing to judge."""

    rule: str
    numerator: int
    denominator: int
    as_of: datetime

    @property
    def value(self) -> float | None:
        """Numerator over denominator, between 0 and 1."""
        return self.numerator / self.denominator if self.denominator else None


def rate(rule: str, tally: Tally, as_of: datetime) -> Rate:
    """One rate of a tally."""
    row = RATES[rule]
    above = sum(getattr(tally, name) for name in row.numerator)
    below = sum(getattr(tally, name) for name in row.denominator)
    return Rate(rule, above, below, as_of)


def all_rates(tally: Tally, as_of: datetime) -> dict[str, Rate]:
    """Every rate of a tally, in the order of the table."""
    return {name: rate(name, tally, as_of) for name in RATES}


def tally_of(case: Facts, period: Period, as_of: datetime) -> Tally:
    """What one case adds to the counts: the definition that the SQL of `queries` must agree with (a test compares them)."""
    reported, closed = period.holds(case.reported_at), period.holds(case.closed_at)
    filed, dispatched = period.holds(case.filed_at), period.holds(case.dispatched_at)
    dropped = case.state if case.state in DROPPED and period.holds(case.ended_at) else ""
    is_open = case.reported_at <= as_of and (case.ended_at is None or case.ended_at > as_of)
    worked = any(period.holds(at) for at in case.rectified)
    return Tally(
        reported=reported,
        reported_filed=reported and case.filed_at is not None,
        reported_voided=reported and case.state == "voided",
        reported_merged=reported and case.state == "merged",
        filed=filed,
        filed_supervised=filed and case.supervised,
        dispatched=dispatched,
        dispatched_returned=dispatched and case.returned > 0,
        closed=closed,
        closed_came_back=closed and case.came_back,
        voided=dropped == "voided",
        merged=dropped == "merged",
        rectified=worked,
        rectified_sent_back=worked and case.sent_back > 0,
        open=is_open,
        open_overdue=is_open and case.act_by is not None and case.act_by < as_of and case.state != "suspended",
        open_suspended=is_open and case.state == "suspended",
        **_due_counts(case, period, as_of),
    )


def _due_counts(case: Facts, period: Period, as_of: datetime) -> dict[str, int]:
    """The counts that go by the due time. A clock that stands still owes nothing; a judgement excused is not late."""
    if case.state in DROPPED or case.due_at is None or not period.holds(case.due_at):
        return {}
    done_at = case.rectified_at if case.state in DONE else None
    rectified = done_at is not None and done_at <= as_of
    if not rectified and (case.due_at >= as_of or case.state == "suspended"):
        return {}
    in_time = case.excused or (done_at is not None and done_at <= case.due_at)
    closed = rectified and case.state == "closed" and case.closed_at is not None and case.closed_at <= as_of
    return {
        "due": 1,
        "due_rectified": rectified,
        "due_rectified_on_time": rectified and in_time,
        "due_closed": closed,
        "due_closed_on_time": closed and in_time,
        "due_open_overdue": not closed and not in_time and case.due_at < as_of,
    }
