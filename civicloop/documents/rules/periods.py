"""The period a paper tells of when none is asked for."""

from __future__ import annotations

from datetime import date, timedelta


def default_period(name: str, today: date) -> tuple[date, date]:
    """First and last day: of the last whole week (Monday to Sunday) or month before today, of this year so far, or today alone."""
    match name:
        case "week":
            monday = today - timedelta(days=today.weekday() + 7)
            return monday, monday + timedelta(days=6)
        case "month":
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last
        case "year":
            return today.replace(month=1, day=1), today
        case "day":
            return today, today
    raise ValueError(f"no such period: {name}")
