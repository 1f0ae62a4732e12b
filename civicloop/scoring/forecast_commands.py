"""`civicloop forecast`: if assessors came tomorrow, as a table or as JSON."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.scoring.asking import Day, Moment
from civicloop.scoring.forecasting import DRAWS, POINTS, SEED, Outlook, forecast, plan_from_file
from civicloop.scoring.queries import scope_of
from civicloop.scoring.rules.forecast import Note
from civicloop.standards import reference

DAY, MOMENT = Day(), Moment()
ITEMS = 10


@click.command("forecast")
@click.option("--round", "codes", multiple=True, help="Only the visits of this round; may be given more than once.")
@click.option("--from", "begins", type=DAY, help="First day of the visits that count.")
@click.option("--to", "ends", type=DAY, help="Last day of the visits that count.")
@click.option("--target", type=float, help="The score to be reached; by default that of the edition.")
@click.option(
    "--sample", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV: point_type, points, weight."
)
@click.option("--points", type=int, help=f"Scale the sample to so many points, such as {POINTS}.")
@click.option("--draws", type=int, default=DRAWS, show_default=True, help="How many samples are simulated.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed gives the same numbers.")
@click.option("--as-of", type=MOMENT, help="What was known at this moment; by default now.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def command(
    codes: tuple[str, ...], begins: datetime | None, ends: datetime | None, sample: Path | None, as_of: datetime | None,
    as_json: bool, **numbers: Any,
) -> None:  # fmt: skip
    """What score the assessors would give, how sure that is, and which repairs would raise it most."""
    scope = scope_of(codes, begins.date() if begins else None, ends.date() if ends else None)
    moment = as_of or timezone.now()
    plan = plan_from_file(sample) if sample else None
    outlook = forecast(scope, as_of=moment, ref=reference.now(), plan=plan, **numbers)
    click.echo(json.dumps(as_data(outlook), ensure_ascii=False, indent=2) if as_json else _table(outlook))


def as_data(outlook: Outlook) -> dict[str, Any]:
    """The forecast as JSON takes it. Scores are points of 100; shares are of 1; the keys are stable."""
    told = outlook.forecast
    return {
        "rule": outlook.rule,
        "as_of": outlook.as_of.isoformat(),
        "edition": {"pack": outlook.edition.pack, "name": outlook.edition.name, "digest": outlook.edition.digest},
        "assumed": {
            "state_half_life_days": outlook.assumed.state_half_life, "fade_half_life_days": outlook.assumed.fade_half_life,
            "window_days": outlook.window_days,
        },
        "from": {
            "visits": outlook.visits, "observations": outlook.observations, "points": told.population,
            "points_visited": told.visited,
        },
        "sample": {"from": outlook.plan_from, "sure": outlook.sure, "points": told.sampled, "draws": told.draws, "seed": told.seed},
        "score": told.value, "median": told.median,
        "intervals": {f"{level:.0%}": list(ends) for level, ends in told.intervals.items()},
        "target": outlook.target, "chance": outlook.chance,
        "histogram": [{"from": low, "to": high, "samples": many} for low, high, many in told.histogram],
        "types": [
            {"point_type": one.point_type, "name": type_name(outlook, one.point_type), "weight": one.weight, "points": one.points,
             "population": one.population, "visited": one.visited, "score": one.value, "low": one.low, "high": one.high,
             "contribution": one.contribution, "loss": one.loss, "from": one.how}
            for one in told.types
        ],
        "items": [
            {"item": one.item, "text": item_text(outlook, one.item), "gain": one.gain, "low": one.low, "high": one.high,
             "faults": one.faults, "hours": one.effort, "gain_per_100_hours": one.per_effort}
            for one in told.items
        ],
        "notes": [{"code": one.code, "point_type": one.point_type, "number": one.number} for one in told.notes],
    }  # fmt: skip


def type_name(outlook: Outlook, point_type: str) -> str:
    """The name of a type, or its code where the edition does not have it."""
    known = outlook.edition.point_types.get(point_type)
    return str(known.name) if known else point_type


def item_text(outlook: Outlook, item: str) -> str:
    """The words of an item."""
    return str(outlook.edition.items[item].text)


def note_text(outlook: Outlook, note: Note) -> str:
    """What must be said beside the number, in the reader's language."""
    name = type_name(outlook, note.point_type)
    match note.code:
        case "nothing_known":
            return _("Nothing is known: no point was visited by draw in this time. There is no forecast.")
        case "type_without_points":
            return _("%(type)s: the city has no such point; the other weights were scaled.") % {"type": name}
        case "type_never_visited":
            return _("%(type)s: never visited; predicted from the other types.") % {"type": name}
        case "fewer_points_than_sampled":
            many = {"type": name, "number": note.number}
            return _("%(type)s: the city has %(number)s points only; all of them are in the sample.") % many
        case _:
            return _("%(type)s: stands in the sample without points or weight; left out.") % {"type": name}


def _table(outlook: Outlook) -> str:
    told = outlook.forecast
    lines = [
        f"{outlook.edition.title} {outlook.edition.name}, {timezone.localtime(outlook.as_of):%Y-%m-%d %H:%M}",
        _("%(observations)s judgements in %(visits)s visits; %(visited)s of %(points)s points visited.")
        % {"observations": outlook.observations, "visits": outlook.visits, "visited": told.visited, "points": told.population},
    ]  # fmt: skip
    if told.value is not None:
        lines += _numbers(outlook)
    return "\n".join([*lines, *(f"! {note_text(outlook, note)}" for note in told.notes)])


def _numbers(outlook: Outlook) -> list[str]:
    told = outlook.forecast
    low, high = told.intervals[0.9]
    said = {"value": f"{told.value:.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}"}
    chance = {
        "target": f"{outlook.target:g}",
        "chance": f"{outlook.chance:.0%}",
        "draws": told.draws,
        "points": told.sampled,
    }
    lines = [
        _("Score on site: %(value)s, with 90 %% certainty %(low)s–%(high)s") % said,
        _("Chance to reach %(target)s: %(chance)s (%(draws)s simulated samples of %(points)s points)") % chance,
        "",
    ]
    lines += [
        f"{one.loss:6.2f}  {type_name(outlook, one.point_type)}  {one.value:.1f} ({one.low:.1f}–{one.high:.1f})"
        f"  {one.visited}/{one.population}"
        for one in sorted(told.types, key=lambda part: -part.loss)
    ]
    lines.append("")
    for one in told.items[:ITEMS]:
        per = "–" if one.per_effort is None else f"{one.per_effort:.3f} / 100 h"
        lines.append(
            f"{one.gain:+6.2f} ({one.low:.2f}–{one.high:.2f})  {per}  {one.item} {item_text(outlook, one.item)}"
        )
    return lines


commands = [command]
