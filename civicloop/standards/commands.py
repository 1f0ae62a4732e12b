"""Commands of the standards."""

from __future__ import annotations

import json
from pathlib import Path

import click
from django.utils import timezone

from civicloop.standards import actions
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


commands: list[click.Command] = [packs]
