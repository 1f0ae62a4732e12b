"""Commands that run the house: migrate, serve, worker, up, sweep."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from civicloop import serving
from civicloop.loops.sweep import sweep_all


@click.command()
def migrate() -> None:
    """Bring the database up to date."""
    call_command("migrate", interactive=False, verbosity=0)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=2, show_default=True)
def serve(host: str, port: int, processes: int) -> None:
    """Serve pages and API."""
    serving.check_port(host, port)
    serving.prepare()
    sys.exit(serving.run(serving.web_command(host, port, processes)))


@click.command()
def worker() -> None:
    """Run queued jobs and the regular sweeps."""
    from civicloop.schedule import ensure_schedules  # noqa: PLC0415  (touches the queue's tables)

    ensure_schedules()
    call_command("qcluster")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=2, show_default=True)
def up(host: str, port: int, processes: int) -> None:
    """Run web and worker together."""
    migrate_first()
    click.echo(f"CivicLoop: http://{host}:{port}")
    sys.exit(serving.up(host, port, processes))


def migrate_first() -> None:
    """Create or update the tables, so that a first start needs no second command."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)


@click.command()
def sweep() -> None:
    """Take every alarm that is due now, of every kind of loop: reminders and escalation. What has run out runs out before."""
    click.echo(json.dumps({kind: asdict(sums) for kind, sums in sweep_all(at=timezone.now()).items()}))


commands: list[click.Command] = [migrate, serve, worker, up, sweep]
