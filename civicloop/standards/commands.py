"""Commands of the standards."""

from __future__ import annotations

import json
import re
from typing import Any

import click
from django.utils import timezone

from civicloop.kernel.refusal import Invalid
from civicloop.kernel.worktime import Limit, LimitUnit
from civicloop.organisation.commands import by_option
from civicloop.organisation.commands import person_named as person
from civicloop.standards import actions, reference
from civicloop.standards.models import DATATYPES, PART_LABELS, Category
from civicloop.standards.pack_commands import packs

pack_option = click.option("--pack", help="Code of the pack, where two packs have the category.")
CITY = "`city` gives it back to the city's own parameter."


def _or_city(_: click.Context, option: click.Parameter, value: str | None) -> int | str | None:
    """A whole number, or the word that stands for the city's parameter."""
    if value is None or value == "city":
        return value
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise click.BadParameter(f"{value!r} is neither a whole number up to 999999 nor `city`", param=option)
    return int(value)


@click.group("set")
def set_group() -> None:
    """Set what a city may set: limits, parameters, standard texts. Every change is a ledger line."""


@set_group.command("limit")
@click.argument("category")
@click.argument("area_class", type=click.Choice(["A", "B", "C"]))
@click.argument("amount")
@click.argument("unit", type=click.Choice([unit.value for unit in LimitUnit]))
@click.option("--condition", help="Code of the filing condition (default: the first).")
@pack_option
@by_option
def set_limit(
    category: str, area_class: str, amount: str, unit: str, condition: str | None, pack: str | None, by: str
) -> None:
    """Give CATEGORY another limit in areas of AREA_CLASS. Clocks that run already keep theirs."""
    rows = _category(category, pack).conditions.order_by("code")
    row = (rows.filter(code=condition) if condition else rows).first()
    if row is None:
        raise Invalid("condition", "condition_unknown", condition=condition or "")
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
    actions.set_text(
        category=_category(category) if category else None, state=state, code=code, title=title, text=text,
        by=person(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(f"{category or '*'} {state} {code}")


@set_group.command("question")
@click.argument("category")
@click.argument("code")
@click.argument("text")
@click.option("--datatype", type=click.Choice(DATATYPES), default="string", show_default=True)
@click.option("--required/--optional", default=False, show_default=True)
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar="KEY=NAME",
    help="A choice of the two list datatypes; one option for each.",
)
@click.option(
    "--order", type=click.IntRange(min=1), default=1, show_default=True, help="Its place among the questions."
)
@click.option(
    "--part", type=click.Choice(list(PART_LABELS)), default="asked", show_default=True,
    help="Who answers: people; nobody, as it only says something; or programs that speak Open311.",
)  # fmt: skip
@click.option("--hint", default="", help="How to answer it.")
@pack_option
@by_option
def set_question(
    category: str, code: str, text: str, datatype: str, required: bool, values: tuple[str, ...], order: int, part: str, hint: str,
    pack: str | None, by: str,
) -> None:  # fmt: skip
    """Ask the question CODE with its TEXT in CATEGORY; a question with this code is replaced as a whole."""
    choices = [_choice(value) for value in values]
    if datatype.endswith("list") != bool(choices):
        raise click.UsageError("--value is for singlevaluelist and multivaluelist, and these need at least one")
    if len({one["key"] for one in choices}) < len(choices):
        raise click.BadParameter("a key stands twice", param_hint="--value")
    actions.set_question(
        category=_category(category, pack), code=code, text=text, datatype=datatype, required=required, values=choices,
        order=order, part=part, hint=hint, by=person(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(f"{category} {code}")


@set_group.command("category")
@click.argument("category")
@click.option("--line", help="The line (function) that puts it right where no dispatch rule says otherwise.")
@click.option(
    "--report-photo/--no-report-photo", "needs_report_photo", default=None, help="Whether a report needs a photo."
)
@click.option(
    "--rectify-photo/--no-rectify-photo",
    "needs_rectify_photo",
    default=None,
    help="Whether putting right needs a photo.",
)
@click.option("--radius-m", callback=_or_city, metavar="METRES|city", help="How near is the same place; " + CITY)
@click.option("--duplicate-days", callback=_or_city, metavar="DAYS|city", help="How recent is a duplicate; " + CITY)
@click.option("--recurrence-days", callback=_or_city, metavar="DAYS|city", help="How soon is a recurrence; " + CITY)
@click.option("--active/--inactive", default=None, help="Whether new cases may have it.")
@pack_option
@by_option
def set_category(category: str, pack: str | None, by: str, **given: Any) -> None:
    """Change what a city may set of CATEGORY. Cases that have it keep it."""
    changes = {name: None if value == "city" else value for name, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("nothing to change was given")
    actions.change_category(category=_category(category, pack), changes=changes, by=person(by), at=timezone.now())
    line = str(changes.get("line", ""))
    if line and not reference.now().org.for_line(line):
        click.echo(f"no active unit carries the line {line}", err=True)
    click.echo(f"{category}: {', '.join(sorted(changes))}")


def _category(code: str, pack: str | None = None) -> Category:
    """The category with this code: a matter before a component, of the pack loaded first unless one is named."""
    rows = Category.objects.filter(code=code)
    row = (rows.filter(pack__code=pack) if pack else rows).order_by("-kind", "pack__loaded_at").first()
    if row is None:
        raise Invalid("category", "unknown_category", category=code)
    return row


def _choice(text: str) -> dict[str, str]:
    key, _, name = text.partition("=")
    if not key.strip() or not name.strip():
        raise click.BadParameter(f"{text!r} is not KEY=NAME", param_hint="--value")
    return {"key": key.strip(), "name": name.strip()}


commands: list[click.Command] = [packs, set_group]
