"""`civicloop volunteers`: hours, certificates and exports from the command line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.documents.certificates import certificate_name, write_certificate
from civicloop.documents.volunteer_export import export as write_export
from civicloop.kernel.refusal import NotFound
from civicloop.kernel.text import mask_name
from civicloop.organisation.models import Person, Unit
from civicloop.volunteers.actions import certificates
from civicloop.volunteers.models import Certificate, Volunteer
from civicloop.volunteers.queries.hours import records_of, totals

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("volunteers")
def volunteers() -> None:
    """Volunteers: hours served, certificates, lists for the national platform."""


@volunteers.command("export")
@click.argument("what", type=click.Choice(["people", "records"]))
@click.option("--purpose", required=True, help="What it is for; the ledger keeps it.")
@click.option("--from", "begins", type=DAY, help="First day of the records.")
@click.option("--to", "ends", type=DAY, help="Last day of the records, which counts.")
@click.option("--as", "username", help="In whose name; without it, the system's.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file: .xlsx or .csv.")
def export(
    what: str, purpose: str, begins: datetime | None, ends: datetime | None, username: str | None, out: Path
) -> None:  # fmt: skip
    """Write volunteers or their hours in the fields of the national platform. Personal data in full: keep the file safe."""
    part = out.with_name(out.name + ".part")
    part.touch(mode=0o600)
    try:
        with part.open("wb") as file:
            rows = write_export(
                kind=what, purpose=purpose, form=out.suffix.lstrip(".").lower(), file=file, by=_person(username),
                at=timezone.now(), start=_date(begins), end=_date(ends),
            )  # fmt: skip
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{out}  {rows}")


@volunteers.command("hours")
@click.argument("volunteer", type=click.UUID)
@click.option("--all", "all_states", is_flag=True, help="Also records that were replaced or voided.")
def hours(volunteer: UUID, all_states: bool) -> None:
    """Show what a volunteer, by the public id, has served: the records and the sum. The name is masked."""
    found = _volunteer(volunteer)
    for one in records_of(found, all_states=all_states):
        start, end = timezone.localtime(one.starts_at), timezone.localtime(one.ends_at)
        click.echo(f"{one.uid}  {start:%Y-%m-%d %H:%M}–{end:%H:%M}  {one.hours} h  {one.state}  {one.title}")
    sums = totals(found)
    told = {"name": mask_name(found.name), "hours": sums.hours, "records": sums.records, "stars": sums.stars}
    click.echo(_("%(name)s: %(hours)s hours in %(records)s records, %(stars)s stars") % told)


@volunteers.command("certificate")
@click.argument("volunteer", type=click.UUID, required=False)
@click.option("--number", help="Write one that was issued before, by its number.")
@click.option("--unit", "unit_code", help="The unit that certifies, by its code.")
@click.option("--from", "begins", type=DAY, help="First day; without it, from the beginning.")
@click.option("--to", "ends", type=DAY, help="Last day, which counts.")
@click.option("--as", "username", help="In whose name; without it, the system's.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the PDF.")
def certificate(
    volunteer: UUID | None, number: str | None, unit_code: str | None, begins: datetime | None, ends: datetime | None,
    username: str | None, out: Path,
) -> None:  # fmt: skip
    """Issue a certificate for a volunteer, by the public id, and write it as PDF; or write one that was issued before."""
    if (volunteer is None) == (number is None):
        raise click.UsageError(_("Name a volunteer, or the number of a certificate."))
    if number is not None:
        made = _issued(number)
    else:
        assert volunteer is not None
        made = certificates.issue(
            volunteer=_volunteer(volunteer), unit=_unit(unit_code), start=_date(begins), end=_date(ends),
            by=_person(username), at=timezone.now(),
        )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    target = out / certificate_name(made)
    part = target.with_name(target.name + ".part")
    with part.open("wb") as file:
        write_certificate(made, file)
    part.replace(target)
    click.echo(f"{made.number}  {target}")


def _date(given: datetime | None) -> date | None:
    return given.date() if given else None


def _person(username: str | None) -> Person | None:
    if username is None:
        return None
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise NotFound("person", username)
    return person


def _volunteer(uid: UUID) -> Volunteer:
    found = Volunteer.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("volunteer", uid)
    return found


def _issued(number: str) -> Certificate:
    found = Certificate.objects.filter(number=number.strip()).first()
    if found is None:
        raise NotFound("certificate", number)
    return found


def _unit(code: str | None) -> Unit:
    found = Unit.objects.filter(code=code).first() if code else None
    if found is None:
        raise NotFound("unit", code or "")
    return found


commands: list[click.Command] = [volunteers]
