"""What the commands share: who is answerable, and how rows are named on a command line."""

from __future__ import annotations

import re
from datetime import date

import click
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Area, DutyGrid, Grid, Person, Point, Unit, WorkCalendar

by_option = click.option("--by", required=True, help="User name of the person who is answerable for this change.")
# A first set-up has nobody yet who could be answerable: whoever may use the server's command line may do it.
by_or_server = click.option(
    "--by",
    help="User name of the person who is answerable for this; without it the server itself, as at the first set-up.",
)
DAY = click.DateTime(["%Y-%m-%d"])
WINDOW = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


def person_named(username: str) -> Person:
    """The active person with this user name; commands that change the city's data name who does it."""
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise Invalid("by", "unknown_person", person=username)
    return found


def answerable(username: str | None) -> Person | None:
    """The person named with --by; None is the server itself."""
    return None if username is None else person_named(username)


def unit_coded(code: str, field: str = "unit") -> Unit:
    """The unit with this code."""
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise Invalid(field, "unknown_unit", unit=code)
    return found


def grid_coded(code: str) -> Grid:
    """The unit grid with this code."""
    found = Grid.objects.filter(code=code).first()
    if found is None:
        raise Invalid("grid", "unknown_grid", grid=code)
    return found


def duty_grid_coded(code: str) -> DutyGrid:
    """The duty grid with this code."""
    found = DutyGrid.objects.filter(code=code).first()
    if found is None:
        raise Invalid("duty_grid", "unknown_duty_grid", value=code)
    return found


def area_coded(code: str) -> Area:
    """The area with this code."""
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise Invalid("area", "unknown_area", value=code)
    return found


def point_coded(code: str) -> Point:
    """The point with this code."""
    found = Point.objects.filter(code=code).first()
    if found is None:
        raise Invalid("point", "unknown_point", value=code)
    return found


def calendar_coded(code: str) -> WorkCalendar:
    """The working calendar with this code."""
    found = WorkCalendar.objects.filter(code=code).first()
    if found is None:
        raise Invalid("calendar", "unknown_calendar", value=code)
    return found


def hours_written(text: str) -> list[list[str]]:
    """Working hours as people write them, 08:30-12:00,14:30-18:00; nothing is no hours of one's own."""
    windows = []
    for part in filter(None, (one.strip() for one in text.replace("，", ",").replace("–", "-").split(","))):
        match = WINDOW.fullmatch(part)
        if match is None:
            raise Invalid("hours", "bad_hours", value=part)
        windows.append([match[1], match[2]])
    return windows


def today() -> date:
    """The date in the city."""
    return timezone.localdate()
