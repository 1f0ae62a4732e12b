"""`civicloop dispatch`: solve the pool of orders, and say what is proposed and why."""

from __future__ import annotations

import json
from typing import Any

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.organisation.commands.common import answerable
from civicloop.volunteers.actions import proposing as actions
from civicloop.volunteers.dispatchwords import said, skipped
from civicloop.volunteers.proposing import reckon


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be proposed and write nothing down.")
@click.option("--json", "as_json", is_flag=True, help="Rows and figures as JSON.")
@click.option("--carry-out", is_flag=True, help="Offer every order to the team proposed for it.")
@click.option("--as", "by", help="User name of who does this; without it the server itself.")
def dispatch(dry_run: bool, as_json: bool, carry_out: bool, by: str | None) -> None:
    """Propose a team for every order that waits: the most weight served, then the shortest ways and even loads."""
    now, person = timezone.now(), answerable(by)
    if dry_run and carry_out:
        raise click.UsageError("--dry-run offers nothing: leave --carry-out away.")
    if dry_run:
        found = reckon(at=now)
        rows, figures, uid = found.rows, found.figures, None
    else:
        made = actions.propose(by=person, at=now)
        rows, figures, uid = made.content, made.figures, made.uid
    done = actions.carry_out(uid, by=person, at=now) if carry_out and uid else None
    if as_json:
        told: dict[str, Any] = {"proposal": str(uid) if uid else None, "rows": rows, "figures": figures}
        if done:
            told |= {"assigned": list(done.assigned), "skipped": list(done.skipped)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for line in _table(rows, figures):
        click.echo(line)
    for one in done.skipped if done else ():
        click.echo(f"{one['number']} {one['team']}: {skipped(str(one['code']))}")


def _table(rows: list[dict[str, Any]], figures: dict[str, Any]) -> list[str]:
    lines = [f"{row['number']}\t{row['service']}\t×{row['counts_as']}\t{said(row)}" for row in rows]
    sums = _("%(served)s of %(orders)s orders, weight %(weight)s, %(km)s km, %(ms)s ms")
    lines.append(sums % {**figures, "km": f"{figures['km']:.1f}"})
    for name, rule in (
        ("nearest_first", _("first come, nearest team")), ("priority_first", _("heaviest first, nearest team")),
    ):  # fmt: skip
        theirs = figures[name]
        lines.append(
            f"{rule}: " + _("%(served)s served, weight %(weight)s, %(km)s km") % {**theirs, "km": f"{theirs['km']:.1f}"}
        )
    return lines


commands: list[click.Command] = [dispatch]
