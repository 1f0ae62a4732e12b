"""China's holidays and make-up working days (调休), from the `holidays` library.

The library says, for a year the State Council has announced, which Saturdays and Sundays are worked; for a year that is not
announced yet it knows the holidays by the law alone and no make-up day. That is how an announced year is told from another.
"""

from __future__ import annotations

from datetime import date, timedelta

import holidays


def days_off_and_on(year: int) -> tuple[bool, dict[date, tuple[bool, str]]]:
    """(announced, special days of the year); a special day is (is_working, name)."""
    found = holidays.country_holidays("CN", years=year, language="zh_CN")
    days: dict[date, tuple[bool, str]] = {day: (False, name) for day, name in sorted(found.items()) if day.year == year}
    day, working = date(year, 1, 1), {}
    while day.year == year:
        if day.weekday() >= 5 and found.is_working_day(day):
            working[day] = (True, "调休上班")
        day += timedelta(days=1)
    return bool(working), days | working
