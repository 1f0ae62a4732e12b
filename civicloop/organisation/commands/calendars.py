"""Commands for working calendars."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

import click
from django.db import transaction
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.organisation import actions
from civicloop.organisation.commands.common import (
    DAY,
    answerable,
    by_option,
    by_or_server,
    calendar_coded,
    hours_written,
    person_named,
    today,
)
from civicloop.organisation.models import WorkCalendar

code_option = click.option("--code", default="city", show_default=True, help="Code of the calendar.")
YEAR = click.IntRange(2000, 2100)
WORKING = {"working": True, "off": False}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@click.group()
def calendar() -> None:
    """Working calendars."""


@calendar.command("seed")
@click.argument("years", nargs=-1, type=YEAR, required=True)
@code_option
@by_or_server
@transaction.atomic
def seed(years: tuple[int, ...], code: str, by: str | None) -> None:
    """Fill in holidays and make-up working days of YEARS from the library. Days that were set, and years announced, stay."""
    now, who = timezone.now(), answerable(by)
    row = WorkCalendar.objects.filter(code=code).first()
    row = row or actions.add_calendar(code=code, name=code, by=who, at=now)
    announced = actions.seed_calendar(calendar=row, years=years, by=who, at=now)
    click.echo(json.dumps({"announced": announced}))


@calendar.command("show")
@click.option("--year", type=YEAR, help="Which year's special days (default: this year's).")
@code_option
def show(year: int | None, code: str) -> None:
    """Show hours, weekdays, announced years, and the days of a year that differ from the rule."""
    row = calendar_coded(code)
    year = year or today().year
    hours = ",".join("-".join(window) for window in row.hours)
    click.echo(f"{row.code} {row.name} {row.timezone}")
    click.echo(f"hours {hours}  days {' '.join(WEEKDAYS[day] for day in row.weekdays)}")
    click.echo(f"announced {' '.join(map(str, row.announced_years)) or '-'}")
    click.echo(f"{year} {'announced' if year in row.announced_years else 'provisional'}")
    for special in row.days.filter(day__year=year).order_by("day"):
        word = "working" if special.is_working else "off"
        click.echo(
            f"  {special.day} {WEEKDAYS[special.day.weekday()]} {word:8} {special.source:10} {special.name}".rstrip()
        )


@calendar.command("day")
@click.argument("day", type=DAY)
@click.argument("what", type=click.Choice(["working", "off", "rule"]))
@click.option("--name", default="", help="Why, such as the name of the feast or the storm.")
@code_option
@by_option
def set_day(day: datetime, what: str, name: str, code: str, by: str) -> None:
    """Make DAY a working day or a day off, or give it back to the weekly `rule`. Running clocks are counted again."""
    actions.set_day(
        calendar=calendar_coded(code), day=day.date(), is_working=WORKING.get(what), name=name, by=person_named(by),
        at=timezone.now(),
    )  # fmt: skip
    click.echo(f"{day.date()} {what}")


@calendar.command("announce")
@click.argument("year", type=YEAR)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@code_option
@by_option
def announce(year: int, file: Path, code: str, by: str) -> None:
    """Enter YEAR as the State Council announced it, from a CSV FILE: date, `working` or `off`, and perhaps a name.

    All special days of the year are replaced, it is provisional no more, and running clocks are counted again.
    """
    days, names = read_notice(file)
    actions.announce_year(
        calendar=calendar_coded(code), year=year, days=days, names=names, by=person_named(by), at=timezone.now()
    )
    click.echo(
        json.dumps({"year": year, "off": sum(not works for works in days.values()), "working": sum(days.values())})
    )


@calendar.command("hours")
@click.argument("hours")
@code_option
@by_or_server
def set_hours(hours: str, code: str, by: str | None) -> None:
    """Set the daily working HOURS, such as 08:30-12:00,14:30-18:00. Running clocks are counted again."""
    windows = hours_written(hours)
    if not windows:
        raise Invalid("hours", "bad_hours", value=hours)
    actions.set_hours(calendar=calendar_coded(code), hours=windows, by=answerable(by), at=timezone.now())
    click.echo(",".join("-".join(window) for window in windows))


def read_notice(file: Path) -> tuple[dict[date, bool], dict[date, str]]:
    """The days of a notice, and their names. A first row that begins with `date` is a header."""
    days: dict[date, bool] = {}
    names: dict[date, str] = {}
    for number, cells in enumerate(_rows(file)):
        if not any(cells) or (number == 0 and cells[0].lower() == "date"):
            continue
        day, works = _day(cells[0]), _working(cells[1] if len(cells) > 1 else "")
        if day in days:
            raise Invalid("days", "day_twice", day=day.isoformat())
        days[day] = works
        names[day] = cells[2] if len(cells) > 2 else ""
    if not days:
        raise Invalid("file", "file_empty", file=file.name)
    return days, names


def _rows(file: Path) -> list[list[str]]:
    data = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
        except csv.Error as fault:
            raise Invalid("file", "file_unreadable", file=file.name, why=str(fault)) from fault
    raise Invalid("file", "encoding_unknown", file=file.name, encoding="utf-8, gb18030")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a day of the wall calendar has no zone)
    except ValueError as fault:
        raise Invalid("days", "not_a_date", value=text) from fault


def _working(text: str) -> bool:
    if text.lower() not in WORKING:
        raise Invalid("days", "unknown_choice", value=text)
    return WORKING[text.lower()]
