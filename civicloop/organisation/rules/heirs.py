"""Who answers for the grids that take the place of others: whoever answered for the old ones, for as long as he was to.

Nobody is appointed anew by that: the same person keeps the same role on the same ground. What is to change is for the security
administrator to say, before or after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """An appointment to a grid: who, as what, in which unit, from which day to which (None: without an end); for what `beside` the
    grid it was made, and its note.
    """

    person: int
    role: str
    unit: int
    starts_on: date
    ends_on: date | None
    beside: tuple[int | None, ...] = ()
    note: str = ""


def last_day(held: Held, day: date) -> date | None:
    """The last day of an appointment to a grid that is not in use from `day` on: the day before. None for one that had not begun
    by then, and so never held.
    """
    return day - ONE_DAY if held.starts_on < day else None


def heirs(held: Iterable[Held], day: date) -> tuple[Held, ...]:
    """The appointments to each new grid from `day` on, in order of person, role and day.

    Ended ones have no heirs. Of the same post held for two grids that are merged, what touches or overlaps becomes one.
    """
    lasting = (one for one in held if one.ends_on is None or one.ends_on >= day)
    still = [replace(one, starts_on=max(one.starts_on, day)) for one in lasting]
    found: list[Held] = []
    for one in sorted(still, key=lambda one: (_post(one), one.starts_on)):
        before = found[-1] if found else None
        if before is not None and _same_post(before, one) and _touch(before, one):
            found[-1] = replace(before, ends_on=_later(before.ends_on, one.ends_on))
        else:
            found.append(one)
    return tuple(found)


def _same_post(one: Held, other: Held) -> bool:
    return _post(one) == _post(other)


def _post(one: Held) -> tuple[int, str, int, tuple[int, ...]]:
    return (one.person, one.role, one.unit, tuple(part or 0 for part in one.beside))


def _touch(before: Held, after: Held) -> bool:
    return before.ends_on is None or after.starts_on <= before.ends_on + ONE_DAY


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)
