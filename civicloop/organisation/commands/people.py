"""Commands for people and their appointments."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click
from django.db import transaction
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.organisation import actions, queries
from civicloop.organisation.commands.common import (
    DAY,
    answerable,
    area_coded,
    by_option,
    by_or_server,
    duty_grid_coded,
    grid_coded,
    person_named,
    point_coded,
    today,
    unit_coded,
)
from civicloop.organisation.models import Appointment, Person
from civicloop.organisation.rules.roles import Role

PLACES: dict[str, tuple[Callable[[str], Any], str]] = {
    "grid": (grid_coded, "Code of one unit grid."),
    "duty_grid": (duty_grid_coded, "Code of a duty grid."),
    "area": (area_coded, "Code of an area."),
    "point": (point_coded, "Code of a point."),
}


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--grid, --duty-grid, --area and --point: what of the unit an appointment is for."""
    for name, (_, words) in reversed(PLACES.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, metavar="CODE", help=words)(command)
    return command


@click.group()
def person() -> None:
    """People who may log in."""


@person.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--role", help="A role to appoint the person to, in --unit.")
@click.option("--unit", "unit_code", help="The code of a unit.")
@click.option("--phone", default="")
@click.option("--email", default="")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@by_or_server
@transaction.atomic
def add_person(
    username: str,
    name: str,
    role: str | None,
    unit_code: str | None,
    phone: str,
    email: str,
    password: str,
    by: str | None,
) -> None:
    """Add a person, and appoint him or her when --role and --unit are given."""
    now, who = timezone.now(), answerable(by)
    if (role is None) != (unit_code is None):
        missing = "role" if role is None else "unit"
        raise Invalid(missing, "required", field=missing)
    unit = unit_coded(unit_code) if unit_code is not None else None
    made = actions.add_person(username=username, name=name, phone=phone, email=email, password=password, by=who, at=now)
    if role is not None and unit is not None:
        actions.appoint(person=made, role=_role(role), unit=unit, starts_on=today(), by=who, at=now)
    click.echo(str(made.uid))


@person.command("appoint")
@click.argument("username")
@click.argument("role")
@click.argument("unit")
@place_options
@click.option("--from", "first", type=DAY, help="First day (default: today).")
@click.option("--to", "last", type=DAY, help="Last day (default: until ended).")
@by_or_server
def appoint(
    username: str,
    role: str,
    unit: str,
    first: datetime | None,
    last: datetime | None,
    by: str | None,
    **places: str | None,
) -> None:
    """Give USERNAME the ROLE in UNIT (a code), perhaps for one grid, duty grid, area or point."""
    made = actions.appoint(
        person=_person(username), role=_role(role), unit=unit_coded(unit), **_places(places),
        starts_on=first.date() if first else today(), ends_on=last.date() if last else None,
        by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(_told(made))


@person.command("end")
@click.argument("username")
@click.argument("role")
@click.argument("unit")
@place_options
@click.option("--last-day", type=DAY, help="The last day that counts (default: today).")
@by_option
@transaction.atomic
def end(username: str, role: str, unit: str, last_day: datetime | None, by: str, **places: str | None) -> None:
    """End the appointment of USERNAME to the ROLE in UNIT; all of them where there are several. They stay in the history."""
    whose = Person.objects.filter(username=username).first()
    if whose is None:
        raise Invalid("person", "unknown_person", person=username)
    day, who, now = last_day.date() if last_day else today(), person_named(by), timezone.now()
    held = Appointment.objects.filter(
        person=whose, role=_role(role), unit=unit_coded(unit), starts_on__lte=day, **_places(places)
    ).order_by("starts_on", "pk")
    open_ended = [row for row in held if row.ends_on is None or row.ends_on > day]
    if not open_ended:
        raise Invalid("person", "not_appointed", person=username, role=role, unit=unit)
    for row in open_ended:
        click.echo(_told(actions.end_appointment(appointment=row, last_day=day, by=who, at=now)))


@person.command("password")
@click.argument("username")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@by_or_server
def set_password(username: str, password: str, by: str | None) -> None:
    """Set the password of USERNAME. Whoever is logged in with the old one must log in again."""
    actions.set_password(person=_person(username), password=password, by=answerable(by), at=timezone.now())
    click.echo(username)


@person.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--all", "everybody", is_flag=True, help="Also people who are not active any more.")
def list_people(form: str, everybody: bool) -> None:
    """List people and the posts they hold today."""
    posts: dict[int, list[str]] = {}
    for row in (
        Appointment.objects.filter(queries.in_force(today()), person__is_active=True)
        .select_related("unit")
        .order_by("pk")
    ):
        posts.setdefault(row.person_id, []).append(f"{row.role}@{row.unit.code}")
    rows = Person.objects.order_by("username")
    told: list[dict[str, Any]] = [
        {"username": row.username, "name": row.name, "active": row.is_active, "posts": posts.get(row.pk, [])}
        for row in (rows if everybody else rows.filter(is_active=True))
    ]
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in told:
        click.echo(
            f"{one['username']:20} {one['name']}  {', '.join(one['posts']) if one['active'] else '(not active)'}"
        )


def _person(username: str) -> Person:
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise Invalid("person", "unknown_person", person=username)
    return found


def _role(role: str) -> str:
    if role not in set(Role):
        raise Invalid("role", "unknown_choice", value=role)
    return role


def _places(given: dict[str, str | None]) -> dict[str, Any]:
    return {name: PLACES[name][0](code) for name, code in given.items() if code is not None}


def _told(row: Appointment) -> str:
    places = (getattr(row, name) for name in PLACES)
    where = " ".join([row.unit.code, *(place.code for place in places if place is not None)])
    return f"{row.person.username} {row.role} {where} {_day(row.starts_on)}–{_day(row.ends_on)}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
