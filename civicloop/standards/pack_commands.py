"""Commands for packs: list, load, check, compare, and take them to and from the workbook that offices fill."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import click
import xlsxwriter
from django.utils import timezone

from civicloop.organisation.models import Point
from civicloop.standards import actions, editions, xlsform
from civicloop.standards.rules.book import StandardBook, book_from
from civicloop.standards.rules.difference import diff, pack_digest, plain
from civicloop.standards.rules.pack import find_packs, load_pack, shipped_packs
from civicloop.standards.rules.problem import PackError
from civicloop.standards.rules.shapes import Checklist, Pack
from civicloop.standards.workbook import reading, writing

folder_option = click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write into."
)


def _pack(name: str) -> Pack:
    """A pack by its folder, or by NAME or NAME@EDITION among those shipped; every fault is told, one a line."""
    path = Path(name) if Path(name).is_dir() else shipped_packs() / name
    try:
        return load_pack(path)
    except PackError as error:
        raise _told(error) from error


def _told(error: PackError) -> click.ClickException:
    return click.ClickException("\n".join([f"pack {error.pack} is refused:", *map(str, error.problems)]))


@click.group()
def packs() -> None:
    """Standard packs."""


@packs.command("list")
def list_packs() -> None:
    """List the packs that are shipped, each edition on its line, by the name it is loaded with."""
    for path in find_packs(shipped_packs()):
        pack = _pack(str(path))
        many = f"{len(pack.categories):4} categories {len(pack.checklists):3} checklists"
        click.echo(f"{path.name:16} {pack.edition:6} {many}  {pack.title}")


@packs.command("editions")
@click.argument("name")
def list_editions(name: str) -> None:
    """List the editions of pack NAME that were ever loaded, the newest first; * marks the one in force."""
    now = editions.current(name)
    for edition in editions.editions(name):
        mark = "*" if edition.pk == now.pk else " "
        loaded = timezone.localtime(edition.loaded_at)
        click.echo(f"{mark} {edition.name:8} {edition.digest[:12]} first loaded {loaded:%Y-%m-%d %H:%M}")


@packs.command("load")
@click.argument("names", nargs=-1, required=True)
def load(names: tuple[str, ...]) -> None:
    """Put packs in force: NAMES of shipped packs (an older edition as NAME@EDITION), or folders.

    Rounds planned with an earlier edition keep it.
    """
    for pack in [_pack(name) for name in names]:
        row = actions.load_pack(pack=pack, by=None, at=timezone.now())
        click.echo(f"{row.code} {row.edition} {row.digest[:12]}")


@packs.command("check")
@click.argument("name")
def check(name: str) -> None:
    """Check a pack without loading it: a folder, or the NAME of a shipped one. Says what it holds, or all its faults."""
    pack = _pack(name)
    held = {
        "pack": pack.name, "edition": pack.edition, "digest": pack_digest(pack), "categories": len(pack.categories),
        "point_types": len(pack.point_types), "checklists": len(pack.checklists),
        "items": sum(len(one.items) for one in pack.checklists), "projects": len(pack.projects),
        "criteria": sum(len(content.criteria) for project in pack.projects for content in project.contents),
        "indicators": len(pack.indicators),
    }  # fmt: skip
    click.echo(json.dumps(held))


@packs.command("diff")
@click.argument("old")
@click.argument("new")
def diff_command(old: str, new: str) -> None:
    """Say what changed between two packs: folders, or shipped ones as NAME and NAME@EDITION."""
    click.echo(json.dumps(plain(diff(_pack(old), _pack(new))), ensure_ascii=False, indent=1))


@packs.command("export")
@click.argument("name")
@click.option("--xlsx", "file", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export(name: str, file: Path) -> None:
    """Write pack NAME as the workbook that offices fill."""
    writing.write(_pack(name), file)
    click.echo(str(file))


@packs.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@folder_option
@click.option("--beside", is_flag=True, help="Name the folder NAME@EDITION, to stand beside the edition that is there.")
def import_command(file: Path, out: Path, beside: bool) -> None:
    """Read a filled workbook back into a pack folder. Faults are told with sheet, row and reason; then nothing is written."""
    try:
        pack, document = reading.read(file)
    except PackError as error:
        raise _told(error) from error
    folder = out / (f"{pack.name}@{pack.edition}" if beside else pack.name)
    if folder.exists():
        raise click.ClickException(f"{folder} is there already")
    reading.write_folder(document, folder)
    click.echo(f"{folder} {pack.edition} {pack_digest(pack)[:12]}")


@packs.command("xlsform")
@click.argument("name")
@click.option("--checklist", "code", help="Code of one checklist (default: all).")
@click.option("--points", is_flag=True, help="Fill points.csv with the city's points of these types.")
@folder_option
def xlsform_command(name: str, code: str | None, points: bool, out: Path) -> None:
    """Write the checklists of pack NAME as XLSForms, each with the points.csv that its places are chosen from."""
    pack = _pack(name)
    book = book_from(plain(pack), edition_id=0, digest=pack_digest(pack))
    wanted = [one for one in book.checklists if code in (None, one.code)]
    if not wanted:
        raise click.ClickException(f"no checklist {code} in {pack.name} {pack.edition}")
    for checklist in wanted:
        folder = out / checklist.code if len(wanted) > 1 else out
        folder.mkdir(parents=True, exist_ok=True)
        _write_form(book, checklist, folder / f"{xlsform.form_id(book, checklist)}.xlsx")
        types = [one for one in book.point_types if checklist in book.checklists_for(one)] if points else []
        _write_points(types, folder / xlsform.POINTS_FILE)
        click.echo(str(folder / f"{xlsform.form_id(book, checklist)}.xlsx"))


def _write_form(book: StandardBook, checklist: Checklist, file: Path) -> None:
    with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        for name, rows in xlsform.workbook(book, checklist).items():
            page = workbook.add_worksheet(name)
            headings = xlsform.columns(rows)
            page.freeze_panes(1, 0)
            page.set_column(0, len(headings) - 1, 24)
            page.write_row(0, 0, headings)
            for number, row in enumerate(rows, 1):
                for place, heading in enumerate(headings):
                    page.write_string(number, place, row.get(heading, ""))


def _write_points(types: list[str], file: Path) -> None:
    found = Point.objects.filter(point_type__in=types).order_by("code").values_list("uid", "name") if types else ()
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(("name", "label"))
        table.writerows(found)
