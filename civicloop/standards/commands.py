"""Commands of the standards."""

from __future__ import annotations

import json
from pathlib import Path

import click
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.kernel.worktime import Limit, LimitUnit
from civicloop.organisation.commands import by_option
from civicloop.organisation.commands import person_named as person
from civicloop.standards import actions
from civicloop.standards.models import Category, FilingCondition
from civicloop.standards.rules.difference import diff, plain
from civicloop.standards.rules.pack import find_packs, load_pack, shipped_packs


@click.group()
def packs() -> None:
    """Standard packs."""


@packs.command("list")
def list_packs() -> None:
    """List the packs that are shipped."""
    for path in find_packs(shipped_packs()):
        pack = load_pack(path)
        click.echo(f"{pack.name:16} {pack.edition:8} {len(pack.categories):4} categories  {pack.title}")


@packs.command("load")
@click.argument("names", nargs=-1, required=True)
def load(names: tuple[str, ...]) -> None:
    """Put packs in force: NAMES of shipped packs, or folders."""
    for name in names:
        path = Path(name) if Path(name).is_dir() else shipped_packs() / name
        row = actions.load_pack(pack=load_pack(path), by=None, at=timezone.now())
        click.echo(f"{row.code} {row.edition} {row.digest[:12]}")


@packs.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Check a pack without loading it."""
    pack = load_pack(folder)
    click.echo(json.dumps({"pack": pack.name, "edition": pack.edition, "categories": len(pack.categories)}))


@packs.command("diff")
@click.argument("old", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, file_okay=False, path_type=Path))
def diff_command(old: Path, new: Path) -> None:
    """Say what changed between two editions of a pack."""
    click.echo(json.dumps(plain(diff(load_pack(old), load_pack(new))), ensure_ascii=False, indent=1))


@click.group("set")
def set_group() -> None:
    """Set what a city may set: limits, parameters, standard texts. Every change is a ledger line."""


@set_group.command("limit")
@click.argument("category")
@click.argument("area_class", type=click.Choice(["A", "B", "C"]))
@click.argument("amount")
@click.argument("unit", type=click.Choice([unit.value for unit in LimitUnit]))
@click.option("--condition", help="Code of the filing condition (default: the first).")
@click.option("--pack", help="Code of the pack, where two packs have the category.")
@by_option
def set_limit(
    category: str, area_class: str, amount: str, unit: str, condition: str | None, pack: str | None, by: str
) -> None:
    """Give CATEGORY another limit in areas of AREA_CLASS. Clocks that run already keep theirs."""
    rows = FilingCondition.objects.filter(category__code=category).select_related("category").order_by("code")
    rows = rows.filter(code=condition) if condition else rows
    row = (rows.filter(category__pack__code=pack) if pack else rows.order_by("-category__kind", "code")).first()
    if row is None:
        raise Invalid("category", "unknown_category", category=category)
    limit = Limit.from_json({"amount": amount, "unit": unit})
    made = actions.set_limit(condition=row, area_class=area_class, limit=limit, by=person(by), at=timezone.now())
    click.echo(f"{row.category.code} {row.code} {made}")


@set_group.command("parameter")
@click.argument("name")
@click.argument("value")
@by_option
def set_parameter(name: str, value: str, by: str) -> None:
    """Set parameter NAME to VALUE, written as JSON. Without a known name the names are listed."""
    try:
        told = json.loads(value)
    except ValueError as fault:
        raise Invalid("value", "wrong_shape", name=name) from fault
    row = actions.set_parameter(name=name, value=told, by=person(by), at=timezone.now())
    click.echo(f"{row.name} = {json.dumps(row.value, ensure_ascii=False)}")


@set_group.command("text")
@click.argument("state")
@click.argument("code")
@click.argument("text")
@click.option("--title", default="")
@click.option("--category", help="Code of a category; without it the text is offered for all.")
@by_option
def set_text(state: str, code: str, text: str, title: str, category: str | None, by: str) -> None:
    """Write the standard text CODE of STATE."""
    row = Category.objects.filter(code=category).order_by("-kind").first() if category else None
    if category and row is None:
        raise Invalid("category", "unknown_category", category=category)
    actions.set_text(
        category=row, state=state, code=code, title=title, text=text, by=person(by), at=timezone.now()
    )  # fmt: skip
    click.echo(f"{category or '*'} {state} {code}")


commands: list[click.Command] = [packs, set_group]
