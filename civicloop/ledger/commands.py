"""Commands of the ledger."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import click
from django.conf import settings
from django.utils import timezone

from civicloop.ledger import queries, seals
from civicloop.ledger.models import LedgerLine


@click.group()
def ledger() -> None:
    """The append-only history: verify it, seal it."""


@ledger.command()
@click.option(
    "--seal", "files", multiple=True, type=click.Path(exists=True, path_type=Path), help="A seal kept outside."
)
def verify(files: tuple[Path, ...]) -> None:
    """Check every chain and every seal; name the first broken line. Exit status 1 when something does not hold."""
    broken = next(queries.breaks(), None)
    if broken is not None:
        _fail(f"{broken.kind} {broken.uid} line {broken.seq}: {broken.reason}")
    fault = seals.check_seals()
    if fault is not None:
        _fail(f"seal {fault.day}: {fault.reason}")
    known = sorted((settings.DATA_DIR / "seals").glob("ledger-seal-*.jsonl.gz"))
    for path in [*known, *files]:
        fault = seals.check_file(path)
        if fault is not None:
            where = f"{fault.kind} {fault.uid} line {fault.seq}: " if fault.uid else ""
            _fail(f"{where}{fault.reason} (seal {fault.day}, {path.name})")
    named = {path.name for path in (*known, *files)}
    without = [str(day) for day in seals.days() if seals.file_name(day) not in named]
    told = {"ok": True, "lines": LedgerLine.objects.count(), "seals_checked": len(known) + len(files)}
    # A seal whose file is not at hand proves less: only the copy kept outside can show what was cut since.
    click.echo(json.dumps(told | {"seals_without_file": without}))


@ledger.command("seal")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day the seal is for (default: yesterday).")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the exported heads.")
def seal_command(day: object, out: Path | None) -> None:
    """Seal all chains as they stand now and export their heads; keep a copy of the file outside."""
    now = timezone.now()
    wanted: date = day.date() if hasattr(day, "date") else timezone.localdate(now) - timedelta(days=1)  # type: ignore[union-attr]
    row, path = seals.seal(day=wanted, at=now, folder=out or settings.DATA_DIR / "seals")
    click.echo(json.dumps({"day": str(row.day), "heads": row.heads, "seal": row.seal, "file": str(path)}))


def _fail(message: str) -> None:
    click.echo(f"BROKEN: {message}")
    sys.exit(1)


commands: list[click.Command] = [ledger]
