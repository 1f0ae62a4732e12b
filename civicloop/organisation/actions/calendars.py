"""Working calendars: seeded from a library, edited by the city, announced year by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from civicloop.bus import announce
from civicloop.kernel.refusal import Invalid
from civicloop.ledger.actions import record
from civicloop.organisation.actions.units import check_hours, clean, insert
from civicloop.organisation.facts import CalendarChanged
from civicloop.organisation.holidays import days_off_and_on
from civicloop.organisation.models import CalendarDay, Person, WorkCalendar
from civicloop.organisation.policy import require
from civicloop.organisation.revisions import bump
from civicloop.organisation.uids import named_uid

OFFICE_HOURS = [["08:30", "12:00"], ["14:30", "18:00"]]


@transaction.atomic
def add_calendar(
    *, code: str, name: str, hours: Sequence[Sequence[str]] = OFFICE_HOURS, weekdays: Iterable[int] = range(5),
    timezone: str = "Asia/Shanghai", by: Person | None, at: datetime,
) -> WorkCalendar:  # fmt: skip
    """A calendar without special days; `seed_calendar` fills them in."""
    require(by, "calendar.change", at=at)
    check_hours(hours)
    row = WorkCalendar(
        code=code, name=name, hours=[list(w) for w in hours], weekdays=sorted(set(weekdays)), timezone=timezone
    )
    clean(row)
    insert(row)
    _kept(row, "calendar.add", by, at, {"code": code, "hours": row.hours})
    return row


@transaction.atomic
def seed_calendar(*, calendar: WorkCalendar, years: Iterable[int], by: Person | None, at: datetime) -> list[int]:
    """Fill in holidays and make-up working days (调休) from the library. Days the city has edited stay, and so does
    every year that was entered as it was announced: the notice counts for more than the library.

    A year whose make-up days the library does not know is not announced: it gets the library's holidays, and everything counted
    in it is provisional. Returns the years that are announced now.
    """
    require(by, "calendar.change", at=at)
    row = WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    edited = set(CalendarDay.objects.filter(calendar=row, source="edited").values_list("day", flat=True))
    entered = {day.year for day in row.days.filter(source="announced").values_list("day", flat=True)}
    announced = set(row.announced_years)
    for year in sorted(set(years) - entered):
        known, days = days_off_and_on(year)
        CalendarDay.objects.filter(calendar=row, day__year=year).exclude(source="edited").delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(calendar=row, day=day, is_working=works, name=name, source="library")
            for day, (works, name) in sorted(days.items())
            if day not in edited
        )
        announced = announced | {year} if known else announced
    row.announced_years = sorted(announced)
    row.save(update_fields=["announced_years"])
    _kept(row, "calendar.seed", by, at, {"announced": row.announced_years})
    return sorted(announced)


@transaction.atomic
def set_day(
    *, calendar: WorkCalendar, day: date, is_working: bool | None, name: str = "", by: Person | None, at: datetime
) -> None:
    """Make one day a working day or a day off; None gives it back to the weekly rule."""
    require(by, "calendar.change", at=at)
    WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    if is_working is None:
        CalendarDay.objects.filter(calendar=calendar, day=day).delete()
    else:
        CalendarDay.objects.update_or_create(
            calendar=calendar, day=day, defaults={"is_working": is_working, "name": name, "source": "edited"}
        )
    _kept(calendar, "calendar.set_day", by, at, {"day": day.isoformat(), "is_working": is_working, "name": name})


@transaction.atomic
def announce_year(
    *, calendar: WorkCalendar, year: int, days: Mapping[date, bool], names: Mapping[date, str] | None = None,
    by: Person | None, at: datetime,
) -> None:  # fmt: skip
    """Enter a year as the State Council announced it: days off (False) and make-up working days (True), perhaps with names.

    All special days of that year are replaced, the year is provisional no more, and due times that lie in it are counted again.
    """
    require(by, "calendar.change", at=at)
    if any(day.year != year for day in days):
        raise Invalid("days", "day_of_another_year", year=year)
    row = WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    CalendarDay.objects.filter(calendar=row, day__year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=row, day=day, is_working=works, name=(names or {}).get(day, "")[:60], source="announced")
        for day, works in sorted(days.items())
    )
    row.announced_years = sorted({*row.announced_years, year})
    row.save(update_fields=["announced_years"])
    told = {day.isoformat(): works for day, works in sorted(days.items())}
    _kept(row, "calendar.announce", by, at, {"year": year, "days": told})


@transaction.atomic
def set_hours(*, calendar: WorkCalendar, hours: Sequence[Sequence[str]], by: Person | None, at: datetime) -> None:
    """Change the daily working hours."""
    require(by, "calendar.change", at=at)
    check_hours(hours)
    row = WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    before, row.hours = row.hours, [list(window) for window in hours]
    row.save(update_fields=["hours"])
    _kept(row, "calendar.set_hours", by, at, {"before": before, "after": row.hours})


def _kept(row: WorkCalendar, verb: str, by: Person | None, at: datetime, data: dict[str, object]) -> None:
    record("calendar", named_uid(f"calendar:{row.code}"), verb, by=by.uid if by else None, at=at, data=data)
    bump("calendars")
    announce(CalendarChanged(row.pk))
