"""`civicloop demo-la`: ten thousand real requests of Los Angeles, through the ordinary importer and the mappings of
examples/la311."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click
import holidays
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from civicloop.cases.models import Case
from civicloop.importing.commands import bring_file
from civicloop.jobs import no_jobs
from civicloop.organisation import actions as organisation
from civicloop.organisation.models import Person, Unit, WorkCalendar
from civicloop.organisation.rules.roles import Role
from civicloop.standards import actions as standards
from civicloop.standards.rules.pack import load_pack, load_packs, shipped_packs

ROOT = settings.PACKAGE.parent
EXAMPLES = ROOT / "examples" / "la311"
DEFAULT_DATA = ROOT.parent / "shared" / "data" / "la311"
REQUESTS, COUNCILS = "requests-2020.csv", "councils.geojson"
PACKS = ("city-default", "gb47678-2026")
LEAST_AGREEMENT = 0.98
YEARS = (2019, 2020, 2021)
FOUNDED = date(2019, 1, 1)
PASSWORD = "la311-demo-2026"  # printed with the accounts; nothing here is secret
ACCOUNTS = (
    ("filer", "演示·受理", "LA", Role.FILER),
    ("dispatcher", "演示·派遣", "LA", Role.DISPATCHER),
    ("verifier", "演示·核查", "LA", Role.VERIFIER),
    ("supervisor", "演示·督查", "LA", Role.SUPERVISOR),
    ("handler", "演示·环卫经办", "BOS", Role.UNIT_HANDLER),
    ("leader", "演示·环卫负责人", "BOS", Role.UNIT_LEADER),
    ("sysadmin", "演示·系统管理员", "LA", Role.SYSTEM_ADMIN),
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a row lies in the council that the city itself recorded, of the rows that have both."""

    both: int
    same: int

    @property
    def share(self) -> float | None:
        """The share; None where no row has both."""
        return self.same / self.both if self.both else None


@click.command("demo-la")
@click.option("--data", type=click.Path(path_type=Path), help=f"Folder with {REQUESTS} and {COUNCILS}.")
@click.option("--serve/--no-serve", default=True, help="Serve the city afterwards (default), or only build it.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the rows without place and others are listed.",
)
@click.option("--port", default=8000, show_default=True)
def demo_la(data: Path | None, serve: bool, report: Path | None, port: int) -> None:
    """Import the requests of Los Angeles into a database of their own, and say how well the places agree."""
    _in_own_database()
    folder = data or Path(os.environ.get("CIVICLOOP_LA311") or DEFAULT_DATA)
    absent = [name for name in (REQUESTS, COUNCILS) if not (folder / name).is_file()]
    if absent:
        raise click.ClickException(
            f"{' and '.join(absent)} not found in {folder}. Name the folder with --data or CIVICLOOP_LA311."
        )
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    found = build(folder, report or settings.DATA_DIR / "la311-report.csv", at=timezone.now())
    if found.share is None or found.share < LEAST_AGREEMENT:
        raise click.ClickException(f"Agreement is below {LEAST_AGREEMENT:.0%}.")
    if serve:
        _print_accounts(port)
        os.execv(sys.executable, [sys.executable, "-m", "civicloop.cli", "up", "--port", str(port)])


def build(folder: Path, report: Path, *, at: datetime) -> Agreement:
    """Load packs, units, councils and requests; what is here already is left as it is."""
    with no_jobs():
        _settle(at)
        bring_file("units", EXAMPLES / "units.csv", EXAMPLES / "units.yaml")
        _people(at)
        bring_file("grids", folder / COUNCILS, EXAMPLES / "grids.yaml")
        tally = bring_file("cases", folder / REQUESTS, EXAMPLES / "cases.yaml", report=report)
    found = agreement()
    click.echo(
        f"{Case.objects.count()} cases; {tally.without_place} rows without place, listed in {report}\n"
        f"{found.same} of {found.both} rows with place and council lie in the recorded council"
        + (f": {found.share:.2%}" if found.share is not None else "")
    )
    return found


def agreement() -> Agreement:
    """Compare the grid each place was found in with the council the city recorded."""
    both = same = 0
    rows = Case.objects.filter(lon__isnull=False).values_list("grid__code", "answers").iterator(chunk_size=2000)
    for code, answers in rows:
        council = answers.get("council")
        if council:
            both += 1
            same += code == f"LA0000000000{council:0>3}"
    return Agreement(both, same)


def _settle(at: datetime) -> None:
    """Packs and a calendar on the wall of Los Angeles, with the holidays of California."""
    packs = load_packs(shipped_packs())
    for name in PACKS:
        standards.load_pack(pack=packs[name], by=None, at=at)
    standards.load_pack(pack=load_pack(EXAMPLES / "la311-local"), by=None, at=at)
    if WorkCalendar.objects.filter(code="city").exists():
        return
    calendar = organisation.add_calendar(
        code="city", name="洛杉矶", hours=[["08:00", "12:00"], ["13:00", "17:00"]], timezone="America/Los_Angeles",
        by=None, at=at,
    )  # fmt: skip
    for year in YEARS:
        days = {day: False for day in holidays.country_holidays("US", subdiv="CA", years=year) if day.year == year}
        organisation.announce_year(calendar=calendar, year=year, days=days, by=None, at=at)


def _people(at: datetime) -> None:
    units = {unit.code: unit for unit in Unit.objects.all()}
    for username, name, unit, role in ACCOUNTS:
        if not Person.objects.filter(username=username).exists():
            person = organisation.add_person(username=username, name=name, password=PASSWORD, by=None, at=at)
            organisation.appoint(person=person, role=role, unit=units[unit], starts_on=FOUNDED, by=None, at=at)


def _print_accounts(port: int) -> None:
    click.echo(f"\nhttp://127.0.0.1:{port}  password of all accounts: {PASSWORD}")
    for username, name, unit, _ in ACCOUNTS:
        click.echo(f"  {username:<11} {name}  ({unit})")


def _in_own_database() -> None:
    """Start again with a data folder of this city's own, unless one is named: it must not be mixed with the demo city."""
    if os.environ.get("CIVICLOOP_DATABASE_URL") or os.environ.get("CIVICLOOP_DATA_DIR"):
        return
    own = {**os.environ, "CIVICLOOP_DATA_DIR": str(ROOT / "var" / "la311")}
    os.execve(sys.executable, [sys.executable, "-m", "civicloop.cli", *sys.argv[1:]], own)


commands: list[click.Command] = [demo_la]
