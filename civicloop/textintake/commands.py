"""Commands of text intake: train the classifier, try a text, see how good the suggestions are."""

from __future__ import annotations

import csv
import json
import sys
from typing import IO

import click
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.organisation.commands.common import answerable, by_or_server
from civicloop.standards import reference
from civicloop.textintake import actions, queries
from civicloop.textintake.models import TextModel
from civicloop.textintake.reading import Reader
from civicloop.textintake.rules.cleaning import clean


@click.group()
def texts() -> None:
    """Suggest cases from texts."""


@texts.command()
@by_or_server
def train(by: str | None) -> None:
    """Train the classifier on the city's closed cases, and say how often it was right on texts held back."""
    row = actions.train(by=answerable(by), at=timezone.now())
    click.echo(json.dumps(_figures(row)))


@texts.command()
@click.argument("text", required=False)
def suggest(text: str | None) -> None:
    """Show what would be suggested for TEXT (or for standard input); nothing is kept."""
    ref = reference.now()
    given = text if text is not None else sys.stdin.read()
    for one in queries.suggest(given, at=timezone.now(), ref=ref):
        told = {"part": one.seq, "text": one.text, **queries.as_json(one, ref)}
        click.echo(json.dumps(told, ensure_ascii=False))


@texts.command()
@click.option(
    "--file", "file", type=click.File(encoding="utf-8-sig"), help="CSV with columns text and category (code or name)."
)
@click.option("--show", default=0, show_default=True, help="How many wrong ones of the file to list.")
def measure(file: IO[str] | None, show: int) -> None:
    """Say how good the suggestions are: the classifier on texts held back, people's choices, and a labelled file if given."""
    row, used = queries.newest_model(), queries.accuracy_in_use()
    told = {
        "model": None if row is None else _figures(row),
        "in_use": {"filed": used.filed, "dropped": used.dropped, "top1": used.top1, "top3": used.top3},
    }
    if file is not None:
        told["file"] = _measured(file, show)
    click.echo(json.dumps(told, ensure_ascii=False))


@texts.command()
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
def retain(dry_run: bool) -> None:
    """Delete parts nobody decided, and the words of decided ones, whose time (texts.keep_days) is over."""
    click.echo(json.dumps(actions.retain(at=timezone.now(), dry_run=dry_run)))


def _measured(file: IO[str], show: int) -> dict[str, object]:
    ref = reference.now()
    reader = Reader.now(ref)
    many = first = three = 0
    for number, line in enumerate(csv.DictReader(file), start=2):
        text, label = (line.get("text") or "").strip(), (line.get("category") or "").strip()
        if not text or not label:
            raise Invalid("file", "bad_label_line", line=number)
        names = [ref.categories.by_id(one.category) for one in reader.categories(clean(text))]
        place = next((n for n, one in enumerate(names, 1) if label in (one.code, one.name)), 0)
        many, first, three = many + 1, first + (place == 1), three + (1 <= place <= queries.SHARE)
        if place != 1 and show > 0:
            show -= 1
            click.echo(f"{number}: {label} ≠ {names[0].name if names else '-'}: {text[:60]}", err=True)
    return {"texts": many, "top1": first / many if many else None, "top3": three / many if many else None}


def _figures(row: TextModel) -> dict[str, object]:
    return {
        "trained_at": row.trained_at.isoformat(), "cases": row.cases, "texts": row.texts, "held": row.held,
        "top1": round(row.top1, 4) if row.held else None, "top3": round(row.top3, 4) if row.held else None,
        "categories": len(row.per_category),
    }  # fmt: skip


commands: list[click.Command] = [texts]
