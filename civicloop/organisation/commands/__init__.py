"""Commands of the organisation: units, people, places, calendars, tokens."""

from __future__ import annotations

import click

from civicloop.organisation.commands.calendars import calendar
from civicloop.organisation.commands.common import by_option, by_or_server, person_named
from civicloop.organisation.commands.people import person
from civicloop.organisation.commands.places import area, duty_grid, owner
from civicloop.organisation.commands.tokens import token
from civicloop.organisation.commands.units import unit

__all__ = ["by_option", "by_or_server", "commands", "person_named"]

commands: list[click.Command] = [token, owner, person, unit, area, duty_grid, calendar]
