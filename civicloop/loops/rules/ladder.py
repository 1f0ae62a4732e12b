"""The alarm ladder: at which moment each rung of it is reached, for one deadline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class RungLike(Protocol):
    """What the rules need of a rung."""

    @property
    def key(self) -> str: ...
    @property
    def fraction(self) -> float | None: ...
    @property
    def after_due(self) -> timedelta | None: ...


@dataclass(frozen=True, slots=True)
class Alarm:
    """The next alarm of a loop: which rung, and when."""

    rung: int
    at: datetime


def next_alarm(
    ladder: Sequence[RungLike], first: int, deadline: datetime, moment_at: Callable[[float], datetime]
) -> Alarm | None:
    """The rung `first` of the ladder or a later one, with the moment it is reached; None above the top.

    `moment_at` gives the moment by which a share (0 to 1) of the time is used.
    """
    if first >= len(ladder):
        return None
    rung = ladder[first]
    if rung.after_due is not None:
        return Alarm(first, deadline + rung.after_due)
    share = 1.0 if rung.fraction is None else rung.fraction
    return Alarm(first, deadline if share >= 1 else moment_at(share))
