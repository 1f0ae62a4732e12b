"""`civicloop demo`: build the demo city where the database is empty, print the accounts, serve it."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.demo.build import Recipe, build, built_before
from civicloop.demo.digest import digest
from civicloop.demo.people import ACCOUNTS, PASSWORD
from civicloop.demo.scenarios.build import ScenarioRecipe, build_scenario
from civicloop.demo.scenarios.shape import names as scenarios
from civicloop.demo.scenarios.shape import scenario as told
from civicloop.demo.volunteers import ACCOUNTS as VOLUNTEERS
from civicloop.jobs import no_jobs
from civicloop.kernel.refusal import Conflict
from civicloop.organisation.models import Appointment, Grid, Person, Point, Unit


@click.command("demo")
@click.option(
    "--scenario", default="tongan", show_default=True, type=click.Choice(["tongan", *scenarios()]), help="Which place."
)
@click.option("--serve/--no-serve", default=True, help="Serve the city afterwards (default), or only build it.")
@click.option("--seed", default=20261123, show_default=True, help="The same seed gives the same city.")
@click.option(
    "--cases", default=6000, show_default=True, type=click.IntRange(1, 100_000), help="How many cases (tongan only)."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The day after the last one told of; today by default."
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def demo(scenario: str, serve: bool, seed: int, cases: int, until: datetime | None, host: str, port: int) -> None:
    """Build a demo city into an empty database and serve it.

    A database that holds the demo city already is served as it is; one that holds anything else is left alone.
    """
    call_command("migrate", verbosity=0)
    day = until.date() if until else datetime.now(ZoneInfo(settings.TIME_ZONE)).date()
    kept = built_before()
    if kept is not None:
        name = kept.get("scenario", "tongan")
        click.echo(
            f"The demo city is here already ({name}, seed {kept['seed']}, until {kept['until']}); it is left as it is."
        )
        if name != scenario:
            raise click.ClickException(
                f"This database holds {name}, not {scenario}. Name another one with CIVICLOOP_DATABASE_URL or CIVICLOOP_DATA_DIR."
            )
    else:
        _build(Recipe(seed, day, cases) if scenario == "tongan" else ScenarioRecipe(scenario, seed, day))
    _print_accounts(host, port)
    if serve:
        from civicloop.serving import up  # noqa: PLC0415  (only needed to serve)

        up(host, port)


def _say(what: str) -> None:
    click.echo(f"  {what} …")


def _build(recipe: Recipe | ScenarioRecipe) -> None:
    begun = time.monotonic()
    title = "同安（演示）" if isinstance(recipe, Recipe) else told(recipe.name).title
    try:
        with no_jobs():
            if isinstance(recipe, Recipe):
                build(recipe, at=timezone.now(), progress=_say)
            else:
                build_scenario(recipe, at=timezone.now(), progress=_say)
    except Conflict as refused:
        raise click.ClickException(
            "This database already holds an organisation that is not the demo city. Nothing was changed. Name another one with"
            " CIVICLOOP_DATABASE_URL or CIVICLOOP_DATA_DIR."
        ) from refused
    counts = (
        Unit.objects.count(),
        Person.objects.count(),
        Grid.objects.count(),
        Point.objects.count(),
        Case.objects.count(),
    )
    click.echo("Built {}: {} units, {} people, {} grids, {} points, {} cases, in {:.0f} s.".format(
        title, *counts, time.monotonic() - begun))  # fmt: skip
    click.echo(f"Seed {recipe.seed}, until {recipe.until}, fingerprint {digest()[:16]}.")


def _print_accounts(host: str, port: int) -> None:
    printed = [row[:2] for row in (*ACCOUNTS, *VOLUNTEERS)]
    people = {person.username: person for person in Person.objects.filter(username__in=[name for name, _ in printed])}
    units = dict(Appointment.objects.filter(person__in=people.values()).values_list("person__username", "unit__code"))
    click.echo(f"\nhttp://{host}:{port}  password of all accounts: {PASSWORD}")
    for username, what in printed:
        if username in people:
            click.echo(f"  {username:<11} {people[username].name}  {what}  ({units[username]})")


commands = [demo]
