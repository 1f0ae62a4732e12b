"""Days and moments as commands take them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from django.utils import timezone

# Days outside are slips of the pen, and the calendar ends a little further on: no day before 1 January of the year 1.
FIRST_YEAR, LAST_YEAR = 1949, 2999


class Day(click.DateTime):
    """A day between 1949 and 2999."""

    name = "day"

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day; refused outside these years."""
        found = super().convert(value, param, ctx)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.fail(f"{value} does not lie between {FIRST_YEAR} and {LAST_YEAR}", param, ctx)
        return found


class Moment(click.DateTime):
    """A moment: a day alone means its end, a time without a zone the city's."""

    name = "moment"

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The moment, with its zone."""
        found: datetime = super().convert(value, param, ctx)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.fail(f"{value} does not lie between {FIRST_YEAR} and {LAST_YEAR}", param, ctx)
        if found.tzinfo is not None:
            return found
        if ":" not in str(value):
            found = found.replace(hour=23, minute=59, second=59)
        return timezone.make_aware(found, timezone.get_default_timezone())
