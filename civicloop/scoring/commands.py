"""`civicloop score`: the score as of a moment, any part of it explained, published scores reckoned again."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.organisation.models import Person
from civicloop.scoring import actions, queries
from civicloop.scoring.asking import Day, Moment
from civicloop.scoring.rules import plain
from civicloop.scoring.rules.shapes import Node, Scope, ScoreBook
from civicloop.scoring.telling import estimate_line, group_name, left_out_line, node_name
from civicloop.standards import reference

DAY, MOMENT = Day(), Moment()


@click.group("score", invoke_without_command=True)
@click.option("--round", "codes", multiple=True, help="Code of a round; may be given several times.")
@click.option("--from", "begins", type=DAY, help="First day of the visits, instead of a round.")
@click.option("--to", "ends", type=DAY, help="Last day of the visits, which counts.")
@click.option("--as-of", "as_of", type=MOMENT, help="What stood at this moment; by default now.")
@click.option("--unit", "unit", help="Code of a unit: its score only.")
@click.option("--explain", "path", help="Open a node, such as type:STREET/area:T1 or unit:LOTUS/point:P7.")
@click.option("--json", "as_json", is_flag=True, help="Everything as canonical JSON: the same score, the same bytes.")
@click.pass_context
def score(
    ctx: click.Context, codes: tuple[str, ...], begins: datetime | None, ends: datetime | None, as_of: datetime | None,
    unit: str | None, path: str | None, as_json: bool,
) -> None:  # fmt: skip
    """The score of a round or period with 95 % intervals and ranks. The rules are in docs/explanation/scoring.md."""
    if ctx.invoked_subcommand is not None:
        return
    scope = _scope(codes, begins, ends)
    found = queries.read(scope, as_of=as_of or timezone.now(), ref=reference.now())
    if path is None and unit is not None:
        path = f"unit:{unit}"
    if path is not None:
        node = found.node(path)
        click.echo(plain.canonical(plain.node_data(node)) if as_json else "\n".join(_lines(node)))
    else:
        click.echo(plain.canonical(plain.book_data(found.book)) if as_json else _told(found.book))


@score.command("keep")
def keep() -> None:
    """Keep the figures that the page of the day shows, of today and of the days before that have none."""
    for row in actions.keep_figures(at=timezone.now(), ref=reference.now()):
        click.echo(f"{row.day}  {'—' if row.score is None else f'{row.score:.2f}'}  {row.title}")


@score.command("publish")
@click.argument("title")
@click.option("--round", "codes", multiple=True, help="Code of a round; may be given several times.")
@click.option("--from", "begins", type=DAY, help="First day of the visits, instead of a round.")
@click.option("--to", "ends", type=DAY, help="Last day of the visits, which counts.")
@click.option("--as-of", "as_of", type=MOMENT, help="What stood at this moment; by default now.")
@click.option("--by", "username", required=True, help="User name of the supervisor who publishes.")
def publish(
    title: str, codes: tuple[str, ...], begins: datetime | None, ends: datetime | None, as_of: datetime | None,
    username: str,
) -> None:  # fmt: skip
    """Publish a score under TITLE: it is kept whole, and its digest goes to the ledger."""
    by = Person.objects.filter(username=username, is_active=True).first()
    if by is None:
        raise click.BadParameter(f"no active person is called {username}", param_hint="--by")
    now = timezone.now()
    row = actions.publish_score(scope=_scope(codes, begins, ends), as_of=as_of or now, title=title, by=by, at=now)
    click.echo(f"{row.uid} {row.digest}")


@score.command("verify")
@click.argument("uid", type=click.UUID, required=False)
def verify(uid: UUID | None) -> None:
    """Reckon published scores again (all, or the one with this UID) and compare. Exit status 1: one came out otherwise."""
    found = [queries.publication(uid)] if uid else [queries.publication(one.uid) for one in queries.publications()]
    ref, wrong = reference.now(), 0
    for one in found:
        verdict = queries.verify(one, ref=ref)
        wrong += not verdict.same
        told = _("the same") if verdict.same else _("differs: %(parts)s") % {"parts": ", ".join(verdict.differs)}
        click.echo(f"{one.uid} {one.title}: {told}")
    if wrong:
        raise SystemExit(1)


def _scope(codes: tuple[str, ...], begins: datetime | None, ends: datetime | None) -> Scope:
    if not codes and begins is None and ends is None:
        raise click.UsageError("Say which round (--round CODE) or which days (--from D --to D).")
    return queries.scope_of(codes, begins.date() if begins else None, ends.date() if ends else None)


def _told(book: ScoreBook) -> str:
    """The whole score for a terminal: as of when, how many, which rule; city, types, groups."""
    edition = f"{book.edition.title} {book.edition.name}"
    lines = [
        _("as of %(moment)s") % {"moment": f"{timezone.localtime(book.as_of):%Y-%m-%d %H:%M}"},
        _("%(observations)s observations at %(points)s places in %(visits)s visits; %(edition)s; rule %(rule)s") % {
            "observations": book.observations, "points": book.points, "visits": book.visits, "edition": edition,
            "rule": book.rule_digest[:12],
        },
        *([left_out_line(book)] if book.left_out else []),
        "",
        f"{node_name(book.city)}\t{estimate_line(book.city.estimate)}",
        *(f"  {one.name}\t{estimate_line(one.estimate)}\t× {one.weight:.3f}" for one in book.types),
    ]  # fmt: skip
    for group in book.groups:
        lines += ["", group_name(group.key)]
        for row in group.rows:
            ranks = f"{row.rank_low}" if row.rank_low == row.rank_high else f"{row.rank_low}–{row.rank_high}"
            taken = _("; %(points)s points taken off") % {"points": f"{row.deducted:.2f}"} if row.deducted else ""
            lines.append(f"  {ranks}\t{row.name}\t{estimate_line(row.estimate)}{taken}")
    return "\n".join(lines)


def _lines(node: Node, depth: int = 0) -> list[str]:
    """A node and its children, two blanks deeper each; leaves with what they lead to."""
    said = {**node.said, **node.refs}
    told = f"  {json.dumps(plain.number_all(said), ensure_ascii=False, sort_keys=True)}" if said else ""
    was = "" if node.before is None else _(" (before the appeal: %(value)s)") % {"value": f"{node.before:.2f}"}
    points = f"  {node.got:g}/{node.possible:g}" if node.possible else ""
    name = f"{node.kind}:{node.key} {node.name}" if node.name != node.key else f"{node.kind}:{node.key}"
    own = f"{'  ' * depth}{name}\t{estimate_line(node.estimate)}{points}{was}{told}"
    return [own, *(line for child in node.children for line in _lines(child, depth + 1))]


commands = [score]
