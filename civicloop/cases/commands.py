"""Commands of the problem loop."""

from __future__ import annotations

import json

import click
from django.utils import timezone

from civicloop.cases.dispatching import dry_run
from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.standards import reference


@click.group()
def dispatch() -> None:
    """Dispatch rules."""


@dispatch.command("dry-run")
@click.option("--last", default=1000, show_default=True, help="How many past cases to ask the rules about.")
@click.option("--show", default=10, show_default=True, help="How many differing cases to list.")
def dry_run_command(last: int, show: int) -> None:
    """Ask today's rules about past cases: how often would they have chosen the unit that put it right?"""
    rows = Case.objects.filter(unit__isnull=False, dispatched_at__isnull=False).order_by("-id")[:last]
    ref = reference.now()
    sums, differing = dry_run(rows, ref=ref)
    for case, proposal in differing[:show]:
        wanted = ref.org.unit(proposal.unit_id).name if proposal.unit_id else "-"
        reasons = ", ".join(reason.code for reason in proposal.reasons)
        click.echo(f"{case.number} {ref.org.unit(case.unit_id or 0).name} → {wanted} ({reasons})", err=True)
    click.echo(json.dumps({
        "as_of": timezone.now().isoformat(), "cases": sums.cases, "same": sums.same, "without": sums.without,
        "agreement": sums.agreement,
    }))  # fmt: skip


@click.command()
def lifecycle() -> None:
    """Print the problem loop as a Mermaid drawing."""
    click.echo(LIFECYCLE.mermaid(), nl=False)


commands: list[click.Command] = [dispatch, lifecycle]
