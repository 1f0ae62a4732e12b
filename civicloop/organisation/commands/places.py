"""Commands for areas, duty grids, and what nobody answers for."""

from __future__ import annotations

import json

import click
from django.utils import timezone

from civicloop.organisation import actions, queries
from civicloop.organisation.commands.common import answerable, by_or_server, grid_coded, today, unit_coded


@click.group()
def owner() -> None:
    """Who answers for what."""


@owner.command("gaps")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def owner_gaps(form: str) -> None:
    """List grids, areas and points that nobody answers for."""
    gaps = queries.owner_gaps(on=today())
    if form == "json":
        click.echo(json.dumps([gap.__dict__ for gap in gaps], ensure_ascii=False))
        return
    for gap in gaps:
        click.echo(f"{gap.kind:6} {gap.code:16} {gap.name}  {gap.missing}")
    click.echo(f"{len(gaps)} gaps")


@click.group()
def area() -> None:
    """Areas: named stretches of the city with one responsible unit."""


@area.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--unit", help="Code of the responsible unit.")
@click.option("--kind", default="", help="What it is: an estate, a street, a market.")
@click.option("--area-class", type=click.Choice(["A", "B", "C"]), help="How strictly it is managed.")
@by_or_server
def add_area(code: str, name: str, unit: str | None, kind: str, area_class: str | None, by: str | None) -> None:
    """Add the area CODE."""
    made = actions.add_area(
        code=code, name=name, unit=unit_coded(unit) if unit else None, kind=kind, area_class=area_class or "",
        by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(str(made.uid))


@click.group("duty-grid")
def duty_grid() -> None:
    """Duty grids: sets of unit grids that one grid worker answers for."""


@duty_grid.command("add")
@click.argument("code")
@click.argument("name")
@click.argument("unit")
@click.argument("grids", nargs=-1, required=True)
@by_or_server
def add_duty_grid(code: str, name: str, unit: str, grids: tuple[str, ...], by: str | None) -> None:
    """Add the duty grid CODE of UNIT (a code), made of GRIDS (codes of unit grids)."""
    made = actions.add_duty_grid(
        code=code, name=name, unit=unit_coded(unit), grids=[grid_coded(one) for one in dict.fromkeys(grids)],
        by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(str(made.uid))
