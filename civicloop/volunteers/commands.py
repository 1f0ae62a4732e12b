"""Commands of the order loop."""

from __future__ import annotations

import json

import click
from django.utils import timezone

from civicloop.volunteers.rules.lifecycle import LIFECYCLE
from civicloop.volunteers.sweeps import drop_personal_data, sweep_orders


@click.group()
def orders() -> None:
    """Orders of voluntary services."""


@orders.command()
def lifecycle() -> None:
    """Print the order loop as a Mermaid drawing."""
    click.echo(LIFECYCLE.mermaid(), nl=False)


@orders.command("sweep")
def sweep_command() -> None:
    """Let offers lapse and silence confirm, and take every alarm that is due now. The worker does so every minute."""
    sums = sweep_orders(at=timezone.now())
    told = {
        "lapsed": sums.lapsed,
        "confirmed": sums.confirmed,
        "expired": sums.expired,
        "taken": sums.alarms.taken,
        "notices": sums.alarms.notices,
    }
    click.echo(json.dumps(told))


@orders.command()
def forget() -> None:
    """Take name and phone of requesters away whose time is over. The worker does so every day."""
    click.echo(f"{drop_personal_data(at=timezone.now())} anonymised")


commands: list[click.Command] = [orders]
