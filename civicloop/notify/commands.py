"""`civicloop notify …`: what waits, what failed, and one try by hand."""

from __future__ import annotations

import click
from django.utils import timezone

from civicloop.notify import sending
from civicloop.notify.models import Delivery, OutsideMessage
from civicloop.residents.models import ResidentMessage


@click.group("notify")
def group() -> None:
    """Messages outside the pages."""


@group.command("list")
@click.option("--failed", is_flag=True, help="Only those that failed.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_deliveries(failed: bool, most: int) -> None:
    """The newest messages with how they stand."""
    rows = Delivery.objects.select_related("person", "robot").order_by("-pk")
    for row in (rows.filter(state="failed") if failed else rows)[:most]:
        who = row.person.username if row.person else str(row.robot)
        made = timezone.localtime(row.made_at).strftime("%Y-%m-%d %H:%M")
        click.echo(f"{made}  {row.channel:6} {who:20} {row.state:8} {row.tries} {row.failure}")


@group.command("outside")
@click.option("--failed", is_flag=True, help="Only those that failed.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_outside(failed: bool, most: int) -> None:
    """The newest messages to volunteers and residents without an account with how they stand, and nothing of a person."""
    for table in (OutsideMessage, ResidentMessage):
        rows = table._default_manager.order_by("-pk")
        for row in (rows.filter(state="failed") if failed else rows)[:most]:
            made = timezone.localtime(row.made_at).strftime("%Y-%m-%d %H:%M")
            click.echo(f"{made}  {row.kind:16} {row.state:8} {row.tries} {row.failure}")


@group.command("try")
@click.argument("address")
def try_address(address: str) -> None:
    """Send one test message to an ADDRESS as the settings or a robot would have it."""
    fault = sending.send(address, "CivicLoop", "CivicLoop 测试消息 · test message")
    if fault:
        raise click.ClickException(fault)
    click.echo("taken")


commands = [group]
