"""`civicloop residents …`"""

from __future__ import annotations

import json

import click
from django.utils import timezone

from civicloop.residents.actions import ask_how_content
from civicloop.residents.actions import retain as run_retention


@click.group()
def residents() -> None:
    """Residents' affairs: retention and questions."""


@residents.command()
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
def retain(dry_run: bool) -> None:
    """Take away personal data and media whose time is over, by the parameters residents.keep_…_days."""
    click.echo(json.dumps(run_retention(at=timezone.now(), dry_run=dry_run)))


@residents.command()
def ask() -> None:
    """Ask reporters how content they are with what was closed some days ago."""
    sums = ask_how_content(at=timezone.now())
    click.echo(json.dumps({"asked": sums.asked, "messages": sums.messages}))


commands: list[click.Command] = [residents]
