"""Working calendars held in memory, as the kernel counts with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from functools import cached_property

from civicloop.kernel import worktime
from civicloop.organisation.book import OrgBook
from civicloop.organisation.models import CalendarDay, WorkCalendar

DEFAULT = "city"


@dataclass(frozen=True)
class CalendarBook:
    """Calendars by number; a unit counts with its own, else its nearest superior's, else the city's."""

    calendars: Mapping[int, worktime.WorkCalendar]
    default: worktime.WorkCalendar

    @cached_property
    def _of_unit(self) -> dict[int, tuple[OrgBook, worktime.WorkCalendar]]:
        return {}

    def of_unit(self, unit_id: int | None, book: OrgBook) -> worktime.WorkCalendar:
        """The calendar of a unit: its days from the nearest calendar up the tree, its hours its own where it has some."""
        if unit_id is None or unit_id not in book.units:
            return self.default
        kept = self._of_unit.get(unit_id)
        if kept is None or kept[0] is not book:
            kept = self._of_unit[unit_id] = (book, self._find(unit_id, book))
        return kept[1]

    def _find(self, unit_id: int, book: OrgBook) -> worktime.WorkCalendar:
        line = [book.units[one] for one in (unit_id, *book.above(unit_id))]
        number = next((unit.calendar_id for unit in line if unit.calendar_id in self.calendars), None)
        calendar = self.default if number is None else self.calendars[number]
        hours = next((unit.hours for unit in line if unit.hours), ())
        return replace(calendar, hours=windows(hours)) if hours else calendar


def windows(hours: tuple[tuple[str, str], ...]) -> tuple[tuple[time, time], ...]:
    """Working hours as written ("08:30", "12:00") in times; "24:00" is midnight at the end of the day."""
    return tuple((time.fromisoformat(a), time.min if b == "24:00" else time.fromisoformat(b)) for a, b in hours)


def load_calendars() -> CalendarBook:
    """Read all calendars with their special days: two statements."""
    days: dict[int, dict[object, bool]] = {}
    for number, day, is_working in CalendarDay.objects.values_list("calendar_id", "day", "is_working"):
        days.setdefault(number, {})[day] = is_working
    rows = list(WorkCalendar.objects.order_by("code"))
    calendars = {row.pk: as_kernel(row, days.get(row.pk, {})) for row in rows}
    default = next((calendars[row.pk] for row in rows if row.code == DEFAULT), worktime.WorkCalendar())
    return CalendarBook(calendars, default)


def as_kernel(row: WorkCalendar, days: Mapping[object, bool]) -> worktime.WorkCalendar:
    """A stored calendar as the kernel's value."""
    return worktime.WorkCalendar(
        tz=row.timezone,
        weekdays=frozenset(row.weekdays) if row.weekdays else frozenset(range(5)),
        hours=windows(tuple((a, b) for a, b in row.hours)) if row.hours else worktime.OFFICE_HOURS,
        days=dict(days),  # type: ignore[arg-type]
        announced_years=frozenset(row.announced_years),
    )
