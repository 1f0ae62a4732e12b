"""Commands of the organisation: tokens, people, owner gaps, the calendar."""

from __future__ import annotations

import json
import sys

import click
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.organisation import actions, queries
from civicloop.organisation.models import Person, Unit, WorkCalendar

by_option = click.option("--by", required=True, help="User name of the person who is answerable for this change.")


def person_named(username: str) -> Person:
    """The active person with this user name; commands that change the city's data name who does it."""
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise Invalid("by", "unknown_person", person=username)
    return found


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("create")
@click.argument("username")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
def create_token(username: str, name: str) -> None:
    """Make a token for USERNAME and print it, once."""
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        click.echo(f"no active person with the user name {username}", err=True)
        sys.exit(1)
    _, plain = actions.make_token(person=person, name=name, by=None, at=timezone.now())
    click.echo(plain)


@click.group()
def owner() -> None:
    """Who answers for what."""


@owner.command("gaps")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def owner_gaps(form: str) -> None:
    """List grids, areas and points that nobody answers for."""
    gaps = queries.owner_gaps(on=timezone.localdate())
    if form == "json":
        click.echo(json.dumps([gap.__dict__ for gap in gaps], ensure_ascii=False))
        return
    for gap in gaps:
        click.echo(f"{gap.kind:6} {gap.code:16} {gap.name}  {gap.missing}")
    click.echo(f"{len(gaps)} gaps")


@click.group()
def person() -> None:
    """People who may log in."""


@person.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--role", help="A role to appoint the person to, in --unit.")
@click.option("--unit", "unit_code", help="The code of a unit.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def add_person(username: str, name: str, role: str | None, unit_code: str | None, password: str) -> None:
    """Add a person, and appoint him or her when --role and --unit are given."""
    now = timezone.now()
    made = actions.add_person(username=username, name=name, password=password, by=None, at=now)
    if role and unit_code:
        unit = Unit.objects.get(code=unit_code)
        actions.appoint(person=made, role=role, unit=unit, starts_on=timezone.localdate(now), by=None, at=now)
    click.echo(str(made.uid))


@click.group()
def calendar() -> None:
    """Working calendars."""


@calendar.command("seed")
@click.argument("years", nargs=-1, type=int, required=True)
@click.option("--code", default="city", show_default=True)
def seed(years: tuple[int, ...], code: str) -> None:
    """Fill in holidays and make-up working days of YEARS from the library."""
    now = timezone.now()
    row = WorkCalendar.objects.filter(code=code).first()
    row = row or actions.add_calendar(code=code, name=code, by=None, at=now)
    announced = actions.seed_calendar(calendar=row, years=years, by=None, at=now)
    click.echo(json.dumps({"announced": announced}))


commands: list[click.Command] = [token, owner, person, calendar]
