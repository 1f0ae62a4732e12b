"""`civicloop import`: bring a city's own files in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from civicloop.importing.actions import run_import
from civicloop.importing.findings import ERROR, Finding, ReportFile, Tally
from civicloop.importing.rules.mapping import KINDS, read_mapping
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Person
from civicloop.sentences import sentence

SHOWN = 10


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Which column means what.",
)
@click.option("--dry-run", is_flag=True, help="Judge every row, the database included, and write nothing.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="CSV of the rows that were not taken, and why."
)
@click.option("--by", "username", help="In whose name; without it, the system's.")
def import_file(kind: str, file: Path, mapping: Path, dry_run: bool, report: Path | None, username: str | None) -> None:
    """Bring grids, units, points or cases in from a CSV, XLSX or GeoJSON file.

    Good rows are kept; the others are listed with row number and reason. Starting it again brings nothing in twice.
    Exit status 0: every row is in; 1: the file could not be used, or rows were refused.
    """
    tally = bring_file(kind, file, mapping, dry_run=dry_run, report=report, username=username)
    if tally.refused or tally.changed or tally.broken_off:
        sys.exit(1)


def bring_file(
    kind: str,
    file: Path,
    mapping: Path,
    *,
    dry_run: bool = False,
    report: Path | None = None,
    username: str | None = None,
) -> Tally:
    """As the command does it: progress and sums on stderr, findings into the report."""
    read = read_mapping(mapping, kind)
    by = _person(username)
    shown: list[Finding] = []
    with ExitStack() as stack:
        kept = stack.enter_context(ReportFile(report)) if report else None

        def tell(finding: Finding) -> None:
            if kept is not None:
                kept.add(finding)
            elif finding.level == ERROR and len(shown) < SHOWN:
                shown.append(finding)

        progress = stack.enter_context(_bar(file))
        tally = run_import(
            path=file, mapping=read, by=by, at=timezone.now(), tell=tell, dry_run=dry_run, progress=progress
        )
    for finding in shown:
        click.echo(
            _("row %(row)s: %(sentence)s") % {"row": finding.row, "sentence": sentence(finding.refused)}, err=True
        )
    click.echo(_sums(tally, dry_run), err=True)
    return tally


def _person(username: str | None) -> Person | None:
    if username is None:
        return None
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise Invalid("by", "unknown_person", value=username, person=username)
    return found


@contextmanager
def _bar(file: Path) -> Iterator[Callable[[int, int, int], None]]:
    """A bar on a terminal, nothing in a log. A workbook does not tell how far it is: rows are counted instead."""
    with tqdm(total=None, unit="row", desc=file.name, disable=None, file=sys.stderr) as bar:

        def progress(rows: int, done: int, size: int) -> None:
            bar.n = rows
            if size and done:
                bar.total = max(rows, round(rows * size / done))
            bar.refresh()

        yield progress


def _sums(tally: Tally, dry_run: bool) -> str:
    parts = [
        _("%(n)s rows") % {"n": tally.rows},
        (_("%(n)s could be added") if dry_run else _("%(n)s added")) % {"n": tally.added},
        _("%(n)s here already") % {"n": tally.known},
        _("%(n)s here with other content") % {"n": tally.changed},
        _("%(n)s refused") % {"n": tally.refused},
        _("%(n)s without place") % {"n": tally.without_place},
        _("%(n)s outside every grid") % {"n": tally.outside},
    ]
    return " · ".join(parts)


commands: list[click.Command] = [import_file]
