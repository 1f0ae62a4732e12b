"""Commands of surveys: questionnaires brought in, and how many answers a margin takes."""

from __future__ import annotations

import json
from pathlib import Path

import click
import yaml
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.kernel.refusal import Refused
from civicloop.sentences import sentence
from civicloop.surveys import actions, queries
from civicloop.surveys.models.surveys import MEASURE_LABELS
from civicloop.surveys.rules.design import margin_of, size_for


@click.group()
def surveys() -> None:
    """Surveys of residents."""


@surveys.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Bring the questionnaire in FILE (YAML) in. A version that is here already is left as it is."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise click.ClickException(f"{file.name}: {fault}") from fault
    try:
        row = actions.load_questionnaire(content=content, by=None, at=timezone.now())
    except Refused as refused:
        field = getattr(refused, "field", "")
        raise click.ClickException(f"{file.name}: {field} {sentence(refused)}".strip()) from refused
    click.echo(f"{row.code} v{row.version}  {row.title}")


@surveys.command("size")
@click.option("--population", type=click.IntRange(2), required=True, help="People who may be asked.")
@click.option("--margin", type=click.FloatRange(0.5, 25), default=5.0, show_default=True, help="Points either way.")
def size(population: int, margin: float) -> None:
    """Say how many answers a margin takes, and the margin reached by the usual sizes."""
    wanted = size_for(margin / 100, population)
    click.echo(json.dumps({"population": population, "margin": margin, "answers": wanted}))
    for answers in (100, 200, 400, 600, 1000):
        told = {"many": f"{answers:6}", "points": f"{100 * margin_of(answers, population):.1f}"}
        click.echo(_("%(many)s answers: ±%(points)s points") % told)


@surveys.command("rates")
def rates() -> None:
    """Print the latest rates with their intervals."""
    for one in queries.latest_rates().values():
        ends = f"{100 * one.low:.1f}-{100 * one.high:.1f}"
        told = {
            "rate": MEASURE_LABELS[one.measure],
            "share": f"{100 * one.share:.1f}%",
            "ends": ends,
            "many": one.answers,
        }
        click.echo(_("%(rate)s %(share)s (%(ends)s, %(many)s answers)") % told + f"  {one.title} {one.ends_on}")


commands: list[click.Command] = [surveys]
