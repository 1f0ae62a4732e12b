"""Commands for units."""

from __future__ import annotations

from typing import Any

import click
from django.utils import timezone

from civicloop.organisation import actions
from civicloop.organisation.commands.common import (
    answerable,
    by_option,
    by_or_server,
    calendar_coded,
    hours_written,
    person_named,
    unit_coded,
)
from civicloop.organisation.models import Unit
from civicloop.organisation.rules.roles import UnitKind

line_option = click.option(
    "--line",
    "lines",
    multiple=True,
    help="A function the unit carries, such as sanitation; may be given several times.",
)
HOURS = 'Own working hours, such as "08:00-12:00,14:00-17:30"'


@click.group()
def unit() -> None:
    """Units: departments, towns, communities, teams."""


@unit.command("add")
@click.argument("code")
@click.argument("name")
@click.argument("kind", type=click.Choice([str(kind) for kind in UnitKind]))
@click.option("--parent", help="Code of the unit it stands below.")
@click.option("--short-name", default="")
@line_option
@click.option("--division-code", default="", help="Administrative division code, for blocks.")
@click.option("--phone", default="")
@click.option("--address", default="")
@click.option("--hours", default="", help=HOURS + ".")
@click.option("--calendar", help="Code of a working calendar of its own.")
@by_or_server
def add_unit(
    code: str, name: str, kind: str, parent: str | None, lines: tuple[str, ...], hours: str, calendar: str | None,
    by: str | None, **plain: str,
) -> None:  # fmt: skip
    """Add the unit CODE with its NAME and KIND to the tree."""
    made = actions.add_unit(
        code=code, name=name, kind=kind, parent=unit_coded(parent, "parent") if parent else None, lines=_lines(lines),
        hours=hours_written(hours), calendar=calendar_coded(calendar) if calendar else None, **plain,
        by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(str(made.uid))


@unit.command("change")
@click.argument("code")
@click.option("--name")
@click.option("--short-name")
@click.option("--kind", type=click.Choice([str(kind) for kind in UnitKind]))
@click.option("--parent", help='Code of the unit it stands below from now on; "" puts it at the top.')
@click.option("--hours", help=HOURS + '; "" takes them away.')
@click.option("--calendar", help='Code of a working calendar; "" gives it back the one of the units above.')
@click.option(
    "--line", "lines", multiple=True, help='A function it carries; together they replace the old ones, "" is none.'
)
@click.option("--phone")
@click.option("--address")
@click.option("--active/--inactive", default=None, help="Whether cases may go to it.")
@by_option
def change_unit(
    code: str,
    parent: str | None,
    hours: str | None,
    calendar: str | None,
    lines: tuple[str, ...],
    by: str,
    **plain: Any,
) -> None:
    """Change the unit CODE. Units above its new parent come to see the cases it has had; those above the old one still do."""
    changes = {name: value for name, value in plain.items() if value is not None}
    if parent is not None:
        changes["parent"] = unit_coded(parent, "parent") if parent else None
    if hours is not None:
        changes["hours"] = hours_written(hours)
    if calendar is not None:
        changes["calendar"] = calendar_coded(calendar) if calendar else None
    if lines:
        changes["lines"] = _lines(lines)
    if not changes:
        raise click.UsageError("nothing to change was given")
    actions.change_unit(unit=unit_coded(code), changes=changes, by=person_named(by), at=timezone.now())
    click.echo(f"{code}: {', '.join(sorted(changes))}")


@unit.command("list")
def list_units() -> None:
    """List all units as a tree: code, name, kind, and what they carry."""
    below: dict[int | None, list[Unit]] = {}
    for row in Unit.objects.order_by("code"):
        below.setdefault(row.parent_id, []).append(row)
    todo = [(row, 0) for row in reversed(below.get(None, []))]
    while todo:
        row, depth = todo.pop()
        parts = [row.code, row.name, row.kind, *row.lines, *(() if row.active else ("(not active)",))]
        click.echo("  " * depth + " ".join(parts))
        todo.extend((child, depth + 1) for child in reversed(below.get(row.pk, [])))


def _lines(given: tuple[str, ...]) -> list[str]:
    return [line.strip() for line in given if line.strip()]
