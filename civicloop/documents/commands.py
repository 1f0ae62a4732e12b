"""`civicloop paper`: write papers from the command line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.cases.models import Case
from civicloop.documents import actions, queries
from civicloop.documents.models import Paper, PaperState
from civicloop.documents.rules.periods import default_period
from civicloop.jobs import no_jobs
from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference

DAY = click.DateTime(["%Y-%m-%d"])
# What a person types, and what the table of kinds calls it.
NAMES = {
    "notice": "notice", "letter": "letter", "whistle": "whistle", "brief": "brief", "bulletin": "bulletin",
    "exposure": "exposure", "handbook": "handbook", "summary": "summary", "ledger": "ledger", "problems": "problem_list",
}  # fmt: skip
CHUNK = 256 * 1024


@click.command("paper")
@click.argument("kind", type=click.Choice(list(NAMES)))
@click.option("--unit", "unit_code", help="The unit it is about, by its code; without it, the whole city.")
@click.option("--case", "case_number", type=int, help="The case it is about, by its number.")
@click.option(
    "--from", "begins", type=DAY, help="First day; by default that of the last whole week or month, or of this year."
)
@click.option("--to", "ends", type=DAY, help="Last day, which counts.")
@click.option("--as", "username", help="In whose name; without it, the system's.")
@click.option(
    "--option", "given", multiple=True, metavar="NAME=VALUE",
    help="What else the kind understands, such as photos=6; may be repeated.",
)  # fmt: skip
@click.option("--issue", is_flag=True, help="Issue it too: it gets its day and its number.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files; made when missing.",
)
def paper(
    kind: str, unit_code: str | None, case_number: int | None, begins: datetime | None, ends: datetime | None,
    username: str | None, given: tuple[str, ...], issue: bool, out: Path,
) -> None:  # fmt: skip
    """Write a paper and put its files into a folder. Names what it wrote; a refusal is one line and exit status 1."""
    now, ref = timezone.now(), reference.now()
    wanted = queries.kind_of(NAMES[kind])
    start, end = _period(wanted.period, begins, ends, timezone.localdate(now))
    by = _person(username)
    with no_jobs():
        made = actions.prepare(
            kind=wanted.name, unit_id=_unit(unit_code, ref), case_id=_case(case_number), start=start, end=end, by=by, at=now,
            options=_options(given), ref=ref,
        )  # fmt: skip
        made = _built(made)
        if issue:
            click.echo(actions.issue(paper=made, by=by, at=timezone.now(), ref=ref) or _("issued without a number"))
            made = actions.build(made.uid)
    _save(made, out, by)


def _built(made: Paper) -> Paper:
    built = actions.build(made.uid)
    if built.state == PaperState.FAILED:
        told = dict(built.failure)
        raise Refused(str(told.pop("code", "paper_failed")), **told)
    return built


def _save(made: Paper, out: Path, by: Person | None) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for one in queries.files_of(made):
        actions.look(paper=made, how=one.form, by=by, at=timezone.now())
        target = out / one.name
        part = target.with_name(target.name + ".part")
        with queries.open_file(one) as source, part.open("wb") as file:
            for chunk in source.chunks(CHUNK):
                file.write(chunk)
        part.replace(target)
        click.echo(f"{target}  {one.size}")


def _period(name: str, begins: datetime | None, ends: datetime | None, today: date) -> tuple[date, date]:
    first, last = default_period(name, today)
    start = begins.date() if begins else first
    end = ends.date() if ends else (last if last >= start else today)
    return start, end


def _options(given: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE as typed. Raises Invalid for one without a value."""
    told = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise Invalid("options", "option_needs_value", option=one[:60])
        told[name.strip()] = value
    return told


def _unit(code: str | None, ref: Reference) -> int | None:
    if code is None:
        return None
    unit = ref.org.by_code(code)
    if unit is None:
        raise NotFound("unit", code)
    return unit.id


def _case(number: int | None) -> int | None:
    if number is not None and not Case.objects.filter(pk=number).exists():
        raise NotFound("case", number)
    return number


def _person(username: str | None) -> Person | None:
    if username is None:
        return None
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise NotFound("person", username)
    return person


commands: list[click.Command] = [paper]
