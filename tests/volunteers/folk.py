"""Volunteers, events and shifts for tests; names and numbers are plainly invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from civicloop.volunteers.actions import events, people
from civicloop.volunteers.actions.events import ShiftGiven
from civicloop.volunteers.models import Event, Volunteer
from civicloop.volunteers.rules.persons import check_digit
from tests.cast import MONDAY_NINE
from tests.volunteers.cast import Corps

REGISTERED = MONDAY_NINE - timedelta(days=200)
# A Saturday after the walks of orders: everything that is recorded lies before NOW.
SATURDAY = MONDAY_NINE + timedelta(days=5)
NOW = MONDAY_NINE + timedelta(days=30)


def id_number(birth_on: date, serial: int = 1) -> str:
    """A number with the right check digit, of a district code that is not given to anybody."""
    front = f"359999{birth_on:%Y%m%d}{serial:03d}"
    return front + check_digit(front + "0")


def volunteer(
    corps: Corps, name: str = "甲义", *, serial: int = 1, team: str | None = "mulberry", **given: Any
) -> Volunteer:
    """A grown-up volunteer, in a team for half a year, unless said otherwise."""
    birth_on = given.pop("birth_on", date(1990, 5, 1))
    told: dict[str, Any] = {
        "name": name, "sex": "female", "birth_on": birth_on, "id_number": id_number(birth_on, serial),
        "phone": f"1390000{serial:04d}", "home": corps.lotus_north, "consent": True, "by": None, "at": REGISTERED,
    }  # fmt: skip
    made = people.register(**(told | given))
    if team:
        people.join(volunteer=made, team=corps.teams[team], since=REGISTERED.date(), by=None, at=REGISTERED)
    return made


def event(
    corps: Corps, *, shifts: int = 1, needed: int = 2, minimum: int = 1, at: datetime = MONDAY_NINE, **given: Any
) -> Event:
    """A published event on Saturday from nine to twelve, and further shifts on the Saturdays after it."""
    rows = [
        ShiftGiven(
            SATURDAY + timedelta(weeks=number), SATURDAY + timedelta(weeks=number, hours=3), needed, minimum, f"第{number + 1}班"
        )
        for number in range(shifts)
    ]  # fmt: skip
    told: dict[str, Any] = {
        "title": "周末清洁家园", "content": "清理小区杂物", "place": "莲北社区广场", "unit": corps.mulberry,
        "in_charge": corps.mulberry_leader, "shifts": rows, "by": corps.mulberry_leader, "at": at,
    }  # fmt: skip
    told |= given
    made = events.draft_event(**told)
    return events.publish_event(event=made, by=told["by"], at=at)
