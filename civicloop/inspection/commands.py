"""Commands of inspection: rounds, draws, routes. Whoever may use the server's command line acts as the system, or names himself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.inspection import actions, published, queries, tours
from civicloop.inspection.models.rounds import KIND_LABELS
from civicloop.inspection.policy import is_open
from civicloop.inspection.rules.routes import Limits
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.commands.common import DAY, answerable, person_named, unit_coded
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.sentences import sentence
from civicloop.spoken import LEFT_OUT
from civicloop.standards import editions, reference

as_option = click.option("--as", "by", help="User name of who does this; without it the server itself.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def round_() -> None:
    """Rounds of inspection."""


@round_.command("plan")
@click.argument("code")
@click.argument("title")
@click.option("--kind", type=click.Choice(list(KIND_LABELS)), default="weekly_visit", show_default=True)
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--to", "last", type=DAY, required=True, help="Last day.")
@click.option("--organiser", required=True, help="Code of the unit that holds it.")
@click.option("--pack", default="wenming", show_default=True, help="Standard whose edition in force judges it.")
@as_option
def plan_round(
    code: str, title: str, kind: str, first: datetime, last: datetime, organiser: str, pack: str, by: str | None
) -> None:
    """Plan the round CODE called TITLE."""
    made = actions.plan_round(
        code=code, title=title, kind=kind, edition_id=editions.current(pack).pk, organiser_id=unit_coded(organiser).pk,
        starts_on=first.date(), ends_on=last.date(), by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(made.code)


@round_.command("list")
def list_rounds() -> None:
    """List all rounds: code, days, draws, visits made of those planned."""
    for row in queries.rounds():
        one = row.round
        ended = f" ({_('ended')})" if one.closed_at else ""
        click.echo(
            f"{one.code} {one.starts_on}–{one.ends_on} {one.title}: {row.draws} · {row.judged}/{row.visits}{ended}"
        )


@round_.command("close")
@click.argument("code")
@as_option
def close_round(code: str, by: str | None) -> None:
    """End the round CODE. All its draws must be published."""
    actions.close_round(round=queries.get_round(code), by=answerable(by), at=timezone.now())
    click.echo(code)


@click.group()
def draw() -> None:
    """Draws: fix the seed, draw, publish, and check that anybody gets the same."""


@draw.command("commit")
@click.argument("round_code")
@click.option("--design", "file", type=FILE, help="JSON file with the design (docs/explanation/draws.md).")
@click.option("--size", type=int, help="Without a file: so many points, shared in proportion.")
@click.option("--opens-on", type=DAY, required=True, help="Day on which the result may be read.")
@click.option("--beacon", default="", help="Public value that goes into the seed.")
@click.option("--code", help="Code of the draw; otherwise the round's with a number.")
@as_option
def commit(
    round_code: str,
    file: Path | None,
    size: int | None,
    opens_on: datetime,
    beacon: str,
    code: str | None,
    by: str | None,
) -> None:
    """Freeze the frame of a draw for ROUND_CODE and fix its seed. Publish what is printed before you draw."""
    made = actions.commit_draw(
        round=queries.get_round(round_code), design=_design(file, size), opens_on=opens_on.date(), beacon=beacon, code=code,
        by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    told = {"code": made.code, "commitment": made.commitment, "frame": made.frame_digest, "places": made.frame_size}
    click.echo(json.dumps(told))


@draw.command("perform")
@click.argument("code")
@click.option("--beacon", help="The public value, where the design says it comes later.")
@as_option
def perform(code: str, beacon: str | None, by: str | None) -> None:
    """Draw. What comes out stays sealed until its day."""
    made = actions.perform_draw(draw=queries.get_draw(code), beacon=beacon, by=answerable(by), at=timezone.now())
    click.echo(json.dumps({"code": made.code, "result": made.result_digest, "opens_on": made.opens_on.isoformat()}))


@draw.command("publish")
@click.argument("code")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write.")
@as_option
def publish(code: str, out: Path, by: str | None) -> None:
    """Open the draw CODE to everybody and write its folder; a published one is only written again."""
    row = queries.get_draw(code)
    if row.state != "published":
        actions.publish_draw(draw=row, by=answerable(by), at=timezone.now())
        row = queries.get_draw(code)
    for path in published.write(row, out):
        click.echo(str(path))


@draw.command("verify")
@click.argument("what")
@click.option("--commitment", default="", help="The commitment noted down before the draw.")
def verify(what: str, commitment: str) -> None:
    """Draw again from the folder WHAT, or from the published draw with this code, and say what differs (exit status 1)."""
    folder = Path(what)
    if folder.is_dir():
        found = published.check_folder(folder, commitment=commitment)
    else:
        found = published.check_draw(queries.get_draw(what))
    for fault in found.differences:
        click.echo(sentence(fault), err=True)
    if not found.same:
        raise SystemExit(1)
    told = {"code": found.code, "drawn": found.drawn, "commitment": found.commitment, "frame": found.frame_digest}
    click.echo(json.dumps({**told, "same": True}))


@draw.command("show")
@click.argument("code")
def show(code: str) -> None:
    """Show the draw CODE: its strata, and what came out once that is open."""
    row = queries.get_draw(code)
    click.echo(f"{row.code} {row.get_state_display()} {row.commitment} {row.opens_on}")
    for stratum in queries.strata_of(row):
        click.echo(f"  {stratum.key}: {stratum.drawn}/{stratum.population}")
    if row.state in ("drawn", "published") and is_open(row, day_of(timezone.now())):
        for one in row.drawn.select_related("point", "case").order_by("order"):
            name = one.point.code if one.point else one.case.number if one.case else ""
            marks = ("" if one.in_use else " –") + (" ×2" if one.double else "")
            click.echo(f"{one.order:5} {name} {one.stratum} {one.get_role_display()} {one.chance:.4f}{marks}")


@draw.command("assign")
@click.argument("code")
@click.option(
    "--inspector", "names", multiple=True, help="User name; without any, everybody who is an inspector that day."
)
@click.option("--day", "days", type=DAY, multiple=True, required=True)
@click.option("--limits", "file", type=FILE, help="JSON file: depots, windows, minutes, starts, ends, speed_kmh …")
@click.option("--part", default="", help="Name of this drawing of inspectors, when it is not the first.")
@as_option
def assign(
    code: str, names: Sequence[str], days: Sequence[datetime], file: Path | None, part: str, by: str | None
) -> None:
    """Draw inspectors to the visits of the draw CODE and route their days."""
    dates = [day.date() for day in days]
    found = actions.assign_visits(
        draw=queries.get_draw(code), inspectors=_inspectors(names, dates), days=dates, limits=_limits(file), seed_part=part,
        by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    for left in found.left:
        click.echo(f"{left.code or '·'} {LEFT_OUT[left.why]}", err=True)
    click.echo(json.dumps({"visits": found.visits, "routes": found.routes, "km": found.km, "left": len(found.left)}))


@click.group()
def route() -> None:
    """Routes of the inspectors."""


@route.command("make")
@click.argument("round_code")
@click.argument("day", type=DAY)
@click.option("--balance", is_flag=True, help="Days of about equal length rather than the fewest kilometres.")
@click.option("--exchange", is_flag=True, help="Visits may go to another inspector without a conflict.")
@click.option("--seconds", default=2.0, show_default=True)
@click.option("--limits", "file", type=FILE)
@as_option
def make_route(
    round_code: str, day: datetime, balance: bool, exchange: bool, seconds: float, file: Path | None, by: str | None
) -> None:
    """Order the planned visits of ROUND_CODE on DAY anew."""
    plan = actions.make_routes(
        round=queries.get_round(round_code), day=day.date(), balance=balance, exchange=exchange, seconds=seconds,
        limits=_limits(file), by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    reasons: dict[str, int] = {}
    for one in plan.left:
        reasons[one.why] = reasons.get(one.why, 0) + 1
    click.echo(json.dumps({"routes": len(plan.routes), "km": round(plan.km, 1), "left": reasons}))


@route.command("show")
@click.argument("username")
@click.argument("day", type=DAY)
def show_route(username: str, day: datetime) -> None:
    """Show where the inspector USERNAME goes on DAY; sealed until that day."""
    sheet = queries.route_of(person_named(username), day.date(), at=timezone.now())
    for visit in sheet.visits:
        plan, place = visit.plan, visit.point or visit.case
        times = f"{plan['arrive']}–{plan['leave']} {plan['km']:.1f} km" if "arrive" in plan else "–"
        click.echo(f"{visit.order:3} {times} {place}")


def _design(file: Path | None, size: int | None) -> dict[str, Any]:
    if file is None:
        return {"size": size or 0}
    content = _json(file)
    return content | ({"size": size} if size else {})


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise Invalid("design", "file_unreadable", file=file.name, why=str(fault)) from fault
    if not isinstance(content, dict):
        raise Invalid("design", "file_unreadable", file=file.name, why="not an object")
    return content


def _limits(file: Path | None) -> Limits:
    return Limits() if file is None else tours.limits_from(_json(file))


def _inspectors(names: Sequence[str], days: Sequence[date]) -> list[Person]:
    if names:
        return [person_named(name) for name in names]
    ref = reference.now()
    able = [
        row for row in Person.objects.filter(is_active=True) if all(tours.is_inspector(row, day, ref) for day in days)
    ]
    return sorted(able, key=lambda person: person.username)


round_.name = "round"
commands: list[click.Command] = [round_, draw, route]
