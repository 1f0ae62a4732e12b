"""Commands of the problem loop."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import click
from django.utils import timezone

from civicloop.cases import actions
from civicloop.cases.dispatching import dry_run
from civicloop.cases.mapcounts import count_anew
from civicloop.cases.models import Case, DispatchRule
from civicloop.cases.queries import bulletin_list
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.commands import by_option, person_named
from civicloop.organisation.models import Unit
from civicloop.standards import reference
from civicloop.standards.models import Category


@click.group()
def dispatch() -> None:
    """Dispatch rules."""


@dispatch.command("dry-run")
@click.option("--last", default=1000, show_default=True, help="How many past cases to ask the rules about.")
@click.option("--show", default=10, show_default=True, help="How many differing cases to list.")
def dry_run_command(last: int, show: int) -> None:
    """Ask today's rules about past cases: how often would they have chosen the unit that put it right?"""
    rows = Case.objects.filter(unit__isnull=False, dispatched_at__isnull=False).order_by("-id")[:last]
    ref = reference.now()
    sums, differing = dry_run(rows, ref=ref)
    for case, proposal in differing[:show]:
        wanted = ref.org.unit(proposal.unit_id).name if proposal.unit_id else "-"
        reasons = ", ".join(reason.code for reason in proposal.reasons)
        click.echo(f"{case.number} {ref.org.unit(case.unit_id or 0).name} → {wanted} ({reasons})", err=True)
    click.echo(json.dumps({
        "as_of": timezone.now().isoformat(), "cases": sums.cases, "same": sums.same, "without": sums.without,
        "agreement": sums.agreement,
    }))  # fmt: skip


@dispatch.command("rules")
def list_rules() -> None:
    """List the dispatch rules in force."""
    for row in DispatchRule.objects.filter(active=True).select_related("unit", "block", "category"):
        category, block = row.category.code if row.category else "", row.block.code if row.block else ""
        parts = [category, row.line, block, row.area_class]
        window = f"{row.from_time:%H:%M}-{row.to_time:%H:%M}" if row.from_time and row.to_time else ""
        click.echo(
            f"{row.pk:4} {row.priority:4} {row.name}: {' · '.join(filter(None, [*parts, window]))} → {row.unit or 'block'}"
        )


@dispatch.command("add-rule")
@click.argument("name")
@click.argument("unit")
@click.option("--category", help="Code of a category.")
@click.option("--line", default="", help="A line (function), such as sanitation.")
@click.option("--block", help="Code of the block whose grids it holds for.")
@click.option("--area-class", type=click.Choice(["A", "B", "C"]))
@click.option("--from-time", type=click.DateTime(["%H:%M"]))
@click.option("--to-time", type=click.DateTime(["%H:%M"]))
@click.option("--priority", default=100, show_default=True)
@by_option
def add_rule(
    name: str, unit: str, category: str | None, line: str, block: str | None, area_class: str | None,
    from_time: datetime | None, to_time: datetime | None, priority: int, by: str,
) -> None:  # fmt: skip
    """Add the dispatch rule NAME: matching cases go to UNIT (a code), or to the `block` they lie in."""
    row = actions.add_dispatch_rule(
        name=name, unit=None if unit == "block" else _unit(unit), category=_category(category) if category else None, line=line,
        block=_unit(block) if block else None, area_class=area_class or "",
        from_time=from_time.time() if from_time else None, to_time=to_time.time() if to_time else None,
        priority=priority, by=person_named(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(str(row.pk))


@dispatch.command("end-rule")
@click.argument("number", type=int)
@by_option
def end_rule(number: int, by: str) -> None:
    """End the dispatch rule with this NUMBER."""
    row = DispatchRule.objects.filter(pk=number, active=True).first()
    if row is None:
        raise NotFound("dispatch_rule", number)
    actions.end_dispatch_rule(rule=row, by=person_named(by), at=timezone.now())
    click.echo(f"{number} ended")


def _unit(code: str) -> Unit:
    row = Unit.objects.filter(code=code).first()
    if row is None:
        raise Invalid("unit", "unknown_unit", unit=code)
    return row


def _category(code: str) -> Category:
    row = Category.objects.filter(code=code).order_by("-kind").first()
    if row is None:
        raise Invalid("category", "unknown_category", category=code)
    return row


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day (default: 30 days ago).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last (default: now).")
def bulletin(since: datetime | None, until: datetime | None) -> None:
    """List the cases that climbed the ladder up to the bulletin in a period."""
    end = timezone.make_aware(until) if until else timezone.now()
    start = timezone.make_aware(since) if since else end - timedelta(days=30)
    for alarm in bulletin_list(start, end, reference.now()):
        case, deadline = alarm.case, timezone.localtime(alarm.deadline)
        click.echo(f"{case.number} {case.unit or alarm.unit} {case.category} {case.address} {deadline:%Y-%m-%d %H:%M}")


@click.command()
def lifecycle() -> None:
    """Print the problem loop as a Mermaid drawing."""
    click.echo(LIFECYCLE.mermaid(), nl=False)


@click.group("map")
def map_group() -> None:
    """Counts behind the map."""


@map_group.command("recount")
def recount() -> None:
    """Count every case of the map anew, after rows were changed behind the program's back; nobody can write meanwhile."""
    click.echo(f"{count_anew()} counts were other than before")


commands: list[click.Command] = [dispatch, bulletin, lifecycle, map_group]
